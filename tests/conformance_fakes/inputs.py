"""The checks of the suite about bad input: unknown routes, sizes, malformed bodies, odd methods, nasty values.

What a vendor says to each is its own; what holds for all is that it says it in its own shape, commits nothing, and
never breaks.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import httpx
import orjson

from fakes.calls import Route
from harness.rng import Rng
from tests.conformance_fakes.stand import Ask, Stand

WRITING = ("POST", "PUT", "PATCH")
HUGE = 70_000_000
ROUTES_MAX = 250
NASTY_TEXTS = (
    "", "\x00", "a\x00b", "\ufeff", "🦀" * 50, "Ω≈ç√∫", "\u202eabc", "' OR 1=1 --", "../../etc/passwd", "%s%n{0}{x}",
    "<script>", "x" * 70_000, "-1", "0", "9" * 400, "1e400", "NaN", "null", "[]", "{}", "true", "٣", "²", "\r\nX-A: b",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    *NASTY_TEXTS, None, True, 0, -1, 2**64 - 1, 1.5, 1e308, [], {}, [None], [[]], {"": None}, ["x"] * 2000,
    {"a": {"b": [{}]}},
)  # fmt: skip
_DEEP = '{"a":' * 400 + "1" + "}" * 400
NASTY_JSON: tuple[bytes, ...] = (
    b"", b"null", b"true", b"0", b"-1", b'""', b"[]", b"{}", b"[[]]", b"[null]", b'{"":null}', b"NaN", b"{'a':1}",
    b'{"a":1}}', b"\xff\xfe\x00", b'{"a":"\\u0000"}', b'{"a":"\\ud800"}', b'{"id":18446744073709551616}',
    b'{"id":-99999999999999999999999999}', b'{"id":1e999}', b"9" * 5000, _DEEP.encode(), (b"[" * 5000),
    ("[" * 300 + "]" * 300).encode(), b'{"inputs":null}', b'{"inputs":[null,1,"x",[],{}]}', b'{"properties":[1]}',
    b'{"properties":{"email":{"a":1}}}', b'{"ticket":[]}', b'{"ticket":{"comment":1,"requester":"x","tags":7}}',
    b'{"tickets":{"a":1}}', b'{"to":[],"data":0}', b'{"channel":{"a":1},"text":[1]}', b'{"ids":[1,null,{}]}',
    b'{"blocks":{"a":1},"attachments":[null]}', b'{"filterGroups":[{"filters":[{}]}],"limit":"x","after":{}}',
)  # fmt: skip
NASTY_FORMS: tuple[bytes, ...] = (
    b"", b"=", b"&&&", b"a", b"a=%", b"a=%zz&%=1", b"\xff=\xfe", b"amount=-1&currency=%00", b"a[]=1&a[b]=2&a=3",
    b"a[b", b"a]b[=1", b"[]=1", b"a" + b"[a]" * 3000 + b"=1", b"amount=" + b"9" * 5000, b"amount=1e400&amount=NaN",
    b"expand[]=" + b"a." * 500, b"metadata[" + b"x" * 500 + b"]=1", b"metadata=&items=&customer=",
    b"items[99999999999999999999][price]=x", b"items[-1][quantity]=\xc2\xb2", b"limit=%D9%A3&starting_after=%00",
    b"created[gt]=99999999999999999999&created[lt]=x", b"customer=%F0%9F%A6%80&amount=%C2%B2&currency=usd",
)  # fmt: skip


def unknown_route(stand: Stand) -> None:
    """What the vendor does not have is refused in its own shape, and listed."""
    answer = stand.ask(stand.case.unknown)
    assert stand.case.is_refusal(answer), f"{answer.status_code} {answer.text}"
    path = stand.case.unknown.path
    assert stand.records("unknown_route")[-1]["path"] == path
    assert path in [one["path"] for one in stand.fakes.unknown_calls() if one["fake"] == stand.case.name]


def malformed(stand: Stand) -> None:
    """A body that cannot be read, and one of a wrong kind, are refused in the vendor's shape; nothing is committed."""
    before = len(stand.records("effect"))
    for what, ask in (("malformed", stand.case.malformed), ("of a wrong type", stand.case.wrong_type)):
        answer = stand.ask(ask)
        assert stand.case.is_refusal(answer), f"{what}: {answer.status_code} {answer.text}"
        assert answer.status_code < 500, f"{what}: {answer.status_code}"
    assert len(stand.records("effect")) == before, "something was committed"


def body_limit(stand: Stand) -> None:
    """A body beyond all reason is refused in the vendor's shape, and the next call is served."""
    usual = stand.case.create(stand.somebody(), stand.number())
    ask = Ask(usual.method, usual.path, usual.headers, usual.content + b" " * HUGE)
    before = len(stand.records("effect"))
    answer = stand.ask(ask, patience_s=30)
    assert stand.case.is_refusal(answer), f"{answer.status_code} {answer.text[:200]}"
    assert answer.status_code < 500
    assert len(stand.records("effect")) == before, "it was carried out"
    stand.created(stand.somebody())


def other_methods(stand: Stand) -> None:
    """HEAD, OPTIONS and methods that nobody has are answered, commit nothing, and HEAD has no body."""
    before = len(stand.records("effect"))
    made = stand.case.create(stand.somebody(), stand.number())
    for method in ("HEAD", "OPTIONS", "TRACE", "BREW", "DELETE"):
        for path in (made.path, stand.case.unknown.path, "/", "//", "/%00", "/" + "a/" * 300, "/%zz%"):
            answer = stand.ask(Ask(method, path))
            assert answer.status_code < 500, f"{method} {path}: {answer.status_code}"
            assert method != "HEAD" or not answer.content
    assert len(stand.records("effect")) == before
    assert not stand.bugs()


def nasty(stand: Stand) -> None:
    """No body, no query and no id, however odd, breaks any route: never a 500, never a bug."""
    form = stand.case.content_type.endswith("urlencoded")
    bodies, texts = cycle(NASTY_FORMS if form else NASTY_JSON), cycle(NASTY_TEXTS)
    usual = stand.case.create("nobody", 0).path
    asks = [Ask("POST", usual, {}, body) for body in (*NASTY_JSON, *NASTY_FORMS)]
    known = stand.created(stand.somebody())
    for route in _some(stand.slice.routes):
        if "{" in route.template:
            # The one before may have been deleted on the way.
            known = stand.created(stand.somebody())
        for place in range(3):
            path = _filled(route, known if place == 0 else next(texts))
            writing = route.method in WRITING
            query = "" if writing else f"?{quote(next(texts)[:3000])}={quote(next(texts)[:3000])}&limit={quote('²')}"
            asks.append(Ask(route.method, path + query, {}, next(bodies) if writing else b""))
    asks += [Ask("GET", _filled(route, known) + f"?{query}") for route, query in _queries(stand)]
    for ask in asks:
        answer = stand.ask(ask)
        assert answer.status_code < 500, f"{ask.method} {ask.path[:200]} {ask.content[:200]!r}: {answer.text[:300]}"
    assert not stand.bugs(), stand.bugs()[0]
    stand.created(stand.somebody())


def mutated(stand: Stand) -> None:
    """A creation that is right but for one value, which is odd, is taken or refused in the vendor's shape."""
    usual = stand.case.create(stand.somebody(), stand.number())
    for content in mutations(usual.content):
        answer = stand.ask(Ask(usual.method, usual.path, usual.headers, content))
        assert answer.status_code < 500, f"{content[:300]!r}: {answer.text[:300]}"
        assert answer.status_code < 400 or stand.case.is_refusal(answer), f"{content[:300]!r}: {answer.text[:300]}"
    assert not stand.bugs(), stand.bugs()[0]


def mutations(content: bytes) -> Iterator[bytes]:
    """A body with one value after another replaced by odd ones; of a form, with odd texts."""
    if not content.startswith(b"{"):
        pairs = parse_qsl(content.decode())
        for place in range(len(pairs)):
            for text in NASTY_TEXTS:
                yield urlencode(
                    [(name, text if at == place else value) for at, (name, value) in enumerate(pairs)]
                ).encode()
        return
    whole = orjson.loads(content)
    for path in _places(whole):
        for odd in ODD:
            yield orjson.dumps(_with(whole, path, odd))


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value in a nested body."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from _places(one, (*path, key))


def _with(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(value[path[0]], path[1:], odd)
    return copy


def _some(routes: Sequence[Route]) -> Sequence[Route]:
    """All of them, or so many that the check stays short; the same every time."""
    return routes if len(routes) <= ROUTES_MAX else Rng(1).stream("routes").sample(list(routes), ROUTES_MAX)


def _queries(stand: Stand) -> list[tuple[Route, str]]:
    reads = [route for route in _some(stand.slice.routes) if route.method == "GET"]
    odd = ("%00=%00&limit=%C2%B2", "limit=99999999999999999999&after=%F0%9F%A6%80", "expand[]=a.b.c.d.e.f&limit=-1")
    return [(route, odd[place % len(odd)]) for place, route in enumerate(reads)]


def _filled(route: Route, text: str) -> str:
    shown = quote(text[:2000], safe="") or "%20"
    return re.sub(r"\{[^}]*\}", lambda _: shown, route.template)


def headers(stand: Stand) -> None:
    """Odd headers break nothing: endless keys, odd content types, encodings that are not what they say."""
    ask = stand.case.create(stand.somebody(), stand.number())
    odd = (
        {"idempotency-key": "x" * 5000}, {"idempotency-key": ""}, {"content-type": ";;;=\""}, {"accept": "image/png"},
        {"content-type": ""}, {"content-encoding": "gzip"}, {"authorization": "Basic " + "=" * 3000},
        {"authorization": "Basic \xff"}, {"authorization": ""}, {"range": "bytes=0-"}, {"x-odd": "\x7f" * 100},
        {"content-type": "application/json; charset=utf-16"}, {"content-type": "multipart/form-data; boundary=x"},
    )  # fmt: skip
    for given in odd:
        with stand.fakes.client(stand.case.name) as client:
            usual = {**stand.case.credentials(stand.fakes), **ask.headers}
            sent = {**usual, **given}
            raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
            answer = client.request(ask.method, ask.path, content=ask.content, headers=httpx.Headers(raw))
        assert answer.status_code < 500, f"{given}: {answer.status_code} {answer.text[:200]}"
    assert not stand.bugs()


def encoded(stand: Stand) -> None:
    """What is answered is what it says: JSON parses, text is UTF-8, a length is the body's."""
    for ask in (stand.case.create(stand.somebody(), stand.number()), stand.case.unknown, stand.case.malformed):
        answer = stand.ask(ask)
        assert int(answer.headers["content-length"]) == len(answer.content)
        assert answer.content.decode("utf-8") is not None
        if answer.headers["content-type"].startswith("application/json"):
            orjson.loads(answer.content)


CHECKS = (unknown_route, malformed, body_limit, other_methods, nasty, mutated, headers, encoded)
