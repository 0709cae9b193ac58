"""Other right ways to deal with vendors: which key guards a creation, how often it is tried, by how many workers."""

import os
import uuid
from typing import Any

from staging.controls.plant import control, ran
from staging.pipeline import accounts, keys, tickets
from staging.pipeline.jobs import retry, runner, tasks
from staging.pipeline.vendors import chat, failures, helpdesk, mail, payments


@control
def ticket_is_looked_for() -> None:
    """The helpdesk gets no key: before a ticket is made, one with our reference is looked for."""
    create = helpdesk.create_ticket

    async def known(ticket: dict[str, Any]) -> str | None:
        ran("ticket_is_looked_for")
        return await helpdesk.ticket_by_reference(ticket["id"])

    async def without_key(ticket: dict[str, Any], key: str) -> str:
        return await create(ticket, str(uuid.uuid4()))

    tasks._known_at_helpdesk = known
    helpdesk.create_ticket = without_key


@control
def customer_is_looked_for() -> None:
    """The customer has no key: before one is made, the provider's list is looked through for our reference."""
    create = payments.create_customer

    async def found_or_made(account: dict[str, Any]) -> str:
        ran("customer_is_looked_for")
        listed = await payments._call(
            payments._client.v1.customers.list_async({"email": account["email"], "limit": 10})
        )
        for customer in map(payments._plain, listed.data):
            if (customer.get("metadata") or {}).get("account_id") == account["id"]:
                return str(customer["id"])
        return await create(account)

    payments.create_customer = found_or_made


@control
def longer_keys() -> None:
    """Keys hold what is meant, in another shape."""

    def key(kind: str, thing: dict[str, Any]) -> str:
        ran("longer_keys")
        return f"{kind}/{uuid.uuid5(uuid.NAMESPACE_URL, thing['id'])}/v2"

    keys.for_customer = lambda account: key("customer", account)
    keys.for_order = lambda order: key("order", order)
    keys.for_subscription = lambda subscription: key("subscription", subscription)
    keys.for_ticket = lambda ticket: key("ticket", ticket)


@control
def gives_up_at_once() -> None:
    """What a vendor calls invalid is a dead letter after its first try."""
    allowed = retry.attempts_allowed

    def once(error: Exception, alerting: bool) -> int:
        if retry.is_permanent(error) and not alerting:
            ran("gives_up_at_once")
            return 1
        return allowed(error, alerting)

    retry.attempts_allowed = once


@control
def mail_at_most_once() -> None:
    """A mail whose fate is unknown is not sent again; one that was refused for now is."""
    send = mail.send

    async def unless_unsure(to: tuple[str, ...], subject: str, text: str, key: str) -> None:
        ran("mail_at_most_once")
        try:
            await send(to, subject, text, key)
        except failures.Transient as failure:
            if failure.reason.startswith("answered") or "Connect" in failure.reason:
                raise

    mail.send = unless_unsure


@control
def alerts_in_blocks() -> None:
    """The team's chat gets blocks beside the plain text."""

    async def say(text: str) -> None:
        ran("alerts_in_blocks")
        head, _, rest = text.partition("\n")
        blocks = [{"type": "section", "text": {"type": "plain_text", "text": part}} for part in (head, rest) if part]
        response = await chat._web.raw("POST", chat._url, json={"text": text, "blocks": blocks})
        if not response.is_success:
            raise failures.of_status(chat.VENDOR, response.status_code, response.headers.get("Retry-After"))

    chat.say = say


@control
def two_workers() -> None:
    """Two worker processes share the board."""
    ids_of = runner.ids_of

    def noticing(body: runner.Body, args: dict[str, Any]) -> dict[str, Any]:
        if os.environ.get("PIPELINE_SECOND_WORKER"):
            ran("two_workers")
        return ids_of(body, args)

    runner.ids_of = noticing


@control
def one_lane_for_each_person() -> None:
    """Whatever is done for one person at the CRM or about their subscription is done one after the other."""

    def lane(account_id: str) -> str:
        ran("one_lane_for_each_person")
        return f"person:{account_id}"

    accounts.crm_lock = lane


@control
def tags_and_more() -> None:
    """A ticket carries more than was asked for: tags of its own, and where it came from."""
    request_of = tickets.request_of

    def with_more(ticket: dict[str, Any], account: dict[str, Any], group_id: int, uploads: list[str]) -> dict[str, Any]:
        ran("tags_and_more")
        request = request_of(ticket, account, group_id, uploads)
        return {**request, "tags": [*request["tags"], "from_the_app"], "type": "question"}

    tickets.request_of = with_more
