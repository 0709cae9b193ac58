"""A vendor's own side acts where a person's records are, in isolated accounts too."""

import base64
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.errors import ControlError
from harness.target.declared import Declared

ADA, BOB = "hxadaadaada222", "hxbobbobbob222"
Made = tuple[httpx.Client, str]


def _payment(fakes: Fakes, who: str) -> Made:
    client = fakes.client("payments", headers={"Authorization": "Bearer sk_test_theaccountofsomebodyelse"})
    asked = {"amount": "900", "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}
    more = {"return_url": "https://example.com", "metadata[order]": who}
    return client, "/v1/charges/" + client.post("/v1/payment_intents", data=asked | more).json()["latest_charge"]


def _contact(fakes: Fakes, who: str) -> Made:
    client = fakes.client("crm", headers={"Authorization": f"Bearer {fakes.key('crm', 'token')}.shop"})
    made = client.post("/crm/v3/objects/contacts", json={"properties": {"email": f"{who}@example.com"}}).json()
    return client, f"/crm/v3/objects/contacts/{made['id']}"


def _ticket(fakes: Fakes, who: str) -> Made:
    shown = f"{fakes.key('helpdesk', 'email')}/token:{fakes.key('helpdesk', 'token')}.shop"
    client = fakes.client("helpdesk", headers={"Authorization": "Basic " + base64.b64encode(shown.encode()).decode()})
    asker = {"name": "Ann", "email": f"{who}@example.com"}
    asked = {"ticket": {"subject": "Help", "comment": {"body": "Please."}, "requester": asker}}
    return client, f"/api/v2/tickets/{client.post('/api/v2/tickets', json=asked).json()['ticket']['id']}"


def _person(fakes: Fakes, who: str) -> Made:
    client = fakes.client("leads", headers={"Authorization": f"Bearer {fakes.key('leads', 'token')}.shop"})
    return client, f"/people/{client.post('/people', json={'email': f'{who}@example.com'}).json()['id']}"


WAYS: list[tuple[str, Callable[[Fakes, str], Made], str, Callable[[httpx.Response], bool]]] = [
    ("payments", _payment, "refund", lambda answer: answer.json()["refunded"] is True),
    ("crm", _contact, "archive_contact", lambda answer: answer.status_code == 404),
    ("helpdesk", _ticket, "solve_ticket", lambda answer: answer.json()["ticket"]["status"] == "solved"),
    ("leads", _person, "remove", lambda answer: answer.status_code == 404),
]


@pytest.mark.parametrize(("fake", "make", "act", "is_done"), WAYS, ids=[way[0] for way in WAYS])
def test_it_acts_where_the_records_are(
    fake: str, make: Callable[[Fakes, str], Made], act: str, is_done: Callable[[httpx.Response], bool]
) -> None:
    """What is done to one person's is done in their account, and to nobody else's; who has nothing is told so."""
    declared: dict[str, Any] = {"collections": {"person": {"path": "/people"}}}
    options = Options(declared={"leads": Declared.model_validate(declared)}, seed=1)
    with running(options) as fakes:
        client, mine = make(fakes, ADA)
        other, theirs = make(fakes, BOB)
        assert not is_done(client.get(mine))
        fakes.act(fake, act, ADA)
        assert is_done(client.get(mine))
        assert not is_done(other.get(theirs))
        with pytest.raises(ControlError, match="has no"):
            fakes.act(fake, act, "hxnobodyatall2")
        client.close()
        other.close()
