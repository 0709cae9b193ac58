"""The vendor's hosted pages, for a person in a browser or a test that posts forms: checkout and the customer portal.

Plain HTML, no script, nothing from elsewhere. Rules are `fakes.payments.state`'s.
"""
