"""How the helpdesk behaves, without HTTP: tickets, people, uploads, idempotency, the late search."""
