"""The drift alarm: what the official clients can ask is read out of their source, and compared with our routes."""

import pytest

from fakes.calls import Call, Reply, Route
from fakes.routing import Router
from tools import drift
from tools.drift import Ask, Source

GENERATED = """
class ThingsApi:
    def get_with_http_info(self, thing_id, **kwargs):
        query_params = []
        query_params.append(("colour", 1))
        return self.api_client.call_api("/things/{thingId}", "GET", path_params, query_params)
"""
REQUESTED = """
class ThingService:
    def retrieve(self, thing):
        return self._request("get", "/v1/things/{thing}".format(thing=thing), base_address="api")
    def create(self):
        return self._request("post", "/v1/things", base_address="api")
"""
ENDPOINTS = """
class EndpointFactory:
    things = PrimaryEndpoint('things')
    things.show = SecondaryEndpoint('things/%(id)s.json')
    chats = ChatEndpoint('chats')
"""


def routes(*known: tuple[str, str]) -> Router:
    def nothing(call: Call) -> Reply:
        return Reply(200)

    return Router(
        Route(method=method, template=template, operation="", handler=nothing, writes=False)
        for method, template in known
    )


def test_calls_are_read_out_of_each_kind_of_client() -> None:
    """Path, method, query where the client says them; another API's places are left out."""
    assert list(drift.generated("m", GENERATED)) == [Ask("m", "GET", "/things/{thingId}", ("colour",))]
    assert [each.name for each in drift.requested("m", REQUESTED)] == ["GET /v1/things/{thing}", "POST /v1/things"]
    assert [each.name for each in drift.endpoints(ENDPOINTS)] == [
        "ANY /api/v2/things.json",
        "ANY /api/v2/things/%(id)s.json",
    ]


SERVED = [
    ("GET", "/things/{thingId}", True),
    ("PUT", "/things/{thingId}", False),
    ("GET", "/things/search", False),
    ("ANY", "/things/{thingId}", True),
    ("ANY", "/others", False),
    ("GET", "/{objectType}/list", True),
]


@pytest.mark.parametrize(("method", "path", "served"), SERVED, ids=[f"{m}-{p}" for m, p, _ in SERVED])
def test_a_word_of_a_path_is_no_id(method: str, path: str, served: bool) -> None:
    """`/things/search` is not served by `/things/{id}`."""
    known = routes(("GET", "/things/{id}"), ("DELETE", "/things/{id}"), ("GET", "/{objectType}/list"))
    assert drift.serves(known, Ask("m", method, path)) is served


@pytest.mark.parametrize("read", drift.SOURCES, ids=["crm", "payments", "helpdesk"])
def test_nothing_is_refused_that_the_list_does_not_name(read: object) -> None:
    """A new call of a client, or a route that was lost: run `make drift`, and see what changed."""
    assert callable(read)
    source = read()
    assert len(source.asks) > 50
    assert not drift.alarms(source, drift.LIST.read_text())


def test_a_new_call_of_a_client_is_noticed() -> None:
    """Planted: the official client learns a call that nobody serves."""
    crm = drift.crm_source()
    learnt = Source(crm.fake, crm.client, "99", (*crm.asks, Ask("crm.new", "POST", "/crm/v3/teleport")))
    assert drift.alarms(learnt, drift.LIST.read_text()) == ["POST /crm/v3/teleport"]


def test_the_crms_own_types_are_served_whole() -> None:
    """Every call of the modules that the CRM copies; one association call is left out on purpose."""
    crm = drift.crm_source()
    ours = ("contacts", "companies", "deals", "tickets", "products", "line_items", "owners", "pipelines", "properties",
            "schemas", "associations", "objects.notes", "objects.tasks", "objects.calls", "objects.emails",
            "objects.meetings")  # fmt: skip
    modules = {f"crm.{each}" for each in ours}
    lacking = [
        ask.name
        for ask in drift.refused(crm, drift.router("crm"))
        if ask.module in modules or ask.module.startswith(("crm.associations", "webhooks", "oauth"))
    ]
    assert lacking == ["POST /crm/v4/associations/usage/high-usage-report/{userId}"]
