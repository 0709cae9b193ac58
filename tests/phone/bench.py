"""A phone on a bench: a person, a journal in a temporary folder, a client, and the shipped target."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from harness.journal import Journal, read
from harness.people import People
from harness.phone import Ledger, Phone, Urls
from harness.rng import Rng
from harness.target import Target, load_target
from scenarios.flows import FLOWS
from tests.phone.shop import Shop
from tests.phone.tiny import Tiny, tiny

TARGET = Path(__file__).parents[2] / "staging" / "target.toml"


@dataclass(slots=True)
class Bench:
    """A phone, what it talks to and what it wrote down."""

    phone: Phone
    server: Tiny
    shop: Shop
    journal: Path

    def records(self, kind: str) -> list[dict[str, Any]]:
        """The journal's records of a kind."""
        return [record for record in read(self.journal) if record["k"] == kind]

    def kinds(self) -> list[str]:
        """The kinds of all records, in order."""
        return [str(record["k"]) for record in read(self.journal)]


def shipped() -> Target:
    """The target of the pipeline that ships."""
    return load_target(TARGET)


@asynccontextmanager
async def bench(folder: Path, *, seed: int = 1, rivals: int = 0, base: str | None = None) -> AsyncIterator[Bench]:
    """A phone beside a tiny shop; `base` sends it elsewhere."""
    shop = Shop()
    async with tiny(shop, rivals) as server, httpx.AsyncClient(trust_env=False) as client:
        journal = Journal(folder / "phone.jsonl", "phone")
        rng = Rng(seed)
        urls = Urls(base=base or server.url, wallet=server.url + "/wallet/pay")
        person = People(rng).person("somebody")
        phone = Phone(shipped(), urls, Ledger(journal), person, "cell[buy]", client, rng, FLOWS)
        yield Bench(phone, server, shop, journal.path)
        journal.close()
