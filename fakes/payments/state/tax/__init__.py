"""Taxes as the vendor works them out: where the merchant collects them, calculations, and what was recorded."""
