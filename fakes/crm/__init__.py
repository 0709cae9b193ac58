"""A stand-in for HubSpot's CRM: contacts, companies and deals in one portal."""
