"""A stand-in for Zendesk Support: tickets, users, groups, uploads and search in one account."""
