"""Tickets and receipts over bare HTTP: what is taken, what is refused, what comes later."""

import gzip
from typing import Any

import httpx
import orjson
import pytest

from fakes.plugin import Fakes
from fakes.push.state.devices import ARRIVED_MAX, Devices
from fakes.push.state.service import Service
from fakes.push.state.settings import Settings
from harness.clock import ManualClock
from harness.rng import Rng
from tests.push.conftest import Phone, call, register


def service(**settings: Any) -> tuple[Service, Devices, ManualClock]:
    """A service of its own with its devices and its clock."""
    clock = ManualClock()
    devices = Devices(clock, Rng(1))
    numbers = iter(range(10_000))
    return Service(clock, devices, Settings(**settings), lambda kind: f"{kind}-{next(numbers)}"), devices, clock


def test_a_ticket_a_notification_and_a_receipt(served: Fakes, phone: Phone) -> None:
    """One of each; the effect tells what the person was told."""
    message = {"to": phone.token, "title": "Paid", "body": "9.00", "data": {"order": 7}}
    ticket = call(served, "send", message).json()["data"]
    assert ticket["status"] == "ok"
    assert phone.titles(1) == ["Paid"]
    assert phone.notifications()[0]["data"] == {"order": 7}
    (effect,) = served.effects("push.notification", person=phone.marker)
    assert (effect["object"], effect["values"]) == (ticket["id"], message)
    assert call(served, "getReceipts", {"ids": [ticket["id"], "nobody"]}).json() == {
        "data": {ticket["id"]: {"status": "ok"}}
    }


def test_a_repeat_is_a_second_notification(served: Fakes, phone: Phone) -> None:
    """There is no idempotency."""
    first, second = (call(served, "send", {"to": phone.token, "title": "Paid"}).json()["data"] for _ in range(2))
    assert first["id"] != second["id"]
    assert phone.titles(2) == ["Paid", "Paid"]


def test_one_many_and_many_recipients(served: Fakes, phone: Phone) -> None:
    """An object with one recipient is answered with a ticket, everything else with a list of them, in order."""
    other = register(served, f"other phone of {phone.marker}")
    assert call(served, "send", {"to": phone.token}).json()["data"]["status"] == "ok"
    assert [each["status"] for each in call(served, "send", [{"to": phone.token}]).json()["data"]] == ["ok"]
    tickets = call(served, "send", {"to": [phone.token, "nonsense", other]}).json()["data"]
    assert [each["status"] for each in tickets] == ["ok", "error", "ok"]
    assert tickets[1]["details"] == {"error": "DeviceNotRegistered", "expoPushToken": "nonsense"}


def test_gzip(served: Fakes, phone: Phone) -> None:
    """A zipped body is read, and whose it is is found in it; nonsense and bombs are refused."""
    headers = {"content-type": "application/json", "content-encoding": "gzip"}

    def sent(body: bytes) -> httpx.Response:
        return call(served, "send", content=body, headers=headers)

    body = orjson.dumps({"to": phone.token, "title": phone.marker})
    assert sent(gzip.compress(body)).json()["data"]["status"] == "ok"
    assert served.records("received", operation="POST push/send", person=phone.marker)[-1]["markers"] == [phone.marker]
    assert sent(b"nonsense").status_code == 400
    assert sent(gzip.compress(body)[:-20]).status_code == 400
    assert sent(gzip.compress(b" " * 5_000_000)).status_code == 413


WRONG: list[tuple[Any, str]] = [
    ([], '"value" must contain at least 1 items.'),
    ([7], '"[0]" must be of type object.'),
    ({}, '"to" is required.'),
    ([{"to": "x"}, {"title": "x"}], '"[1].to" is required.'),
    ({"to": []}, '"to" must be a push token or an array of them.'),
    ({"to": "x", "data": "y"}, '"data" must be of type object.'),
    ({"to": "x", "title": 7}, '"title" must be a string.'),
    ({"to": "x", "ttl": -1}, '"ttl" must be a whole number of seconds.'),
    ({"to": "x", "badge": True}, '"badge" must be a whole number.'),
    ({"to": "x", "priority": "urgent"}, '"priority" must be one of [default, normal, high].'),
    ({"to": "x", "_displayInForeground": True}, '"_displayInForeground" is not allowed.'),
]


@pytest.mark.parametrize(("asked", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_message_refuses_the_whole_request(served: Fakes, asked: Any, message: str) -> None:
    """400 with the first mistake and its place."""
    answer = call(served, "send", asked)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"], error["message"]) == (400, "VALIDATION_ERROR", message)


def test_too_many(served: Fakes, phone: Phone) -> None:
    """At most a hundred notifications and a thousand receipts in one request."""
    answer = call(served, "send", {"to": [phone.token] * 101})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "PUSH_TOO_MANY_NOTIFICATIONS")
    assert not served.effects("push.notification", person=phone.marker)
    answer = call(served, "getReceipts", {"ids": ["x"] * 1001})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "PUSH_TOO_MANY_RECEIPTS")
    assert call(served, "getReceipts", {"ids": ["x"] * 1000}).json() == {"data": {}}
    assert call(served, "getReceipts", {"ids": "x"}).status_code == 400


def test_two_projects_in_one_request(served: Fakes, phone: Phone) -> None:
    """Nothing is sent; the details say which tokens belong where."""
    stranger = register(served, "somebody's phone", "@other/app")
    answer = call(served, "send", [{"to": phone.token}, {"to": stranger}])
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (400, "PUSH_TOO_MANY_EXPERIENCE_IDS")
    assert error["details"] == {"@staging/app": [phone.token], "@other/app": [stranger]}
    assert not served.effects("push.notification", person=phone.marker)


def test_a_payload_that_is_too_big(served: Fakes, phone: Phone) -> None:
    """Its ticket is an error; the limit is 4,096 bytes of what the phone gets."""
    ticket = call(served, "send", {"to": phone.token, "data": {"text": "x" * 4096}}).json()["data"]
    assert (ticket["status"], ticket["details"]) == ("error", {"error": "MessageTooBig"})


def test_access_tokens(tuned: Fakes, phone: Phone) -> None:
    """Optional unless the setting says so; a wrong one is always refused."""
    right = {"authorization": f"Bearer {tuned.key('push', 'access_token')}"}
    wrong = call(tuned, "send", {"to": phone.token}, headers={"authorization": "Bearer x"})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (401, "UNAUTHORIZED")
    tuned.control("PUT", "/settings/push", settings={"token_required": True})
    assert call(tuned, "send", {"to": phone.token}).status_code == 401
    assert call(tuned, "send", {"to": phone.token}, headers=right).status_code == 200


def test_the_limit_of_a_project(tuned: Fakes, phone: Phone) -> None:
    """429 when a project has sent its notifications of this second; another project still may."""
    stranger = register(tuned, "somebody else's phone", "@other/app")
    tuned.control("PUT", "/settings/push", settings={"per_second": 2})
    assert call(tuned, "send", {"to": [phone.token] * 2}).status_code == 200
    answer = call(tuned, "send", {"to": phone.token})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (429, "TOO_MANY_REQUESTS")
    assert call(tuned, "send", {"to": stranger}).status_code == 200


def test_an_app_that_was_removed(served: Fakes, phone: Phone) -> None:
    """The service learns it from a receipt; the tickets after that are errors, until the app is back."""
    phone.act("uninstall_app")
    ticket = call(served, "send", {"to": phone.token, "title": "lost"}).json()["data"]
    receipt = call(served, "getReceipts", {"ids": [ticket["id"]]}).json()["data"][ticket["id"]]
    assert receipt["details"] == {"error": "DeviceNotRegistered", "expoPushToken": phone.token}
    later = call(served, "send", {"to": phone.token, "title": "refused"}).json()["data"]
    assert (later["status"], later["details"]["error"]) == ("error", "DeviceNotRegistered")
    assert not served.effects("push.notification", person=phone.marker)
    phone.act("install_app")
    call(served, "send", {"to": phone.token, "title": "back"})
    assert phone.titles(1) == ["back"]


def test_planned_tickets_and_receipts(served: Fakes, phone: Phone) -> None:
    """The next one of this person fails as asked, and nothing arrives."""
    phone.act("fail_ticket", error="MessageRateExceeded")
    phone.act("fail_receipt")
    first, second, third = (call(served, "send", {"to": phone.token, "title": "x"}).json()["data"] for _ in range(3))
    assert first["details"] == {"error": "MessageRateExceeded"}
    told = call(served, "getReceipts", {"ids": [second["id"], third["id"]]}).json()["data"]
    assert told[second["id"]]["details"] == {"error": "InvalidCredentials"}
    assert told[third["id"]] == {"status": "ok"}
    assert phone.titles(1) == ["x"]


def test_receipts_by_the_clock() -> None:
    """Not there before the lag is over, gone after a day."""
    one, _, clock = service(receipt_lag_s=900.0)
    (sent,) = one.send({"to": "ExponentPushToken[x]"})
    ids = {"ids": [sent.ticket["id"]]}
    assert one.receipts(ids) == {}
    clock.advance(900)
    assert one.receipts(ids) == {sent.ticket["id"]: {"status": "ok"}}
    clock.advance(86_401)
    assert one.receipts(ids) == {}


def test_receipts_when_time_is_moved_on(tuned: Fakes, phone: Phone) -> None:
    """Nobody waits a quarter of an hour for them in a test."""
    tuned.control("PUT", "/settings/push", settings={"receipt_lag_s": 900.0})
    ticket = call(tuned, "send", {"to": phone.token}).json()["data"]
    ids = {"ids": [ticket["id"]]}
    assert call(tuned, "getReceipts", ids).json() == {"data": {}}
    tuned.control("POST", "/time", fake="push", seconds=900)
    assert call(tuned, "getReceipts", ids).json() == {"data": {ticket["id"]: {"status": "ok"}}}


def test_strangers_may_be_refused() -> None:
    """Without `strangers` only tokens that were given out stand for a device; the same phone keeps its token."""
    one, devices, _ = service(strangers=False)
    assert one.send({"to": "ExponentPushToken[x]"})[0].ticket["status"] == "error"
    given = devices.register("a phone", "@a/b")
    assert devices.register("a phone", "@a/b") is given
    assert one.send({"to": given.token})[0].ticket["status"] == "ok"


def test_an_expired_notification_is_not_shown() -> None:
    """A phone that gets it too late drops it; only the newest stay on the screen."""
    one, devices, clock = service()
    told = [one.send({"to": "ExponentPushToken[x]", **more})[0].notification for more in ({"ttl": 60}, {})]
    clock.advance(61)
    assert [devices.arrive(each) for each in told] == [False, True]
    for _ in range(ARRIVED_MAX):
        devices.arrive(told[1])
    device = devices.known("ExponentPushToken[x]")
    assert device is not None
    assert len(device.arrived) == ARRIVED_MAX
    assert devices.arrive({"to": "nobody"}) is False


def test_reset_and_after(served: Fakes, phone: Phone) -> None:
    """Devices and receipts are forgotten; new notifications still find their way."""
    ticket = call(served, "send", {"to": phone.token, "title": "before"}).json()["data"]
    assert phone.titles(1) == ["before"]
    served.control("POST", "/reset")
    assert phone.notifications() == []
    assert call(served, "getReceipts", {"ids": [ticket["id"]]}).json() == {"data": {}}
    call(served, "send", {"to": phone.token, "title": "after"})
    assert phone.titles(1) == ["after"]
