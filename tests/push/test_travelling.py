"""On the way to the phone: late, twice, lost, out of order on purpose; and what the sender learns of none of it."""

import httpx
import pytest

from harness.rng import Rng
from tests.push.conftest import Phone, call, register
from tests.push.test_sending import service


def send(phone: Phone, *titles: str, **more: object) -> None:
    """Notifications, one request each; the sender is told `ok` every time."""
    for title in titles:
        ticket = call(phone.fakes, "send", {"to": phone.token, "title": title, **more}).json()["data"]
        assert ticket["status"] == "ok"


def test_in_order_without_rules(phone: Phone) -> None:
    """As they were sent."""
    send(phone, "1", "2", "3")
    assert phone.titles(3) == ["1", "2", "3"]


def test_twice(phone: Phone) -> None:
    """The same notification, with the same id."""
    phone.rule("repeat", copies=1)
    send(phone, "paid")
    assert phone.titles(2) == ["paid", "paid"]
    assert len({each["id"] for each in phone.notifications()}) == 1


def test_late(phone: Phone) -> None:
    """An older notification arrives after a newer one, until the hold is released."""
    phone.rule("hold", name="in a tunnel")
    send(phone, "stale")
    phone.fakes.control("DELETE", f"/rules?person={phone.marker}")
    assert phone.titles(1) == ["stale"]
    phone.rule("delay", seconds=0.3)
    send(phone, "older")
    phone.fakes.control("POST", "/calm")
    phone.rule("delay", seconds=0.4)
    send(phone, "slow")
    assert phone.fakes.control("GET", "/pending")["by_person"][phone.marker]
    phone.fakes.settle()
    assert phone.titles(3)[-1] == "slow"


def test_out_of_order(phone: Phone) -> None:
    """What is sent within a moment arrives newest first."""
    phone.rule("newest_first", seconds=30)
    send(phone, "pending", "paid", "refunded")
    phone.fakes.control("DELETE", f"/rules?person={phone.marker}")
    assert phone.titles(3) == ["refunded", "paid", "pending"]


def test_lost(phone: Phone) -> None:
    """It never arrives, and the receipt is `ok` all the same: neither says whether the phone has it."""
    phone.rule("drop")
    send(phone, "lost")
    phone.fakes.settle()
    assert phone.notifications() == []
    (effect,) = phone.fakes.effects("push.notification", person=phone.marker)
    told = call(phone.fakes, "getReceipts", {"ids": [effect["object"]]}).json()["data"]
    assert told == {effect["object"]: {"status": "ok"}}


def test_told_again(phone: Phone) -> None:
    """An old notification comes once more on demand, long after newer ones."""
    send(phone, "old", "new")
    assert phone.titles(2) == ["old", "new"]
    phone.fakes.control("POST", "/resend", person=phone.marker, fake="push", which="first")
    assert phone.titles(3) == ["old", "new", "old"]


def test_rules_meet_one_person(phone: Phone) -> None:
    """Somebody else's notification in the same request arrives."""
    stranger = Rng(6).marker(phone.marker)
    other = Phone(phone.fakes, stranger, register(phone.fakes, f"phone of {stranger}"))
    phone.rule("drop")
    call(phone.fakes, "send", [{"to": phone.token, "title": "a"}, {"to": other.token, "title": "b"}])
    assert other.titles(1) == ["b"]
    phone.fakes.settle()
    assert phone.notifications() == []


@pytest.mark.parametrize(("kind", "sent"), [("lost_reply", 1), ("refuse", 0), ("server_error", 0), ("rate_limited", 0)])
def test_faults_meet_the_senders_call(phone: Phone, kind: str, sent: int) -> None:
    """A lost reply leaves the notification, so that a client that tries again sends a second one."""
    phone.fakes.control("POST", "/faults", faults=[{"person": phone.marker, "fake": "push", "kind": kind}])
    try:
        answer = call(phone.fakes, "send", {"to": phone.token, "title": "x"})
        assert answer.json()["errors"][0]["code"] in ("INTERNAL_SERVER_ERROR", "TOO_MANY_REQUESTS")
    except httpx.HTTPError:
        assert kind in ("lost_reply", "refuse")
    assert len(phone.fakes.effects("push.notification", person=phone.marker)) == sent


def test_a_device_that_is_gone_shows_nothing() -> None:
    """What was on its way when the app was removed is dropped."""
    one, devices, _ = service()
    (sent,) = one.send({"to": "ExponentPushToken[x]"})
    device = devices.known("ExponentPushToken[x]")
    assert device is not None
    device.installed = False
    assert devices.arrive(sent.notification) is False
