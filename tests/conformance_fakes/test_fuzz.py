"""Random sequences of calls to every fake's own routes: never a 500, never a bug, and no committed object gets lost.

What is drawn speaks the vendor's language: field names, words and ids come from the fake's own source and from objects
that exist. The same draws every time, and a bounded number of them.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.calls import Route
from tests.conformance_fakes.inputs import WRITING
from tests.conformance_fakes.stand import Ask, Stand
from tests.house.tree import ROOT

EXAMPLES, STEPS, PINNED = 40, 5, 3
WORD = re.compile(r"[A-Za-z_][\w.\-]{1,39}")


@cache
def words(module: str) -> tuple[str, ...]:
    """The words of a vendor as its fake's source has them: fields, values, kinds."""
    found = set()
    for path in (ROOT / "fakes" / module).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and WORD.fullmatch(node.value):
                found.add(node.value)
    return tuple(sorted(found))


def values(said: tuple[str, ...], ids: list[str]) -> st.SearchStrategy[Any]:
    """Anything that a client might put into a field, from right to absurd."""
    numbers = [int(one) for one in ids if one.isdigit()] or [0]
    simple = st.one_of(
        st.sampled_from(said),
        st.sampled_from(ids),
        st.sampled_from(numbers),
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(allow_nan=False),
        st.text(max_size=20),
    )
    return st.recursive(
        simple,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(said), inner, max_size=4)),
        max_leaves=12,
    )


def bracketed(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """A nested value as the pairs of a form."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from bracketed(inner, f"{name}[{key}]" if name else str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from bracketed(inner, f"{name}[]")
    else:
        yield name or "x", "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class Player:
    """Draws calls to one fake; what can be drawn is prepared once."""

    def __init__(self, stand: Stand, ids: list[str]) -> None:
        said = words(stand.case.module)
        self._stand = stand
        self._routes = st.sampled_from(list(stand.slice.routes))
        self._fields = st.dictionaries(st.sampled_from(said), values(said, ids), max_size=5)
        self._segments = st.one_of(st.sampled_from(ids), st.sampled_from(said))

    def draw(self, data: st.DataObject) -> Ask:
        """One call to one of the fake's routes."""
        case = self._stand.case
        route: Route = data.draw(self._routes, label="route")
        given = data.draw(self._fields, label="fields")
        path = re.sub(r"\{[^}]*\}", lambda _: quote(data.draw(self._segments), safe=""), route.template)
        if route.method not in WRITING:
            return Ask(route.method, f"{path}?{urlencode(list(bracketed(given)))}")
        if case.content_type.endswith("urlencoded"):
            return Ask(route.method, path, {}, urlencode(list(bracketed(given))).encode())
        if data.draw(st.booleans(), label="beside what is right"):
            given = {**orjson.loads(case.create(self._stand.somebody(), self._stand.number()).content), **given}
        return Ask(route.method, path, {}, orjson.dumps(given))


def test_no_sequence_of_calls_breaks_a_fake(stand: Stand) -> None:
    """Whatever is called, in whatever order: an answer below 500, and what was committed is there or was deleted."""
    stand.fakes.control("POST", "/reset")
    stand.fakes.settle()
    pinned = [stand.created(stand.somebody()) for _ in range(PINNED)]
    player = Player(stand, [stand.created(stand.somebody()) for _ in range(3)])

    @given(st.data())
    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    def play(data: st.DataObject) -> None:
        for _ in range(STEPS):
            ask = player.draw(data)
            answer = stand.ask(ask, patience_s=10)
            assert answer.status_code < 500, f"{ask.method} {ask.path} {ask.content!r}: {answer.text[:300]}"

    play()
    assert not stand.bugs(), stand.bugs()[0]
    gone = {one["object"] for one in stand.records("effect") if one["op"] == "delete"}
    lost = [one for one in pinned if one not in gone and not stand.sees(one)]
    assert not lost, f"committed and lost: {lost}"


def test_the_words_of_a_vendor_are_found() -> None:
    """Fields, values and kinds of each fake are in what is drawn from."""
    assert {"email", "customer", "metadata"} <= set(words("payments"))
    assert {"properties", "lifecyclestage"} <= set(words("crm"))
    assert {"ticket", "comment", "requester"} <= set(words("helpdesk"))
    assert {"channel", "thread_ts"} <= set(words("alerts"))
    assert {"to", "ttl", "ids"} <= set(words("push"))
    assert dict(bracketed({"a": {"b": [1, None]}, "c": True})) == {"a[b][]": "", "c": "true"}
