"""Small stand-ins for the vendors, only as faithful as these tests need; nothing like the fakes of the product.

A fault is laid for one person at one vendor and used up by their calls in order: `500`, `429`, `422`, `html`,
`lost` (done, then answered 500), `hang` (done, and answered too late), `slow_hang` (not done, answered too late).
"""

import hashlib
from collections import defaultdict
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from harness import clock

HANG_S = 2.5


class World:
    """Everything the vendors know, and what they were asked."""

    def __init__(self) -> None:
        self.faults: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.calls: list[tuple[str, str, str]] = []  # vendor, person, method and path
        self.answers: dict[tuple[str, str], tuple[bytes, bytes]] = {}  # (path, key): (request, answer)
        self.owners: dict[str, str] = {}  # anything's id: person's e-mail
        self.things: dict[str, dict[str, Any]] = {}
        self.contacts: dict[str, dict[str, str]] = {}
        self.deals: dict[str, dict[str, str]] = {}
        self.deal_contacts: set[tuple[str, str]] = set()
        self.tickets: list[dict[str, Any]] = []
        self.uploads: dict[str, tuple[str, bytes]] = {}
        self.chat: list[str] = []
        self.mails: list[Any] = []
        self.at_call: list[float] = []

    def new_id(self, prefix: str, email: str) -> str:
        """An id that leads back to its person."""
        made = f"{prefix}_{len(self.owners) + 1}"
        self.owners[made] = email
        return made

    def person_of(self, text: str) -> str:
        """Whom a request is about, by anything of theirs in it."""
        for name, email in self.owners.items():
            if email and (f'"{name}"' in text or f"/{name}" in text or email in text):
                return email
        return ""

    def calls_of(self, vendor: str, email: str, path: str = "") -> int:
        """How many requests a vendor got about somebody."""
        return sum(v == vendor and p == email and path in m for v, p, m in self.calls)

    def chat_about(self, *words: str) -> list[str]:
        """Chat messages with all these words in them."""
        return [text for text in self.chat if all(word in text for word in words)]

    def mails_about(self, *words: str) -> list[Any]:
        """Mails with all these words in their subject."""
        return [mail for mail in self.mails if all(word in mail["Subject"] for word in words)]

    def deals_of(self, email: str) -> list[dict[str, str]]:
        """The deals of somebody's contact."""
        contact = next((c["id"] for c in self.contacts.values() if c.get("email") == email), "")
        return [deal for deal in self.deals.values() if (deal["id"], contact) in self.deal_contacts]

    def tickets_of(self, email: str) -> list[dict[str, Any]]:
        """The tickets of a requester."""
        return [ticket for ticket in self.tickets if ticket["requester"]["email"] == email]


def _form(raw: bytes) -> dict[str, str]:
    return dict(parse_qsl(raw.decode()))


class Vendors:
    """The routes."""

    def __init__(self, world: World) -> None:
        self.world = world

    def app(self) -> Starlette:
        """All vendors behind one address."""
        return Starlette(routes=[Route("/{rest:path}", self.any, methods=["GET", "POST", "PUT", "PATCH"])])

    async def any(self, request: Request) -> Response:
        """One call, with whatever fault was laid for its person."""
        raw, path = await request.body(), str(request.scope["path"])
        vendor = {"v1": "payments", "crm": "crm", "api": "helpdesk", "chat": "chat"}[path.split("/")[1]]
        text = raw.decode("utf-8", "replace")
        text = orjson.dumps(_form(raw)).decode() if vendor == "payments" else text
        person = self.world.person_of(text + path)
        self.world.calls.append((vendor, person, f"{request.method} {path}"))
        laid = self.world.faults.get((vendor, person)) if not path.endswith("/groups") else None
        fault = laid.pop(0) if laid else ""
        if fault == "slow_hang":
            await clock.pause(HANG_S)
        if fault in ("500", "503", "429", "422", "400"):
            return JSONResponse(
                {"error": {"message": "no"}}, int(fault), {"Retry-After": "1"} if fault == "429" else None
            )
        if fault == "html":
            return Response("<html>proxy</html>", media_type="text/html")
        answer = self._once(request, path, raw)
        if fault == "lost":
            return JSONResponse({"error": {"message": "lost"}}, 500)
        if fault == "hang":
            await clock.pause(HANG_S)
        return answer

    def _once(self, request: Request, path: str, raw: bytes) -> Response:
        key = request.headers.get("idempotency-key")
        if not key or request.method == "GET":
            return self._do(request, path, raw)
        known = self.world.answers.get((path, key))
        if known and known[0] != raw:
            return JSONResponse({"error": {"type": "idempotency_error", "message": "another request"}}, 400)
        if known:
            return Response(known[1], media_type="application/json")
        answer = self._do(request, path, raw)
        self.world.answers[path, key] = (raw, bytes(answer.body))
        return answer

    def _do(self, request: Request, path: str, raw: bytes) -> Response:
        parts = path.strip("/").split("/")
        if parts[0] == "v1":
            return JSONResponse(self._payments(request, parts[1:], _form(raw)))
        if parts[0] == "crm":
            return self._crm(request, parts, orjson.loads(raw) if raw else {})
        if parts[0] == "api":
            return JSONResponse(self._helpdesk(request, parts[2], raw), 201 if request.method == "POST" else 200)
        self.world.chat.append(orjson.loads(raw)["text"])
        return PlainTextResponse("ok")

    def _payments(self, request: Request, parts: list[str], form: dict[str, str]) -> dict[str, Any]:
        world, kind = self.world, parts[0]
        if kind == "prices":
            plan = request.query_params.get("lookup_keys[0]") or request.query_params.get("lookup_keys[]")
            return {"object": "list", "data": [price(str(plan))], "has_more": False, "url": "/v1/prices"}
        if len(parts) == 2:
            thing = world.things[parts[1]]
            if request.method == "POST" and form.get("cancel_at_period_end"):
                thing["cancel_at_period_end"] = form["cancel_at_period_end"] == "true"
            if form.get("items[0][price]"):
                thing["items"]["data"][0]["price"] = price(form["items[0][price]"].removeprefix("price_"))
            return thing
        email = form.get("email") or world.owners[form["customer"]]
        prefix = {"customers": "cus", "payment_intents": "pi", "subscriptions": "psub"}[kind]
        made = world.new_id(prefix, email)
        metadata = {k[9:-1]: v for k, v in form.items() if k.startswith("metadata[")}
        thing = {"id": made, "object": kind[:-1], "metadata": metadata, "customer": form.get("customer")}
        if kind == "payment_intents":
            thing |= {"client_secret": f"{made}_secret", "amount": int(form["amount"]), "currency": form["currency"]}
        if kind == "subscriptions":
            thing |= subscription(made, form["items[0][price]"].removeprefix("price_"), metadata=metadata)
            secret = {"client_secret": f"{made}_secret"}
            world.things[made] = thing
            return thing | {"latest_invoice": {"id": f"in_{made}", "object": "invoice", "confirmation_secret": secret}}
        world.things[made] = thing
        return thing

    def _crm(self, request: Request, parts: list[str], body: dict[str, Any]) -> Response:
        world = self.world
        if "associations" in parts:
            world.deal_contacts.add((parts[4], parts[8]))
            return JSONResponse({"status": "COMPLETE"})
        if parts[2] == "owners":
            return JSONResponse({"results": [{"id": "1"}, {"id": "2"}]})
        table = world.contacts if parts[3] == "contacts" else world.deals
        if request.method == "GET":
            found = table.get(parts[4])
            return JSONResponse({"id": found["id"], "properties": found} if found else {}, 200 if found else 404)
        wanted = body["inputs"][0]
        row = table.setdefault(wanted["id"], {"id": world.new_id(parts[3], world.person_of(wanted["id"]))})
        row |= wanted["properties"]
        return JSONResponse({"results": [{"id": row["id"], "properties": row}]})

    def _helpdesk(self, request: Request, kind: str, raw: bytes) -> dict[str, Any]:
        world = self.world
        if kind == "groups":
            names = ["Billing", "Technical", "Account access", "General"]
            return {"groups": [{"id": number, "name": name} for number, name in enumerate(names)]}
        if kind == "uploads":
            token = hashlib.sha256(raw + bytes([len(world.uploads)])).hexdigest()[:12]
            world.uploads[token] = (request.query_params["filename"], raw)
            return {"upload": {"token": token}}
        ticket = orjson.loads(raw)["ticket"]
        world.tickets.append(ticket)
        return {"ticket": {"id": len(world.tickets)}}


def price(plan: str) -> dict[str, Any]:
    """A plan's price."""
    amounts = {"starter": 900, "pro": 2900}
    return {
        "id": f"price_{plan}",
        "object": "price",
        "lookup_key": plan,
        "unit_amount": amounts.get(plan),
        "currency": "usd",
    }


def subscription(made: str, plan: str, status: str = "incomplete", **more: Any) -> dict[str, Any]:
    """A provider's subscription."""
    items = {"object": "list", "data": [{"id": f"si_{made}", "object": "subscription_item", "price": price(plan)}]}
    fresh = {"id": made, "object": "subscription", "status": status, "items": items, "cancel_at_period_end": False}
    return fresh | more
