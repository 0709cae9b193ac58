"""Snapshots, forks and a file that outlives the process: workspaces and mailboxes copied whole."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from fakes.alerts.state.mails import Mails
from fakes.alerts.state.refused import Refused
from fakes.alerts.state.settings import Settings
from fakes.alerts.state.workspace import Workspace
from fakes.contents import Part, copied, put_back
from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.clock import ManualClock
from harness.errors import ControlError
from harness.rng import Rng
from tests.alerts.test_accounts import ANN, api, ended, hooked, mailed, subjects, texts

DAY_S = 86_400
BLOCK = '[{"type": "section", "text": {"type": "mrkdwn", "text": "Paid"}}]'


def take(fakes: Fakes, account: str | None = None) -> str:
    """The name of a snapshot of an account."""
    return str(fakes.control("POST", "/snapshots", fake="alerts", account=account)["name"])


def restore(fakes: Fakes, snapshot: str, account: str | None = None) -> None:
    """Put it back, or into another account."""
    fakes.control("POST", f"/snapshots/{snapshot}/restore", account=account)


def busy(fakes: Fakes, name: str) -> list[str]:
    """A bit of everything happens in an account; its messages, oldest first."""
    parent = api(fakes, name, "chat.postMessage", channel="alerts", text="parent", blocks=BLOCK)["ts"]
    made = [
        api(fakes, name, "chat.postMessage", channel="alerts", text=text, thread_ts=parent)["ts"]
        for text in ("first answer", "second answer")
    ]
    other = api(fakes, name, "chat.postMessage", channel="general", text="before")
    api(fakes, name, "chat.update", channel=other["channel"], ts=other["ts"], text="after")
    gone = api(fakes, name, "chat.postMessage", channel="general", text="gone")
    api(fakes, name, "chat.delete", channel=gone["channel"], ts=gone["ts"])
    api(fakes, name, "conversations.join", channel="random")
    hooked(fakes, name, "by hook")
    mailed(fakes, name, f"mail to {name}")
    return [parent, *made]


def everything(fakes: Fakes, name: str, threads: list[str]) -> dict[str, Any]:
    """Whatever a client of an account can see, and what a reader of its mailbox finds."""
    channels = api(fakes, name, "conversations.list", types="public_channel,private_channel")["channels"]
    return {
        "me": api(fakes, name, "auth.test"),
        "channels": channels,
        "said": {one["name"]: api(fakes, name, "conversations.history", channel=one["id"]) for one in channels},
        "threads": [api(fakes, name, "conversations.replies", channel="alerts", ts=ts) for ts in threads],
        "mails": fakes.inbox("alerts", ANN, name or None),
    }


@pytest.fixture
def open_mail(tuned: Fakes) -> Fakes:
    """The alerts, whose mail server asks who writes."""
    tuned.control("POST", "/reset")
    tuned.tune("alerts", smtp_auth="offered")
    return tuned


@pytest.mark.parametrize("name", ["", "kept"])
def test_back_to_a_snapshot(open_mail: Fakes, name: str) -> None:
    """After a restore all is as it was, in channels, threads, mailboxes; what was deleted since is there again."""
    fakes = open_mail
    made = busy(fakes, name)
    before, snapshot = everything(fakes, name, made), take(fakes, name or None)
    assert (len(before["mails"]), len(before["said"]["alerts"]["messages"])) == (1, 2)
    busy(fakes, name)
    api(fakes, name, "chat.delete", channel="alerts", ts=made[1])
    api(fakes, name, "chat.update", channel="alerts", ts=made[0], text="other")
    assert everything(fakes, name, made) != before
    for _ in range(2):
        restore(fakes, snapshot, name or None)
        assert everything(fakes, name, made) == before
        busy(fakes, name)


def test_an_account_is_called_by_its_name_or_by_its_keys(served: Fakes) -> None:
    """The token and the webhook's secret open the same account as the name; the main one's keys the main one."""
    served.control("POST", "/reset")
    token, secret = served.key("alerts", "slack_token"), served.key("alerts", "slack_url").rpartition("/")[2]
    for name, text in (("", "main"), ("mine", "isolated")):
        hooked(served, name, text)
        called = [ended(token, name), ended(secret, name), *([name] if name else ["workspace"])]
        for number, account in enumerate(called):
            restore(served, take(served, account), f"target-{number}")
            assert texts(served, f"target-{number}") == [text]


@pytest.mark.parametrize("account", ["Not A Name", "xoxb-wrong.key", ""])
def test_what_is_no_account(served: Fakes, account: str) -> None:
    """It is neither copied nor made so; the sentence says what would be right, and does not repeat a wrong key."""
    snapshot = take(served)
    for ask in (lambda: take(served, account), lambda: restore(served, snapshot, account)):
        with pytest.raises(ControlError, match=r"422.*neither a key, nor a name") as refused:
            ask()
        assert "xoxb-wrong" not in str(refused.value)


def test_a_fork(open_mail: Fakes) -> None:
    """It has the messages and the mails, under its own keys and as its own team; then each goes its own way."""
    fakes = open_mail
    made, own = busy(fakes, "source"), api(fakes, "fork", "auth.test")
    restore(fakes, take(fakes, "source"), "fork")
    assert texts(fakes, "fork") == texts(fakes, "source") == ["by hook", "parent"]
    assert subjects(fakes, "fork") == subjects(fakes, "source") == ["mail to source"]
    assert api(fakes, "fork", "auth.test") == own
    thread = api(fakes, "fork", "conversations.replies", channel="alerts", ts=made[0])["messages"]
    assert [one["team"] for one in thread] == [own["team_id"]] * 3
    hooked(fakes, "fork", "only there")
    mailed(fakes, "fork", "only there")
    hooked(fakes, "source", "only here")
    assert texts(fakes, "fork")[0] == "only there"
    assert texts(fakes, "source") == ["only here", "by hook", "parent"]
    assert subjects(fakes, "source") == ["mail to source"]
    assert subjects(fakes, "fork") == ["mail to source", "only there"]


def test_time_that_was_moved_is_moved_back(served: Fakes) -> None:
    """An account's own time is part of the copy."""
    served.control("POST", "/reset")

    def now() -> float:
        return float(api(served, "moved", "chat.postMessage", channel="alerts", text="when")["ts"])

    first, snapshot = now(), take(served, "moved")
    served.control("POST", "/time", fake="alerts", seconds=DAY_S, account="moved")
    assert now() - first > DAY_S - 60
    restore(served, snapshot, "moved")
    assert 0 < now() - first < 600


def test_a_limit_is_as_near_as_it_was(tuned: Fakes) -> None:
    """Calls of the API that counted then count again, those that came later do not."""
    tuned.control("POST", "/reset")
    tuned.tune("alerts", per_minute=2)

    def listed() -> bool:
        return bool(api(tuned, "limited", "conversations.list")["ok"])

    assert listed()
    snapshot = take(tuned, "limited")
    assert [listed(), listed()] == [True, False]
    restore(tuned, snapshot, "limited")
    assert [listed(), listed()] == [True, False]


def workspace(clock: ManualClock) -> Workspace:
    """One of its own, with a message a second in each channel."""
    return Workspace(clock, Rng(1), Settings(per_second=1))


def test_no_time_is_given_to_two_messages() -> None:
    """Even if a clock stands still: what is said after a restore or a reset has another `ts` than what is gone."""
    place = Workspace(ManualClock(), Rng(1), Settings())

    def said() -> str:
        return place.post(place.named("alerts"), {"text": "hello"}).ts

    given = [said()]
    copy = copied("alerts", place)
    for _ in range(3):
        given += [said(), said()]
        put_back("alerts", place, copy)
    given += [said()]
    place.clear()
    put_back("alerts", place, copy)
    given += [said()]
    assert len(set(given)) == len(given) == 9
    assert place._last_us < int(float(given[0]) * 1e6) + 100, "time ran ahead"


def test_no_block_is_called_like_another() -> None:
    """Labels of blocks go on after a restore."""
    place = Workspace(ManualClock(), Rng(1), Settings())
    copy = copied("alerts", place)

    def label() -> Any:
        blocks = {"blocks": [{"type": "divider"}], "text": "x"}
        return place.post(place.named("alerts"), blocks).more["blocks"][0]["block_id"]

    first = label()
    put_back("alerts", place, copy)
    assert label() != first


def test_a_channel_is_as_full_as_it_was() -> None:
    """Who had its message of this second must wait again; a channel that had none need not."""
    clock = ManualClock()
    place = workspace(clock)
    place.post(place.named("alerts"), {"text": "one"})
    copy = copied("alerts", place)
    clock.advance(5)
    place.post(place.named("general"), {"text": "two"})
    put_back("alerts", place, copy)
    with pytest.raises(Refused, match="rate_limited"):
        place.post(place.named("alerts"), {"text": "three"})
    assert place.post(place.named("general"), {"text": "four"}).text == "four"


def test_a_mail_under_way_arrives() -> None:
    """What the mail server was taking while an account was put back comes into a mailbox, as on any day."""
    mails = Mails(ManualClock())
    mail = EmailMessage()
    mail["Subject"] = "under way"
    copy = copied("alerts", mails)
    place = mails.spool(bytes(mail))
    put_back("alerts", mails, copy)
    mails.keep("mail_1", place, {"to": [ANN], "from": "x@example.com", "subject": "under way"})
    assert [one["subject"] for one in mails.of(ANN)] == ["under way"]
    assert isinstance(mails, Part)


def test_a_file_outlives_the_process(tmp_path: Path) -> None:
    """A later process has the same keys, teams, channels and mails, whatever its seed, and goes on from there."""
    told: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    made: dict[str, list[str]] = {}
    options = {"only": ["alerts"], "state": tmp_path / "kept.state"}
    for seed in (1, 2):
        settings = {"alerts": {"smtp_auth": "offered"}}
        with running(Options(seed=seed, settings=settings, **options)) as fakes:  # type: ignore[arg-type]
            places.append(fakes.public["alerts"])
            for name in ("", "isolated"):
                if name not in made:
                    made[name] = busy(fakes, name)
            told.append({name: everything(fakes, name, threads) for name, threads in made.items()})
    for each in told:
        for seen in each.values():
            # The address of the fakes may be another one.
            del seen["me"]["url"]
    assert told[0] == told[1]
    same = ("slack_token", "slack_channel", "smtp_user", "smtp_password")
    assert [places[0][name] for name in same] == [places[1][name] for name in same]
    paths = [place["slack_url"].partition("/services/")[2] for place in places]
    assert paths[0] == paths[1] != ""


def test_ids_go_on_in_a_later_process(tmp_path: Path) -> None:
    """With the same seed too: no mail is called like one of before."""
    options = Options(
        only=["alerts"], seed=1, state=tmp_path / "kept.state", settings={"alerts": {"smtp_auth": "offered"}}
    )
    for _ in range(2):
        with running(options) as fakes:
            mailed(fakes, "", "hello")
            ids = [one["id"] for one in fakes.inbox("alerts", ANN)]
    assert len(set(ids)) == 2
