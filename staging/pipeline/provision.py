"""What must exist before the first customer: tables, prices, custom properties at the CRM. Repeatable."""

import logging

from staging.pipeline import catalogue, database
from staging.pipeline.settings import Settings
from staging.pipeline.vendors import crm, payments

PROPERTIES = (
    ("contacts", "plan", "Plan", False),
    ("contacts", "plan_status", "Plan status", False),
    ("contacts", "lead_source", "Lead source", False),
    ("deals", "order_ref", "Order reference", True),
)

log = logging.getLogger("pipeline.provision")


async def provision(settings: Settings) -> None:
    """Everything exists; what existed before is left alone, a price of another amount is refused."""
    await database.migrate_when_there(settings.database_url, settings.delays)
    payments.open_client(settings)
    crm.open_client(settings)
    try:
        for plan in catalogue.PLANS.values():
            made = await payments.ensure_price(plan.id, plan.name, plan.amount, plan.currency)
            log.info("price %s %s", plan.id, "made" if made else "exists")
        for kind, name, label, unique in PROPERTIES:
            made = await crm.ensure_property(kind, name, label, unique)
            log.info("property %s.%s %s", kind, name, "made" if made else "exists")
    finally:
        await payments.close_client()
        await crm.close_client()
