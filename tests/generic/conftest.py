"""The gate, as a user starts it."""

from tests.gate.conftest import gate

__all__ = ["gate"]
