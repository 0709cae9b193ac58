"""Paths to routes: literal before placeholder, the longest literal part first, and what other methods a path has."""

import pytest

from fakes.calls import Call, Reply, Route
from fakes.routing import Router


def _handler(call: Call) -> Reply:
    return Reply(200)


def _router(*templates: str) -> Router:
    return Router(
        Route(method=one.split()[0], template=one.split()[1], operation=one, handler=_handler, writes=False)
        for one in templates
    )


ROUTER = _router(
    "GET /things", "POST /things", "GET /things/search", "GET /things/{id}", "PUT /things/{id}",
    "GET /things/{id}/parts/{part}", "GET /things/search/parts", "GET /tickets/{id}.json", "GET /tickets/{id}",
    "GET /a/{x}/c", "GET /a/b/d",
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "operation", "at"),
    [
        ("/things", "GET /things", {}),
        ("/things/", "GET /things", {}),
        ("/things/search", "GET /things/search", {}),
        ("/things/1", "GET /things/{id}", {"id": "1"}),
        ("/things/a%40b%2Fc", "GET /things/{id}", {"id": "a@b/c"}),
        ("/things/search/parts/9", "GET /things/{id}/parts/{part}", {"id": "search", "part": "9"}),
        ("/tickets/7.json", "GET /tickets/{id}.json", {"id": "7"}),
        ("/tickets/7", "GET /tickets/{id}", {"id": "7"}),
        ("/a/b/c", "GET /a/{x}/c", {"x": "b"}),
    ],
)
def test_matches(path: str, operation: str, at: dict[str, str]) -> None:
    """The most literal route wins, with its placeholders' values decoded."""
    route, values, _ = ROUTER.match("GET", path)
    assert route is not None
    assert (route.operation, values) == (operation, at)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/nothing", ()), ("DELETE", "/things", ("GET", "POST")), ("POST", "/things/1", ("GET", "PUT")),
     ("GET", "/things//", ()), ("GET", "/tickets/.json/x", ())],
)  # fmt: skip
def test_does_not_match(method: str, path: str, allowed: tuple[str, ...]) -> None:
    """What does not match says which methods the path has, none if it is unknown (planted violation)."""
    assert ROUTER.match(method, path) == (None, {}, allowed)


def test_two_routes_alike() -> None:
    """Two routes for the same method and path are a mistake of the slice's author."""
    with pytest.raises(ValueError, match="two routes"):
        _router("GET /x/{id}", "GET /x/{name}")
