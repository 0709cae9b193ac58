"""A browser phone on a bench: the tiny page in a real Chromium, a tiny shop behind the relay, the judge's answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from harness.checkers import decide
from harness.checkers.cells import CellView
from harness.checkers.history import build
from harness.journal import Journal, read
from harness.model import Verdict
from harness.people import People
from harness.phone import Ledger, Urls
from harness.phone.browser import BrowserPhone
from harness.phone.browser.chromium import Chromium
from harness.phone.browser.hand import Setting
from harness.phone.browser.pages import app_of, servers
from harness.phone.browser.shell import Shell
from harness.rng import Rng
from harness.target import Target
from scenarios.flows import FLOWS
from tests.browser.store import Store
from tests.phone.bench import shipped
from tests.phone.tiny import Tiny, tiny

PAGE = Path(__file__).parent / "page"
APP: dict[str, Any] = {
    "export": str(PAGE),
    "test_export": str(PAGE),
    "ready": ["screen-signup", "screen-plans", "notice-sheet"],
    "states": ["state", "notice-state"],
    "own_words": ["Payment pending", "Account syncing", "Action failed; retrying automatically"],
    "shows": {"plan-now": "plan", "order-{order_id}-state": "orders.*.state"},
    "refresh_s": 2.0,
    "controls": {
        "sign_up": {"fill": {"signup-email": "{person.email}"}, "tap": ["signup-submit"]},
        "buy": {"tap": ["buy-credits_10"]},
        "help_text": {"fill": {"help-subject": "{ticket.subject}"}, "tap": ["help-submit"]},
        "help_attachment": {
            "fill": {"help-subject": "{ticket.subject}"},
            "attach": {"help-file": "{ticket.attachment}"},
            "tap": ["help-submit"],
        },
        "open_notice": {"open": "/?kind={notice.kind}&id={notice.id}&state={notice.state}"},
    },
}


@dataclass(slots=True)
class Bench:
    """A phone with a page, what it talks to, and what it wrote down."""

    phone: BrowserPhone
    server: Tiny
    store: Store
    journal: Path
    target: Target

    def records(self, kind: str, **which: Any) -> list[dict[str, Any]]:
        """The journal's records of a kind, with these values."""
        every = (record for record in read(self.journal) if record["k"] == kind)
        return [one for one in every if all(one.get(name) == value for name, value in which.items())]

    def judged(self, promise: str, flow: str = "buy", **args: Any) -> Verdict:
        """What the checker says of all this."""
        history = build(list(read(self.journal)), self.target.as_data())
        person = self.phone.person.marker
        words = ({"promise": promise, **args},)
        view = CellView(id="cell[buy]", persons=[person], promises=words, flow=flow, ended=True)
        return decide(history, view).verdicts[0]


def tiny_target() -> Target:
    """The target that ships, with the tiny page for its app."""
    return Target.from_data({**shipped().as_data(), "app": APP})


@asynccontextmanager
async def bench(
    folder: Path, browser: Chromium, *, flaw: str | None = None, device: str = "Pixel 8", seed: int = 1
) -> AsyncIterator[Bench]:
    """A person with the tiny page in hand, who has signed up."""
    store, target = Store(), tiny_target()
    async with tiny(store) as server, httpx.AsyncClient(trust_env=False) as client:
        journal = Journal(folder / f"{flaw or 'phone'}.jsonl", "phone")
        rng = Rng(seed)
        person = People(rng).person("somebody", device=device)
        setting = Setting(
            app=app_of(target), shell=Shell(PAGE), servers=servers(target, server.url, {}), chromium=browser,
            client=client, pictures=folder / "pages", flaw=flaw,
        )  # fmt: skip
        urls = Urls(base=server.url, wallet=server.url + "/wallet/pay")
        phone = BrowserPhone(target, urls, Ledger(journal), person, "cell[buy]", client, rng, FLOWS, setting)
        await phone.play("sign_up")
        yield Bench(phone, server, store, journal.path, target)
        await phone.put_away()
        journal.close()
