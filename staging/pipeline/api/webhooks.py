"""Deliveries of the payment provider: believed only when signed, taken in once, answered when that is certain."""

import logging

from fastapi import APIRouter, Request
from starlette.responses import Response

from staging.pipeline import access, database, events, guardrails, measures, signatures
from staging.pipeline.api import answers, models

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
log = logging.getLogger("pipeline.webhooks")
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


def _failed(outcome: str) -> None:
    measures.webhook(outcome)
    guardrails.delivery(ok=False)


@router.post(
    "/payments",
    response_model=models.Delivered,
    responses=answers.documented(),
    operation_id="payment_webhook",
    openapi_extra=BODY,
)
async def payments(request: Request) -> Response:
    """Take an event in; anything but 200 asks the provider to deliver again."""
    app = request.app.state
    settings = app.settings
    raw = await request.body()
    header = request.headers.get("stripe-signature")
    secrets, tolerance = settings.stripe_webhook_secrets, settings.signature_tolerance_s
    if not signatures.genuine(raw, header, secrets, access.now(), tolerance):
        _failed("refused")
        raise answers.Refused(400)
    try:
        event = events.parse(raw)
    except events.Malformed:
        _failed("refused")
        raise answers.Refused(400) from None
    try:
        async with database.transaction(app.pool) as connection:
            outcome = await events.take_in(connection, event)
    except Exception:
        _failed("failed")
        raise
    measures.webhook(outcome)
    guardrails.delivery(ok=True)
    log.info("event %s", outcome, extra={"event": event["type"], "reason": event["id"]})
    return answers.json({"received": True})
