"""Isolated portals: a token with a dot and a name after it opens a portal that shares nothing with the others."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hubspot import Client
from hubspot.crm.contacts import ApiException, PublicObjectSearchRequest
from hubspot.crm.contacts import SimplePublicObjectInputForCreate as New
from hubspot.crm.properties import PropertyCreate
from hubspot.utils.signature import Signature
from hubspot.webhooks import SettingsChangeRequest, SubscriptionCreateRequest, ThrottlingSettings

from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.rng import Rng
from tests.crm.bare import Bare
from tests.crm.hook import hooked

CONTACTS = "/crm/v3/objects/contacts"
ONE, TWO = "pat-1.one", "pat-1.two"
BACK = "https://app.example.com/back"
SCOPE = "crm.objects.contacts.read"
PERSON = Rng(5).marker("accounts")


@pytest.fixture(scope="module")
def crm() -> Iterator[Fakes]:
    """A CRM whose search learns at once."""
    with running(Options(only=["crm"], seed=5, settings={"crm": {"search_lag_s": 0, "search_per_s": 0}})) as fakes:
        yield fakes


def client(fakes: Fakes, name: str = "") -> Client:
    end = f".{name}" if name else ""
    return Client.create(access_token=fakes.key("crm", "token") + end, host=fakes.url("crm"))


def contact(one: Client, email: str) -> str:
    wanted = New(properties={"email": email})
    return str(one.crm.contacts.basic_api.create(simple_public_object_input_for_create=wanted).id)


def found(one: Client) -> list[str]:
    asked = PublicObjectSearchRequest(filter_groups=[], limit=10)
    return [each.id for each in one.crm.contacts.search_api.do_search(public_object_search_request=asked).results]


def made(bare: Bare, token: str, email: str = "ann@customers.example.com") -> str:
    answer = bare.call("POST", CONTACTS, {"properties": {"email": email}}, token=token)
    assert answer.status == 201, answer.raw
    return str(answer.body["id"])


def hub(bare: Bare, token: str) -> dict[str, Any]:
    path = "/oauth/v2/private-apps/get/access-token-info"
    told: dict[str, Any] = bare.call("POST", path, {"tokenKey": token}, token=None).body
    return told


def test_the_same_address_in_two_portals_is_no_conflict(crm: Fakes) -> None:
    """Each has a record of its own, which only its own token reads and finds; within one it is a conflict as ever."""
    clients = [client(crm, "first"), client(crm, "second"), client(crm)]
    ids = [contact(one, f"{PERSON}@customers.example.com") for one in clients]
    assert len(set(ids)) == 3
    for place, one in enumerate(clients):
        assert found(one) == [ids[place]]
        for other, name in enumerate(ids):
            if other == place:
                assert one.crm.contacts.basic_api.get_by_id(name).id == name
                continue
            with pytest.raises(ApiException) as missing:
                one.crm.contacts.basic_api.get_by_id(name)
            assert missing.value.status == 404
        with pytest.raises(ApiException) as taken:
            contact(one, f"{PERSON}@customers.example.com")
        assert taken.value.status == 409
        assert ids[place] in str(taken.value.body)


def test_definitions_and_owners_are_a_portals_own(crm: Fakes) -> None:
    """A property made in one is unknown in another; owners have other ids; so has the account itself."""
    one, two = client(crm, "third"), client(crm, "fourth")
    wanted = PropertyCreate(
        name="shoe", label="Shoe", type="string", field_type="text", group_name="contactinformation"
    )
    one.crm.properties.core_api.create("contacts", property_create=wanted)
    known = [
        {each.name for each in portal.crm.properties.core_api.get_all("contacts").results}
        for portal in (one, two, client(crm))
    ]
    assert ["shoe" in names for names in known] == [True, False, False]
    owners = [
        {each.id for each in portal.crm.owners.owners_api.get_page().results} for portal in (one, two, client(crm))
    ]
    assert all(owners)
    assert len(set.union(*owners)) == sum(map(len, owners))


@pytest.mark.parametrize(
    "token", ["pat-1.", "pat-1.One", "pat-1.a_b", f"pat-1.{'a' * 41}", "pat-1.portal", "pat-1.two.one", "x.one", ".one"]
)
def test_a_wrong_suffix_opens_nothing(token: str) -> None:
    """401, whether or not there is a portal of the name after the last dot, and no portal is made of it."""
    bare = Bare()
    made(bare, ONE)
    answer = bare.call("GET", CONTACTS, token=token)
    assert (answer.status, answer.body["category"]) == (401, "INVALID_AUTHENTICATION")
    assert [each.name for each in bare.slice.accounts] == ["portal", "one"]


def test_the_longest_name_opens_a_portal() -> None:
    """Forty of the letters, digits and dashes."""
    assert Bare().call("GET", CONTACTS, token=f"pat-1.{'a-9z' * 10}").status == 200


def test_a_limit_met_in_one_portal_leaves_the_others_alone() -> None:
    """Of calls, and of searches; the headers tell each what is left of its own."""
    bare = Bare(ten_secondly=7, search_per_s=5)
    told = [bare.call("POST", f"{CONTACTS}/search", {}, token=ONE).status for _ in range(6)]
    assert told == [200] * 5 + [429]
    bare.call("GET", CONTACTS, token=ONE)
    assert bare.call("GET", CONTACTS, token=ONE).body["policyName"] == "TEN_SECONDLY_ROLLING"
    for token in (TWO, "pat-1"):
        assert bare.call("POST", f"{CONTACTS}/search", {}, token=token).status == 200
        assert bare.call("GET", CONTACTS, token=token).headers["X-HubSpot-RateLimit-Remaining"] == "5"


def test_the_main_portal_is_the_same_whether_or_not_there_are_others() -> None:
    """Its ids, its number and the ids of its errors do not depend on them."""
    alone, among = Bare(), Bare()
    for token in (ONE, TWO):
        made(among, token)
        assert among.call("GET", f"{CONTACTS}/1", token=token).status == 404
    assert made(alone, "pat-1") == made(among, "pat-1")
    assert hub(alone, "pat-1") == hub(among, "pat-1")
    errors = [bare.call("GET", f"{CONTACTS}/1").body["correlationId"] for bare in (alone, among)]
    assert errors[0] == errors[1]


def test_an_isolated_portal_is_the_same_in_every_run() -> None:
    """Whichever portals were used before; numbers of portals and apps differ."""
    one, other = Bare(), Bare()
    made(other, TWO)
    assert made(one, ONE) == made(other, ONE)
    assert len({hub(other, token)["hubId"] for token in (ONE, TWO, "pat-1")}) == 3
    assert len({hub(other, token)["appId"] for token in (ONE, TWO, "pat-1")}) == 3


def consent(bare: Bare, end: str) -> Any:
    """The code that the consent page of a portal's app sends back."""
    query = f"client_id={bare.slice.access.app.client_id}{end}&redirect_uri={BACK}&scope={SCOPE}"
    answer = bare.call("GET", f"/oauth/authorize?{query}", token=None)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def exchanged(bare: Bare, code: str, end: str) -> Any:
    """What the token endpoint answers to the app of a portal."""
    app = bare.slice.access.app
    form = {
        "client_id": app.client_id + end, "client_secret": app.client_secret + end, "redirect_uri": BACK,
        "grant_type": "authorization_code", "code": code,
    }  # fmt: skip
    return bare.call("POST", "/oauth/v3/token", form=form, token=None).body


def test_each_portal_has_an_oauth_app_of_its_own() -> None:
    """Its tokens open its portal alone; a code of one cannot be exchanged by the other's app."""
    bare = Bare()
    mine, name = made(bare, ONE), made(bare, "pat-1")
    code = consent(bare, ".one")
    assert exchanged(bare, code, "")["status"] == "BAD_AUTH_CODE"
    told = exchanged(bare, code, ".one")
    token = told["access_token"]
    assert told["hub_id"] == hub(bare, ONE)["hubId"]
    assert bare.call("GET", f"{CONTACTS}/{mine}", token=token).status == 200
    assert bare.call("GET", f"{CONTACTS}/{name}", token=token).status == 404
    about = bare.call("POST", "/oauth/v3/token/introspect", form={"token": token}, token=None).body
    assert (about["active"], about["hub_id"]) == (True, told["hub_id"])
    bare.call("DELETE", f"/oauth/v1/refresh-tokens/{told['refresh_token']}", token=None)
    assert bare.call("GET", CONTACTS, token=token).status == 401


def test_time_moves_on_in_one_portal_alone() -> None:
    """An OAuth token of the named portal expires, others do not; without a name that of the main one does."""
    bare = Bare()
    tokens = {end: exchanged(bare, consent(bare, end), end)["access_token"] for end in ("", ".one", ".two")}
    asyncio.run(bare.slice.forward(1800, "one"))
    assert [bare.call("GET", CONTACTS, token=each).status for each in tokens.values()] == [200, 401, 200]
    now_s = asyncio.run(bare.slice.forward(1800))
    assert [bare.call("GET", CONTACTS, token=each).status for each in tokens.values()] == [401, 401, 200]
    assert [asyncio.run(bare.slice.forward(0, each)) - now_s for each in ("one", "two", "three")] == [0, -1800, -1800]


def test_the_control_channel_moves_a_portals_time_and_refuses_what_is_no_name(crm: Fakes) -> None:
    """422 with the reason, and 401 for the wrong suffix over HTTP too."""
    before = crm.control("POST", "/time", fake="crm", seconds=0, account="late")["now_s"]
    assert crm.control("POST", "/time", fake="crm", seconds=500, account="late")["now_s"] - before in (500, 501, 502)
    token = {"authorization": f"Bearer {crm.key('crm', 'token')}.No"}
    assert httpx.get(crm.url("crm") + CONTACTS, headers=token, trust_env=False).status_code == 401
    url, admin = crm.public["control"]["url"], {"authorization": f"Bearer {crm.public['control']['token']}"}
    asked = {"fake": "crm", "seconds": 1, "account": "No"}
    refused = httpx.post(f"{url}/time", json=asked, headers=admin, trust_env=False)
    assert (refused.status_code, "isolated portal" in refused.text) == (422, True), refused.text


def test_a_reset_clears_every_portal() -> None:
    """No record is left, addresses are free again, ids go on, and tokens still open."""
    bare = Bare()
    before = {token: made(bare, token) for token in ("pat-1", ONE, TWO)}
    bare.slice.reset()
    for token, name in before.items():
        assert bare.call("GET", CONTACTS, token=token).body["results"] == []
        assert int(made(bare, token)) > int(name)


def test_a_portal_tells_its_own_app_alone() -> None:
    """Signed with that app's secret; the harness's endpoint and the main app hear of the main portal's records only."""
    options = Options(only=["crm"], seed=5, settings={"crm": {"subscriptions": "contact.creation"}})
    with running(options) as fakes, hooked() as harness, hooked() as own:
        fakes.control("PUT", "/endpoints/crm", url=harness.url)
        contact(client(fakes, "quiet"), f"a.{PERSON}@customers.example.com")
        secret = _listening(fakes, "loud", own.url)
        ids = [contact(client(fakes, name), f"b.{PERSON}@customers.example.com") for name in ("", "loud")]
        (main,), (loud,) = harness.wait(1), own.wait(1)
        fakes.settle()
        assert (len(harness.got), len(own.got)) == (1, 1)
        assert [main.events[0]["objectId"], loud.events[0]["objectId"]] == list(map(int, ids))
        assert main.events[0]["portalId"] != loud.events[0]["portalId"]
        headers = {name.lower(): value for name, value in loud.headers.items()}
        assert Signature.is_valid(
            signature=headers["x-hubspot-signature-v3"], client_secret=secret, request_body=loud.body,
            http_uri=own.url, http_method="POST", signature_version="v3",
            timestamp=headers["x-hubspot-request-timestamp"],
        )  # fmt: skip
        assert len({each["event"] for each in fakes.records("news")}) == 2


def test_retries_of_a_portals_webhooks_move_on_when_it_is_named() -> None:
    """An hour of the named portal's time brings the second try; an hour of another's or the main one's does not."""
    options = Options(only=["crm"], seed=5, settings={"crm": {"subscriptions": "contact.creation"}})
    with running(options) as fakes, hooked() as own:
        fakes.control("PUT", "/retries", schedule=[3600], fake="crm")
        own.statuses = [500]
        _listening(fakes, "loud", own.url)
        contact(client(fakes, "loud"), f"c.{PERSON}@customers.example.com")
        own.wait(1)
        fakes.control("POST", "/time", fake="crm", seconds=3600, account="quiet")
        fakes.control("POST", "/time", fake="crm", seconds=3600)
        assert len(own.got) == 1
        fakes.control("POST", "/time", fake="crm", seconds=3600, account="loud")
        assert [each.events[0]["attemptNumber"] for each in own.wait(2)] == [0, 1]


def _listening(fakes: Fakes, name: str, url: str) -> str:
    """Let the app of a portal hear at an address; its secret."""
    asked = {"tokenKey": f"{fakes.key('crm', 'token')}.{name}"}
    path = "/oauth/v2/private-apps/get/access-token-info"
    app = json.loads(httpx.post(fakes.url("crm") + path, json=asked, trust_env=False).content)["appId"]
    webhooks = Client.create(api_key=f"{fakes.key('crm', 'developer_key')}.{name}", host=fakes.url("crm")).webhooks
    throttling = ThrottlingSettings(max_concurrent_requests=10)
    wanted = SettingsChangeRequest(target_url=url, throttling=throttling)
    webhooks.settings_api.configure(app, settings_change_request=wanted)
    assert not webhooks.subscriptions_api.get_all(app).results
    more = SubscriptionCreateRequest(event_type="contact.deletion", active=True)
    webhooks.subscriptions_api.create(app, subscription_create_request=more)
    return f"{fakes.key('crm', 'client_secret')}.{name}"
