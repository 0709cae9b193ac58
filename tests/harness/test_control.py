"""The client of the fakes' control channel: what it asks, and how it says that something went wrong."""

import json

import httpx
import pytest
import respx

from harness.control import Control
from harness.errors import ControlError
from harness.faults import DeliveryRule, Fault, Kind, Mishap

URL = "http://127.0.0.1:9"
WHO = "hxaaaaaaaaaaaa"


@respx.mock(base_url=URL)
async def test_faults_travel_as_data_with_the_token(respx_mock: respx.MockRouter) -> None:
    """A planned fault arrives whole, under the run's own token."""
    route = respx_mock.post("/faults").respond(json={"ids": ["f1"]})
    control = Control(URL, "t0ken")
    assert await control.plan([Fault(person=WHO, fake="crm", kind=Kind.LOST_REPLY)]) == ["f1"]
    sent = route.calls.last.request
    assert sent.headers["authorization"] == "Bearer t0ken"
    assert (
        json.loads(sent.content)["faults"][0] | {"person": WHO, "kind": "lost_reply", "times": 1}
        == json.loads(sent.content)["faults"][0]
    )
    await control.close()


@respx.mock(base_url=URL)
async def test_rules_travel_as_data(respx_mock: respx.MockRouter) -> None:
    """A delivery rule arrives whole."""
    route = respx_mock.post("/rules").respond(json={})
    control = Control(URL, "t")
    await control.rule([DeliveryRule(person=WHO, fake="payments", kind=Mishap.REPEAT, copies=3, overlap=True)])
    rule = json.loads(route.calls.last.request.content)["rules"][0]
    assert (rule["kind"], rule["copies"], rule["overlap"]) == ("repeat", 3, True)
    await control.close()


@respx.mock(base_url=URL)
async def test_a_refusal_says_what_was_asked_and_what_came_back(respx_mock: respx.MockRouter) -> None:
    """An error of the fakes is quoted, not swallowed."""
    respx_mock.post("/forge").respond(422, text="no lie called 'x'")
    control = Control(URL, "t")
    with pytest.raises(ControlError, match=r"POST /forge .* answered 422: no lie called 'x'"):
        await control.forge(WHO, fake="payments", lie="x", forgery="missing")
    await control.close()


@respx.mock(base_url=URL)
async def test_a_dead_channel_is_named(respx_mock: respx.MockRouter) -> None:
    """Fakes that are gone are an error of the run, not of the pipeline."""
    respx_mock.get("/pending").mock(side_effect=httpx.ConnectError("refused"))
    control = Control(URL, "t")
    with pytest.raises(ControlError, match=r"GET /pending .*ConnectError"):
        await control.pending()
    await control.close()
