"""Isolated accounts: a token, a webhook's secret or a password with a name at its end opens what shares nothing."""

import smtplib
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from fakes.plugin import Fakes

NAMES = ("", "one", "other-2")
ANN = "ann@customers.example.com"


def ended(key: str, name: str) -> str:
    """The key of an account."""
    return key + (name and f".{name}")


def api(fakes: Fakes, name: str, method: str, **asked: Any) -> dict[str, Any]:
    """What the API answers to an account's token, which it is told in the header."""
    headers = {"authorization": f"Bearer {ended(fakes.key('alerts', 'slack_token'), name)}"}
    url = f"{fakes.url('alerts')}/api/{method}"
    answer: dict[str, Any] = httpx.post(url, data=asked, headers=headers, trust_env=False).json()
    return answer


def hooked(fakes: Fakes, name: str, text: str) -> httpx.Response:
    """A message through an account's webhook."""
    url = ended(fakes.public["alerts"]["slack_url"], name)
    return httpx.post(url, json={"text": text}, trust_env=False)


def texts(fakes: Fakes, name: str) -> list[str]:
    """What stands in the channel of an account, newest first."""
    return [one["text"] for one in api(fakes, name, "conversations.history", channel="alerts")["messages"]]


def mailed(fakes: Fakes, name: str, subject: str) -> None:
    """A mail by somebody who shows an account's password."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@example.com", ANN, subject
    place = fakes.public["alerts"]
    with smtplib.SMTP(place["smtp_host"], place["smtp_port"], timeout=10) as client:
        client.login(place["smtp_user"], ended(place["smtp_password"], name))
        client.send_message(mail)


def subjects(fakes: Fakes, name: str) -> list[str]:
    """What has arrived in the mailbox of an account."""
    return [one["subject"] for one in fakes.inbox("alerts", ANN, name or None)]


def test_each_account_has_a_workspace_of_its_own(served: Fakes) -> None:
    """Messages by API and by webhook stand in their own account only; teams, bots and channels are others."""
    served.control("POST", "/reset")
    made = {name: api(served, name, "chat.postMessage", channel="alerts", text=f"by API to {name}") for name in NAMES}
    for name in NAMES:
        assert hooked(served, name, f"by hook to {name}").text == "ok"
    for name in NAMES:
        assert texts(served, name) == [f"by hook to {name}", f"by API to {name}"]
        for other in NAMES:
            shown = api(served, other, "conversations.replies", channel="alerts", ts=made[name]["ts"])
            assert shown["ok"] is (other == name)
    assert len({made[name]["channel"] for name in NAMES}) == len(NAMES)
    assert len({api(served, name, "auth.test")["team_id"] for name in NAMES}) == len(NAMES)


def test_a_token_among_the_arguments(served: Fakes) -> None:
    """It opens its account too."""
    token = ended(served.key("alerts", "slack_token"), "by-argument")
    url = f"{served.url('alerts')}/api/chat.postMessage"
    asked = {"token": token, "channel": "alerts", "text": "hello"}
    assert httpx.post(url, data=asked, trust_env=False).json()["ok"] is True
    assert texts(served, "by-argument") == ["hello"]


def test_each_account_has_mailboxes_of_its_own(tuned: Fakes) -> None:
    """The same address is another mailbox in each account; who shows no password writes to the main one's."""
    tuned.control("POST", "/reset")
    tuned.tune("alerts", smtp_auth="offered")
    for name in NAMES:
        mailed(tuned, name, f"to {name or 'main'}")
    assert [subjects(tuned, name) for name in NAMES] == [[f"to {name or 'main'}"] for name in NAMES]
    effects = tuned.effects("alerts.mail", op="create")
    assert [one["values"]["subject"] for one in effects[-3:]] == ["to main", "to one", "to other-2"]


@pytest.mark.parametrize("name", ["UPPER", "x" * 41, "workspace"])
def test_other_endings_open_nothing(tuned: Fakes, name: str) -> None:
    """Neither as a token, nor as a webhook's secret, nor as a password."""
    assert api(tuned, name, "auth.test") == {"ok": False, "error": "invalid_auth"}
    assert hooked(tuned, name, "hello").text == "invalid_token"
    tuned.tune("alerts", smtp_auth="offered")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        mailed(tuned, name, "hello")


def test_a_reset_clears_every_account(served: Fakes) -> None:
    """Nothing is said anywhere any more."""
    for name in NAMES:
        hooked(served, name, "before")
    served.control("POST", "/reset")
    assert [texts(served, name) for name in NAMES] == [[], [], []]


def test_time_moves_in_one_account(served: Fakes) -> None:
    """A message of the account whose time was moved on has a later `ts` than one of another."""
    served.control("POST", "/time", fake="alerts", seconds=86_400, account="later")
    later, now = (api(served, name, "chat.postMessage", channel="alerts", text="when") for name in ("later", "now"))
    assert 86_000 < float(later["ts"]) - float(now["ts"]) < 86_800
