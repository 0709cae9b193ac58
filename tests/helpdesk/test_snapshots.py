"""Snapshots and forks of accounts: copied whole, part by part, sharing nothing afterwards; no copy, no restore."""

import pickle
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from fakes.helpdesk import keeping
from fakes.keeping import packed, sealed, unpacked
from harness.errors import UsageError
from tests.helpdesk.busy import HOOK, KEYED, MAIL, Busy, busy, seen
from tests.helpdesk.inside import TOKEN, Inside, Own

HOUR_S = 3600


@pytest.fixture
def inside() -> Inside:
    """A helpdesk without sockets, in which calls are counted and exports show what is a minute old."""
    return Inside(per_minute=10_000)


@pytest.fixture
def made(inside: Inside) -> Busy:
    """Its main account, in which a bit of everything was done."""
    return busy(inside)


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


def test_what_has_arrived_since_has_arrived(inside: Inside, made: Busy) -> None:
    """An invocation without any answer in the copy has the answer that came before the restore."""
    path, copy = f"/webhooks/{made.webhook}/invocations", inside.slice.snapshot()
    pending = made.own.ask("GET", path).body["invocations"]
    inside.slice.desk.webhooks.heard(pending[0]["id"], 200, "ok")
    inside.slice.restore(copy)
    found = made.own.ask("GET", path).body["invocations"]
    assert (found[0]["status"], found[1:]) == ("success", pending[1:])


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
    "hostile": lambda copy: sealed(pickle.dumps(Hostile())),
    "another fake's": lambda copy: packed({"a": 1}),
    "a part less": lambda copy: packed(replace(unpacked(copy), parts={})),
    "no parts": lambda copy: packed(replace(unpacked(copy), parts=None)),
    "no time": lambda copy: packed(replace(unpacked(copy), time={})),
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
