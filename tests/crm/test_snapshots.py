"""Snapshots, forks and a file that outlives the process: portals copied whole, sharing nothing afterwards."""

import asyncio
import subprocess
from typing import Any

import httpx
import pytest
from hubspot import Client
from hubspot.crm.contacts import ApiException
from hubspot.crm.contacts import SimplePublicObjectInputForCreate as New

from fakes.crm import keeping
from fakes.keeping import packed, sealed
from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.errors import ControlError, UsageError
from harness.rng import Rng
from tests.crm.bare import Bare
from tests.crm.busy import BACK, OBJECTS, WAY, Busy
from tests.crm.hook import hooked

PERSON = Rng(5).marker("snapshots")
CONTACTS = f"{OBJECTS}/contacts"


@pytest.fixture(params=["pat-1", "pat-1.one"])
def busy(request: pytest.FixtureRequest) -> Busy:
    """A busy portal: the main one, and an isolated one."""
    return Busy(token=request.param)


def undo(busy: Busy) -> None:
    """Do the opposite of everything, so that nothing stays as it was."""
    busy.ask("PATCH", f"{CONTACTS}/{busy.contact}", {"properties": {"email": "other@x.example.com", "firstname": ""}})
    busy.ask("DELETE", f"/crm/v4/objects/deals/{busy.deal}/associations/contacts/{busy.contact}")
    for kind, name in (("deals", busy.deal), ("p_car", busy.car), ("contacts", busy.merged)):
        busy.ask("DELETE", f"{OBJECTS}/{kind}/{name}")
    busy.ask("POST", f"{CONTACTS}/gdpr-delete", {"objectId": busy.merged})
    busy.ask("DELETE", f"/crm/v3/pipelines/deals/{busy.pipeline['id']}")
    busy.ask("DELETE", "/crm/v3/properties/contacts/shoe")
    busy.ask("DELETE", "/crm/v3/schemas/p_car")
    busy.ask("DELETE", "/crm/v3/schemas/p_car?archived=true")
    label = busy.ask("GET", "/crm/v4/associations/deals/contacts/labels")["results"][-1]["typeId"]
    busy.ask("DELETE", f"/crm/v4/associations/deals/contacts/labels/{label}")
    busy.webhooks("DELETE", f"/subscriptions/{busy.webhooks('GET', '/subscriptions')['results'][0]['id']}")
    busy.webhooks("DELETE", "/settings")
    busy.call("POST", "/oauth/v3/token/revoke", form={"token": busy.refresh}, token=None)


def test_back_to_a_snapshot(busy: Busy) -> None:
    """Whatever was done since, the API shows again what it showed, and the delivery engine knows where to go."""
    before, copy = busy.seen(), busy.slice.snapshot(busy.token)
    urls = dict(busy.hooks.urls)
    undo(busy)
    assert busy.hooks.urls == {}
    busy.slice.restore(copy, busy.token)
    assert busy.seen() == before
    assert busy.hooks.urls == urls
    assert list(urls.values()) == [BACK]
    busy.slice.restore(copy, busy.token)
    assert busy.seen() == before


def test_it_works_on_as_before(busy: Busy) -> None:
    """Conflicts, barred addresses, merged ids, tokens and unique values are what they were, in each copy anew."""
    copy = busy.slice.snapshot(busy.token)
    for _ in range(2):
        undo(busy)
        busy.slice.restore(copy, busy.token)
        for email, status in (("ann", 409), ("cleo", 409), ("late", 409), ("erased", 400), ("new", 201)):
            values = {"properties": {"email": f"{email}@x.example.com"}}
            assert busy.call("POST", CONTACTS, values, token=busy.token).status == status, email
        assert busy.call("POST", f"{OBJECTS}/p_car", {"properties": {"vin": "1"}}, token=busy.token).status == 400
        assert busy.call("GET", CONTACTS, token=busy.access).status == 200
        assert busy.exchanged(grant_type="refresh_token", refresh_token=busy.refresh)["refresh_token"] == busy.refresh
        assert busy.ask("GET", f"{CONTACTS}/{busy.old}")["id"] == busy.merged
        stuck = busy.call("DELETE", f"/crm/v3/pipelines/deals/{busy.pipeline['id']}", token=busy.token).body
        assert stuck["subCategory"] == "PipelineError.STAGE_ID_IN_USE"


def test_pages_go_on_where_they_were(busy: Busy) -> None:
    """A cursor of before leads to the same records."""
    first = busy.ask("GET", f"{CONTACTS}?limit=1")
    after = first["paging"]["next"]["after"]
    copy, second = busy.slice.snapshot(busy.token), busy.ask("GET", f"{CONTACTS}?limit=1&after={after}")
    busy.ask("DELETE", f"{CONTACTS}/{second['results'][0]['id']}")
    busy.slice.restore(copy, busy.token)
    assert busy.ask("GET", f"{CONTACTS}?limit=1&after={after}") == second


def test_no_id_is_given_twice(busy: Busy) -> None:
    """What is made after a restore has another id than what was made after the snapshot: records, types, events."""
    copy = busy.slice.snapshot(busy.token)

    def fresh() -> list[Any]:
        made = [busy.made("contacts", email="x@x.example.com"), busy.made("deals"), busy.made("p_car", vin="2")]
        made.append(busy.ask("POST", "/crm/v3/pipelines/deals", {**WAY, "label": "Other"})["id"])
        label = {"name": "two", "label": "Two"}
        made.append(busy.ask("POST", "/crm/v4/associations/deals/contacts/labels", label)["results"][0]["typeId"])
        made.append(busy.webhooks("POST", "/subscriptions", {"eventType": "deal.creation", "active": True})["id"])
        boat = {"name": "boat", "labels": {"singular": "Boat", "plural": "Boats"}, "properties": []}
        boat |= {"requiredProperties": [], "associatedObjects": []}
        made.append(busy.ask("POST", "/crm/v3/schemas", boat)["objectTypeId"])
        made.append(busy.call("GET", f"{CONTACTS}/7", token=busy.token).body["correlationId"])
        return [*made, *(news.id for news in busy.ledger.told[told:])]

    told = len(busy.ledger.told)
    one = fresh()
    busy.slice.restore(copy, busy.token)
    told = len(busy.ledger.told)
    other = fresh()
    assert len(one) == len(other) >= 8
    assert not set(one) & set(other)


def test_what_the_search_still_waits_for_is_waited_for_again(busy: Busy) -> None:
    """What was late is late again after a restore, by as much; who was held stays held."""
    busy.clock.advance(0.2)
    copy = busy.slice.snapshot(busy.token)
    busy.clock.advance(0.2)
    assert busy.late in busy.find()
    busy.slice.restore(copy, busy.token)
    assert busy.late not in busy.find()
    busy.clock.advance(0.05)
    assert busy.late not in busy.find()
    busy.clock.advance(0.06)
    assert busy.late in busy.find()
    assert list(busy.slice.accounts.called(busy.token).portal.index.contents()["_held"]) == ["held"]


def test_limits_count_from_where_they_were() -> None:
    """Calls of the window and of the day, and searches of the second, are counted as they were."""
    busy = Busy(ten_secondly=40, daily=1000, search_per_s=2)

    def left() -> tuple[str, str]:
        headers = busy.call("GET", CONTACTS).headers
        return headers["X-HubSpot-RateLimit-Remaining"], headers["X-HubSpot-RateLimit-Daily-Remaining"]

    def searched() -> list[int]:
        return [busy.call("POST", f"{CONTACTS}/search", {}).status for _ in range(2)]

    copy = busy.slice.snapshot()
    before = (left(), searched())
    assert before[1] == [200, 429]
    busy.clock.advance(20)
    assert left() != before[0]
    busy.slice.restore(copy)
    assert (left(), searched()) == before


def test_time_that_was_moved_is_moved_back(busy: Busy) -> None:
    """A token that has expired since the snapshot works again."""
    name = None if busy.token == "pat-1" else "one"
    copy = busy.slice.snapshot(busy.token)
    asyncio.run(busy.slice.forward(1800, name))
    assert busy.call("GET", CONTACTS, token=busy.access).status == 401
    busy.slice.restore(copy, busy.token)
    assert busy.call("GET", CONTACTS, token=busy.access).status == 200


@pytest.mark.parametrize(
    ("token", "target"),
    [("pat-1", "fork"), ("pat-1", "pat-1.fork"), ("pat-1.one", "fork"), ("pat-1.one", "portal"), ("pat-1.one", None)],
)
def test_a_fork_shares_nothing(token: str, target: str | None) -> None:
    """Another portal becomes the same, with its own number and keys and without the app's webhooks and tokens."""
    busy, fork = Busy(token=token), "pat-1.fork" if "fork" in (target or "") else "pat-1"
    hub, before = busy.hub, busy.seen()
    urls = dict(busy.hooks.urls)
    busy.slice.restore(busy.slice.snapshot(busy.token), target)
    assert busy.seen() == before
    assert busy.hooks.urls == urls
    mine, busy.token = busy.token, fork
    assert busy.hub["hubId"] != hub["hubId"]
    assert busy.hub["appId"] != hub["appId"]
    assert busy.webhooks("GET", "/subscriptions")["results"] == []
    assert busy.call("GET", f"/webhooks/v3/{busy.hub['appId']}/settings", token=fork).status == 404
    same = [each for each in before if each.startswith(OBJECTS)]
    assert same
    assert {path: busy.ask("GET", path) for path in same} == {path: before[path] for path in same}
    assert busy.slice.accounts.called(fork).access.contents() == {"_codes": {}, "_access": {}, "_refresh": {}}
    undo_some(busy)
    busy.token = mine
    assert busy.seen() == before


def undo_some(busy: Busy) -> None:
    """Change in a fork what it has of the other portal."""
    busy.ask("PATCH", f"{CONTACTS}/{busy.contact}", {"properties": {"email": "fork@x.example.com"}})
    busy.ask("DELETE", f"{OBJECTS}/deals/{busy.deal}")
    busy.ask("DELETE", f"{OBJECTS}/p_car/{busy.car}")
    busy.ask("DELETE", "/crm/v3/properties/contacts/shoe")


def test_a_fork_gives_ids_of_its_own_after_those_it_has() -> None:
    """No portal gives an id that another one gives, and what is new comes last, whichever began with higher ids."""
    busy, names = Busy(), ["pat-1", "pat-1.a", "pat-1.b", "pat-1.c"]

    def fresh(name: str) -> list[str]:
        busy.token = name
        made = [busy.made("contacts", firstname="New") for _ in range(3)]
        assert [each["id"] for each in busy.ask("GET", f"{CONTACTS}?limit=100")["results"]][-3:] == made
        return made

    begun = {name: int(fresh(name)[0]) for name in names}
    for source in (max(names, key=begun.__getitem__), min(names, key=begun.__getitem__)):
        copy = busy.slice.snapshot(source)
        for name in names:
            busy.slice.restore(copy, name)
        made = [each for name in names for each in fresh(name)]
        assert len(set(made)) == 12


def test_a_type_that_a_fork_has_is_not_made_again() -> None:
    """Its name is taken, though it carries the number of the portal that it comes from."""
    busy = Busy()
    busy.slice.restore(busy.slice.snapshot(), "fork")
    asked = {"name": "CAR", "labels": {"singular": "Car", "plural": "Cars"}, "properties": []}
    asked |= {"requiredProperties": [], "associatedObjects": []}
    refused = busy.call("POST", "/crm/v3/schemas", asked, token="pat-1.fork").body
    assert refused["category"] == "OBJECT_ALREADY_EXISTS"


def test_a_portal_that_becomes_a_fork_loses_its_own_webhooks() -> None:
    """What it heard by its own settings before is heard no more."""
    busy = Busy(token="pat-1.one")
    empty = busy.slice.snapshot()
    assert busy.hooks.urls == {"app.one": BACK}
    busy.slice.restore(empty, "one")
    assert busy.hooks.urls == {}
    assert busy.ask("GET", CONTACTS)["results"] == []


@pytest.mark.parametrize("account", ["No", "pat-1.No", "x.one", "", "a" * 41])
def test_what_is_no_portal(account: str) -> None:
    """A name that cannot be one is refused, and no portal is made of it."""
    bare = Bare()
    copy = bare.slice.snapshot()
    with pytest.raises(UsageError, match="no isolated portal"):
        bare.slice.snapshot(account)
    with pytest.raises(UsageError, match="no isolated portal"):
        bare.slice.restore(copy, account)
    assert [each.name for each in bare.slice.accounts] == ["portal"]


def spoiled(busy: Busy) -> list[bytes]:
    """Bytes that are no copy of a portal of this release."""
    whole = busy.slice.snapshot(busy.token)
    contents = {name: part.contents() for name, part in keeping.parts(busy.slice.accounts.main).items()}
    lacking = {name: each for name, each in contents.items() if name != "quota"}
    other = {**contents, "links": {"of_before": {}}}
    copies = [keeping.Kept("portal", 1, {}, each) for each in (lacking, other, {})]
    endless = [sealed(b"\x80\x05\x95" + b"\xff" * 8), sealed(b"\x80\x05\x8e" + b"\xff" * 7 + b"\x3f")]
    broken = [
        b"",
        b"nonsense",
        whole[:-1],
        whole[: len(whole) // 2],
        packed({"a": 1}),
        packed(subprocess.Popen),
        *endless,
    ]
    return [*broken, *map(packed, copies), packed(keeping.Kept("portal", 1, {}, [1]))]  # type: ignore[arg-type]


def test_what_is_no_copy_of_a_portal(busy: Busy) -> None:
    """Of another fake, of another release, or broken: refused, and the portal stays as it is."""
    before = busy.seen()
    ahead = [each.clock.contents()["ahead_ns"] for each in busy.slice.accounts]
    for kept in spoiled(busy):
        with pytest.raises(UsageError):
            busy.slice.restore(kept, busy.token)
    assert busy.seen() == before
    assert [each.clock.contents()["ahead_ns"] for each in busy.slice.accounts] == ahead


def test_over_the_control_channel() -> None:
    """Taken, put back and forked while the official client works; the app's webhooks go where they went."""
    options = Options(only=["crm"], seed=5, settings={"crm": {"subscriptions": "contact.creation", "search_lag_s": 0}})
    with running(options) as fakes, hooked() as hook:
        key = fakes.key("crm", "developer_key")
        path = f"{fakes.url('crm')}/webhooks/v3/{fakes.key('crm', 'app_id')}/settings?hapikey={key}"
        settings = {"targetUrl": hook.url, "throttling": {"maxConcurrentRequests": 5}}
        assert httpx.put(path, json=settings, trust_env=False).status_code == 200
        kept = created(fakes, "kept")
        hook.wait(1)
        taken = fakes.control("POST", "/snapshots", fake="crm")
        assert (taken["fake"], taken["account"]) == ("crm", None)
        gone = created(fakes, "gone")
        hook.wait(2)
        assert httpx.delete(path, trust_env=False).status_code == 204
        fakes.control("POST", f"/snapshots/{taken['name']}/restore")
        with pytest.raises(ApiException, match="404"):
            client(fakes).crm.contacts.basic_api.get_by_id(gone)
        with pytest.raises(ApiException, match="409"):
            created(fakes, "kept")
        new = created(fakes, "new")
        assert [each.events[0]["objectId"] for each in hook.wait(3)] == [int(each) for each in (kept, gone, new)]
        fakes.control("POST", f"/snapshots/{taken['name']}/restore", account="fork")
        assert client(fakes, ".fork").crm.contacts.basic_api.get_by_id(kept).id == kept
        created(fakes, "fork", ".fork")
        fakes.settle()
        assert len(hook.got) == 3
        assert len(fakes.effects("crm.contact")) == 4
        for wish in ("/snapshots", f"/snapshots/{taken['name']}/restore"):
            with pytest.raises(ControlError, match=r"422.*no isolated portal"):
                fakes.control("POST", wish, **({"fake": "crm"} if wish == "/snapshots" else {}), account="No")


def client(fakes: Fakes, end: str = "") -> Client:
    """The official client of a portal."""
    return Client.create(access_token=fakes.key("crm", "token") + end, host=fakes.url("crm"))


def created(fakes: Fakes, name: str, end: str = "") -> str:
    """The id of a new contact."""
    wanted = New(properties={"email": f"{name}.{PERSON}@x.example.com"})
    return str(client(fakes, end).crm.contacts.basic_api.create(simple_public_object_input_for_create=wanted).id)
