"""How the helpdesk speaks over HTTP: routes and shapes, no rules."""
