"""How the CRM speaks over HTTP: routes and shapes, no rules."""
