"""The jobs: each does one thing at one vendor, reads the newest state when it runs, and may run any number of times."""

from typing import Any

from staging.pipeline import (
    accounts,
    alerts,
    dead_letters,
    events,
    keys,
    mapping,
    money,
    orders,
    subscriptions,
    tickets,
)
from staging.pipeline.database import Connection, Row, one, transaction
from staging.pipeline.jobs import runner
from staging.pipeline.jobs.runner import job
from staging.pipeline.settings import Settings
from staging.pipeline.vendors import chat, crm, failures, helpdesk, mail, payments

__all__ = ["alerts", "dead_letters"]  # jobs refer to these by name only; importing them keeps the board complete

_settings: Settings


def open_settings(settings: Settings) -> None:
    """Set what the jobs need to know; once per process."""
    global _settings
    _settings = settings


async def _row(query: str, *args: Any) -> Row:
    """One row that must exist because the job refers to it."""
    async with runner.pool.connection() as connection:
        row = await one(connection, query, *args)
    if row is None:
        raise LookupError("what the job is about is gone")
    return row


async def _account(account_id: str) -> Row:
    async with runner.pool.connection() as connection:
        return await accounts.known(connection, account_id)


# ---- payments


async def _customer(account_id: str) -> str:
    """The account's customer at the provider, made if there is none."""
    account = await _account(account_id)
    if await accounts.has_customer(account):
        return str(account["customer_id"])
    customer_id = await payments.create_customer(account)
    async with runner.pool.connection() as connection:
        await accounts.keep_customer(connection, account_id, customer_id)
    return customer_id


async def order_failed(connection: Connection, order_id: str, **_: Any) -> None:
    """No payment could be made for an order."""
    await connection.execute("UPDATE orders SET status = 'failed' WHERE id = %s AND status = 'pending'", (order_id,))


async def subscription_failed(connection: Connection, subscription_id: str, **_: Any) -> None:
    """No subscription could be made."""
    await connection.execute(
        "UPDATE subscriptions SET status = 'failed' WHERE id = %s AND status = 'pending'", (subscription_id,)
    )


async def change_failed(connection: Connection, change_id: str, **_: Any) -> None:
    """A change could not be made; the person may ask for it again."""
    await subscriptions.end_change(connection, change_id, "failed")
    await connection.execute(
        "UPDATE subscriptions s SET wanted_plan = s.plan, cancel_wanted = s.cancel_at_period_end FROM changes c "
        "WHERE c.id = %s AND s.id = c.subscription_id",
        (change_id,),
    )


@job("payments", subject="order", give_up=order_failed)
async def create_payment(order_id: str, account_id: str) -> None:
    """The phone can pay the order."""
    order = await _row("SELECT * FROM orders WHERE id = %s", order_id)
    if order["client_secret"]:
        return
    intent = await payments.create_payment(order, await _customer(account_id))
    async with runner.pool.connection() as connection:
        await orders.keep_payment(connection, order_id, intent["id"], intent["client_secret"])


@job("payments", subject="subscription", give_up=subscription_failed)
async def create_subscription(subscription_id: str, account_id: str) -> None:
    """The phone can pay the first invoice of the subscription."""
    row = await _row("SELECT * FROM subscriptions WHERE id = %s", subscription_id)
    if row["client_secret"]:
        return
    made = await payments.create_subscription(row, await _customer(account_id))
    secret = ((made.get("latest_invoice") or {}).get("confirmation_secret") or {}).get("client_secret")
    async with runner.pool.connection() as connection:
        await subscriptions.keep_created(connection, subscription_id, made, secret)


async def _changeable(subscription_id: str) -> Row:
    row = await _row("SELECT * FROM subscriptions WHERE id = %s", subscription_id)
    if not row["provider_id"]:
        raise failures.NotYet
    return row


async def _change_done(change_id: str, subscription: Row) -> None:
    """The provider has it; what that made of the subscription is read from the provider, never guessed."""
    async with transaction(runner.pool) as connection:
        await subscriptions.end_change(connection, change_id, "done")
        await subscriptions.read_again(connection, subscription, subscription["provider_id"])


@job("payments", subject="subscription", give_up=change_failed)
async def change_plan(change_id: str, subscription_id: str) -> None:
    """The subscription has another price at the provider."""
    change = await _row("SELECT * FROM changes WHERE id = %s", change_id)
    row = await _changeable(subscription_id)
    if row["status"] != "canceled":
        item_id = row["item_id"] or subscriptions.item_of(await payments.read_subscription(row["provider_id"]))["id"]
        await payments.change_plan(row["provider_id"], item_id, change)
    await _change_done(change_id, row)


@job("payments", subject="subscription", give_up=change_failed)
async def cancel_subscription(change_id: str, subscription_id: str) -> None:
    """The subscription ends with its period at the provider."""
    change = await _row("SELECT * FROM changes WHERE id = %s", change_id)
    row = await _changeable(subscription_id)
    if row["status"] != "canceled":
        await payments.cancel_at_period_end(row["provider_id"], change)
    await _change_done(change_id, row)


@job("payments", subject="subscription")
async def read_subscription(subscription_id: str, provider_id: str) -> None:
    """Our row says what the provider says now; an event that was faster than the answer makes us ask again."""
    for _ in range(5):
        before = await _row("SELECT revision FROM subscriptions WHERE id = %s", subscription_id)
        thing = await payments.read_subscription(provider_id)
        async with transaction(runner.pool) as connection:
            row = await one(connection, "SELECT * FROM subscriptions WHERE id = %s FOR UPDATE", subscription_id)
            if row is None or row["provider_id"] not in (None, provider_id):
                return
            if row["revision"] == before["revision"]:
                await subscriptions.apply(connection, row, thing, None, read=True)
                return
    raise failures.Transient(payments.VENDOR, "kept changing while it was read")


# ---- CRM


@job("crm", subject="account")
async def sync_contact(account_id: str, version: int) -> None:
    """The CRM knows the newest of the account; a job whose version is covered already has nothing to do."""
    account = await _account(account_id)
    if account["sync_done"] < version:
        await _sync(account)


async def _sync(account: Row) -> str:
    properties = mapping.contact_properties(account)
    stage = account["contact_stage"]
    if stage != account["stage"]:
        stage = account["stage"]
        if mapping.further(await crm.contact_stage(account["email"]), stage):
            properties["lifecyclestage"] = stage
    if account["contact_id"] is None:
        properties["hubspot_owner_id"] = mapping.owner_for(account["email"], _settings.crm_owners or await crm.owners())
    contact_id = await crm.upsert_contact(account["email"], mapping.without_blanks(properties))
    if account["contact_id"] not in (None, contact_id):
        await _begin_again(account)
    async with runner.pool.connection() as connection:
        await accounts.synced(connection, account["id"], account["sync_wanted"], contact_id, stage)
    return contact_id


async def _begin_again(account: Row) -> None:
    """The contact that we knew is gone and another took its place: it knows neither its owner nor how far it came."""
    owner = mapping.owner_for(account["email"], _settings.crm_owners or await crm.owners())
    known = {"hubspot_owner_id": owner, "lifecyclestage": account["stage"]}
    await crm.upsert_contact(account["email"], mapping.without_blanks(known))


@job("crm", subject="account")
async def sync_deal(ref: str, account_id: str) -> None:
    """The CRM has the deal for money taken, with its contact."""
    payment = await _row("SELECT * FROM payments WHERE ref = %s", ref)
    account = await _account(account_id)
    contact_id = account["contact_id"] or await _sync(account)
    amount = money.major(payment["amount"], payment["currency"])
    deal_id = await crm.upsert_deal(ref, mapping.without_blanks(mapping.deal_properties(payment, amount)))
    await crm.associate(deal_id, contact_id)
    async with runner.pool.connection() as connection:
        await connection.execute("UPDATE payments SET deal_id = %s WHERE ref = %s", (deal_id, ref))


# ---- helpdesk


async def ticket_failed(connection: Connection, ticket_id: str, **_: Any) -> None:
    """A ticket could not be brought to the helpdesk."""
    await connection.execute("UPDATE tickets SET status = 'failed' WHERE id = %s AND status = 'received'", (ticket_id,))


async def _upload(ticket: Row) -> list[str]:
    """The upload tokens of a ticket: kept as soon as we have them, so that every attempt sends the same."""
    if ticket["attachment"] is None:
        return []
    token = ticket["upload_token"]
    if token is None:
        name, content_type = ticket["attachment_name"], ticket["attachment_type"]
        token = await helpdesk.upload(name, content_type, bytes(ticket["attachment"]))
        async with runner.pool.connection() as connection:
            await connection.execute("UPDATE tickets SET upload_token = %s WHERE id = %s", (token, ticket["id"]))
    return [token]


async def _known_at_helpdesk(ticket: Row) -> str | None:
    """The helpdesk forgets idempotency keys after two hours: an old ticket is looked for before it is made."""
    return await helpdesk.ticket_by_reference(ticket["id"]) if ticket["old"] else None


@job("helpdesk", subject="ticket", give_up=ticket_failed)
async def create_ticket(ticket_id: str, account_id: str) -> None:
    """The helpdesk has the ticket, in the right queue."""
    async with runner.pool.connection() as connection:
        ticket = await tickets.whole(connection, ticket_id)
    if ticket is None or ticket["helpdesk_id"]:
        return
    found = await _known_at_helpdesk(ticket)
    if found is None:
        account = await _account(account_id)
        group_id = await helpdesk.group_id(mapping.queue_for(ticket["category"]))
        request = tickets.request_of(ticket, account, group_id, await _upload(ticket))
        found = await helpdesk.create_ticket(request, keys.for_ticket(ticket))
    async with runner.pool.connection() as connection:
        await connection.execute(
            "UPDATE tickets SET helpdesk_id = %s, status = 'open' WHERE id = %s", (found, ticket_id)
        )


# ---- messages


async def _once(what: str) -> bool:
    """Whether this message has been accepted before."""
    async with runner.pool.connection() as connection:
        return await one(connection, "SELECT 1 AS yes FROM sent WHERE what = %s", what) is not None


async def _sent(what: str) -> None:
    async with runner.pool.connection() as connection:
        await connection.execute("INSERT INTO sent (what) VALUES (%s) ON CONFLICT DO NOTHING", (what,))


@job("chat", subject="alert", alerting=True)
async def send_alert(alert_id: int) -> None:
    """The team's chat has the alert."""
    if not await _once(f"chat:{alert_id}"):
        alert = await _row("SELECT subject, text FROM alerts WHERE id = %s", alert_id)
        await chat.say(f"{alert['subject']}\n{alert['text']}")
        await _sent(f"chat:{alert_id}")


async def _mail_alert(alert_id: int) -> None:
    if not await _once(f"mail:{alert_id}"):
        alert = await _row("SELECT subject, text FROM alerts WHERE id = %s", alert_id)
        text = f"{alert['subject']}\n\n{alert['text']}\n"
        await mail.send(_settings.alert_mail_to, alert["subject"], text, f"alert-{alert_id}")
        await _sent(f"mail:{alert_id}")


_mail_alert.__name__ = "send_alert"
job("mail", subject="alert", alerting=True)(_mail_alert)


@job("mail", subject="account")
async def send_receipt(ref: str, account_id: str) -> None:
    """The customer has the receipt."""
    if await _once(f"receipt:{ref}"):
        return
    payment = await _row("SELECT * FROM payments WHERE ref = %s", ref)
    account = await _account(account_id)
    subject, text = receipt(payment, account)
    await mail.send((account["email"],), subject, text, keys.for_receipt(ref))
    await _sent(f"receipt:{ref}")


def receipt(payment: dict[str, Any], account: dict[str, Any]) -> tuple[str, str]:
    """What a receipt says."""
    amount = f"{money.major(payment['amount'], payment['currency'])} {payment['currency'].upper()}"
    about = f"order {payment['ref']}" if payment["kind"] == "order" else f"your subscription {payment['ref']}"
    thanks = f"Hello {account['name']},\n\nthank you. We received {amount} for {payment['title']}."
    text = f"{thanks}\n\nReference: {payment['ref']}\n"
    return f"Receipt for {about}", text


# ---- events and housekeeping


@job("events", subject="event")
async def apply_parked(event_id: str) -> None:
    """An event that came before what it is about has had its effect."""
    async with transaction(runner.pool) as connection:
        event = await one(connection, "SELECT payload FROM events WHERE id = %s FOR UPDATE", event_id)
        if event is None or event["payload"] is None:
            return
        await events.apply(connection, event["payload"])
        await connection.execute("UPDATE events SET payload = NULL WHERE id = %s", (event_id,))


async def prune() -> None:
    """Forget what nobody needs any more."""
    async with transaction(runner.pool) as connection:
        await connection.execute("DELETE FROM sync_samples WHERE at < now() - interval '2 days'")
        await connection.execute("DELETE FROM client_keys WHERE at < now() - interval '30 days'")
        await connection.execute("DELETE FROM events WHERE at < now() - interval '60 days' AND payload IS NULL")
        await connection.execute(
            "DELETE FROM procrastinate_jobs j WHERE j.status = 'failed' AND NOT EXISTS "
            "(SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > now() - interval '30 days')"
        )
