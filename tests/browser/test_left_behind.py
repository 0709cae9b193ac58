"""What a page stored, and what went over its network, is kept and searched: a planted secret is found in each place."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from harness.phone.browser.chromium import Chromium
from harness.phone.browser.page import Page
from harness.phone.browser.relay import Relay, Server
from harness.phone.browser.shell import Shell
from harness.scan.engine import Found, Scanner, files_in
from harness.scan.needles import Secret
from tests.browser.test_relay import Notebook
from tests.phone.tiny import Answer, Seen, tiny
from tests.scan.planting import SHAPES, canary

INDEX = """<!doctype html><meta charset="utf-8"><title>Keeps too much</title><b data-testid="ready">ready</b>"""
PLANT = """async (secrets) => {
  localStorage.session = JSON.stringify({ token: secrets.local });
  sessionStorage.setItem(secrets.session, 'a name');
  document.cookie = 'seen=' + secrets.cookie;
  const open = indexedDB.open('outbox', 1);
  open.onupgradeneeded = () => open.result.createObjectStore('wishes');
  await new Promise((then) => { open.onsuccess = then; });
  const wishes = open.result.transaction('wishes', 'readwrite').objectStore('wishes');
  wishes.put({ body: { note: secrets.database }, at: new Date() }, 1);
  wishes.put(new TextEncoder().encode(secrets.database_bytes), 2);
  wishes.put(new Blob([new Uint8Array([255, 0, 254]), secrets.database_blob]), secrets.database_key);
  await new Promise((then) => { wishes.transaction.oncomplete = then; });
  open.result.close();
  const cache = await caches.open('answers');
  await cache.put('/v1/me', new Response(secrets.cache_body, { headers: { 'X-Note': secrets.cache_header } }));
  await cache.add('/');
  const answer = await fetch('/v1/orders?note=' + secrets.request_url, {
    method: 'POST', headers: { 'X-Sent': secrets.request_header }, body: JSON.stringify({ note: secrets.request_body }),
  });
  await answer.text();
}"""
STORED = {
    "local": "local", "session": "session", "cookie": "cookies", "database": "databases.outbox.wishes",
    "database_bytes": "databases.outbox.wishes", "database_blob": "databases.outbox.wishes",
    "database_key": "databases.outbox.wishes", "cache_body": "caches.answers", "cache_header": "caches.answers",
}  # fmt: skip
"""Where a secret is planted -> the path to it in what was stored."""
TRAFFIC = ("request_url", "request_header", "request_body", "answer_header", "answer_body")
EMPTY = "nothing is planted"


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one page."""

    stored: Path
    trace: Path
    found: Mapping[str, list[Found]]
    unreadable: list[str]


async def left_by(browser: Chromium, folder: Path, secrets: Mapping[str, Secret], planted: bool) -> Left:
    """Open a page, let it keep and send these secrets, put it away, and search what is left of it."""
    values = {name: secret.value for name, secret in secrets.items()}
    app = folder / "app"
    app.mkdir()
    (app / "index.html").write_text(INDEX)

    def say(seen: Seen) -> Answer:
        return 200, {"note": values["answer_body"]}

    async with tiny(say) as server, httpx.AsyncClient(trust_env=False) as client:
        server.headers = {"X-Told": values["answer_header"]}
        shell = Shell(app)
        relay = Relay(client, shell, [Server("/v1", server.url)], Notebook())
        async with relay.listening():
            context = await browser.pocket("Pixel 8")
            await context.tracing.start(screenshots=True, snapshots=True)
            page = Page(context, relay, shell, [], lambda told: None)
            await page.prepare()
            await page.open("/", ["ready"])
            if planted:
                async with page.tab.expect_event("requestfinished", lambda one: "/v1/orders" in one.url):
                    await page.tab.evaluate(PLANT, values)
            stored, trace = folder / "left" / "stored.json", folder / "left" / "trace.zip"
            await page.keep_stored(stored)
            await page.keep_trace(trace)
            await context.close()
    # As a run looks over what it left: without other readings of texts.
    scanner = Scanner(list(secrets.values()), SHAPES)
    looked = [scanner.scan_file(path, path.name, deep=False) for path in files_in(folder / "left")]
    findings = [one for each in looked for one in each.findings]
    found = {name: [one for one in findings if one.secret == name] for name in secrets}
    found[EMPTY] = [one for one in findings if one.kind == "shape"]
    return Left(stored, trace, found, [text for each in looked for text in each.unreadable])


def fresh() -> dict[str, Secret]:
    """A secret for each place."""
    return {name: canary(prefix="canary_", name=name) for name in (*STORED, *TRAFFIC)}


@pytest.fixture(scope="module")
async def left(browser: Chromium, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """What a page left that keeps and sends what it should not have."""
    return await left_by(browser, tmp_path_factory.mktemp("left"), fresh(), planted=True)


@pytest.mark.parametrize("place", STORED)
def test_a_secret_that_the_app_stored_is_found(left: Left, place: str) -> None:
    """In every kind of storage that a page has, as key and as value, text and bytes; the path to it is named."""
    mine = [one for one in left.found[place] if one.file.startswith("stored.json")]
    assert mine, f"{place} was not found in {left.stored.read_text()[:3000]}"
    assert any(STORED[place] in where for one in mine for where in one.places), mine


@pytest.mark.parametrize("place", TRAFFIC)
def test_a_secret_on_the_pages_network_is_found(left: Left, place: str) -> None:
    """In address, headers and bodies, asked and answered: the trace holds the recording of the traffic."""
    mine = [one for one in left.found[place] if one.file.startswith("trace.zip")]
    assert mine, f"{place} was not found"
    assert any("trace.network" in one.file or "resources/" in one.file for one in mine), mine


def test_files_of_the_app_itself_are_named_and_not_copied(left: Left) -> None:
    """They are searched where they were built, once, not once for each person."""
    entries = json.loads(left.stored.read_text())["caches"]["answers"]
    assert [one["body"] for one in entries if one["url"].endswith("/")] == ["(a file of the app)"]
    assert left.unreadable == []


async def test_a_page_that_keeps_no_secret_raises_no_alarm(browser: Chromium, tmp_path: Path) -> None:
    """No secret, and nothing that only looks like a key."""
    left = await left_by(browser, tmp_path, fresh(), planted=False)
    assert {name: found for name, found in left.found.items() if found} == {}
