"""The stack, with real processes."""
