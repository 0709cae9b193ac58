"""Malformed requests: what no app of ours would send, and what must be refused whatever the pipeline is like."""

from typing import Any

from harness.cell import Cell
from harness.needs import at_home
from harness.promises import exactly_once, fact, refused
from harness.scenario import Case, scenario
from harness.target.words import MISSING

REFUSED = (400, 404, 405, 409, 411, 413, 414, 415, 422)
HUGE = "x" * 12_000_000
LONG = "x" * 5_000
Bad = tuple[tuple[str, dict[str, Any]], ...]

EMAILS: Bad = (
    ("an empty e-mail", {"person.email": ""}),
    ("a blank e-mail", {"person.email": "   "}),
    ("no e-mail at all", {"person.email": MISSING}),
    ("an e-mail without an @", {"person.email": "nobody.example.com"}),
    ("an e-mail with a NUL", {"person.email": "no\u0000body@people.example.com"}),
    ("an e-mail with a line of its own", {"person.email": "a@people.example.com\r\nBcc: b@people.example.com"}),
    ("an e-mail of 5,000 letters", {"person.email": f"{LONG}@people.example.com"}),
    ("an e-mail that is a number", {"person.email": 7}),
    ("an e-mail that is a question to a database", {"person.email": {"$ne": None}}),
    ("a list of e-mails", {"person.email": ["a@people.example.com", "b@people.example.com"]}),
)


def _choices(what: str, name: str) -> Bad:
    """An id of something to buy, as nobody sells it."""
    return (
        (f"an unknown {what}", {name: "../../etc/passwd"}),
        (f"a {what} with a quote", {name: "x' OR 1=1 --"}),
        (f"a {what} that is a number", {name: 7}),
        (f"a {what} that is a question to a database", {name: {"$gt": ""}}),
        (f"an empty {what}", {name: ""}),
        (f"no {what}", {name: MISSING}),
        (f"a {what} of 5,000 letters", {name: LONG}),
        (f"a {what} with a NUL", {name: "a\u0000b"}),
    )


BAD_FIELDS: dict[str, Bad] = {
    "sign_up": (*EMAILS, ("no password", {"person.password": MISSING}), ("an empty password", {"person.password": ""})),
    "buy": _choices("product", "product.id"),
    "subscribe": _choices("plan", "plan.id"),
    "change_plan": _choices("plan", "plan.id"),
    "help_text": (
        ("no subject", {"ticket.subject": MISSING}),
        ("an empty subject", {"ticket.subject": ""}),
        ("a subject that is a list", {"ticket.subject": ["a", "b"]}),
        ("an unknown category", {"ticket.category": "urgent!!"}),
        ("an empty question", {"ticket.message": ""}),
    ),
}
BAD_BODIES: tuple[tuple[str, bytes], ...] = (
    ("no JSON", b'{"email": '),
    ("nothing at all", b""),
    ("a list", b"[]"),
    ("null", b"null"),
    ("no UTF-8", b'{"name": "\xff\xfe"}'),
    ("nested 50,000 deep", b"[" * 50_000),
    ("far too large", f'{{"x": "{HUGE}"}}'.encode()),
)
BAD_PATHS = ("%2e%2e%2f%2e%2e", "%00", "'%20OR%201%3D1", LONG, "-1")
WITH_A_BODY = frozenset({"sign_up", "buy", "subscribe", "help_text"})


def _facts(case: Case) -> list[dict[str, object]]:
    return [fact("probed", min=1 if case.variant == "fields" else 3)]


@scenario(
    cases=(
        *((flow, "fields") for flow in BAD_FIELDS),
        *((flow, "bodies") for flow in BAD_FIELDS if flow in WITH_A_BODY),
        ("read_state", "paths"),
    ),
    promises=[refused(), exactly_once()],
    facts=_facts,
    needs=[at_home()],
)
async def malformed(cell: Cell) -> None:
    """Malformed requests.

    Empty and impossible e-mails, plans and products that do not exist, questions without words; bodies that are no
    JSON, not an object, nested without end or far too large; ids in addresses that are none. All are refused, none
    with a crash, and leave nothing behind.
    """
    phone = await cell.ready_for(cell.flow)
    if cell.variant == "fields":
        for name, fields in BAD_FIELDS[cell.flow]:
            await phone.probe_flow(cell.flow, name, fields=fields, expect=REFUSED)
    elif cell.variant == "bodies":
        for name, content in BAD_BODIES:
            await phone.probe_flow(cell.flow, name, content=content, expect=REFUSED)
    else:
        for route in cell.target.routes_of_things():
            for number, path in enumerate(BAD_PATHS, 1):
                await phone.probe_path(route, path, f"an impossible id ({number})", expect=REFUSED)
    await cell.settle_all()
