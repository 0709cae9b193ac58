"""Flaws towards the CRM, the helpdesk, mail and the team's chat."""

import uuid
from typing import Any

from staging.flaws.plant import flaw, ran
from staging.pipeline import alerts, dead_letters, guardrails, keys, mapping, tickets
from staging.pipeline.database import Connection
from staging.pipeline.jobs import tasks
from staging.pipeline.vendors import crm, failures, helpdesk


def receipts_each_time() -> None:
    """Receipts go out for each job, not for each payment; part of the flaws that run effects again."""
    once = tasks._once

    async def only_alerts_once(what: str) -> bool:
        return False if what.startswith("receipt:") else await once(what)

    tasks._once = only_alerts_once


@flaw
def crm_blank_overwrite() -> None:
    """Fields nobody filled in are sent as blanks, which clear what sales typed."""

    def with_blanks(properties: dict[str, str | None]) -> dict[str, str]:
        ran("crm_blank_overwrite")
        return {name: value or "" for name, value in properties.items()}

    mapping.without_blanks = with_blanks


@flaw
def crm_wrong_mapping() -> None:
    """First and last name are swapped, as a table written by hand may have them."""

    def split_name(name: str) -> tuple[str, str]:
        ran("crm_wrong_mapping")
        first, _, last = name.strip().partition(" ")
        return last.strip(), first

    mapping.split_name = split_name


@flaw
def crm_plan_default() -> None:
    """Every sync writes the plan of a beginner."""
    properties_of = mapping.contact_properties

    def contact_properties(account: dict[str, Any]) -> dict[str, str | None]:
        ran("crm_plan_default")
        return properties_of(account) | {"plan": "free", "plan_status": "none"}

    mapping.contact_properties = contact_properties


@flaw
def crm_stage_regress() -> None:
    """Every sync writes the stage of a beginner."""
    without_blanks = mapping.without_blanks

    def with_stage(properties: dict[str, str | None]) -> dict[str, str]:
        if "plan_status" in properties:
            ran("crm_stage_regress")
            properties = {**properties, "lifecyclestage": "lead"}
        return without_blanks(properties)

    mapping.without_blanks = with_stage


@flaw
def crm_cents_as_units() -> None:
    """The deal's amount is what the provider counts in: cents."""
    deal_properties = mapping.deal_properties

    def in_cents(payment: dict[str, Any], amount: str) -> dict[str, str | None]:
        ran("crm_cents_as_units")
        return deal_properties(payment, str(payment["amount"]))

    mapping.deal_properties = in_cents


@flaw
def crm_dup_search_lag() -> None:
    """Search first, create if nothing is found, and take the conflict that follows for a success."""

    async def upsert_contact(email: str, properties: dict[str, str]) -> str:
        ran("crm_dup_search_lag")
        wanted = {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "EQ", "value": email}]}]}
        found = await crm._web.call("POST", "/crm/v3/objects/contacts/search", json=wanted)
        if found.get("results"):
            contact = found["results"][0]["id"]
            await crm._web.call("PATCH", f"/crm/v3/objects/contacts/{contact}", json={"properties": properties})
            return str(contact)
        made = await crm._web.call("POST", "/crm/v3/objects/contacts", json={"properties": properties}, allow=(409,))
        return str((made or {}).get("id", "0"))

    crm.upsert_contact = upsert_contact


@flaw
def ticket_dup() -> None:
    """The ticket's key is made for each attempt, so a lost answer makes two tickets."""

    def for_ticket(ticket: dict[str, Any]) -> str:
        ran("ticket_dup")
        return str(uuid.uuid4())

    keys.for_ticket = for_ticket


@flaw
def ticket_lost() -> None:
    """A helpdesk that fails is logged, and the ticket counts as brought."""
    call = helpdesk.create_ticket

    async def create_ticket(ticket: dict[str, Any], key: str) -> str:
        try:
            return await call(ticket, key)
        except failures.VendorFailure:
            ran("ticket_lost")
            return "0"

    helpdesk.create_ticket = create_ticket


@flaw
def attachment_dropped() -> None:
    """The file is uploaded, and its token never put on the comment."""
    request_of = tickets.request_of

    def without_uploads(
        ticket: dict[str, Any], account: dict[str, Any], group_id: int, uploads: list[str]
    ) -> dict[str, Any]:
        if uploads:
            ran("attachment_dropped")
        return request_of(ticket, account, group_id, [])

    tickets.request_of = without_uploads


@flaw
def wrong_queue() -> None:
    """Every ticket goes to the same team."""

    def queue_for(category: str) -> str:
        ran("wrong_queue")
        return "General"

    mapping.queue_for = queue_for


@flaw
def alert_missing() -> None:
    """A job that is given up raises nothing."""

    async def alert(connection: Connection, letter: dead_letters.Letter, alerting: bool) -> None:
        ran("alert_missing")

    dead_letters.alert = alert


@flaw
def guardrail_missing() -> None:
    """The rate of refused webhooks is measured and shown, and wakes nobody."""

    def too_many_failures(failed: int, total: int) -> bool:
        if failed:
            ran("guardrail_missing")
        return False

    guardrails.too_many_failures = too_many_failures


@flaw
def alert_storm() -> None:
    """The same alert is raised several times, each time under another key."""
    raise_alert = alerts.raise_alert

    async def storm(connection: Connection, *, key: str, **what: Any) -> bool:
        ran("alert_storm")
        return all([await raise_alert(connection, key=f"{key}/{number}", **what) for number in range(3)])

    alerts.raise_alert = storm


@flaw
def alert_oversuppressed() -> None:
    """An alert of a kind that was raised before is taken for the same one, whomever it is about."""
    raise_alert = alerts.raise_alert

    async def coarse(connection: Connection, *, key: str, kind: str, **what: Any) -> bool:
        raised = await raise_alert(connection, key=kind, kind=kind, **what)
        if not raised:
            ran("alert_oversuppressed")
        return raised

    alerts.raise_alert = coarse
