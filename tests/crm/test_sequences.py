"""No sequence of calls gives a 500, loses a committed record, or gives an address to two contacts."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.crm.state.filters import OPERATORS, groups_of
from tests.crm.bare import Bare

DATED = re.compile(r"/20\d\d-\d\d")
WHEN = "2026-03-01T10:00:00Z"
EMAILS = [f"{name}@x.example.com" for name in "abcd"]
WORDS = [
    *EMAILS, "", "x", "1", "-1", "0", "9.5", WHEN, "default", "closedwon", "lead", "customer", "contacts", "deals",
    "0-1", "2-9", "email", "firstname", "amount", "deal_to_contact", "3", "449", "true", "hs_object_id",
    "contact.creation",
]  # fmt: skip
KEYS = [
    "properties", "inputs", "id", "idProperty", "associations", "to", "from", "types", "associationTypeId", "label",
    "name", "filterGroups", "filters", "propertyName", "operator", "value", "values", "highValue", "sorts", "limit",
    "after", "query", "primaryObjectId", "objectIdToMerge", "objectId", "email", "hs_additional_emails", "firstname",
    "amount", "dealstage", "pipeline", "stages", "metadata", "probability", "displayOrder", "objectWriteTraceId",
    "type", "fieldType", "groupName", "options", "hasUniqueValue", "labels", "requiredProperties", "active",
    "associatedObjects", "eventType", "targetUrl", "throttling", "inverseLabel", "maxToObjectIds", "typeId",
    "propertiesWithHistory", "fromObjectTypeId", "toObjectTypeId", "searchableProperties", "singular", "plural",
]  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 1000), st.just(1e308), st.sampled_from(WORDS), st.text(max_size=3),
    st.sampled_from(sorted(OPERATORS)), st.integers(0, 5).map(lambda number: {"id": number}),
)  # fmt: skip
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)),
    max_leaves=12,
)
CALLS = st.tuples(st.integers(0, 10_000), BODIES, st.lists(st.sampled_from([*WORDS, "$0", "$1", "$2"]), max_size=4))


SHARED = Bare(search_per_s=0)
"""Made once: its routes take longer to make than a sequence to play."""


def emptied(search_lag_s: float) -> Bare:
    """The shared portal without records."""
    SHARED.slice.reset()
    SHARED.slice.tune({"search_lag_s": search_lag_s})
    return SHARED


class Fuzzed:
    """A portal with something in it."""

    def __init__(self) -> None:
        self.bare = Bare(search_per_s=0, search_lag_s=0.0, subscriptions="contact.creation deal.propertyChange")
        # Each operation once: the dated paths have the same handlers.
        every = {each.operation: each for each in self.bare.slice.routes if not DATED.search(each.template)}
        self.routes = list(every.values())
        self.ids = [str(self._make(kind, values)) for kind, values in SEEDS]

    def _make(self, kind: str, values: dict[str, str]) -> Any:
        return self.bare.call("POST", f"/crm/v3/objects/{kind}", {"properties": values}).body["id"]

    def filled(self, template: str, words: list[str]) -> str:
        """A path of this template: known ids and words in the places of its placeholders."""
        left = list(words) or ["$0"]
        parts = []
        for number, part in enumerate(template.split("/")):
            if "{" in part:
                word = left[number % len(left)] or "x"
                part = self.ids[int(word[1:])] if word.startswith("$") else word.replace("/", "")
            parts.append(part)
        return "/".join(parts)


SEEDS: list[tuple[str, dict[str, str]]] = [
    ("contacts", {"email": EMAILS[0]}),
    ("deals", {"dealname": "d", "dealstage": "closedwon"}),
    ("contacts", {"email": EMAILS[1]}),
]


def strip(value: Any, ids: list[str]) -> Any:
    """A body with known ids where it says so."""
    if isinstance(value, dict):
        if set(value) == {"id"} and isinstance(value["id"], int):
            return {"id": ids[value["id"] % len(ids)]}
        return {key: strip(inner, ids) for key, inner in value.items()}
    return [strip(inner, ids) for inner in value] if isinstance(value, list) else value


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(CALLS, min_size=4, max_size=12))
def test_whatever_is_asked_is_answered(calls: list[tuple[int, Any, list[str]]]) -> None:
    """Any route with any body: never a failure of the fake, and refusals carry the CRM's own shape."""
    fuzzed = Fuzzed()
    for number, body, words in calls:
        route = fuzzed.routes[number % len(fuzzed.routes)]
        path = fuzzed.filled(route.template, words)
        answer = fuzzed.bare.call(route.method, path, strip(body, fuzzed.ids))
        assert answer.status < 500, (route.method, path, body)
        if answer.status >= 400:
            assert {"status", "message", "correlationId"} <= set(answer.body), (path, answer.raw)


OPS = st.one_of(
    st.tuples(st.just("create"), st.sampled_from([*EMAILS, ""]), st.booleans()),
    st.tuples(st.just("upsert"), st.sampled_from(EMAILS), st.sampled_from(EMAILS)),
    st.tuples(st.just("change"), st.integers(0, 9), st.sampled_from([*EMAILS, ""])),
    st.tuples(st.just("add"), st.integers(0, 9), st.sampled_from(EMAILS)),
    st.tuples(st.just("merge"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("archive"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("link"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.just(0), st.just(0)),
)
CONTACTS = "/crm/v3/objects/contacts"


class Told:
    """What a client was told: its contacts by the ids that it knows, and who is gone."""

    def __init__(self) -> None:
        self.bare = emptied(0.3)
        self.known: list[str] = []
        self.gone: set[str] = set()
        self.became: dict[str, str] = {}

    def now(self, name: str) -> str:
        """The id that a record has now."""
        while name in self.became:
            name = self.became[name]
        return name

    def do(self, op: str, one: Any, other: Any) -> None:
        """Carry one step out, and remember what was answered."""
        pick = [
            self.known[each % len(self.known)] if self.known and isinstance(each, int) else "1" for each in (one, other)
        ]
        call = self.bare.call
        if op == "create":
            path, body = (CONTACTS, {"properties": {"email": one}})
            answer = call("POST", path, body)
            self.known += [answer.body["id"]] if answer.status == 201 else []
        elif op == "upsert":
            inputs = [{"id": each, "idProperty": "email", "properties": {"firstname": "A"}} for each in {one, other}]
            answer = call("POST", f"{CONTACTS}/batch/upsert", {"inputs": inputs})
            self.known += [each["id"] for each in answer.body["results"] if each["new"]] if answer.status == 200 else []
        elif op in ("change", "add"):
            name = "email" if op == "change" else "hs_additional_emails"
            answer = call("PATCH", f"{CONTACTS}/{pick[0]}", {"properties": {name: other}})
        elif op == "merge":
            answer = call("POST", f"{CONTACTS}/merge", {"primaryObjectId": pick[0], "objectIdToMerge": pick[1]})
            if answer.status == 200:
                for each in pick:
                    self.became[self.now(each)] = answer.body["id"]
                self.known.append(answer.body["id"])
        elif op == "archive":
            answer = call("DELETE", f"{CONTACTS}/{pick[0]}")
            self.gone.add(self.now(pick[0]))
        elif op == "link":
            answer = call("PUT", f"/crm/v4/objects/contacts/{pick[0]}/associations/default/contacts/{pick[1]}")
        else:
            self.bare.clock.advance(1)
            answer = call("POST", f"{CONTACTS}/search", {"limit": 200})
        assert answer.status < 500, (op, one, other)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(OPS, max_size=25))
def test_no_committed_contact_is_lost(steps: list[tuple[str, Any, Any]]) -> None:
    """Every id that was ever told leads to its record, archived ones to nothing; no address has two contacts."""
    told = Told()
    for step in steps:
        told.do(*step)
    live = {told.now(each) for each in told.known} - told.gone
    for each in told.known:
        answer = told.bare.call("GET", f"{CONTACTS}/{each}?properties=hs_additional_emails")
        assert answer.status == (200 if told.now(each) in live else 404)
    told.bare.clock.advance(1)
    listed = told.bare.call("GET", f"{CONTACTS}?limit=100&properties=hs_additional_emails").body["results"]
    found = told.bare.call("POST", f"{CONTACTS}/search", {"limit": 200}).body["results"]
    assert {each["id"] for each in listed} == {each["id"] for each in found} == live
    addresses = [
        one
        for each in listed
        for one in (each["properties"]["email"], *(each["properties"]["hs_additional_emails"] or "").split(";"))
        if one
    ]
    assert len(addresses) == len(set(addresses))
    for each in addresses:
        assert told.bare.call("GET", f"{CONTACTS}/{each}?idProperty=email").status == 200


NAMES = st.sampled_from(["A", "B", "x", "1", ""])
FILTERS = st.tuples(
    st.sampled_from(["email", "firstname", "hs_object_id"]), st.sampled_from(sorted(OPERATORS)), st.sampled_from(WORDS)
)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 4), NAMES), max_size=12),
    st.lists(FILTERS, max_size=3),
)
def test_the_index_finds_what_looking_at_every_record_finds(
    changes: list[tuple[int, str]], wanted: list[tuple[str, str, str]]
) -> None:
    """Whatever was written in whatever order: keys and a scan agree."""
    bare = emptied(0.0)
    made = [bare.call("POST", CONTACTS, {"properties": {"email": each}}).body["id"] for each in EMAILS]
    filters = [
        {"propertyName": name, "operator": operator, "value": value, "highValue": "z", "values": [value.lower(), "x"]}
        for name, operator, value in wanted
        if name != "hs_object_id" or value.isdecimal()
    ]
    asked = {"filterGroups": [{"filters": filters}], "limit": 200} if filters else {"limit": 200}
    for number, name in changes:
        bare.call("POST", f"{CONTACTS}/search", asked)
        bare.call("PATCH", f"{CONTACTS}/{made[number % 4]}", {"properties": {"firstname": name}})
        if number == 4:
            bare.call("DELETE", f"{CONTACTS}/{made[3]}")
    answer = bare.call("POST", f"{CONTACTS}/search", asked)
    if answer.status == 200:
        shelf = bare.slice.portal.index.of("contacts")
        groups = groups_of(asked, shelf.schema)
        fitting = {
            name
            for name, (_, document) in shelf.found.items()
            if not groups or any(all(each.fits(document) for each in group) for group in groups)
        }
        assert {each["id"] for each in answer.body["results"]} == fitting
