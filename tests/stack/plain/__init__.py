"""Two small pipelines as most are: the vendors' own clients, and no setting for where a vendor is."""
