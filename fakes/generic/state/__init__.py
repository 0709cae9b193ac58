"""What a declared vendor remembers, allows and refuses. No HTTP."""
