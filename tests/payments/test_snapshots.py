"""Snapshots, forks and a file that outlives the process: accounts copied whole, sharing nothing afterwards."""

import json
import pickle
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from fakes.__main__ import options
from fakes.keeping import packed, sealed, unpacked
from fakes.payments.state.searching import Searching
from fakes.payments.state.store import Account
from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.errors import ControlError, UsageError
from tests.payments import (
    making_back_office,
    making_billing,
    making_checkout,
    making_clocks,
    making_issuing,
    making_money,
    making_portal,
    making_thin,
)
from tests.payments.conftest import Bare, Hook, connected

MAKING: list[Any] = [
    making_back_office,
    making_billing,
    making_checkout,
    making_clocks,
    making_issuing,
    making_money,
    making_portal,
    making_thin,
]


@pytest.fixture
def busy() -> Bare:
    """A shop in which a bit of everything happened."""
    bare = Bare(search_lag_s=0)
    live = bare.subscribed(bare.plan())
    bare.slice.act("x", "refund", {"amount": 100})
    bare.post("webhook_endpoints", url="https://example.com", **{"enabled_events[]": "*"})
    bare.get("customers/search", query="phone:null")
    bare.get("charges", customer=live["customer"])
    return bare


def everything(account: Account) -> dict[str, Any]:
    """All objects and events of an account as plain data."""
    tables = {kind: dict(table) for kind, table in account.tables.items() if table}
    told = {name: told.body.decode() for name, told in account.events.items()}
    return dict(json.loads(json.dumps({"tables": tables, "events": told})))


def test_back_to_a_snapshot(busy: Bare) -> None:
    """After a restore the account is what it was, in objects, events, lists, search and keys, and works as before."""
    account = busy.slice._provider.account()
    busy.raw("POST", "/v1/customers", {"email": "key@example.com"}, "k")
    before, copy = everything(account), busy.slice.snapshot()
    made = busy.post("customers", email="new@example.com")["id"]
    busy.slice.act("x", "renew", {})
    busy.raw("POST", "/v1/customers", {"email": "later@example.com"}, "later")
    assert everything(account) != before
    busy.slice.restore(copy)
    assert everything(account) == before
    assert "error" in busy.get(f"customers/{made}")
    assert busy.raw("POST", "/v1/customers", {"email": "key@example.com"}, "k").headers["Idempotent-Replayed"]
    assert "Idempotent-Replayed" not in busy.raw("POST", "/v1/customers", {"email": "x@example.com"}, "later").headers
    assert len(busy.get("customers/search", query='email:"x@example.com"')["data"]) == 1
    assert [one["email"] for one in busy.get("customers", limit=1)["data"]] == ["x@example.com"]
    busy.slice.act("x", "renew", {})
    assert len(busy.get("invoices")["data"]) == 2


def test_ids_are_never_given_twice(busy: Bare) -> None:
    """What is made after a restore has another id than what was made after the snapshot."""
    copy = busy.slice.snapshot()
    first = busy.post("customers")["id"]
    busy.slice.restore(copy)
    assert busy.post("customers")["id"] != first


def beside(account: Account) -> dict[Any, list[str]]:
    """What areas keep beside objects, as letters: a set has no order of its own, and a place in memory no meaning."""
    sides = account.contents()["_sides"]
    return {
        kind: sorted(re.sub("0x[0-9a-f]+", "", repr(side))) for kind, side in sides.items() if kind is not Searching
    }


@pytest.mark.parametrize("area", MAKING)
def test_every_area_can_be_copied(bare: Bare, area: Any) -> None:
    """Whatever an area keeps beside its objects survives a copy."""
    area.make(bare)
    account = bare.slice._provider.account()
    before, copy = everything(account), bare.slice.snapshot()
    before_beside = beside(account)
    bare.slice.restore(copy)
    assert everything(account) == before
    after = beside(account)
    assert {kind: after[kind] for kind in before_beside} == before_beside


def test_a_fork_shares_nothing(busy: Bare) -> None:
    """Another account becomes the same, without endpoints; what happens in one is not seen in the other."""
    fork = "sk_test_fork_of_it"
    busy.slice.restore(busy.slice.snapshot(), fork)

    def emails(account: str | None) -> list[str]:
        page = json.loads(busy.raw("GET", "/v1/customers", account=account).body)
        return [one["email"] for one in page["data"]]

    assert emails(fork) == emails(None) != []
    name = busy.get("customers")["data"][0]["id"]
    busy.raw("POST", f"/v1/customers/{name}", {"email": "fork@example.com"}, account=fork)
    assert emails(fork) == ["fork@example.com"] != emails(None)
    assert json.loads(busy.raw("GET", "/v1/webhook_endpoints", account=fork).body)["data"] == []
    assert len(busy.get("webhook_endpoints")["data"]) == 1


def test_a_clock_that_was_moved_is_moved_back(busy: Bare) -> None:
    """An account's own time is part of the copy, and what was due then is due again."""
    account = busy.slice._provider.account()
    copy, now = busy.slice.snapshot(), account.now()
    account.time.move_to(now + 1000)
    busy.slice.restore(copy)
    assert account.now() == now


def test_over_the_control_channel(shop: Fakes, hook: Hook) -> None:
    """Taken, listed, put back, forked and dropped; a webhook endpoint that was deleted meanwhile hears again."""
    client = connected(shop)
    made = client.v1.webhook_endpoints.create({"url": hook.url, "enabled_events": ["customer.created"]})
    taken = shop.control("POST", "/snapshots", fake="payments")
    assert (taken["fake"], taken["account"]) == ("payments", None)
    assert taken in shop.control("GET", "/snapshots")["snapshots"]
    client.v1.webhook_endpoints.delete(made.id)
    gone = client.v1.customers.create({"email": "gone@example.com"}).id
    shop.control("POST", f"/snapshots/{taken['name']}/restore")
    client.v1.customers.create({"email": "heard@example.com"})
    shop.settle()
    assert any(b"heard@example.com" in body for _, body in hook.got)
    assert [one["endpoint"] for one in shop.records("delivery", type="customer.created")][-1] == made.id
    assert all(one.id != gone for one in client.v1.customers.list().data)
    fork = "sk_test_fork_by_wish"
    assert shop.control("POST", f"/snapshots/{taken['name']}/restore", account=fork)["account"] == fork
    assert shop.control("DELETE", f"/snapshots/{taken['name']}") == {"dropped": True}
    with pytest.raises(ControlError, match="404"):
        shop.control("POST", f"/snapshots/{taken['name']}/restore")
    with pytest.raises(ControlError, match="no fake is called 'acme'"):
        shop.control("POST", "/snapshots", fake="acme")
    client.v1.webhook_endpoints.delete(made.id)


@pytest.mark.parametrize(
    "kept",
    [
        b"", b"nonsense", sealed(pickle.dumps(print)), sealed(pickle.dumps(subprocess.Popen)), packed({"a": 1})[:-1],
        sealed(b"cfakes.keeping\nPath\n."), sealed(b"cfakes.serve\nJournal\n."),
    ],
)  # fmt: skip
def test_what_is_no_kept_state(kept: bytes) -> None:
    """Bytes that are no state, or that would call anything, are refused without doing it."""
    with pytest.raises(UsageError):
        unpacked(kept)


def test_damage_is_seen() -> None:
    """A state of which a single bit was lost is refused, wherever it was."""
    kept = packed({"customers": ["ada", "ben"]})
    for place in range(len(kept)):
        damaged = kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1 :]
        with pytest.raises(UsageError, match="damaged"):
            unpacked(damaged)


def test_of_another_fake(bare: Bare) -> None:
    """A copy of something else is refused, and the account stays as it is."""
    name = bare.post("customers")["id"]
    with pytest.raises(UsageError, match="no account of the payment provider"):
        bare.slice.restore(packed({"a": 1}))
    assert bare.get(f"customers/{name}")["id"] == name


def test_a_file_outlives_the_process(tmp_path: Path) -> None:
    """What one process held the next one goes on with: keys, objects, and ids that nobody had."""
    state, seen = tmp_path / "deep" / "kept.state", []
    for number in range(2):
        journal = tmp_path / f"{number}.jsonl"
        with running(Options(only=["payments"], seed=4, state=state, journal=journal)) as fakes:
            key = {"Authorization": f"Bearer {fakes.key('payments', 'secret_key')}"}
            url = fakes.url("payments") + "/v1/customers"
            requests.post(url, headers=key, data={"name": f"Ann {number}"}, timeout=10)
            seen.append((key, [one["name"] for one in requests.get(url, headers=key, timeout=10).json()["data"]]))
    assert seen[0][0] == seen[1][0]
    assert [sorted(names) for _, names in seen] == [["Ann 0"], ["Ann 0", "Ann 1"]]


def test_the_file_is_named_on_the_command_line(tmp_path: Path) -> None:
    """The command line takes the file; one that is no kept state is refused before anything is served."""
    wanted, _ = options(["--state", str(tmp_path / "kept.state")])
    assert wanted.state == tmp_path / "kept.state"
    for content in (b"nonsense", packed(["no", "table"])):
        (tmp_path / "kept.state").write_bytes(content)
        with (
            pytest.raises(UsageError, match=r"cannot go on from .*kept\.state: .* no .*state.*; move it away"),
            running(wanted),
        ):
            pass
