"""Our own tests."""
