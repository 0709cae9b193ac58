"""Money in accounts at the vendor: how it comes and goes, and what is left."""

from typing import Any

import pytest

from tests.payments.conftest import Bare
from tests.payments.making_kept import bank, financial

HELPERS = "test_helpers/treasury"
CASH, IN, OUT = "cash", "inbound_pending", "outbound_pending"


def left(bare: Bare, account: str) -> tuple[int, int, int]:
    """What is there, what comes and what goes."""
    balance = bare.get(f"treasury/financial_accounts/{account}")["balance"]
    return tuple(balance[name]["usd"] for name in (CASH, IN, OUT))


def flow(bare: Bare, kind: str, cents: int = 10000, **form: Any) -> dict[str, Any]:
    """A flow of forty dollars from or to an account with so much in it."""
    method = {"inbound_transfer": "origin"}.get(kind, "destination") + "_payment_method"
    wanted = {"financial_account": financial(bare, cents)["id"], "amount": 4000, "currency": "usd"}
    return bare.post(f"treasury/{kind}s", **{**wanted, method: bank(bare), **form})


def test_what_an_account_can_do(bare: Bare) -> None:
    """Requested features are active at once; an account that asked for an address has one."""
    one = financial(bare, 0)
    assert "financial_addresses.aba" in one["active_features"]
    assert one["financial_addresses"][0]["aba"]["routing_number"]
    path = f"treasury/financial_accounts/{one['id']}"
    now = bare.post(f"{path}/features", **{"card_issuing[requested]": "false"})
    assert now["card_issuing"]["status"] == "restricted"
    assert "card_issuing" not in bare.get(path)["active_features"]
    assert "treasury.financial_account.features_status_updated" in bare.types
    ahead = {"forwarding_settings[type]": "financial_account"}
    for where in (path, f"{path}/close"):
        assert bare.post(where, **ahead)["error"]["param"] == "forwarding_settings"
    assert bare.post(f"{path}/close")["status"] == "closed"
    assert bare.post(f"{path}/close")["error"]["code"] == "financial_account_unexpected_state"
    full = financial(bare)
    assert bare.post(f"treasury/financial_accounts/{full['id']}/close")["error"]["code"] == "balance_not_zero"


@pytest.mark.parametrize(
    ("verb", "status", "after"),
    [
        ("succeed", "succeeded", (14000, 0, 0)),
        ("fail", "failed", (10000, 0, 0)),
        ("cancel", "canceled", (10000, 0, 0)),
    ],
)
def test_money_is_brought_in(bare: Bare, verb: str, status: str, after: tuple[int, int, int]) -> None:
    """It is pending until a test says what becomes of it, and that only once."""
    made = flow(bare, "inbound_transfer")
    account = made["financial_account"]
    assert (made["status"], left(bare, account)) == ("processing", (10000, 4000, 0))
    where = "treasury" if verb == "cancel" else HELPERS
    done = bare.post(f"{where}/inbound_transfers/{made['id']}/{verb}")
    assert (done["status"], left(bare, account)) == (status, after)
    assert done["status_transitions"][f"{status}_at"]
    assert bare.types[-1] == f"treasury.inbound_transfer.{status}"
    again = bare.post(f"{where}/inbound_transfers/{made['id']}/{verb}")
    assert again["error"]["code"] == "inbound_transfer_unexpected_state"


def test_what_was_brought_in_is_returned(bare: Bare) -> None:
    """The bank takes it back afterwards."""
    made = flow(bare, "inbound_transfer")
    path = f"{HELPERS}/inbound_transfers/{made['id']}"
    bare.post(f"{path}/succeed")
    assert bare.post(f"{path}/return")["returned"] is True
    assert left(bare, made["financial_account"]) == (10000, 0, 0)


@pytest.mark.parametrize("kind", ["outbound_transfer", "outbound_payment"])
@pytest.mark.parametrize(
    ("verbs", "status", "after"),
    [
        (["post"], "posted", (6000, 0, 0)),
        (["fail"], "failed", (10000, 0, 0)),
        (["cancel"], "canceled", (10000, 0, 0)),
        (["post", "return"], "returned", (10000, 0, 0)),
    ],
)
def test_money_is_sent(bare: Bare, kind: str, verbs: list[str], status: str, after: tuple[int, int, int]) -> None:
    """It leaves at once, is on its way, and arrives or comes back; in dollars, however they are written."""
    made = flow(bare, kind, currency="USD")
    account = made["financial_account"]
    assert left(bare, account) == (6000, 0, 4000)
    for verb in verbs:
        where = "treasury" if verb == "cancel" else HELPERS
        done = bare.post(f"{where}/{kind}s/{made['id']}/{verb}")
    assert (done["status"], left(bare, account)) == (status, after)
    told = bare.get("treasury/transactions", financial_account=account)["data"]
    mine = next(one for one in told if one["flow"] == made["id"])
    assert (mine["amount"], mine["status"]) == (-4000, "posted" if "post" in verbs else "void")
    entries = bare.get("treasury/transaction_entries", financial_account=account, transaction=mine["id"])["data"]
    assert len(entries) == 1 + len(verbs)
    assert sum(one["balance_impact"][CASH] for one in entries) == after[0] - 10000
    whole = bare.get(f"treasury/transactions/{mine['id']}", **{"expand[]": "entries"})
    assert [one["id"] for one in whole["entries"]["data"]] == [one["id"] for one in entries]


def test_what_was_sent_is_tracked(bare: Bare) -> None:
    """By the number of its network, which must be there."""
    made = flow(bare, "outbound_payment")
    path = f"{HELPERS}/outbound_payments/{made['id']}"
    assert bare.post(path, **{"tracking_details[type]": "ach"})["error"]["param"] == "tracking_details[ach]"
    form = {"tracking_details[type]": "ach", "tracking_details[ach][trace_id]": "t1"}
    assert bare.post(path, **form)["tracking_details"]["ach"] == {"trace_id": "t1"}
    assert bare.types[-1] == "treasury.outbound_payment.tracking_details_updated"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"amount": 10001}, "balance_insufficient"),
        ({"amount": 0}, "parameter_invalid_integer"),
        ({"currency": "eur"}, None),
        ({"destination_payment_method": "pm_no"}, "resource_missing"),
        ({"destination_payment_method": ""}, "parameter_missing"),
        ({"financial_account": "fa_no"}, "resource_missing"),
        (
            {"destination_payment_method_options[us_bank_account][network]": "us_domestic_wire"},
            "financial_account_feature_not_active",
        ),
    ],
)
def test_what_cannot_be_sent(bare: Bare, form: dict[str, Any], code: str | None) -> None:
    """What is not there, or to nowhere, or by a way that the account does not have."""
    assert flow(bare, "outbound_payment", **form)["error"].get("code") == code
    assert not [kind for kind in bare.types if kind.startswith("treasury.outbound")]


def test_within_the_vendor(bare: Bare) -> None:
    """Another financial account may be the destination."""
    other = financial(bare, 0)["id"]
    data = {"destination_payment_method_data[type]": "financial_account"}
    data["destination_payment_method_data[financial_account]"] = other
    wanted = {"financial_account": financial(bare)["id"], "amount": 100, "currency": "usd"}
    made = bare.post("treasury/outbound_payments", **wanted, **data)
    assert made["destination_payment_method_details"]["financial_account"] == {"id": other, "network": "stripe"}


def test_received_and_reversed(bare: Bare) -> None:
    """What others sent is sent back, what they took is taken back, once; a moment later it is done."""
    account = financial(bare)["id"]
    credit = bare.get("treasury/received_credits", financial_account=account)["data"][0]
    form = {"financial_account": account, "network": "ach", "amount": 3000, "currency": "usd"}
    debit = bare.post(f"{HELPERS}/received_debits", **form)
    assert left(bare, account) == (7000, 0, 0)
    assert (
        bare.post("treasury/credit_reversals", received_credit=credit["id"])["error"]["code"] == "balance_insufficient"
    )
    back = bare.post("treasury/debit_reversals", received_debit=debit["id"])
    assert left(bare, account) == (7000, 3000, 0)
    again = bare.post("treasury/debit_reversals", received_debit=debit["id"])
    assert again["error"]["code"] == "debit_reversal_not_possible"
    bare.clock.advance(5)
    assert bare.get(f"treasury/debit_reversals/{back['id']}")["status"] == "succeeded"
    gone = bare.post("treasury/credit_reversals", received_credit=credit["id"])
    assert (gone["status"], left(bare, account)) == ("processing", (0, 0, 10000))
    bare.clock.advance(5)
    assert bare.get(f"treasury/credit_reversals/{gone['id']}")["status"] == "posted"
    assert left(bare, account) == (0, 0, 0)
    failed = bare.post(f"{HELPERS}/received_debits", **form)
    assert (failed["status"], failed["failure_code"]) == ("failed", "insufficient_funds")
    assert bare.post("treasury/debit_reversals", received_debit=failed["id"])["error"]


@pytest.mark.parametrize("path", ["received_credits", "received_debits"])
@pytest.mark.parametrize(("name", "value"), [("currency", "eur"), ("amount", -5)])
def test_only_dollars_are_received(bare: Bare, path: str, name: str, value: Any) -> None:
    """And only such amounts as are some."""
    form = {"financial_account": financial(bare)["id"], "network": "ach", "amount": 300, "currency": "usd", name: value}
    assert bare.post(f"{HELPERS}/{path}", **form)["error"]["param"] == name


def test_lists_are_of_one_account(bare: Bare) -> None:
    """They need it, and it must be there."""
    for path in ("transactions", "transaction_entries", "inbound_transfers", "received_debits", "credit_reversals"):
        assert bare.get(f"treasury/{path}")["error"]["code"] == "parameter_missing"
        assert bare.get(f"treasury/{path}", financial_account="fa_no")["error"]["code"] == "resource_missing"


def test_lists_are_narrowed(bare: Bare) -> None:
    """By when it was posted or took effect, by whom it came from, by how it ended; another order is refused."""
    account = financial(bare)["id"]
    now = int(bare.clock.wall().timestamp())
    form = {"financial_account": account, "network": "ach", "amount": 300, "currency": "usd"}
    debit = bare.post(f"{HELPERS}/received_debits", **form)
    bare.post("treasury/debit_reversals", received_debit=debit["id"])

    def count(path: str, **filters: Any) -> int:
        return len(bare.get(f"treasury/{path}", financial_account=account, **filters)["data"])

    posted, effective = "status_transitions[posted_at]", "effective_at"
    assert [count("transactions", **{f"{posted}[{name}]": now}) for name in ("gte", "lte", "gt", "lt")] == [2, 2, 0, 0]
    assert [count("transactions", **{posted: at}) for at in (now, now - 1)] == [2, 0]
    assert [count("transaction_entries", **{f"{effective}[{name}]": now}) for name in ("gte", "lt")] == [3, 0]
    assert (
        bare.get("treasury/transactions", financial_account=account, order_by="posted_at")["error"]["param"]
        == "order_by"
    )
    kinds = ("other", "payout")
    assert [count("received_credits", **{"linked_flows[source_flow_type]": one}) for one in kinds] == [1, 0]
    assert [count("debit_reversals", status=one) for one in ("processing", "completed")] == [1, 0]
    bare.clock.advance(5)
    assert [count("debit_reversals", status=one) for one in ("processing", "completed")] == [0, 1]
    assert count("debit_reversals", resolution="won") == 0
