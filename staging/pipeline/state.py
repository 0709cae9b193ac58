"""What a person may know about themselves, read in one go. Reads only; the words come from `words`."""

from typing import Any

from staging.pipeline import words
from staging.pipeline.database import AS_OF, Connection, Row, one

ME = f"""
SELECT {AS_OF}, a.id, a.email, a.name, a.phone, a.company, a.sync_wanted > a.sync_done AS syncing,
  (SELECT min(t.status) FROM troubles t WHERE t.account_id = a.id AND t.kind <> 'alert' AND t.status = 'retrying')
      AS retrying,
  (SELECT min(t.status) FROM troubles t WHERE t.account_id = a.id AND t.kind = 'account') AS trouble,
  (SELECT coalesce(sum(credits), 0)::bigint FROM grants g WHERE g.account_id = a.id) AS credits,
  (SELECT row_to_json(x) FROM (SELECT s.status, s.plan, s.cancel_at_period_end,
      EXISTS (SELECT 1 FROM changes c WHERE c.subscription_id = s.id AND c.status = 'pending') AS changing
      FROM subscriptions s WHERE s.account_id = a.id AND s.status <> 'failed' ORDER BY s.created_at DESC LIMIT 1) x)
      AS subscription,
  (SELECT json_agg(x) FROM (SELECT o.id AS order_id, o.product_id, o.amount, o.currency, o.status,
      (SELECT t.status FROM troubles t WHERE t.kind = 'order' AND t.ref = o.id LIMIT 1) AS trouble
      FROM orders o WHERE o.account_id = a.id ORDER BY o.created_at) x) AS orders,
  (SELECT json_agg(x) FROM (SELECT p.amount, p.currency FROM payments p WHERE p.account_id = a.id ORDER BY p.at) x)
      AS payments,
  (SELECT json_agg(x) FROM (SELECT k.id AS ticket_id, k.subject, k.status,
      (SELECT t.status FROM troubles t WHERE t.kind = 'ticket' AND t.ref = k.id LIMIT 1) AS trouble
      FROM tickets k WHERE k.account_id = a.id ORDER BY k.created_at) x) AS tickets
FROM accounts a WHERE a.id = %s
"""
LIVE = ("active", "past_due")


def plan_of(subscription: dict[str, Any] | None) -> str:
    """The plan in force: nobody has a paid one without a live subscription."""
    return subscription["plan"] if subscription and subscription["status"] in LIVE else "free"


async def of_person(connection: Connection, account_id: str) -> dict[str, Any] | None:
    """Everything `GET /v1/me` shows."""
    row = await one(connection, ME, account_id)
    if row is None:
        return None
    subscription = row["subscription"]
    changing = bool(subscription and subscription["changing"])
    return {
        "account": {
            "account_id": row["id"],
            "email": row["email"],
            "name": row["name"],
            "phone": row["phone"],
            "company": row["company"],
        },
        "state": words.of_account(row["syncing"] or changing, row["retrying"] or row["trouble"]),
        "plan": plan_of(subscription),
        "subscription": subscription
        and {name: subscription[name] for name in ("status", "plan", "cancel_at_period_end")},
        "credits": row["credits"],
        "orders": [order_in_list(order) for order in row["orders"] or ()],
        "payments": row["payments"] or [],
        "tickets": [ticket_in_list(ticket) for ticket in row["tickets"] or ()],
        "as_of": row["as_of"],
    }


def order_in_list(order: dict[str, Any]) -> dict[str, Any]:
    """An order as `GET /v1/me` lists it."""
    trouble = order.pop("trouble")
    return {**order, "state": words.of_order(order["status"], trouble)}


def ticket_in_list(ticket: dict[str, Any]) -> dict[str, Any]:
    """A ticket as `GET /v1/me` lists it."""
    trouble = ticket.pop("trouble")
    return {**ticket, "state": words.of_ticket(ticket["status"], trouble)}


def of_order(row: Row, publishable_key: str) -> dict[str, Any]:
    """What `GET /v1/orders/{order_id}` shows."""
    return {
        "order_id": row["id"],
        "status": row["status"],
        "state": words.of_order(row["status"], row["trouble"]),
        "amount": row["amount"],
        "currency": row["currency"],
        "payment": payment(row["client_secret"], row["status"] in ("awaiting_payment", "failed"), publishable_key),
        "as_of": row["as_of"],
    }


def of_subscription(row: Row | None, publishable_key: str) -> dict[str, Any]:
    """What `GET /v1/subscription` shows."""
    if row is None:
        row = {"status": "none", "plan": None, "cancel_at_period_end": False, "client_secret": None, "as_of": 0}
    status = row["status"]
    return {
        "status": "none" if status == "failed" else status,
        "plan": None if status == "failed" else row["plan"],
        "state": words.of_subscription(status, row.get("changing", False), row.get("trouble")),
        "cancel_at_period_end": row["cancel_at_period_end"],
        "payment": payment(row["client_secret"], status == "incomplete", publishable_key),
        "as_of": row["as_of"],
    }


def payment(client_secret: str | None, wanted: bool, publishable_key: str) -> dict[str, str] | None:
    """What the phone needs to pay, while there is something to pay."""
    if not client_secret or not wanted:
        return None
    return {"client_secret": client_secret, "publishable_key": publishable_key}
