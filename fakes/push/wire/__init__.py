"""How the push service is spoken to; no rules."""
