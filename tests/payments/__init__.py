"""Tests of the payment provider, spoken to by its official client over a real socket."""
