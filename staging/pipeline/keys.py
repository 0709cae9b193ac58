"""Idempotency keys towards the vendors: a function of what is meant, never of the attempt."""

from typing import Any


def for_customer(account: dict[str, Any]) -> str:
    """One customer per account."""
    return f"customer-{account['id']}"


def for_order(order: dict[str, Any]) -> str:
    """One payment per order."""
    return f"order-{order['id']}"


def for_subscription(subscription: dict[str, Any]) -> str:
    """One subscription at the provider per subscription of ours."""
    return f"subscription-{subscription['id']}"


def for_change(change: dict[str, Any]) -> str:
    """One modification per change that somebody asked for."""
    return f"change-{change['id']}"


def for_ticket(ticket: dict[str, Any]) -> str:
    """One ticket at the helpdesk per ticket of ours."""
    return f"ticket-{ticket['id']}"


def for_price(plan_id: str) -> str:
    """One price per plan, however often the provisioning runs."""
    return f"price-{plan_id}"


def for_receipt(ref: str) -> str:
    """The Message-ID of a receipt: repeats can be told by it."""
    return f"receipt-{ref}"
