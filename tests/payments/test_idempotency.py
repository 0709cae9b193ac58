"""Idempotency keys, row by row as the provider documents them."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import stripe

from fakes.calls import Reply
from fakes.payments.idempotency import DAY_S, Keys
from fakes.payments.state import customers
from fakes.payments.state.problem import Problem
from fakes.plugin import Fakes, running
from fakes.serve import Options
from tests.payments.conftest import SESSIONS, Bare, connected, together

FORM = {"amount": "900", "currency": "usd"}
DECLINED = {**FORM, "confirm": "true", "payment_method": "pm_card_chargeDeclined"}
PATH = "/v1/payment_intents"


def test_a_repeat_is_the_same_bytes(bare: Bare) -> None:
    """The same request again gets the same bytes, says so, and leaves no effect and no news."""
    form = {**FORM, "confirm": "true", "payment_method": "pm_card_visa"}
    first = bare.raw("POST", PATH, form, "k")
    left = len(bare.ledger.effects), len(bare.ledger.told)
    again = bare.raw("POST", PATH, form, "k")
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"] != again.headers["Request-Id"]
    assert "Idempotent-Replayed" not in first.headers
    assert (len(bare.ledger.effects), len(bare.ledger.told)) == left


def test_a_decline_is_kept(bare: Bare) -> None:
    """A 402 is the answer of a request that was carried out: it is repeated, and the card is not charged again."""
    first = bare.raw("POST", PATH, DECLINED, "k")
    again = bare.raw("POST", PATH, DECLINED, "k")
    assert (first.status, again.body) == (402, first.body)
    assert len(bare.sinks("payments.decline")) == 1


@pytest.mark.parametrize("form", [{**FORM, "amount": "901"}, {**FORM, "description": "x"}, {"currency": "usd"}])
def test_other_parameters(bare: Bare, form: dict[str, str]) -> None:
    """A key that was used stands for its parameters alone."""
    bare.raw("POST", PATH, FORM, "k")
    other = bare.raw("POST", PATH, form, "k")
    assert (other.status, json.loads(other.body)["error"]["type"]) == (400, "idempotency_error")


def test_another_endpoint(bare: Bare) -> None:
    """A key that was used stands for its endpoint alone."""
    bare.raw("POST", PATH, FORM, "k")
    other = bare.raw("POST", "/v1/customers", {}, "k")
    assert (other.status, json.loads(other.body)["error"]["type"]) == (400, "idempotency_error")


@pytest.mark.parametrize("form", [{"amount": "900"}, {**FORM, "nonsense": "1"}, {**FORM, "amount": "1"}])
def test_what_fails_validation_is_not_kept(bare: Bare, form: dict[str, str]) -> None:
    """A request that never began to act leaves its key free for the right one."""
    assert bare.raw("POST", PATH, form, "k").status == 400
    mended = bare.raw("POST", PATH, FORM, "k")
    assert mended.status == 200
    assert "Idempotent-Replayed" not in mended.headers


def test_accounts_do_not_share_keys(bare: Bare) -> None:
    """Another account may use the same key for something else."""
    bare.raw("POST", PATH, FORM, "k")
    assert bare.raw("POST", PATH, {**FORM, "amount": "901"}, "k", account="sk_test_other").status == 200


@pytest.mark.parametrize(("hours", "replayed"), [(23.9, True), (24.0, False)])
def test_keys_are_forgotten_after_a_day(bare: Bare, hours: float, replayed: bool) -> None:
    """After 24 hours a key makes a new request."""
    first = json.loads(bare.raw("POST", PATH, FORM, "k").body)["id"]
    bare.clock.advance(hours * 3600)
    assert (json.loads(bare.raw("POST", PATH, FORM, "k").body)["id"] == first) is replayed


def test_a_key_in_use(slow: Bare) -> None:
    """While the first request runs, a second one with its key is a conflict; afterwards it is a repeat."""

    async def ask() -> object:
        coming = slow.begin("POST", PATH, FORM, "k")
        return coming if isinstance(coming, Reply) else await coming

    first, second = together(ask, ask)  # type: ignore[arg-type]
    assert (first.status, second.status) == (200, 409)
    assert json.loads(second.body)["error"]["code"] == "idempotency_key_in_use"
    (third,) = together(ask)  # type: ignore[arg-type]
    assert third.body == first.body


def test_keys_do_nothing_on_reads_and_deletions(bare: Bare) -> None:
    """A key on a GET or DELETE is not looked at."""
    name = bare.post("customers")["id"]
    assert bare.raw("GET", f"/v1/customers/{name}", {}, "k").status == 200
    assert bare.raw("DELETE", f"/v1/customers/{name}", {}, "k").status == 200
    assert bare.raw("POST", PATH, FORM, "k").status == 200


def test_a_key_that_is_too_long(bare: Bare) -> None:
    """Keys have at most 255 characters."""
    assert bare.raw("POST", PATH, FORM, "k" * 256).status == 400
    assert bare.raw("POST", PATH, FORM, "k" * 255).status == 200


def test_thousands_of_old_keys_are_swept_away_in_passing(bare: Bare) -> None:
    """What is kept does not grow for ever, and keys of today stay."""
    keys = bare.slice._provider.account().side(Keys)
    for number in range(2000):
        keys.begin(f"old{number}", "/v1/customers", [], "req_1", 0)
        keys.finish(f"old{number}", "/v1/customers", 200, b"{}")
    for number in range(600):
        keys.begin(f"new{number}", "/v1/customers", [], "req_1", DAY_S)
    assert len(keys) == 600


def test_keys_of_the_second_version_live_for_thirty_days() -> None:
    """A key of /v2 is repeated for 30 days, and is not the key of the same name of /v1."""
    keys = Keys()
    assert keys.begin("k", "/v2/core/things", [], "req_1", 0) is None
    keys.finish("k", "/v2/core/things", 200, b"{}")
    assert keys.begin("k", "/v1/customers", [], "req_2", 0) is None
    again = keys.begin("k", "/v2/core/things", [], "req_3", 30 * DAY_S - 1)
    assert again is not None
    assert (again.request, again.body) == ("req_1", b"{}")
    assert keys.begin("k", "/v2/core/things", [], "req_4", 30 * DAY_S) is None


def test_a_key_in_use_is_not_swept_away() -> None:
    """A request that runs for longer than a day still holds its key."""
    keys = Keys()
    keys.begin("k", "/v1/customers", [], "req_1", 0)
    with pytest.raises(Problem, match="in-progress"):
        keys.begin("k", "/v1/customers", [], "req_2", 2 * DAY_S)


def test_parameters_in_another_order_are_the_same(bare: Bare) -> None:
    """What counts is the parameters, not the order in which they were sent."""
    first = bare.raw("POST", PATH, {"amount": "900", "currency": "usd"}, "k")
    again = bare.raw("POST", PATH, {"currency": "usd", "amount": "900"}, "k")
    assert again.body == first.body


def test_a_server_error_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that failed on the way with a 500 is answered with the same 500 again; it is not tried anew."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with running(Options(only=["payments"], seed=12)) as fakes, monkeypatch.context() as patch:
        patch.setattr(customers, "rewrite", broken)
        headers = {"Authorization": f"Bearer {fakes.key('payments', 'secret_key')}", "Idempotency-Key": "k"}
        url = fakes.url("payments") + "/v1/customers"
        first = requests.post(url, headers=headers, timeout=10)
        patch.undo()
        again = requests.post(url, headers=headers, timeout=10)
        assert (first.status_code, again.status_code, again.content) == (500, 500, first.content)
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Original-Request"] == first.headers["Request-Id"]
        assert len(fakes.records("bug")) == 1
        assert requests.post(url, headers=headers | {"Idempotency-Key": "other"}, timeout=10).status_code == 200


def test_many_at_once_while_the_first_still_runs(marker: str) -> None:
    """Thirty parallel requests with one key make one object also when most meet a conflict and are sent again."""
    settings = {"payments": {"latency_s": 0.1}}
    with running(Options(only=["payments"], seed=13, settings=settings)) as fakes:
        client = connected(fakes)

        def ask(_: int) -> str:
            form: stripe.params.CustomerCreateParams = {"email": f"{marker}@example.com"}
            return client.v1.customers.create(form, {"idempotency_key": marker, "max_network_retries": 3}).id

        with ThreadPoolExecutor(30) as pool:
            assert len(set(pool.map(ask, range(30)))) == 1
        SESSIONS.pop().close()
        answered = [one["status"] for one in fakes.records("answered")]
        assert answered.count(200) == 30
        assert 409 in answered
        assert len(fakes.records("effect", sink="payments.customer")) == 1


def test_many_at_once_make_one(client: stripe.StripeClient, shop: Fakes, marker: str) -> None:
    """Thirty parallel requests with one key make one payment."""
    form: stripe.params.PaymentIntentCreateParams = {
        "amount": 900,
        "currency": "usd",
        "confirm": True,
        "payment_method": "pm_card_visa",
        "metadata": {"marker": marker},
    }

    def ask(_: int) -> str:
        return client.v1.payment_intents.create(form, {"idempotency_key": marker}).id

    with ThreadPoolExecutor(30) as pool:
        assert len(set(pool.map(ask, range(30)))) == 1
    assert len(shop.records("effect", person=marker, sink="payments.charge")) == 1
