"""The phone over HTTP: flows played as a person's app would, with its bad network, its taps and its memory.

Not the flows themselves (`scenarios.flows`) and not a judge. Cells get a `Phone`; the load drives the same `Script` in
its own world.
"""

from harness.phone.exchange import Played, Urls
from harness.phone.ledger import Ledger
from harness.phone.phone import Phone
from harness.phone.weather import Weather

__all__ = ["Ledger", "Phone", "Played", "Urls", "Weather"]
