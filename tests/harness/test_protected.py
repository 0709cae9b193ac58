"""Which routes must want to know who asks: by the target file, and by the pipeline's own document."""

from harness.documented import routes, shape
from harness.protected import documented, open_ones, operators
from harness.target import target_of_text

TARGET = target_of_text(
    """
name = "a shop"
base_url = "http://127.0.0.1:1"
[operations.me]
method = "GET"
path = "/me"
extract = { order_id = "orders.0.id" }
[operations.order]
method = "GET"
path = "/orders/{order_id}"
[webhooks.payments]
path = "/hooks/pay"
[truth]
read = "me"
[ops]
token = "ops"
metrics = "/metrics"
retry = "/letters/{id}/retry"
""",
    "shop.toml",
)
DOCUMENT = {
    "security": [{"bearer": []}],
    "paths": {
        "/me": {"get": {}},
        "/orders/{id}": {"parameters": [{"name": "id", "in": "path"}], "get": {}, "delete": {}},
        "/notes/{n}": {
            "post": {"requestBody": {}, "parameters": [{"name": "n", "in": "path", "schema": {"type": "integer"}}]}
        },
        "/catalogue": {"get": {"security": []}},
        "/maybe": {"get": {"security": [{}, {"bearer": []}]}},
        "/hooks/pay": {"post": {"security": []}},
        "/broken": None,
    },
}


def test_a_document_says_which_routes_need_somebody() -> None:
    """What is said for all holds unless a route says otherwise; an empty alternative means nobody."""
    found = {one.name: (one.secured, one.path, one.takes_body) for one in routes(DOCUMENT)}
    assert found["POST /notes/{n}"] == (True, "/notes/1", True)
    assert found["DELETE /orders/{id}"] == (True, "/orders/00000000-0000-4000-8000-000000000000", False)
    assert [name for name, (secured, _, _) in found.items() if not secured] == [
        "GET /catalogue", "GET /maybe", "POST /hooks/pay",
    ]  # fmt: skip
    assert routes({}) == []


def test_the_document_adds_what_the_target_file_does_not_name() -> None:
    """Places have other names there; a body nobody described may be refused for its shape."""
    found = documented(TARGET, routes(DOCUMENT))
    assert [(one.name, 401 in one.expect, 422 in one.expect) for one in found] == [
        ("DELETE /orders/{id}", True, False),
        ("POST /notes/{n}", True, True),
    ]
    assert shape("/a/{x}/b?c=1") == "/a/{}/b"


def test_operators_routes_are_those_of_the_target_file() -> None:
    """Without a token of their own there are none."""
    assert [(one.name, one.path) for one in operators(TARGET)] == [
        ("GET /metrics", "/metrics"),
        ("POST /letters/{id}/retry", "/letters/1/retry"),
    ]


def test_open_routes_are_listed_but_for_signed_ones() -> None:
    """For the report."""
    assert open_ones(TARGET, routes(DOCUMENT)) == ["GET /catalogue", "GET /maybe"]
