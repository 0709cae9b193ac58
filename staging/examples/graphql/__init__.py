"""A shop as one serverless function: GraphQL over POST, charges on the server, a helpdesk. See README.md."""
