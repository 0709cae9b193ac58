"""The alerts: chat and mail, with official clients over real sockets."""
