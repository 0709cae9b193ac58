"""The push service with the vendor's own Node client, unmodified; only an environment variable says where it is."""

from pathlib import Path
from typing import Any

from fakes.plugin import Fakes
from tests.nodes import play
from tests.push.conftest import Phone, register

SCRIPT = Path(__file__).with_name("push.cjs")


def expo(fakes: Fakes, *steps: tuple[str, Any]) -> list[Any]:
    """What the client says to each step."""
    told: list[Any] = play(
        SCRIPT,
        {"accessToken": fakes.key("push", "access_token"), "steps": steps},
        EXPO_BASE_URL=fakes.url("push"),
    )
    return told


def test_sending_in_chunks(served: Fakes, phone: Phone) -> None:
    """More than a hundred go in two requests, zipped; every ticket has its receipt."""
    messages = [{"to": phone.token, "title": f"{n}", "data": {"text": "x" * 50}} for n in range(101)]
    valid, sizes, tickets, single = expo(
        served, ("isToken", phone.token), ("chunks", messages), ("send", messages[:100]), ("send", messages[100:])
    )
    assert (valid, sizes) == (True, [100, 1])
    assert [each["status"] for each in [*tickets, *single]] == ["ok"] * 101
    (receipts,) = expo(served, ("receipts", [each["id"] for each in tickets]))
    assert {each["status"] for each in receipts.values()} == {"ok"}
    assert len(receipts) == 100
    assert len(served.effects("push.notification", person=phone.marker)) == 101


def test_errors_as_the_client_tells_them(served: Fakes, phone: Phone) -> None:
    """Of one notification in its ticket, of a whole request as an exception with code and details."""
    stranger = register(served, "a phone of another project", "@other/app")
    tickets, mixed, wrong = expo(
        served,
        ("send", [{"to": phone.token}, {"to": "ExponentPushToken"}]),
        ("send", [{"to": phone.token}, {"to": stranger}]),
        ("send", [{"to": phone.token, "nonsense": 1}]),
    )
    assert tickets[1]["details"]["error"] == "DeviceNotRegistered"
    assert (mixed["code"], mixed["status"]) == ("PUSH_TOO_MANY_EXPERIENCE_IDS", 400)
    assert set(mixed["details"]) == {"@staging/app", "@other/app"}
    assert (wrong["code"], wrong["message"]) == ("VALIDATION_ERROR", '"[0].nonsense" is not allowed.')


def test_the_client_tries_again_when_it_was_too_fast(served: Fakes, phone: Phone) -> None:
    """Two 429 in a row are waited out; one notification is sent."""
    fault = {"person": phone.marker, "fake": "push", "kind": "rate_limited", "times": 2}
    served.control("POST", "/faults", faults=[fault])
    (tickets,) = expo(served, ("send", [{"to": phone.token, "title": "once"}]))
    assert tickets[0]["status"] == "ok"
    assert len(served.effects("push.notification", person=phone.marker)) == 1
    assert len(served.records("fault", person=phone.marker)) == 2


def test_a_wrong_access_token(served: Fakes, phone: Phone) -> None:
    """Refused as UNAUTHORIZED."""
    (told,) = play(
        SCRIPT,
        {"accessToken": "wrong", "steps": [("send", [{"to": phone.token}])]},
        EXPO_BASE_URL=served.url("push"),
    )
    assert told["code"] == "UNAUTHORIZED"
