"""Test clocks with the official client, and an account's own time."""

import asyncio
import json
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests
import stripe

from fakes.payments.idempotency import DAY_S as KEPT_S
from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.clock import SYSTEM, block, pause
from tests.nodes import play
from tests.payments.conftest import SESSIONS, Bare, connected
from tests.payments.judging import faults

START = 1_800_000_000
DAY = 86400


def advanced(client: stripe.StripeClient, clock: str, to: int) -> stripe.test_helpers.TestClock:
    """The clock, once it is there; at most 10 seconds."""
    client.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": to})
    for _ in range(1000):
        found = client.v1.test_helpers.test_clocks.retrieve(clock)
        if found.status != "advancing":
            return found
        block(0.01)
    raise AssertionError("the clock is still on its way")


def test_life_of_a_clock(client: stripe.StripeClient) -> None:
    """Created, sent forward, ready there, listed, deleted with its customers."""
    clock = client.v1.test_helpers.test_clocks.create({"frozen_time": START, "name": "spring"})
    assert (clock.status, clock.frozen_time, clock.name) == ("ready", START, "spring")
    customer = client.v1.customers.create({"test_clock": clock.id})
    assert (customer.test_clock, customer.created) == (clock.id, START)
    sent = client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": START + DAY})
    assert sent.status == "advancing"
    assert sent.status_details.advancing is not None
    assert sent.status_details.advancing.target_frozen_time == START + DAY
    assert advanced(client, clock.id, START + 2 * DAY).frozen_time == START + 2 * DAY
    assert client.v1.test_helpers.test_clocks.list().data[0].id == clock.id
    assert client.v1.test_helpers.test_clocks.delete(clock.id).deleted
    assert client.v1.customers.retrieve(customer.id).deleted
    with pytest.raises(stripe.InvalidRequestError, match="No such"):
        client.v1.test_helpers.test_clocks.retrieve(clock.id)
    events = client.v1.events.list({"types": ["test_helpers.test_clock.*"], "limit": 10}).data
    kinds = [one.type.rsplit(".", 1)[1] for one in reversed(events)]
    assert kinds == ["created", "advancing", "ready", "advancing", "ready", "deleted"]


def test_only_forward_and_not_too_far(bare: Bare) -> None:
    """Backwards is refused, and so is more than two intervals of the shortest subscription, or two years."""
    clock = bare.post("test_helpers/test_clocks", frozen_time=START)["id"]

    def refusal(to: int) -> str:
        answer = bare.post(f"test_helpers/test_clocks/{clock}/advance", frozen_time=to)
        return str(answer.get("error", {}).get("param", answer.get("status")))

    assert refusal(START) == "frozen_time"
    assert refusal(START + 732 * DAY) == "frozen_time"
    assert refusal(START + 700 * DAY) == "advancing"


def test_a_few_customers_only(bare: Bare) -> None:
    """A clock takes three customers."""
    clock = bare.post("test_helpers/test_clocks", frozen_time=START)["id"]
    answers = [bare.post("customers", test_clock=clock) for _ in range(4)]
    assert [one["object"] for one in answers[:3]] == ["customer"] * 3
    assert answers[3]["error"]["param"] == "test_clock"


def test_a_customer_moves_to_a_new_clock(bare: Bare) -> None:
    """Whom a clock is made for is listed with it and deleted with it."""
    bare.get("customers", test_clock="none")
    customer = bare.post("customers")["id"]
    clock = bare.post("test_helpers/test_clocks", frozen_time=START, customer=customer)["id"]
    assert [one["id"] for one in bare.get("customers", test_clock=clock)["data"]] == [customer]
    bare.raw("DELETE", f"/v1/test_helpers/test_clocks/{clock}")
    assert bare.get(f"customers/{customer}")["deleted"]


def test_no_change_while_it_moves(bare: Bare) -> None:
    """What belongs to a clock on its way cannot be changed, and can again when the clock is there."""

    async def both() -> tuple[str, str]:
        clock = bare.post("test_helpers/test_clocks", frozen_time=START)["id"]
        customer = bare.post("customers", test_clock=clock)["id"]
        bare.post(f"test_helpers/test_clocks/{clock}/advance", frozen_time=START + DAY)
        refused = bare.post(f"customers/{customer}", name="x")["error"]["message"]
        for _ in range(20):
            await pause(0)
        return refused, bare.post(f"customers/{customer}", name="x")["name"]

    refused, name = asyncio.run(both())
    assert "advancement underway" in refused
    assert name == "x"


def test_keys_expire_by_the_accounts_time(bare: Bare) -> None:
    """A key is forgotten a day later by the account's time, which the harness moves on; the real time is not."""
    first = bare.post("customers", key="k", name="x")["id"]
    asyncio.run(bare.slice.forward(KEPT_S - 1))
    assert bare.post("customers", key="k", name="x")["id"] == first
    asyncio.run(bare.slice.forward(1))
    second = bare.post("customers", key="k", name="x")
    assert second["id"] != first
    assert second["created"] == bare.world.unix_s() + KEPT_S
    other = bare.raw("GET", "/v1/customers", account="sk_test_other")
    assert json.loads(other.body)["data"] == []


def test_shapes(bare: Bare) -> None:
    """A clock is what the vendor's document says, on its way too."""
    clock = bare.post("test_helpers/test_clocks", frozen_time=START)
    assert faults("test_helpers.test_clock", clock) == []
    sent = bare.post(f"test_helpers/test_clocks/{clock['id']}/advance", frozen_time=START + 1)
    assert (sent["status"], faults("test_helpers.test_clock", sent)) == ("advancing", [])


def test_served(shop: Fakes, client: stripe.StripeClient) -> None:
    """The default account's clocks tell their news to its endpoint."""
    clock = client.v1.test_helpers.test_clocks.create({"frozen_time": START})
    advanced(client, clock.id, START + 60)
    shop.settle()
    told = [one["type"] for one in shop.records("news", object=clock.id)]
    assert told == [f"test_helpers.test_clock.{kind}" for kind in ("created", "advancing", "ready")]


def _monthly(client: stripe.StripeClient, clock: str | None = None) -> tuple[str, str]:
    """A customer with a card and a monthly subscription; answers both ids."""
    customer = client.v1.customers.create({} if clock is None else {"test_clock": clock})
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    client.v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})
    price = client.v1.prices.create(
        {"currency": "usd", "unit_amount": 900, "recurring": {"interval": "month"}, "product_data": {"name": "x"}}
    )
    live = client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}]})
    return customer.id, live.id


def test_each_step_waits_for_its_acknowledgement(shop: Fakes, client: stripe.StripeClient) -> None:
    """A renewal is drafted, and finalised only when the endpoint has acknowledged the draft."""
    clock = client.v1.test_helpers.test_clocks.create({"frozen_time": START})
    _, live = _monthly(client, clock.id)
    shop.settle()
    advanced(client, clock.id, START + 32 * DAY)
    shop.settle()
    told = {one["event"]: one for one in shop.records("news") if one["created"] >= START + 24 * DAY}
    assert [one["type"] for one in told.values()][:3] == [
        "invoice.upcoming",
        "customer.subscription.updated",
        "invoice.created",
    ]
    moments = {one["created"] for one in told.values()}
    assert len(moments) == 4, "announced, drafted, finalised, arrived"
    acknowledged: set[str] = set()
    for record in shop.records():
        if record["k"] == "delivered" and record["status"] == 200:
            acknowledged.add(record["event"])
        elif record["k"] == "news" and record["event"] in told:
            earlier = {one["event"] for one in told.values() if one["created"] < record["created"]}
            assert earlier <= acknowledged, record["type"]
    assert client.v1.subscriptions.retrieve(live)["items"].data[0].current_period_start == START + 31 * DAY


def test_the_time_of_each_step_is_seen() -> None:
    """While time is moved on, whoever hears of a step sees that step's time, and nothing further is done before."""
    seen: list[tuple[int, list[str]]] = []

    async def looks(events: Sequence[str]) -> None:
        if events:
            created = bare.get(f"events/{events[0]}")["created"]
            seen.append((bare.post("customers")["created"] - created, bare.types[-2:]))

    bare = Bare()
    bare.slice._advancing._acknowledged = looks
    bare.subscribed(bare.plan())
    asyncio.run(bare.slice.forward(32 * DAY))
    assert {late for late, _ in seen} == {0}
    last = [kinds[0] for _, kinds in seen]
    assert [kind for kind in last if "balance" not in kind] == ["invoice.upcoming", "invoice.created", "charge.updated"]


def test_forty_days_of_an_account() -> None:
    """Without an endpoint forty days of an account's billing take less than two seconds; dates on the wire are real."""
    with running(Options(only=["payments"], seed=12)) as fakes:
        client = connected(fakes)
        price = client.v1.prices.create(
            {"currency": "usd", "unit_amount": 100, "recurring": {"interval": "day"}, "product_data": {"name": "x"}}
        )
        customer, _ = _monthly(client)
        client.v1.subscriptions.create({"customer": customer, "items": [{"price": price.id}]})
        before = client.v1.customers.retrieve(customer).created
        began = SYSTEM.at_ns()
        moved = fakes.control("POST", "/time", fake="payments", seconds=40 * DAY + 3700)
        assert (SYSTEM.at_ns() - began) / 1e9 < 2
        assert moved["now_s"] - before in range(40 * DAY, 41 * DAY)
        invoices = client.v1.invoices.list({"customer": customer, "limit": 100}).data
        assert [one.status for one in invoices].count("paid") == 2 + 41
        answer = requests.get(fakes.url("payments") + "/v1/customers", timeout=10)
        assert abs(parsedate_to_datetime(answer.headers["date"]).timestamp() - SYSTEM.wall().timestamp()) < 60
        SESSIONS.pop().close()


def test_a_month_with_the_node_client(shop: Fakes) -> None:
    """The vendor's Node client lives through a month: a discount that is good once, a renewal, what comes next."""
    given = {"url": shop.url("payments"), "key": shop.key("payments", "secret_key"), "start": START}
    found = play(Path(__file__).with_name("season.cjs"), given)
    assert found == {"status": "active", "frozen": START + 32 * DAY, "paid": [3000, 2400], "next": 3000}
