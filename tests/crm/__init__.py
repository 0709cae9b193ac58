"""The CRM: its rules, and its official client over real sockets."""
