"""Isolated accounts: the access token with a name at its end opens a service that shares nothing with the others."""

from typing import Any

import pytest

from fakes.plugin import Fakes
from tests.push.conftest import Phone, call

DAY_S = 86_400
NAMES = ("", "one", "other-2")


def ask(phone: Phone, name: str, path: str, json: Any) -> Any:
    """What the service says to the holder of an account's token."""
    token = phone.fakes.key("push", "access_token") + (name and f".{name}")
    answer = call(phone.fakes, path, json, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_each_account_has_tickets_and_phones_of_its_own(phone: Phone) -> None:
    """The same device's token stands for another phone in each, and a receipt is told in one of them only."""
    made = {name: ask(phone, name, "send", {"to": phone.token, "title": f"to {name}"})["id"] for name in NAMES}
    phone.fakes.settle()
    for name in NAMES:
        arrived = phone.fakes.inbox("push", phone.token, name or None)
        assert [one["title"] for one in arrived] == [f"to {name}"]
    phone.fakes.control("POST", "/time", fake="push", seconds=60)
    for name in NAMES[1:]:
        phone.fakes.control("POST", "/time", fake="push", seconds=60, account=name)
    for name, ticket in made.items():
        told = {one: ask(phone, one, "getReceipts", {"ids": [ticket]}) for one in NAMES}
        assert [one for one, receipts in told.items() if ticket in receipts] == [name]


def test_a_phone_is_registered_in_the_account_of_the_token_that_is_shown(phone: Phone) -> None:
    """Without one in the main account; the same phone has another token in each."""
    asked = {"deviceId": "phone-of-accounts", "deviceToken": "t", "appId": "app"}
    tokens = [ask(phone, name, "getExpoPushToken", asked)["expoPushToken"] for name in NAMES]
    assert len(set(tokens)) == len(NAMES)
    assert [ask(phone, name, "getExpoPushToken", asked)["expoPushToken"] for name in NAMES] == tokens
    free = call(phone.fakes, "getExpoPushToken", asked).json()["data"]["expoPushToken"]
    assert free == tokens[0]


def test_time_moves_in_one_account(phone: Phone) -> None:
    """What was sent in another account keeps its receipt for a day of that account's own time."""
    made = {name: ask(phone, name, "send", {"to": phone.token, "title": "kept"})["id"] for name in ("three", "four")}
    phone.fakes.control("POST", "/time", fake="push", seconds=60, account="three")
    phone.fakes.control("POST", "/time", fake="push", seconds=2 * DAY_S, account="four")
    kept = {name: ask(phone, name, "getReceipts", {"ids": [ticket]}) for name, ticket in made.items()}
    assert kept == {"three": {made["three"]: {"status": "ok"}}, "four": {}}


@pytest.mark.parametrize("end", [".", ".UPPER", ".a b", f".{'x' * 41}", ".service"])
def test_other_endings_open_nothing(phone: Phone, end: str) -> None:
    """What can be no name is refused as any wrong token is."""
    token = phone.fakes.key("push", "access_token") + end
    answer = call(phone.fakes, "send", {"to": phone.token}, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_reset_clears_every_account(phone: Phone) -> None:
    """Nothing has arrived anywhere any more; what is sent afterwards arrives in its account."""
    for name in NAMES:
        ask(phone, name, "send", {"to": phone.token, "title": "before"})
    phone.fakes.settle()
    phone.fakes.control("POST", "/reset")
    assert all(phone.fakes.inbox("push", phone.token, name or None) == [] for name in NAMES)
    ask(phone, "one", "send", {"to": phone.token, "title": "after"})
    phone.fakes.settle()
    assert [one["title"] for one in phone.fakes.inbox("push", phone.token, "one")] == ["after"]


def test_an_inbox_of_what_can_be_no_account(phone: Phone) -> None:
    """The control channel says what a name looks like."""
    with pytest.raises(Exception, match="1 to 40 of a-z, 0-9 and -"):
        phone.fakes.inbox("push", phone.token, "Not A Name")


def test_rules_hold_in_isolated_accounts_too(phone: Phone) -> None:
    """A person's notification is lost on its way, whatever account sent it; a neighbour's arrives."""
    phone.rule("drop")
    ask(phone, "one", "send", {"to": phone.token, "title": "lost"})
    phone.fakes.settle()
    assert phone.fakes.inbox("push", phone.token, "one") == []


def test_an_act_meets_the_phone_wherever_it_is(phone: Phone) -> None:
    """Somebody whose only phone is in an isolated account can remove the app from it."""
    ask(phone, "five", "send", {"to": phone.token, "title": "first"})
    phone.act("uninstall_app")
    later = ask(phone, "five", "send", {"to": phone.token, "title": "second"})
    phone.fakes.control("POST", "/time", fake="push", seconds=60, account="five")
    told = ask(phone, "five", "getReceipts", {"ids": [later["id"]]})
    assert told[later["id"]]["details"]["error"] == "DeviceNotRegistered"


def test_accounts_need_no_setting_of_their_own(phone: Phone) -> None:
    """Settings hold for all of them."""
    assert isinstance(phone.fakes, Fakes)
    before = phone.fakes.control("PUT", "/settings/push", settings={})["settings"]
    phone.fakes.control("PUT", "/settings/push", settings={"strangers": False})
    try:
        assert ask(phone, "six", "send", {"to": phone.token})["details"]["error"] == "DeviceNotRegistered"
    finally:
        phone.fakes.control("PUT", "/settings/push", settings={"strangers": before["strangers"]})
