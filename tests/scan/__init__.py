"""The search for secrets: what it must find, where, in which form; and what it must leave alone."""
