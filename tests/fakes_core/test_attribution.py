"""Whose call it is: markers wherever they stand, else the objects that a call names; and what must not be guessed."""

from typing import Any

import pytest

from fakes.attribution import Owners, markers_in
from fakes.calls import Call
from harness.faults import Kind
from tests.fakes_core.bench import ADA, BEN, Bench


def _call(**how: Any) -> Call:
    given = {"method": "GET", "path": "/", "query": "", "headers": {}, "body": b"", **how}
    return Call(id="c1", fake="tiny", ledger=None, **given)  # type: ignore[arg-type]


def _attributed(owners: Owners, **how: Any) -> Call:
    call = _call(**how)
    owners.attribute(call)
    return call


@pytest.mark.parametrize(
    "how",
    [
        {"path": f"/contacts/{ADA}@example.com"},
        {"path": f"/contacts/{ADA}%40example.com"},
        {"query": f"email={ADA}%40example.com"},
        {"headers": {"idempotency-key": f"order-{ADA}-1"}},
        {"body": f'{{"email":"{ADA}@example.com"}}'.encode()},
        {"body": f"metadata%5Bname%5D=%68{ADA[1:]}".encode()},
        {"body": ADA.upper().encode()},
        {"body": b"\x00\xff" + ADA.encode() + b"\x00"},
    ],
)
def test_marker_anywhere(how: dict[str, Any]) -> None:
    """A marker in path, query, headers or body names the person, however it is encoded."""
    call = _attributed(Owners(), **how)
    assert (call.person, call.markers, call.owners) == (ADA, (ADA,), (ADA,))


def test_several_markers() -> None:
    """A batch has several owners; the first is its person."""
    call = _attributed(Owners(), body=f"{BEN} {ADA} {BEN}".encode())
    assert (call.person, call.owners) == (BEN, (BEN, ADA))


def test_nobody() -> None:
    """A call without marker or known object is nobody's; a credential is not searched."""
    call = _attributed(Owners(), headers={"authorization": f"Bearer {ADA}"}, params={"id": "th_1"})
    assert (call.person, call.markers, call.owners, call.ids) == (None, (), (), ())


@pytest.mark.parametrize(
    "how",
    [
        {"at": {"id": "th_1"}},
        {"params": {"customer": "th_1"}},
        {"params": {"inputs": [{"to": {"id": "th_1"}}]}},
        {"params": {"ids": ["x", "th_1"]}},
    ],
)
def test_known_object(how: dict[str, Any]) -> None:
    """Without a marker the owner of a known object that the call names is its person, wherever it names it."""
    owners = Owners()
    owners.learn("tiny", ["th_1"], ADA)
    call = _attributed(owners, **how)
    assert (call.person, call.markers, call.ids, call.owners) == (ADA, (), ("th_1",), (ADA,))


def test_number_is_an_id_only_where_ids_stand() -> None:
    """900 is an object under `ticket_id`, and a price under `amount` (planted violation)."""
    owners = Owners()
    owners.learn("tiny", ["900"], ADA)
    assert _attributed(owners, params={"ticket_id": 900}).person == ADA
    assert _attributed(owners, params={"ticketIds": [900]}).person == ADA
    assert _attributed(owners, at={"id": "900"}).person == ADA
    assert _attributed(owners, params={"amount": 900, "paid": "900"}).person is None


def test_objects_of_one_fake_mean_nothing_to_another() -> None:
    """Ids are known per fake."""
    owners = Owners()
    owners.learn("other", ["th_1"], ADA)
    assert _attributed(owners, at={"id": "th_1"}).person is None


def test_anothers_object_named_in_the_body_tells_whose_it_is() -> None:
    """When nothing else does: a deal that carries an invoice's id is its owner's; a number is never taken for an id."""
    owners = Owners()
    owners.learn("other", ["in_1", "900"], ADA)
    assert _attributed(owners, params={"inputs": [{"order_ref": "in_1"}]}).owners == (ADA,)
    assert _attributed(owners, params={"amount": "900"}).owners == ()
    owners.learn("tiny", ["th_1"], BEN)
    assert _attributed(owners, params={"thing_id": "th_1", "order_ref": "in_1"}).owners == (BEN,)


def test_first_owner_stays() -> None:
    """An object keeps its first owner; one without an owner gets one later."""
    owners = Owners()
    owners.learn("tiny", ["th_1"], None)
    owners.learn("tiny", ["th_1"], ADA)
    owners.learn("tiny", ["th_1"], BEN)
    assert owners.owner("tiny", "th_1") == ADA
    assert (owners.objects("tiny", ADA), owners.objects("tiny", BEN)) == (["th_1"], [])


def test_no_id_is_nobodys() -> None:
    """What is told of no object, such as a balance, makes nobody the owner of every empty text."""
    owners = Owners()
    owners.learn("tiny", [""], ADA)
    assert _attributed(owners, params={"phone": ""}).person is None
    assert owners.first_owner("tiny", [""]) is None


def test_marker_wins_over_objects() -> None:
    """A call that carries a marker is that person's, whatever it names; the ids are noted all the same."""
    owners = Owners()
    owners.learn("tiny", ["th_1"], BEN)
    call = _attributed(owners, at={"id": "th_1"}, body=ADA.encode())
    assert (call.person, call.ids, call.owners) == (ADA, ("th_1",), (ADA,))


def test_markers_in_text() -> None:
    """Too short a word, or one with a letter that markers never have, is none (planted violation)."""
    assert markers_in(b"hxabc hxlllllllllllll hx000000000000") == ()
    assert markers_in(f"{ADA},{ADA},{BEN}".encode()) == (ADA, BEN)


async def test_by_ids_alone_over_http(tiny: Bench) -> None:
    """A call that only names an object is its owner's: a fault meets it, and its ids are journaled."""
    thing = (await tiny.create()).json()["id"]
    await tiny.fault(Kind.SERVER_ERROR, times=2)
    assert (await tiny.http.patch(f"/things/{thing}", json={"size": 1})).status_code == 500
    assert (await tiny.http.post("/things", json={"of": thing})).status_code == 500
    child = (await tiny.http.post("/things", json={"of": thing})).json()["id"]
    effect = tiny.records("effect")[-1]
    assert (effect["object"], effect["person"], effect["markers"], effect["ids"]) == (child, ADA, [], [thing])
    received = tiny.records("received")[-1]
    assert (received["person"], received["markers"], received["ids"]) == (ADA, [], [thing])
    await tiny.http.post("/things", json={"of": child})
    assert tiny.records("effect")[-1]["person"] == ADA


async def test_a_batchs_effect_is_of_whom_its_values_name(tiny: Bench) -> None:
    """In a call with several owners, an effect belongs to the marker in its own values; a fault meets either owner."""
    await tiny.http.post("/things", json={"name": ADA, "friend": BEN})
    assert tiny.records("effect")[0]["person"] == ADA
    await tiny.fault(Kind.SERVER_ERROR, person=BEN)
    assert (await tiny.http.post("/things", json={"name": ADA, "friend": BEN})).status_code == 500


async def test_act_without_a_call(tiny: Bench) -> None:
    """What the vendor's own side does belongs to the owner of the object, with no call."""
    thing = (await tiny.create()).json()["id"]
    await tiny.control.act(ADA, "tiny", "touch", size=3)
    effect = tiny.records("effect")[-1]
    assert (effect["call"], effect["op"], effect["object"], effect["person"]) == (None, "update", thing, ADA)
    assert tiny.records("act")[0]["object"] == thing
    await tiny.quiet()
    assert tiny.records("news")[-1]["person"] == ADA
