"""A payment provider that behaves like Stripe; see README.md for what it copies and what it does not."""
