"""Snapshots, forks and a state that outlives the process: accounts copied whole, sharing nothing afterwards."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from fakes.helpdesk import keeping
from fakes.keeping import packed, unpacked
from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.clock import ManualClock
from harness.errors import ControlError, UsageError
from tests.helpdesk.busy import ANN, HOOK, KEYED, MAIL, NEW, Busy, busy
from tests.helpdesk.hook import hooked
from tests.helpdesk.inside import TOKEN, Inside, Own

LISTS = (
    "tickets", "deleted_tickets", "users", "deleted_users", "groups", "organizations", "group_memberships",
    "organization_memberships", "ticket_fields", "user_fields", "organization_fields", "ticket_forms",
    "custom_statuses", "triggers", "webhooks", "suspended_tickets", "satisfaction_ratings", "tags", "brands",
    "search?query=broke", "search?query=created>2020-01-01", "incremental/tickets/cursor?start_time=0",
    "incremental/tickets?start_time=0", "incremental/ticket_events?start_time=0", "incremental/users?start_time=0",
    "incremental/organizations?start_time=0", "users/search?query=ann",
)  # fmt: skip
OF_TICKET = ("", "/comments", "/audits", "/metrics", "/side_conversations", "/collaborators", "/tags")
HOUR_S = 3600


@pytest.fixture
def inside() -> Inside:
    """A helpdesk without sockets, in which calls are counted and exports show what is a minute old."""
    return Inside(per_minute=10_000)


@pytest.fixture
def made(inside: Inside) -> Busy:
    """Its main account, in which a bit of everything was done."""
    return busy(inside)


def seen(one: Busy, own: Own | None = None) -> dict[str, Any]:
    """What clients see of an account; `own` asks another account the same."""
    own = own or one.own
    paths = [*(f"/{each}" for each in LISTS), *(f"/tickets/{one.ticket}{each}" for each in OF_TICKET)]
    paths += [f"/users/{one.ann}/identities", f"/webhooks/{one.webhook}/invocations"]
    return {path: own.ask("GET", path).body for path in paths}


def plain(value: Any) -> Any:
    """Any state as data that can be compared."""
    if isinstance(value, str | int | float | bytes | None):
        return value
    if isinstance(value, dict):
        return [(plain(key), plain(each)) for key, each in value.items()]
    if isinstance(value, set | frozenset):
        return sorted(repr(plain(each)) for each in value)
    if isinstance(value, list | tuple) or type(value).__name__ == "deque":
        return [plain(each) for each in value]
    names = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())] or list(vars(value))
    return type(value).__name__, [(name, plain(getattr(value, name))) for name in names]


def held(inside: Inside, name: str = "account") -> dict[str, Any]:
    """Everything that an account consists of, by part and attribute, as data."""
    parts = keeping.parts(inside.slice._offices.of(name))
    return {f"{each}.{name}": plain(value) for each, part in parts.items() for name, value in part.contents().items()}


# -- back to a snapshot ---------------------------------------------------------------------------------------------


def test_everything_an_account_holds_survives_a_copy(inside: Inside, made: Busy) -> None:
    """Whatever parts hold is in the busy account, is other after a reset, and is the same again after a restore."""
    before, fresh = held(inside), held(Inside())
    assert {name for name in before if before[name] == fresh[name]} == {
        "account.id", "account.brand", "account.page_token",
    }  # fmt: skip
    copy = inside.slice.snapshot()
    inside.slice.reset()
    assert held(inside) != before
    inside.slice.restore(copy)
    # The reset has given further ids, which are not given again.
    assert {**held(inside), "account._next": before["account._next"]} == before
    elsewhere = Inside()
    elsewhere.slice.restore(copy)
    assert held(elsewhere) == before


def test_back_to_a_snapshot(inside: Inside, made: Busy) -> None:
    """After a restore clients see what they saw, whatever was changed, made and thrown away meanwhile."""
    before, copy = seen(made), inside.slice.snapshot()
    assert all(body for body in before.values())
    own = made.own
    for kind in ("ticket", "trigger", "organization", "group", "user", "webhook"):
        for each in own.ask("GET", f"/{kind}s").body[f"{kind}s"]:
            own.ask("PUT", f"/{kind}s/{each['id']}", {kind: {"name": "x", "subject": "x", "tags": ["x"]}})
            own.ask("DELETE", f"/{kind}s/{each['id']}")
    own.made("ticket", **KEYED)
    assert seen(made) != before
    inside.slice.restore(copy)
    assert seen(made) == before
    assert own.ask("PUT", f"/tickets/{made.ticket}", {"ticket": {"tags": ["again"]}}).status == 200
    assert own.ask("GET", "/tickets/count").body["count"]["value"] == before["/tickets"]["count"]
    form = own.ask("POST", "/ticket_forms", {"ticket_form": {"name": "New"}}).body["ticket_form"]["id"]
    problem = own.made("ticket", **KEYED, type="problem")["id"]
    shown = own.made("ticket", **KEYED, type="incident", problem_id=problem, ticket_form_id=form)
    assert (shown["problem_id"], shown["ticket_form_id"]) == (problem, form)


def test_cursors_go_on(inside: Inside, made: Busy) -> None:
    """A cursor from before goes on after a restore where it would have gone on anyway."""
    first = made.own.ask("GET", "/tickets?page[size]=2").body["meta"]["after_cursor"]
    path = f"/tickets?page[size]=2&page[after]={first}"
    export = made.own.ask("GET", "/incremental/tickets/cursor?start_time=0").body["after_cursor"]
    before, copy = made.own.ask("GET", path).body, inside.slice.snapshot()
    for each in made.own.tickets():
        made.own.ask("DELETE", f"/tickets/{each}")
    inside.slice.restore(copy)
    assert made.own.ask("GET", path).body == before
    inside.clock.advance(HOUR_S)
    found = made.own.ask("GET", f"/incremental/tickets/cursor?cursor={export}").body["tickets"]
    assert [each["id"] for each in found] == [made.lagging]


def test_keys_uploads_and_mails_are_as_they_were(inside: Inside, made: Busy) -> None:
    """A key that was used answers the first answer, one used since is free again; so are tokens and messages' ids."""
    own, copy = made.own, inside.slice.snapshot()
    tickets, said = own.tickets(), {"comment": {"body": "x", "uploads": [made.token, made.used]}}

    def use() -> tuple[list[Any], list[bytes], int]:
        keys = [own.ask("POST", "/tickets", {"ticket": KEYED}, key=each) for each in ("k", "later")]
        shown = own.made("ticket", **said)["id"]
        files = own.ask("GET", f"/tickets/{shown}/comments").body["comments"][0]["attachments"]
        for mail in (MAIL, MAIL.replace(b"<m1@bo>", b"<m3@bo>")):
            own.ask("POST", "/inbound_email", content=mail)
        got = [inside.ask("GET", urlsplit(each["content_url"]).path, user=None).raw for each in files]
        return [each.headers["x-idempotency-lookup"] for each in keys], got, len(own.tickets()) - len(tickets)

    first = use()
    assert first == (["hit", "miss"], [b"later"], 3)
    inside.slice.restore(copy)
    assert own.tickets() == tickets
    assert use() == first
    assert inside.ask("GET", urlsplit(made.content).path, user=None).raw == b"abc"
    assert own.ask("GET", f"/job_statuses/{made.job}").body["job_status"]["status"] == "completed"


def test_what_the_search_has_yet_to_learn(inside: Inside, made: Busy) -> None:
    """A ticket that lagged when the copy was made lags after the restore, and is found when its time has come."""
    copy = inside.slice.snapshot()
    inside.clock.advance(10)
    wanted = [made.lagging]

    def found() -> list[int]:
        return [each["id"] for each in made.own.ask("GET", "/search", query="latecomer").body["results"]]

    assert found() == wanted
    made.own.ask("DELETE", f"/tickets/{made.lagging}")
    inside.clock.advance(10)
    assert found() == []
    inside.slice.restore(copy)
    assert found() == wanted
    late = made.own.made("ticket", subject="x", comment={"body": "latecomer"})["id"]
    copy = inside.slice.snapshot()
    inside.slice.restore(copy)
    assert found() == wanted
    inside.clock.advance(10)
    assert found() == [late, *wanted]


def test_ids_are_never_given_twice(inside: Inside, made: Busy) -> None:
    """What is made after a restore has other ids and tokens than what was made after the snapshot."""
    copy = inside.slice.snapshot()

    def fresh() -> set[Any]:
        token = made.own.ask("POST", "/uploads?filename=a.txt", content=b"x").body["upload"]["token"]
        hook, ticket = made.own.made("webhook", **HOOK), made.own.made("ticket", **KEYED)
        job = made.own.ask("POST", "/tickets/create_many", {"tickets": [KEYED]}).body["job_status"]["id"]
        return {token, hook["id"], ticket["id"], job}

    first = fresh()
    inside.slice.restore(copy)
    assert not first & fresh()


def test_a_time_that_was_moved_is_moved_back(inside: Inside, made: Busy) -> None:
    """An account's time is part of the copy: what had not run out then has not run out afterwards."""
    clock, copy = inside.slice._offices.main.clock, inside.slice.snapshot()
    now = made.own.made("ticket", **KEYED)["created_at"]
    clock.advance(3 * HOUR_S)
    assert made.own.ask("POST", "/tickets", {"ticket": KEYED}, key="k").headers["x-idempotency-lookup"] == "miss"
    inside.slice.restore(copy)
    assert made.own.ask("POST", "/tickets", {"ticket": KEYED}, key="k").headers["x-idempotency-lookup"] == "hit"
    assert made.own.made("ticket", **KEYED)["created_at"] == now


def test_limits_are_counted_as_they_were(inside: Inside) -> None:
    """Calls since the copy are not counted, those before it are."""
    inside.slice.tune({"per_minute": 2})
    own = Own(inside)
    own.ask("GET", "/tickets")
    copy = inside.slice.snapshot()
    for _ in range(2):
        assert [own.ask("GET", "/tickets").status for _ in range(2)] == [200, 429]
        inside.slice.restore(copy)


# -- forks and isolated accounts ------------------------------------------------------------------------------------


def test_a_fork_shares_nothing(inside: Inside, made: Busy) -> None:
    """An isolated account becomes the same, with its own token and id, without webhooks; each goes its own way."""
    fork = Own(inside, "fork")
    fork.made("webhook", **HOOK)
    told = len(inside.ledger.told)
    inside.slice.restore(inside.slice.snapshot(), "fork")
    theirs, ours = seen(made, fork), seen(made)
    assert theirs.pop("/webhooks")["webhooks"] == [] != ours.pop("/webhooks")["webhooks"]
    invocations = f"/webhooks/{made.webhook}/invocations"
    assert "invocations" not in theirs.pop(invocations)
    assert ours.pop(invocations)["invocations"]
    assert theirs == ours
    accounts = [inside.slice._offices.of(name).desk.account for name in ("account", "fork")]
    assert len({each.id for each in accounts}) == len({each.page_token for each in accounts}) == 2
    assert fork.ask("POST", "/tickets", {"ticket": KEYED}, key="k").body["ticket"]["id"] == made.keyed
    fork.ask("PUT", f"/tickets/{made.ticket}", {"ticket": {"subject": "Forked"}})
    fork.ask("DELETE", f"/tickets/{made.lagging}")
    assert seen(made).items() >= ours.items()
    fresh = [each.made("ticket", **KEYED)["id"] for each in (fork, made.own)]
    assert fresh[0] != fresh[1]
    # The trigger is copied, and tells nobody in the fork; ours is told of our ticket.
    assert [each.object_id for each in inside.ledger.told[told:]] == [str(fresh[1])]


def test_a_fork_keeps_the_order_of_ids(inside: Inside) -> None:
    """The main account, whose ids are smaller, goes on beyond those of an isolated one, and not with its next."""
    other = busy(inside, "other")
    inside.slice.restore(inside.slice.snapshot("other"))
    main = Own(inside)
    fresh = main.made("ticket", subject="x", comment={"body": "afterwards"})["id"]
    theirs = other.own.made("ticket", **KEYED)["id"]
    assert main.tickets()[-1] == fresh > theirs > max(main.tickets()[:-1])
    inside.clock.advance(HOUR_S)
    events = main.ask("GET", "/incremental/ticket_events?start_time=0").body["ticket_events"]
    assert (events[0]["ticket_id"], events[-1]["ticket_id"]) == (other.ticket, fresh)


@pytest.mark.parametrize("key", ["own", f"{TOKEN}.own"])
def test_an_isolated_account_by_its_name_or_token(inside: Inside, key: str) -> None:
    """It is put back alone: the main account stays as it is."""
    one = busy(inside, "own")
    main = Own(inside)
    copy, before = inside.slice.snapshot(key), seen(one)
    ticket = main.made("ticket", **KEYED)["id"]
    one.own.ask("DELETE", f"/tickets/{one.ticket}")
    inside.slice.restore(copy, key)
    assert seen(one) == before
    assert main.tickets() == [ticket]
    assert len(before["/webhooks"]["webhooks"]) == 1


@pytest.mark.parametrize("key", ["No Name", f"{TOKEN}.No", f"another.{TOKEN}", f"{TOKEN}.account", "x" * 41])
def test_what_names_no_account(inside: Inside, key: str) -> None:
    """A key that opens nothing is refused, and is not taken for the main account."""
    copy = inside.slice.snapshot()
    with pytest.raises(UsageError, match="neither the name"):
        inside.slice.snapshot(key)
    with pytest.raises(UsageError, match="neither the name"):
        inside.slice.restore(copy, key)


# -- webhooks -------------------------------------------------------------------------------------------------------


def test_a_breaker_is_as_it_was(inside: Inside, made: Busy) -> None:
    """Tripped, it stays tripped after a restore; a try that was under way then is made anew."""
    inside.slice.tune({"breaker_least": 1})
    hooks = inside.slice.desk.webhooks
    (asked,) = [each["id"] for each in made.own.ask("GET", f"/webhooks/{made.webhook}/invocations?page[size]=1").body[
        "invocations"]]  # fmt: skip
    hooks.heard(asked, 500, "no")

    def status() -> str:
        made.own.made("ticket", **KEYED)
        shown = made.own.ask("GET", f"/webhooks/{made.webhook}/invocations").body["invocations"]
        return str(shown[0]["status"])

    tripped = inside.slice.snapshot()
    inside.clock.advance(5)
    assert status() == "pending"
    trying = inside.slice.snapshot()
    assert status() == "circuit broken"
    inside.slice.restore(trying)
    assert status() == "pending"
    assert hooks.get(made.webhook).breaker.broken_until_ns is not None
    inside.slice.restore(tripped)
    assert hooks.get(made.webhook).invocations[asked].attempts[0].status_code == 500
    assert status() == "pending"


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


def test_what_has_arrived_since_has_arrived(inside: Inside, made: Busy) -> None:
    """An invocation without any answer in the copy has the answer that came before the restore."""
    path, copy = f"/webhooks/{made.webhook}/invocations", inside.slice.snapshot()
    pending = made.own.ask("GET", path).body["invocations"]
    inside.slice.desk.webhooks.heard(pending[0]["id"], 200, "ok")
    inside.slice.restore(copy)
    found = made.own.ask("GET", path).body["invocations"]
    assert (found[0]["status"], found[1:]) == ("success", pending[1:])


def test_the_control_channel_says_what_is_wrong(served: Fakes) -> None:
    """A key that is none is a 422 that names it, for copies and for what they are put back into."""
    with pytest.raises(ControlError, match="'No Name' is neither") as refused:
        served.control("POST", "/snapshots", fake="helpdesk", account="No Name")
    assert "422" in str(refused.value)
    taken = served.control("POST", "/snapshots", fake="helpdesk")
    with pytest.raises(ControlError, match="'No Name' is neither"):
        served.control("POST", f"/snapshots/{taken['name']}/restore", account="No Name")


# -- another process ------------------------------------------------------------------------------------------------


def test_another_process_goes_on(inside: Inside, made: Busy) -> None:
    """Elsewhere, much later on another machine's clock: all accounts are there, with addresses of the new place."""
    other = busy(inside, "other")
    states = unpacked(packed(inside.slice.state()))
    last = [each.own.made("ticket", **KEYED)["id"] for each in (made, other)]
    later = ManualClock(at_ns=7, wall=datetime(2026, 1, 1, 0, 30, tzinfo=UTC))
    there = Inside(per_minute=10_000, url="http://other.example.com:81", clock=later)
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


# -- refusals -------------------------------------------------------------------------------------------------------


class Hostile:
    """What would call something when it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("hostile",)


def _otherwise(copy: bytes, **parts: Any) -> bytes:
    state = unpacked(copy)
    return packed(replace(state, parts={**state.parts, **parts}))


WRONG: dict[str, Any] = {
    "nothing": lambda copy: b"",
    "nonsense": lambda copy: b"nonsense",
    "cut off": lambda copy: copy[:-1],
    "hostile": lambda copy: pickle.dumps(Hostile()),
    "another fake's": lambda copy: packed({"a": 1}),
    "a part less": lambda copy: packed(replace(unpacked(copy), parts={})),
    "a part more": lambda copy: _otherwise(copy, views={}),
    "an attribute less": lambda copy: _otherwise(copy, triggers={}),
    "an attribute of another kind": lambda copy: _otherwise(copy, jobs={"all": []}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_copy_changes_nothing(inside: Inside, made: Busy, wrong: str) -> None:
    """Bytes that are no account of this helpdesk's release are refused, and the account stays as it is."""
    before, copy = held(inside), inside.slice.snapshot()
    with pytest.raises(UsageError):
        inside.slice.restore(WRONG[wrong](copy))
    assert held(inside) == before
