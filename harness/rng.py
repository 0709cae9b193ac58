"""The only source of chance: one seed, printed first, split into streams by name.

A stream's draws depend on the seed and its name alone, so that a new draw in one place shifts nothing in another.
Not for cryptography: `fresh_token` is, and is the one thing here that a seed does not decide.
"""

import hashlib
import random
import secrets

MARKER_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
MARKER_PATTERN = r"hx[a-km-np-z2-9]{12}"
"""What every made-up person carries in everything they send; never part of a real address."""


class Rng:
    """Named streams of chance under one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def stream(self, name: str) -> random.Random:
        """A generator that depends on the seed and on `name` alone."""
        digest = hashlib.sha256(f"{self.seed}/{name}".encode()).digest()
        return random.Random(int.from_bytes(digest[:8], "big"))

    def marker(self, name: str) -> str:
        """The marker of the person called `name` in this run: the same for the same seed."""
        stream = self.stream(f"marker/{name}")
        return "hx" + "".join(stream.choices(MARKER_ALPHABET, k=12))

    def ident(self, prefix: str, name: str) -> str:
        """A readable id that depends on the seed and `name` alone."""
        return f"{prefix}_{hashlib.sha256(f'{self.seed}/{name}'.encode()).hexdigest()[:20]}"


def fresh_seed() -> int:
    """A seed nobody chose, short enough to be typed again."""
    return secrets.randbelow(10**8)


def fresh_token(prefix: str = "") -> str:
    """A secret for one run: never derived from the seed, never journaled."""
    return prefix + secrets.token_hex(16)
