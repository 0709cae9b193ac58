"""What the chat workspace remembers, allows and refuses; no HTTP."""
