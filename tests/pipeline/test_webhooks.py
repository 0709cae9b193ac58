"""Deliveries: believed only when signed just now with a secret in force; refused ones leave no trace."""

import orjson
import pytest

from harness import clock
from staging.pipeline import signatures
from tests.pipeline.people import Person, event, signed
from tests.pipeline.stack import SECRETS


async def _trace(person: Person) -> list[dict[str, object]]:
    return await person.stack.rows(
        "SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM grants) AS grants"
    )


async def test_forgeries_leave_no_trace(person: Person) -> None:
    """Unsigned, wrongly signed, altered, too old, from the future: 400, and nothing is written."""
    raw = event("payment_intent.succeeded", await person.intent_of(await person.buy()))
    now, before = clock.unix_s(), await _trace(person)
    good = signed(raw)["Stripe-Signature"]
    headers = (
        None,
        "",
        "garbage",
        f"t={now}",
        signed(raw, "whsec_wrong")["Stripe-Signature"],
        signed(raw + b" ")["Stripe-Signature"],
        signed(raw, at=now - 301)["Stripe-Signature"],
        signed(raw, at=now + 400)["Stripe-Signature"],
        good.replace("v1=", "v0="),
        good.replace(f"t={now}", f"t={now - 5}"),
    )
    for header in headers:
        sent = {"Stripe-Signature": header} if header is not None else {}
        answer = await person.client.post("/webhooks/payments", content=raw, headers=sent)
        assert answer.status_code == 400, header
    assert await _trace(person) == before
    assert (await person.me())["credits"] == 0


async def test_both_secrets_are_good_while_one_is_rolled(person: Person) -> None:
    """The old secret, and a header with several signatures, are believed."""
    raw = event("payment_intent.succeeded", await person.intent_of(await person.buy()))
    assert (await person.deliver(raw, secret=SECRETS[1])).status_code == 200
    wrong = signed(raw, "whsec_other")["Stripe-Signature"]
    both = f"{wrong},{signed(raw)['Stripe-Signature'].partition(',')[2]}"
    assert (
        await person.client.post("/webhooks/payments", content=raw, headers={"Stripe-Signature": both})
    ).status_code == 200
    assert (await person.me())["credits"] == 10


async def test_an_old_event_with_a_fresh_signature_is_a_retry(person: Person) -> None:
    """What happened three days ago and is delivered now counts."""
    intent = await person.intent_of(await person.buy())
    raw = event("payment_intent.succeeded", intent, created=clock.unix_s() - 3 * 86_400)
    assert (await person.deliver(raw)).status_code == 200
    assert (await person.me())["credits"] == 10


@pytest.mark.parametrize(
    "raw", [b"{}", b"[]", b"null", b"not json", b'{"id": 1}', b'{"id":"e","type":"t","created":1}']
)
async def test_signed_nonsense(person: Person, raw: bytes) -> None:
    """Signed, but not an event: 400, never 500."""
    assert (await person.deliver(raw)).status_code == 400


async def test_unknown_types_are_acknowledged(person: Person) -> None:
    """What means nothing to us is not to be delivered again."""
    assert (await person.deliver(event("plan.created", {"id": "plan_1"}))).status_code == 200


@pytest.mark.parametrize("header", ["t=1", "t=x,v1=a", "t=1,t=2,v1=a", "v1=a", "t=-1,v1=a", "t=²,v1=a", "=,=", ","])
def test_headers_of_another_shape(header: str) -> None:
    """They are no signature."""
    assert signatures.parse(header) is None


@pytest.mark.parametrize("whose", [{"account": "acct_somebodyelses"}, {"livemode": True}])
async def test_an_event_of_another_account_or_of_live_mode_does_nothing(
    person: Person, whose: dict[str, object]
) -> None:
    """Rightly signed, acknowledged so that it is not sent for days, and not applied; without the fields it is ours."""
    intent = await person.intent_of(await person.buy())
    foreign = {**orjson.loads(event("payment_intent.succeeded", intent)), **whose}
    assert (await person.deliver(orjson.dumps(foreign))).status_code == 200
    assert (await person.me())["credits"] == 0
    assert (await person.deliver(event("payment_intent.succeeded", intent))).status_code == 200
    assert (await person.me())["credits"] == 10
