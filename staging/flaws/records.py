"""Flaws in what the CRM and the helpdesk are told: made twice, put in the wrong place, blocked by one bad record."""

from contextvars import ContextVar
from typing import Any

from staging.flaws.plant import flaw, ran
from staging.pipeline import accounts, mapping, orders, tickets
from staging.pipeline.database import Connection, Row
from staging.pipeline.jobs import board, runner, tasks
from staging.pipeline.vendors import crm, failures


@flaw
def crm_dup_race() -> None:
    """Two workers bring the same deal: both look for it, neither finds it, both make it."""
    enqueue_effects = orders.enqueue_effects

    async def twice(connection: Connection, account: dict[str, Any], ref: str) -> None:
        await enqueue_effects(connection, account, ref)
        person, account_id = account["email"], account["id"]
        await board.enqueue(connection, "crm.sync_deal", person=person, account_id=account_id, ref=ref)

    async def upsert_deal(ref: str, properties: dict[str, str]) -> str:
        ran("crm_dup_race")
        named = {"propertyName": "dealname", "operator": "EQ", "value": properties["dealname"]}
        found = await crm._web.call(
            "POST", "/crm/v3/objects/deals/search", json={"filterGroups": [{"filters": [named]}]}
        )
        if found.get("results"):
            return str(found["results"][0]["id"])
        plain = {name: value for name, value in properties.items() if name != "order_ref"}
        made = await crm._web.call("POST", "/crm/v3/objects/deals", json={"properties": plain})
        return str(made["id"])

    orders.enqueue_effects = twice
    crm.upsert_deal = upsert_deal


@flaw
def custom_field_drift() -> None:
    """The priority goes into a custom field whose id was copied from another environment."""
    request_of = tickets.request_of

    def elsewhere(ticket: dict[str, Any], account: dict[str, Any], group_id: int, uploads: list[str]) -> dict[str, Any]:
        ran("custom_field_drift")
        request = request_of(ticket, account, group_id, uploads)
        priority = request.pop("priority")
        return {**request, "custom_fields": [{"id": 360012345678, "value": priority}]}

    tickets.request_of = elsewhere


@flaw
def crm_merged_id() -> None:
    """The contact's id is kept and used for ever; when the CRM has none of that id any more, that is that."""
    upsert_contact, known = crm.upsert_contact, dict[str, str]()

    async def by_id(email: str, properties: dict[str, str]) -> str:
        if email not in known:
            known[email] = await upsert_contact(email, properties)
            return known[email]
        try:
            await crm._web.call("PATCH", f"/crm/v3/objects/contacts/{known[email]}", json={"properties": properties})
        except failures.Invalid:
            ran("crm_merged_id")
            raise
        return known[email]

    crm.upsert_contact = by_id


@flaw
def crm_job_order() -> None:
    """A job carries what was true when it was put on the board, and jobs of one person pass each other."""
    snapshot: ContextVar[dict[str, Any] | None] = ContextVar("snapshot", default=None)
    enqueue, ids_of, account_of = board.enqueue, runner.ids_of, tasks._account

    async def with_values(connection: Connection, name: str, **job: Any) -> None:
        if name == "crm.sync_contact":
            account = await accounts.known(connection, job["account_id"])
            job |= {"lock": None, "values": {key: account[key] for key in ("plan", "plan_status")}}
        await enqueue(connection, name, **job)

    def remember(body: runner.Body, args: dict[str, Any]) -> dict[str, Any]:
        snapshot.set(args.get("values"))
        return ids_of(body, args)

    async def as_it_was(account_id: str) -> Row:
        account, then = await account_of(account_id), snapshot.get()
        if then is None:
            return account
        if any(account[key] != value for key, value in then.items()):
            ran("crm_job_order")
        return {**account, **then, "sync_done": -1}

    board.enqueue = with_values
    runner.ids_of = remember
    tasks._account = as_it_was


@flaw
def internal_note_public() -> None:
    """What only the team is to know stands below the customer's own words."""
    request_of = tickets.request_of

    def with_note(ticket: dict[str, Any], account: dict[str, Any], group_id: int, uploads: list[str]) -> dict[str, Any]:
        ran("internal_note_public")
        request = request_of(ticket, account, group_id, uploads)
        body = f"{request['comment']['body']}\n\nInternal: account {account['id']}, customer {account['customer_id']}"
        return {**request, "comment": {**request["comment"], "body": body}}

    tickets.request_of = with_note


@flaw
def ticket_storm() -> None:
    """Every payment that fails opens a ticket for the team that looks after payments."""
    declined = orders.declined

    async def told(connection: Connection, order: dict[str, Any], attempt: str) -> None:
        await declined(connection, order, attempt)
        ran("ticket_storm")
        account = await accounts.known(connection, order["account_id"])
        about = {"subject": "A payment failed", "message": f"Order {order['id']} was declined.", "category": "billing"}
        await tickets.open_ticket(connection, account, about)

    orders.declined = told


@flaw
def unicode_mangled() -> None:
    """Names are made fit for a system that knows no letters but those of ASCII."""
    split_name = mapping.split_name

    def plain(name: str) -> tuple[str, str]:
        fit = name.encode("ascii", "replace").decode()
        if fit != name:
            ran("unicode_mangled")
        return split_name(fit)

    mapping.split_name = plain


@flaw
def plus_collapsed() -> None:
    """What stands behind a plus in an address is cut off, so that two addresses are one person."""
    email_identity = mapping.email_identity

    def without_plus(email: str) -> str:
        local, at, domain = email_identity(email).partition("@")
        if "+" in local:
            ran("plus_collapsed")
        return local.partition("+")[0] + at + domain

    mapping.email_identity = without_plus
