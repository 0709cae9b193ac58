"""Snapshots, forks and a file that outlives the process: phones, what has arrived on them, receipts, planned errors."""

from pathlib import Path
from typing import Any

import pytest

from fakes.contents import copied, put_back
from fakes.plugin import Fakes, running
from fakes.push.state.problem import Problem
from fakes.serve import Options
from harness.clock import ManualClock
from tests.push.conftest import Phone, call
from tests.push.test_sending import service

KEYS = {"deviceToken": "t", "appId": "app"}


def ask(fakes: Fakes, name: str, path: str, json: Any) -> Any:
    """What the service says to the holder of an account's token."""
    token = fakes.key("push", "access_token") + (name and f".{name}")
    answer = call(fakes, path, json, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def send(fakes: Fakes, name: str, token: str, title: str) -> Any:
    """The ticket of a notification that has arrived, if it is to arrive."""
    ticket = ask(fakes, name, "send", {"to": token, "title": title})
    fakes.settle()
    return ticket


def registered(fakes: Fakes, name: str, phone: str) -> str:
    """The token of a phone."""
    return str(ask(fakes, name, "getExpoPushToken", {"deviceId": phone, **KEYS})["expoPushToken"])


def titles(fakes: Fakes, name: str, token: str) -> list[str]:
    """What is on a phone's screen."""
    return [one["title"] for one in fakes.inbox("push", token, name or None)]


def take(fakes: Fakes, name: str = "") -> str:
    """The name of a snapshot of an account."""
    return str(fakes.control("POST", "/snapshots", fake="push", account=name or None)["name"])


def restore(fakes: Fakes, snapshot: str, name: str = "") -> None:
    """Put it back, or into another account."""
    fakes.control("POST", f"/snapshots/{snapshot}/restore", account=name or None)


@pytest.mark.parametrize("name", ["", "kept"])
def test_back_to_a_snapshot(served: Fakes, phone: Phone, name: str) -> None:
    """Screens, receipts and phones are as they were; a phone that came later has no token that anybody had."""
    served.control("POST", "/reset")
    token = registered(served, name, "old phone")
    old = send(served, name, token, "old")["id"]
    snapshot, new = take(served, name), send(served, name, token, "new")["id"]
    newer = [registered(served, name, f"new phone {number}") for number in range(2)]
    send(served, name, newer[0], "lost")
    restore(served, snapshot, name)
    assert titles(served, name, token) == ["old"]
    assert ask(served, name, "getReceipts", {"ids": [old, new]}) == {old: {"status": "ok"}}
    assert registered(served, name, "old phone") == token
    again = registered(served, name, "new phone 0")
    assert again not in (token, *newer)
    assert titles(served, name, newer[0]) == []
    ticket = send(served, name, token, "after")
    assert ticket["id"] not in (old, new)
    assert titles(served, name, token) == ["old", "after"]


def test_what_is_planned_for_a_phone_is_planned_again(served: Fakes, phone: Phone) -> None:
    """An app that is gone, and the error of the next ticket, belong to the copy."""
    phone.act("fail_ticket", error="InvalidCredentials")
    snapshot = take(served)
    assert send(served, "", phone.token, "fails")["details"]["error"] == "InvalidCredentials"
    assert send(served, "", phone.token, "arrives")["status"] == "ok"
    phone.act("uninstall_app")
    restore(served, snapshot)
    assert send(served, "", phone.token, "fails")["details"]["error"] == "InvalidCredentials"
    send(served, "", phone.token, "is there again")
    assert phone.titles(1) == ["is there again"]


def test_a_fork(served: Fakes, phone: Phone) -> None:
    """It has the phones and what has arrived on them, under its own token; then each goes its own way."""
    token = registered(served, "source", "one phone")
    old = send(served, "source", token, "before")["id"]
    restore(served, take(served, "source"), "fork")
    key = served.key("push", "access_token")
    restore(served, take(served, f"{key}.source"), f"{key}.by-key")
    for name in ("fork", "by-key"):
        send(served, name, token, f"to {name}")
        assert titles(served, name, token) == ["before", f"to {name}"]
        assert ask(served, name, "getReceipts", {"ids": [old]}) == {old: {"status": "ok"}}
        assert registered(served, name, "one phone") == token
    send(served, "source", token, "here")
    assert titles(served, "source", token) == ["before", "here"]
    assert titles(served, "", token) == []
    tokens = {registered(served, name, "another phone") for name in ("source", "fork", "by-key")}
    assert len(tokens - {token}) == 3


def test_time_and_receipts(served: Fakes, phone: Phone) -> None:
    """A receipt that was to come later comes later again: an account's own time is part of the copy."""
    before = served.control("PUT", "/settings/push", settings={})["settings"]
    served.tune("push", receipt_lag_s=3600)
    try:
        ticket = send(served, "later", phone.token, "when")["id"]
        snapshot = take(served, "later")
        for _ in range(2):
            assert ask(served, "later", "getReceipts", {"ids": [ticket]}) == {}
            served.control("POST", "/time", fake="push", seconds=3601, account="later")
            assert ask(served, "later", "getReceipts", {"ids": [ticket]}) == {ticket: {"status": "ok"}}
            restore(served, snapshot, "later")
    finally:
        served.tune("push", **before)


def test_what_is_on_its_way_arrives(served: Fakes, phone: Phone) -> None:
    """A notification that was held when the account was put back comes to the phone when it is let go."""
    snapshot = take(served)
    phone.rule("hold", seconds=60, name="held", times=1)
    ask(served, "", "send", {"to": phone.token, "title": "held"})
    restore(served, snapshot)
    assert titles(served, "", phone.token) == []
    served.control("POST", "/release", name="held")
    assert phone.titles(1) == ["held"]


def test_a_limit_is_as_near_as_it_was() -> None:
    """Notifications that counted then count again, those that came later do not."""
    place, devices, clock = service(per_second=1)
    assert isinstance(clock, ManualClock)
    token = devices.register("phone", "@staging/app").token
    place.send({"to": token})
    copy = copied("push", place)
    clock.advance(5)
    place.send({"to": token})
    clock.advance(0.4)
    put_back("push", place, copy)
    clock.advance(0.7)
    with pytest.raises(Problem, match="exceeded the limit"):
        place.send({"to": token})
    clock.advance(0.4)
    assert place.send({"to": token})[0].ticket["status"] == "ok"


def test_a_file_outlives_the_process(tmp_path: Path) -> None:
    """A later process has the same token, phones, screens and receipts, and goes on with ids and tokens of its own."""
    tokens: dict[str, list[str]] = {"": [], "isolated": []}
    tickets: dict[str, list[str]] = {"": [], "isolated": []}
    keys = []
    for number in range(2):
        options = Options(only=["push"], seed=3, state=tmp_path / "kept.state", settings={"push": {"receipt_lag_s": 0}})
        with running(options) as fakes:
            keys.append(fakes.key("push", "access_token"))
            for name in ("", "isolated"):
                token = registered(fakes, name, "first phone")
                tokens[name] += [token, registered(fakes, name, f"phone {number}")]
                tickets[name].append(send(fakes, name, token, f"number {number}")["id"])
                assert titles(fakes, name, token) == [f"number {one}" for one in range(number + 1)]
                assert list(ask(fakes, name, "getReceipts", {"ids": tickets[name]})) == tickets[name]
    assert keys[0] == keys[1]
    for name in ("", "isolated"):
        assert tokens[name][0] == tokens[name][2]
        assert len(set(tokens[name])) == 3
    assert len({one for each in tickets.values() for one in each}) == 4
