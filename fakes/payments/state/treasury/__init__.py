"""Money that the merchant keeps at the vendor in accounts of its own, and how it comes and goes."""
