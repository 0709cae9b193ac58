"""A CRM that outlives its process: what one held the next one goes on with, whatever its seed and clock."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes.plugin import running
from fakes.serve import Options
from harness.errors import UsageError
from tests.crm.bare import Bare
from tests.crm.busy import BACK, OBJECTS, Busy

CONTACTS = f"{OBJECTS}/contacts"


@pytest.mark.parametrize("token", ["pat-1", "pat-1.one"])
def test_a_later_process_goes_on(token: str) -> None:
    """Both kinds of portals, with the numbers of hub and app; its webhooks go where they went."""
    busy = Busy(token=token)
    before, hub, public, urls = busy.seen(), busy.hub, busy.slice.public(), busy.hooks.urls
    busy.later(6)
    assert busy.slice.public() == public
    assert busy.hooks.urls == urls != {}
    assert (busy.seen(), busy.hub) == (before, hub)


def test_no_id_is_given_twice() -> None:
    """Neither with the same seed nor with another one; what is new comes last."""
    busy = Busy()
    ids: list[str] = []
    errors: list[str] = []
    for seed in (5, 6, 5):
        busy.later(seed)
        ids += [busy.made("contacts", email=f"{seed}.{len(ids)}.{n}@x.example.com") for n in range(2)]
        errors.append(busy.call("GET", f"{CONTACTS}/7").body["correlationId"])
    assert len(set(ids)) == 6
    known = [each["id"] for each in busy.ask("GET", f"{CONTACTS}?limit=100")["results"]]
    assert known[-6:] == ids
    assert len(set(errors)) == 3


def test_what_the_search_waits_for_comes_in_time() -> None:
    """By the new process's clock, which has another beginning."""
    busy = Busy()
    busy.later(6)
    assert busy.late not in busy.find()
    busy.clock.advance(0.31)
    assert busy.late in busy.find()


def test_the_state_of_another_fake_is_refused() -> None:
    """And nothing else is made of it than an error."""
    with pytest.raises(UsageError):
        Bare().slice.resume({"portal": b"nonsense"})


def test_a_file_outlives_the_process(tmp_path: Path) -> None:
    """Keys, numbers, records and the app's address, by nothing but the file."""
    seen: list[Any] = []
    for number in range(2):
        options = Options(
            only=["crm"], seed=number, state=tmp_path / "kept.state", journal=tmp_path / f"{number}.jsonl"
        )
        with running(options) as fakes, httpx.Client(base_url=fakes.url("crm"), trust_env=False) as http:
            token = {"authorization": f"Bearer {fakes.key('crm', 'token')}"}
            hooks = f"/webhooks/v3/{fakes.key('crm', 'app_id')}/settings"
            by = {"hapikey": fakes.key("crm", "developer_key")}
            if number == 0:
                settings = {"targetUrl": BACK, "throttling": {"maxConcurrentRequests": 5}}
                http.put(hooks, params=by, json=settings).raise_for_status()
            values = {"email": f"{number}@x.example.com"}
            for end in ("", ".one"):
                mine = {"authorization": token["authorization"] + end}
                http.post(CONTACTS, headers=mine, json={"properties": values}).raise_for_status()
            assert http.post(CONTACTS, headers=token, json={"properties": values}).status_code == 409
            lists = [
                [each["properties"]["email"] for each in http.get(CONTACTS, headers=mine).json()["results"]]
                for mine in (token, {"authorization": token["authorization"] + ".one"})
            ]
            public = {name: fakes.key("crm", name) for name in ("token", "app_id", "portal_id", "webhook_secret")}
            seen.append((public, http.get(hooks, params=by).json()["targetUrl"], lists))
    assert seen[0][:2] == seen[1][:2]
    assert [lists for *_, lists in seen] == [
        [["0@x.example.com"]] * 2,
        [["0@x.example.com", "1@x.example.com"]] * 2,
    ]
