"""Made-up people: names in several scripts, addresses in reserved domains only, each with a marker of their own.

The same seed and name give the same person, whoever was made before. No real address, number or company: domains are
`example.com`'s, telephone numbers are from ranges kept free for fiction. Called by the stage and by the load.
"""

import random
import unicodedata
from dataclasses import replace
from functools import cache
from typing import Any

from faker import Faker

from harness.model import Person
from harness.rng import Rng

LOCALES = ("en_GB", "en_US", "de_DE", "fr_FR", "es_ES", "pl_PL", "tr_TR", "el_GR", "ja_JP", "he_IL")
DOMAIN = "people.example.com"
DEVICES = ("iPhone 15", "iPhone SE (3rd generation)", "iPhone 17 Pro", "Pixel 8", "Galaxy S24", "Galaxy A15")
SOURCES = ("newsletter", "search", "podcast", "conference")
MEDIUMS = ("email", "cpc", "audio", "event")
CAMPAIGNS = ("spring", "launch", "winter-sale")


class People:
    """Makes people; holds nothing but the seed."""

    def __init__(self, rng: Rng) -> None:
        self._rng = rng

    def person(self, name: str, origin: str = "scenario", **traits: Any) -> Person:
        """The person called `name` in this run; `traits` replace what was made up, `{marker}` in them the marker."""
        chance = self._rng.stream(f"person/{name}")
        marker = self._rng.marker(name)
        book = _book(chance.choice(LOCALES))
        book.seed_instance(chance.getrandbits(48))
        first, last = _clean(book.first_name()), _clean(book.last_name())
        made = Person(
            marker=marker,
            first_name=first,
            last_name=last,
            email=_address(first, marker, chance),
            password=f"{chance.choice(('Kiwi', 'Otter', 'Maple'))}-{chance.getrandbits(40):010x}",
            phone=f"+44 20 7946 0{chance.randrange(1000):03d}",
            company=_clean(book.company()),
            lead=_lead(chance),
            device=chance.choice(DEVICES),
            origin=origin,
        )
        own: dict[str, Any] = {
            name: value.replace("{marker}", marker) if isinstance(value, str) else value
            for name, value in traits.items()
        }
        return replace(made, **own)


@cache
def _book(locale: str) -> Faker:
    """The names of a language; seeded anew for each person, so that it may be shared."""
    return Faker(locale, use_weighting=False)


def _address(first: str, marker: str, chance: random.Random) -> str:
    """A reserved address that holds the marker; sometimes with a plus, sometimes as a phone's keyboard writes it."""
    plain = unicodedata.normalize("NFKD", first).encode("ascii", "ignore").decode()
    local = "".join(letter for letter in plain.lower() if letter.isalpha()) or "guest"
    kind = chance.random()
    if kind < 0.15:
        return f"{local}.{marker}+app@{DOMAIN}"
    if kind < 0.3:
        return f"{local.capitalize()}.{marker}@{DOMAIN}"
    return f"{local}.{marker}@{DOMAIN}"


def _lead(chance: random.Random) -> dict[str, str]:
    place = chance.randrange(len(SOURCES))
    lead = {"utm_source": SOURCES[place], "utm_medium": MEDIUMS[place], "utm_campaign": chance.choice(CAMPAIGNS)}
    return lead | ({"referral": "a friend"} if chance.random() < 0.2 else {})


def _clean(text: str) -> str:
    """Composed, on one line, and without what a form would strip."""
    return " ".join(unicodedata.normalize("NFC", text).split())
