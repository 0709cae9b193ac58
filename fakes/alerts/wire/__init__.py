"""How the chat workspace and the mail server are spoken to; no rules."""
