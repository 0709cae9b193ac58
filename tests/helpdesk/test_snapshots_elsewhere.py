"""Snapshots over real sockets, with webhooks that are really sent, and accounts with which another process goes on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from fakes.keeping import packed, unpacked
from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.clock import ManualClock
from harness.errors import ControlError
from tests.helpdesk.busy import ANN, HOOK, KEYED, NEW, busy, seen
from tests.helpdesk.hook import hooked
from tests.helpdesk.inside import Inside, Own

HOUR_S = 3600


@pytest.fixture(scope="module")
def served() -> Iterator[Fakes]:
    """A helpdesk on real sockets."""
    with running(Options(only=["helpdesk"], seed=5, settings={"helpdesk": {"search_lag_s": 0.0}})) as fakes:
        yield fakes


class Client:
    """A client on a real socket."""

    def __init__(self, served: Fakes, name: str = "") -> None:
        self._url = served.url("helpdesk") + "/api/v2"
        self._auth = (served.key("helpdesk", "email") + "/token", served.key("helpdesk", "token") + name)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask once; the answer's body."""
        answer = requests.request(method, self._url + path, json=body, auth=self._auth, timeout=10)
        assert answer.status_code < 500, answer.text
        return answer.json() if answer.content else None

    def subjects(self) -> list[str]:
        """The subjects of all tickets."""
        return [str(each["subject"]) for each in self.ask("GET", "/tickets")["tickets"]]


def test_over_the_control_channel(served: Fakes) -> None:
    """Put back, a webhook that was deleted hears again, with its old secret, and one made since hears no more."""
    client = Client(served)

    def hook(url: str) -> str:
        number = str(client.ask("POST", "/webhooks", {"webhook": {**HOOK, "endpoint": url}})["webhook"]["id"])
        told = [{"field": "notification_webhook", "value": [number, "{}"]}]
        client.ask("POST", "/triggers", {"trigger": {"title": "t", "conditions": NEW, "actions": told}})
        return number

    with hooked() as one, hooked() as other:
        kept = hook(one.url)
        secret = client.ask("GET", f"/webhooks/{kept}/signing_secret")
        client.ask("POST", "/tickets", {"ticket": KEYED})
        one.wait(1)
        served.settle()
        taken = served.control("POST", "/snapshots", fake="helpdesk")
        client.ask("DELETE", f"/webhooks/{kept}")
        hook(other.url)
        client.ask("POST", "/tickets", {"ticket": {**KEYED, "subject": "Lost"}})
        other.wait(1)
        served.control("POST", f"/snapshots/{taken['name']}/restore")
        assert client.subjects() == ["Keyed"]
        known = served.control("GET", "/endpoints")["endpoints"]
        assert [each["url"] for each in known if each["url"] in (one.url, other.url)] == [one.url]
        client.ask("POST", "/tickets", {"ticket": {**KEYED, "subject": "Heard"}})
        assert [each.headers["x-zendesk-webhook-id"] for each in one.wait(2)] == [kept, kept]
        served.settle()
        assert (len(one.got), len(other.got)) == (2, 1)
        assert client.ask("GET", f"/webhooks/{kept}/signing_secret") == secret
        invocations = client.ask("GET", f"/webhooks/{kept}/invocations")["invocations"]
        assert [each["status"] for each in invocations] == ["success", "success"]
        served.control("POST", f"/snapshots/{taken['name']}/restore", account="fork")
        fork = Client(served, ".fork")
        fork.ask("POST", "/tickets", {"ticket": {**KEYED, "subject": "Forked"}})
        served.settle()
        assert (fork.subjects(), client.subjects()) == (["Keyed", "Forked"], ["Keyed", "Heard"])
        assert len(one.got) == 2
        client.ask("DELETE", f"/webhooks/{kept}")


def test_what_is_on_its_way_arrives(served: Fakes) -> None:
    """A request that was to be tried again when the copy was made arrives after the restore too, and is known."""
    client = Client(served)
    served.tune("helpdesk", webhook_retry_s=0.5)
    with hooked() as hook:
        hook.answers = [(409, {})]
        wanted = {**HOOK, "endpoint": hook.url, "subscriptions": ["zen:event-type:ticket.created"]}
        number = client.ask("POST", "/webhooks", {"webhook": wanted})["webhook"]["id"]
        client.ask("POST", "/tickets", {"ticket": KEYED})
        hook.wait(1)
        taken = served.control("POST", "/snapshots", fake="helpdesk")["name"]
        served.control("POST", f"/snapshots/{taken}/restore")
        served.settle()
        assert len(hook.got) == 2
        statuses = [each["status"] for each in client.ask("GET", f"/webhooks/{number}/invocations")["invocations"]]
        assert statuses == ["success"]
        client.ask("DELETE", f"/webhooks/{number}")


def test_the_control_channel_says_what_is_wrong(served: Fakes) -> None:
    """A key that is none is a 422 that names it, for copies and for what they are put back into."""
    with pytest.raises(ControlError, match="'No Name' is neither") as refused:
        served.control("POST", "/snapshots", fake="helpdesk", account="No Name")
    assert "422" in str(refused.value)
    taken = served.control("POST", "/snapshots", fake="helpdesk")
    with pytest.raises(ControlError, match="'No Name' is neither"):
        served.control("POST", f"/snapshots/{taken['name']}/restore", account="No Name")


# -- another process ------------------------------------------------------------------------------------------------


def test_another_process_goes_on() -> None:
    """Elsewhere, much later on another machine's clock: all accounts are there, with addresses of the new place."""
    inside = Inside()
    made, other = busy(inside), busy(inside, "other")
    states = unpacked(packed(inside.slice.state()))
    last = [each.own.made("ticket", **KEYED)["id"] for each in (made, other)]
    later = ManualClock(at_ns=7, wall=datetime(2026, 1, 1, 0, 30, tzinfo=UTC))
    there = Inside(url="http://other.example.com:81", clock=later)
    there.slice.resume(states)
    for one, name in ((made, ""), (other, "other")):
        own, shown = Own(there, name), seen(one)
        found = seen(one, own)
        assert "helpdesk.example.com" not in repr(found).replace("agent@helpdesk.example.com", "")
        moved = repr(shown["/groups"]).replace("http://helpdesk.example.com", "http://other.example.com:81")
        assert repr(found["/groups"]) == moved
        assert own.tickets() == one.own.tickets()[:-1]
        again = own.ask("POST", "/tickets", {"ticket": KEYED}, key="k")
        assert again.headers["x-idempotency-lookup"] == "hit"
        assert again.body["ticket"]["url"].startswith("http://other.example.com:81/")
        assert own.made("ticket", **KEYED)["id"] == last.pop(0)
        assert found["/webhooks"] == shown["/webhooks"]
        assert Own(there, name, ANN).ask("GET", "/requests").body["count"]
    there.clock.advance(2 * HOUR_S - 1200)
    late = Own(there).ask("POST", "/tickets", {"ticket": KEYED}, key="k")
    assert late.headers["x-idempotency-lookup"] == "miss"


def test_a_file_outlives_the_process(tmp_path: Path) -> None:
    """What one process held the next goes on with: keys, tickets, isolated accounts, webhooks, ids that nobody had."""
    state, seen_ids = tmp_path / "kept.state", []
    with hooked() as hook:
        for number in range(2):
            journal = tmp_path / f"{number}.jsonl"
            with running(Options(only=["helpdesk"], seed=4, state=state, journal=journal)) as fakes:
                clients = [Client(fakes), Client(fakes, ".own")]
                if not number:
                    wanted = {**HOOK, "endpoint": hook.url, "subscriptions": ["zen:event-type:ticket.created"]}
                    clients[1].ask("POST", "/webhooks", {"webhook": wanted})
                seen_ids += [each.ask("POST", "/tickets", {"ticket": KEYED})["ticket"]["id"] for each in clients]
                assert [each.subjects() for each in clients] == [["Keyed"] * (number + 1)] * 2
                assert len(hook.wait(number + 1)) == number + 1
                fakes.settle()
    assert len(set(seen_ids)) == 4
