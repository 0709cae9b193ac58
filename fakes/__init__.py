"""Stateful stand-ins for the vendors a pipeline talks to, each accepted by that vendor's own SDK."""
