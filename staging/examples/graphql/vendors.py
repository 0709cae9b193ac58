"""The payment provider, charged from here, and the helpdesk. Every write carries a key of the thing that is meant."""

import json
import os
import secrets
import sqlite3
from typing import Any

import requests
import stripe

from staging.examples.outbox import NotNow, Refused, transaction, trouble

PATIENCE_S = 2.0
"""Somebody waits while their card is charged; what takes longer is seen through later, with the same key."""
HELPDESK_PATIENCE_S = 6.0
DB = os.environ["TABLE_FILE"]
FLAW = os.environ.get("FN_FLAW", "")
HOOK, HOOK_PATH = "function: questions", "/events/desk"
TOPICS = {"order": "Billing", "app": "Technical", "other": "General"}
_groups: dict[str, int] = {}


def _payments() -> stripe.StripeClient:
    return stripe.StripeClient(
        os.environ["STRIPE_KEY"],
        base_addresses={"api": os.environ["STRIPE_HOST"]},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=PATIENCE_S),
    )


def _meant(error: stripe.StripeError) -> NotNow | Refused:
    headers = {name.lower(): text for name, text in (error.headers or {}).items()}
    return trouble(error.http_status or 0, headers.get("retry-after"))


def customer_of(person: sqlite3.Row) -> str:
    """The provider's customer for somebody, made once; raises `NotNow` or `Refused`."""
    if person["customer"]:
        return str(person["customer"])
    wanted: Any = {"email": person["email"], "name": person["name"]}
    try:
        made = _payments().v1.customers.create(wanted, {"idempotency_key": f"customer-{person['email']}"})
    except stripe.StripeError as error:
        raise _meant(error) from None
    with transaction(DB) as db:
        db.execute("UPDATE people SET customer = ? WHERE id = ?", (made.id, person["id"]))
    return str(made.id)


def charge(order: sqlite3.Row, person: sqlite3.Row) -> str:
    """Take the money for an order: `PAID` or `DECLINED`, the same however often; raises `NotNow` or `Refused`."""
    wanted: Any = {
        "amount": order["cents"],
        "currency": order["currency"],
        "customer": customer_of(person),
        "payment_method": order["card"],
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "confirm": True,
        "metadata": {"order": order["id"]},
    }
    try:
        try:
            intent = _payments().v1.payment_intents.create(wanted, {"idempotency_key": order["id"]})
        except stripe.APIConnectionError:
            if FLAW != "key_per_attempt":
                raise
            # The flaw: what the provider may have done already is asked for again as something new.
            intent = _payments().v1.payment_intents.create(wanted, {"idempotency_key": secrets.token_hex(8)})
    except stripe.CardError:
        return "PAID" if FLAW == "decline_is_paid" else "DECLINED"  # The flaw: what is no outage went well.
    except stripe.StripeError as error:
        raise _meant(error) from None
    return "PAID" if intent.status == "succeeded" else "DECLINED"


def helpdesk(method: str, path: str, body: Any = None, **headers: str) -> Any:
    """One call; raises `NotNow` or `Refused`."""
    auth = (f"{os.environ['DESK_USER']}/token", os.environ["DESK_TOKEN"])
    url = os.environ["DESK_HOST"] + path
    try:
        answer = requests.request(method, url, json=body, auth=auth, headers=headers, timeout=HELPDESK_PATIENCE_S)
        if answer.ok:
            return answer.json()
    except (requests.RequestException, ValueError):
        raise NotNow from None
    raise trouble(answer.status_code, answer.headers.get("Retry-After"))


def open_ticket(question: sqlite3.Row, person: sqlite3.Row) -> None:
    """The question is a ticket in its queue, once; raises `NotNow` or `Refused`."""
    if not _groups:
        _groups.update({one["name"]: one["id"] for one in helpdesk("GET", "/api/v2/groups")["groups"]})
    ticket = {
        "subject": question["subject"],
        "comment": {"body": question["body"]},
        "requester": {"name": person["name"], "email": person["email"]},
        "group_id": _groups[TOPICS[question["topic"]]],
        "priority": "normal",
        "external_id": question["id"],
    }
    made = helpdesk("POST", "/api/v2/tickets", {"ticket": ticket}, **{"Idempotency-Key": question["id"]})
    if not made.get("ticket"):
        raise NotNow


def prepare_desk(url: str) -> str:
    """Let the helpdesk tell the function at `url` what was solved; answers what its news are signed with."""
    known = {one["name"]: one["id"] for one in helpdesk("GET", "/api/v2/webhooks")["webhooks"]}
    if HOOK not in known:
        wanted = {
            "name": HOOK,
            "endpoint": url + HOOK_PATH,
            "http_method": "POST",
            "request_format": "json",
            "status": "active",
            "subscriptions": ["conditional_ticket_events"],
        }
        known[HOOK] = helpdesk("POST", "/api/v2/webhooks", {"webhook": wanted})["webhook"]["id"]
        told = json.dumps({"status": "{{ticket.status}}", "external_id": "{{ticket.external_id}}"})
        trigger = {
            "title": HOOK,
            "conditions": {"all": [{"field": "status", "operator": "value", "value": "solved"}]},
            "actions": [{"field": "notification_webhook", "value": [known[HOOK], told]}],
        }
        helpdesk("POST", "/api/v2/triggers", {"trigger": trigger})
    secret = helpdesk("GET", f"/api/v2/webhooks/{known[HOOK]}/signing_secret")["signing_secret"]["secret"]
    return str(secret)


def perform(work: sqlite3.Row) -> None:
    """One piece of what waits; raises `NotNow` or `Refused`."""
    with transaction(DB) as db:
        person = db.execute("SELECT * FROM people WHERE id = ?", (work["person"],)).fetchone()
        order = db.execute("SELECT * FROM orders WHERE id = ?", (work["ref"],)).fetchone()
        question = db.execute("SELECT * FROM questions WHERE id = ?", (work["ref"],)).fetchone()
    if work["kind"] == "customer":
        customer_of(person)
    elif work["kind"] == "ticket":
        open_ticket(question, person)
    elif order["status"] == "PENDING":
        conclude(order["id"], charge(order, person))


def conclude(order_id: str, status: str) -> None:
    """What an order came to; what it came to first stays."""
    with transaction(DB) as db:
        db.execute("UPDATE orders SET status = ? WHERE id = ? AND status = 'PENDING'", (status, order_id))
