"""Load: many people at once, in processes of their own; started (`python -m load`), never imported by others.

Locust and gevent live here and nowhere else. The flows, the manners of a phone and the ledger are those of every phone;
only the radio is another.
"""
