"""Tokens that expire and are refreshed, scopes, and the limits of calls, on a clock that is moved by hand."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hubspot import Client
from hubspot.crm.contacts import ApiException
from hubspot.crm.contacts import SimplePublicObjectInputForCreate as New

from fakes.plugin import Fakes, running
from fakes.serve import Options
from tests.crm.bare import Answer, Bare

BACK = "https://app.example.com/back"
SCOPES = "crm.objects.contacts.read crm.objects.contacts.write"
CONTACTS = "/crm/v3/objects/contacts"


def consent(bare: Bare, **more: str) -> str:
    asked = {
        "client_id": bare.slice.access.app.client_id,
        "redirect_uri": BACK,
        "scope": SCOPES,
        "state": "s 1",
        **more,
    }
    query = "&".join(f"{name}={value.replace(' ', '%20')}" for name, value in asked.items())
    answer = bare.call("GET", f"/oauth/authorize?{query}", token=None)
    assert answer.status == 302, answer.raw
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == ["s 1"]
    return back["code"][0]


def token(bare: Bare, version: str = "v3", **form: str) -> Answer:
    app = bare.slice.access.app
    whole = {"client_id": app.client_id, "client_secret": app.client_secret, "redirect_uri": BACK, **form}
    return bare.call("POST", f"/oauth/{version}/token", form=whole, token=None)


def installed(bare: Bare) -> dict[str, Any]:
    told: dict[str, Any] = token(bare, grant_type="authorization_code", code=consent(bare)).body
    return told


@pytest.mark.parametrize("version", ["v1", "v3", "2026-03"])
def test_a_code_is_exchanged_once(version: str) -> None:
    """For a token that works for half an hour; the second exchange is refused in the standard's words."""
    bare = Bare()
    code = consent(bare)
    first = token(bare, version, grant_type="authorization_code", code=code)
    assert (first.body["token_type"], first.body["expires_in"]) == ("bearer", 1800)
    assert bare.call("GET", CONTACTS, token=first.body["access_token"]).status == 200
    again = token(bare, version, grant_type="authorization_code", code=code)
    assert (again.status, again.body["error"], again.body["status"]) == (400, "invalid_grant", "BAD_AUTH_CODE")


def test_an_expired_token_is_refused_and_refreshed() -> None:
    """401 EXPIRED_AUTHENTICATION at the second it ends; the refreshed one works; the refresh token stays."""
    bare = Bare()
    told = installed(bare)
    bare.clock.advance(1799)
    assert bare.call("GET", CONTACTS, token=told["access_token"]).status == 200
    bare.clock.advance(1)
    expired = bare.call("GET", CONTACTS, token=told["access_token"])
    assert (expired.status, expired.body["category"]) == (401, "EXPIRED_AUTHENTICATION")
    fresh = token(bare, grant_type="refresh_token", refresh_token=told["refresh_token"]).body
    assert fresh["refresh_token"] == told["refresh_token"]
    assert bare.call("GET", CONTACTS, token=fresh["access_token"]).status == 200


def test_rotated_refresh_tokens_work_once() -> None:
    """Used again, a spent one ends everything that came of it."""
    bare = Bare(rotate_refresh_tokens=True)
    told = installed(bare)
    fresh = token(bare, grant_type="refresh_token", refresh_token=told["refresh_token"]).body
    assert fresh["refresh_token"] != told["refresh_token"]
    replay = token(bare, grant_type="refresh_token", refresh_token=told["refresh_token"])
    assert (replay.status, replay.body["status"]) == (400, "BAD_REFRESH_TOKEN")
    assert bare.call("GET", CONTACTS, token=fresh["access_token"]).status == 401
    assert token(bare, grant_type="refresh_token", refresh_token=fresh["refresh_token"]).status == 400


def test_tokens_are_looked_at_and_revoked() -> None:
    """By both forms; a revoked one is active no more, nor is its access token."""
    bare = Bare()
    told = installed(bare)
    about = bare.call("POST", "/oauth/v3/token/introspect", form={"token": told["access_token"]}, token=None).body
    assert (about["active"], about["expires_in"], about["scopes"]) == (True, 1800, SCOPES.split())
    old = bare.call("GET", f"/oauth/v1/access-tokens/{told['access_token']}", token=None).body
    assert (old["hub_id"], old["token_type"]) == (about["hub_id"], "access")
    refresh = bare.call("GET", f"/oauth/v1/refresh-tokens/{told['refresh_token']}", token=None).body
    assert "expires_in" not in refresh
    bare.call("POST", "/oauth/2026-03/token/revoke", form={"token": told["refresh_token"]}, token=None)
    again = bare.call("POST", "/oauth/v3/token/introspect", form={"token": told["access_token"]}, token=None).body
    assert again["active"] is False
    assert bare.call("GET", f"/oauth/v1/refresh-tokens/{told['refresh_token']}", token=None).status == 404
    nobody = bare.call("POST", "/oauth/v3/token/introspect", form={"token": "x"}, token=None).body
    assert nobody == {"active": False}


WRONG: list[tuple[dict[str, str], int, str]] = [
    ({"client_id": "x"}, 401, "BAD_CLIENT_ID"),
    ({"client_secret": "x"}, 401, "BAD_CLIENT_SECRET"),
    ({"grant_type": "password"}, 400, "BAD_GRANT_TYPE"),
    ({"code": "x"}, 400, "BAD_AUTH_CODE"),
    ({"redirect_uri": "https://x.example"}, 400, "BAD_REDIRECT_URI"),
    ({"grant_type": "refresh_token"}, 400, "BAD_REFRESH_TOKEN"),
]


@pytest.mark.parametrize(("wrong", "status", "word"), WRONG, ids=[word for _, _, word in WRONG])
def test_a_wrong_exchange_is_refused(wrong: dict[str, str], status: int, word: str) -> None:
    """Each fault has its own word, and the code is not used up by it."""
    bare = Bare()
    code = consent(bare)
    refused = token(bare, **{"grant_type": "authorization_code", "code": code, **wrong})
    assert (refused.status, refused.body["status"]) == (status, word)
    assert token(bare, grant_type="authorization_code", code=code).status == 200


def test_a_late_code_is_refused() -> None:
    """A minute later it works no more."""
    bare = Bare()
    code = consent(bare)
    bare.clock.advance(61)
    assert token(bare, grant_type="authorization_code", code=code).body["status"] == "BAD_AUTH_CODE"


def test_a_missing_scope_is_a_403() -> None:
    """It names the scopes of which one is needed; reading and writing differ, search is reading."""
    bare = Bare(token_scopes="crm.objects.contacts.read tickets")
    assert bare.call("GET", CONTACTS).status == 200
    assert bare.call("POST", f"{CONTACTS}/search", {}).status == 200
    assert bare.call("POST", "/crm/v3/objects/tickets", {"properties": {"hs_pipeline_stage": "1"}}).status == 201
    refused = bare.call("POST", CONTACTS, {"properties": {"firstname": "A"}})
    assert (refused.status, refused.body["category"]) == (403, "MISSING_SCOPES")
    assert refused.body["errors"][0]["context"] == {"requiredGranularScopes": ["crm.objects.contacts.write"]}
    for path in (
        "/crm/objects/2026-03/0-3",
        "/crm/v3/owners",
        "/crm-object-schemas/v3/schemas",
        "/crm/v3/pipelines/deals",
    ):
        assert bare.call("GET", path).status == 403, path
    assert bare.ledger.effects[0][0] == "crm.ticket"
    assert len(bare.ledger.effects) == 1


def test_the_private_apps_token_can_be_looked_at() -> None:
    """Its scopes, and the account's number."""
    bare = Bare(token_scopes="tickets")
    told = bare.call("POST", "/oauth/v2/private-apps/get/access-token-info", {"tokenKey": "pat-1"}, token=None).body
    assert (told["scopes"], told["hubId"]) == (["tickets"], bare.slice.portal.number)


def test_ten_seconds_are_a_rolling_window_of_one_app() -> None:
    """The third call is refused with the policy's name; others go on; ten seconds later it works again."""
    bare = Bare(ten_secondly=2)
    other = installed(bare)["access_token"]
    told = [bare.call("GET", CONTACTS) for _ in range(3)]
    assert [each.status for each in told] == [200, 200, 429]
    assert (told[2].body["policyName"], told[2].body["category"]) == ("TEN_SECONDLY_ROLLING", "RATE_LIMITS")
    assert [each.headers["X-HubSpot-RateLimit-Remaining"] for each in told] == ["1", "0", "0"]
    mine = bare.call("GET", CONTACTS, token=other)
    assert mine.status == 200
    assert "X-HubSpot-RateLimit-Daily" not in mine.headers
    bare.clock.advance(10)
    assert bare.call("GET", CONTACTS).status == 200


def test_the_day_ends_at_midnight() -> None:
    """DAILY is the policy; what is left is told; after midnight it begins anew."""
    bare = Bare(daily=1)
    bare.clock.advance(86_399)
    first, second = (bare.call("GET", CONTACTS) for _ in range(2))
    assert (first.status, first.headers["X-HubSpot-RateLimit-Daily-Remaining"]) == (200, "0")
    assert (second.status, second.body["policyName"]) == (429, "DAILY")
    bare.clock.advance(1)
    assert bare.call("GET", CONTACTS).status == 200


def test_a_search_tells_no_limits_and_has_its_own() -> None:
    """No headers; SECONDLY is the policy of the sixth search in a second."""
    bare = Bare()
    told = [bare.call("POST", f"{CONTACTS}/search", {}) for _ in range(6)]
    assert [each.status for each in told] == [200] * 5 + [429]
    assert told[5].body["policyName"] == "SECONDLY"
    assert not any(name.startswith("X-HubSpot-RateLimit") for each in told for name in each.headers)


def test_limits_and_time_are_set_by_the_control_channel_and_nothing_secret_is_journaled() -> None:
    """The official client gets its own exception for 429 and for the expired token of an OAuth app."""
    with running(Options(only=["crm"], seed=5)) as fakes:
        fakes.control("PUT", "/settings/crm", settings={"ten_secondly": 1})
        pat = Client.create(access_token=fakes.key("crm", "token"), host=fakes.url("crm"))
        pat.crm.contacts.basic_api.get_page()
        with pytest.raises(ApiException) as limited:
            pat.crm.contacts.basic_api.get_page()
        assert json.loads(limited.value.body)["policyName"] == "TEN_SECONDLY_ROLLING"
        fakes.control("PUT", "/settings/crm", settings={"ten_secondly": 0})
        secret = _installed_over_http(fakes)
        oauth = Client.create(access_token=secret, host=fakes.url("crm"))
        made = New(properties={"firstname": "Ann"})
        assert oauth.crm.contacts.basic_api.create(simple_public_object_input_for_create=made).id
        fakes.control("POST", "/time", fake="crm", seconds=1800)
        with pytest.raises(ApiException) as expired:
            oauth.crm.contacts.basic_api.get_page()
        assert json.loads(expired.value.body)["category"] == "EXPIRED_AUTHENTICATION"
        journal = fakes.journal.read_text()
        assert not any(text in journal for text in (secret, fakes.key("crm", "client_secret"), "code-"))


def _installed_over_http(fakes: Fakes) -> str:
    """An access token by the official client, from a code that the consent page sent back."""
    app = {"client_id": fakes.key("crm", "client_id"), "redirect_uri": BACK}
    with httpx.Client(base_url=fakes.url("crm"), trust_env=False) as http:
        back = http.get("/oauth/authorize", params={**app, "scope": SCOPES}).headers["location"]
    client = Client.create(host=fakes.url("crm"))
    code = parse_qs(urlsplit(back).query)["code"][0]
    secret = fakes.key("crm", "client_secret")
    told = client.oauth.tokens_api.create(grant_type="authorization_code", code=code, client_secret=secret, **app)
    assert client.oauth.access_tokens_api.get(told.access_token).scopes == SCOPES.split()
    return str(told.access_token)
