"""The helpdesk: its rules, and a widespread client over real sockets with TLS."""
