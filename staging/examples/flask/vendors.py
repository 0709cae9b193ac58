"""The payment provider's hosted page, and the CRM. Every write may be repeated: by key there, by natural key here."""

import os
import sqlite3
from typing import Any

import requests
import stripe

from staging.examples.outbox import NotNow, transaction, trouble

PATIENCE_S = 2.0
"""Somebody waits for a page to pay on; if it is not there in time, their app asks again."""
CRM_PATIENCE_S = 6.0
FLAW = os.environ.get("SHOP_FLAW", "")


def payments() -> stripe.StripeClient:
    """A client that never retries by itself: whoever asks does."""
    return stripe.StripeClient(
        os.environ["PAY_KEY"],
        base_addresses={"api": os.environ["PAY_URL"]},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=PATIENCE_S),
    )


def page_for(order: sqlite3.Row, email: str) -> str:
    """The address of the page that takes the money for an order: the same one however often it is asked for."""
    item: Any = {
        "quantity": 1,
        "price_data": {
            "currency": order["currency"],
            "unit_amount": order["cents"],
            "product_data": {"name": order["sku"]},
        },
    }
    session = payments().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [item],
            "customer_email": email,
            "client_reference_id": order["id"],
            "success_url": "https://shop.example.com/thanks",
            "cancel_url": "https://shop.example.com/cart",
        },
        {"idempotency_key": order["id"]},
    )
    return str(session.url)


def crm(method: str, path: str, body: Any = None, known: tuple[int, ...] = ()) -> Any:
    """One call; the statuses in `known` are as good as done."""
    headers = {"Authorization": f"Bearer {os.environ['CONTACTS_KEY']}"}
    url = os.environ["CONTACTS_URL"] + path
    try:
        answer = requests.request(method, url, json=body, headers=headers, timeout=CRM_PATIENCE_S)
        if answer.ok:
            return answer.json()
    except (requests.RequestException, ValueError):
        raise NotNow from None
    if answer.status_code in known:
        return None
    raise trouble(answer.status_code, answer.headers.get("Retry-After"))


def prepare_crm() -> None:
    """Deals know which order they are of, and no two of one order can be."""
    path, name = "/crm/v3/properties/deals", "shop_order"
    if crm("GET", f"{path}/{name}", known=(404,)) is None:
        kind = {"type": "string", "fieldType": "text", "groupName": "dealinformation", "hasUniqueValue": True}
        crm("POST", path, {"name": name, "label": "Order", **kind}, known=(409,))


def upsert(kind: str, key: str, value: str, properties: dict[str, str]) -> None:
    """The record with this key has these properties; blanks are not sent, they would overwrite what others know."""
    filled = {name: text for name, text in properties.items() if text}
    record = {"idProperty": key, "id": value, "properties": {key: value, **filled}}
    answer = crm("POST", f"/crm/v3/objects/{kind}/batch/upsert", {"inputs": [record]})
    if not answer.get("results"):
        raise NotNow


def tell_contact(db: sqlite3.Connection, person: int) -> tuple[str, dict[str, str]]:
    """What the CRM should know of somebody, as things are now."""
    row = db.execute("SELECT * FROM people WHERE id = ?", (person,)).fetchone()
    paid = db.execute("SELECT 1 FROM orders WHERE person = ? AND status = 'paid'", (person,)).fetchone()
    first, _, last = row["name"].partition(" ")
    stage = "customer" if paid else "lead"
    return row["email"], {"firstname": first, "lastname": last, "phone": row["phone"], "lifecyclestage": stage}


def perform(work: sqlite3.Row) -> None:
    """Tell the CRM; raises `NotNow`."""
    with transaction(os.environ["SHOP_DB"]) as db:
        email, contact = tell_contact(db, work["person"])
        order = db.execute("SELECT * FROM orders WHERE id = ?", (work["ref"],)).fetchone()
    if work["kind"] == "contact":
        upsert("contacts", "email", email, contact)
        return
    amount = f"{order['cents']}" if order["currency"] == "jpy" else f"{order['cents'] / 100:.2f}"
    deal = {"dealname": f"{order['sku']} for {email}", "amount": amount, "dealstage": "closedwon"}
    deal["deal_currency_code"] = order["currency"].upper()
    if FLAW == "deal_per_attempt":  # A deal is made anew at each attempt, also when only the answer got lost.
        crm("POST", "/crm/v3/objects/deals", {"properties": deal})
        return
    upsert("deals", "shop_order", order["id"], deal)
