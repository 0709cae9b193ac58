"""A shop in Flask: synchronous, a hosted payment page, SQLite, a session cookie. See README.md beside this file."""
