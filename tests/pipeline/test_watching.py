"""What the pipeline watches about itself, and what it says about it: once per window."""

import logging

import orjson
import pytest

from staging.pipeline import guardrails, logs, measures
from tests.pipeline.people import Person
from tests.pipeline.stack import Stack


@pytest.fixture
async def _quiet(stack: Stack) -> None:
    """Nothing has been watched yet."""
    async with stack.pool.connection() as connection:
        await connection.execute("DELETE FROM alerts WHERE kind LIKE 'guardrail%'")
        await connection.execute("DELETE FROM happenings")
        await connection.execute("DELETE FROM sync_samples")
    guardrails.open_settings(stack.settings)


async def _alerts(stack: Stack, kind: str) -> int:
    return len(await stack.rows("SELECT 1 FROM alerts WHERE kind = %s", f"guardrail_{kind}"))


@pytest.mark.usefixtures("_quiet")
async def test_webhook_failures(stack: Stack) -> None:
    """Over two percent alerts once; under it, and of few deliveries, not at all."""
    for _ in range(3):
        guardrails.delivery(ok=False)
    await guardrails.check_webhooks(stack.pool)
    assert await _alerts(stack, "webhooks") == 0
    for _ in range(147):
        guardrails.delivery(ok=True)
    await guardrails.check_webhooks(stack.pool)
    assert await _alerts(stack, "webhooks") == 0
    guardrails.delivery(ok=False)
    for _ in range(3):
        await guardrails.check_webhooks(stack.pool)
    assert await _alerts(stack, "webhooks") == 1


@pytest.mark.usefixtures("_quiet")
async def test_slow_syncs(stack: Stack) -> None:
    """A p95 over the limit alerts once."""
    for number in range(20):
        measures.synced("crm.sync_contact", 100.0 if number < 2 else 0.1)
    await measures.flush(stack.pool)
    await guardrails.check_syncs(stack.pool)
    await guardrails.check_syncs(stack.pool)
    assert await _alerts(stack, "syncs") == 1


@pytest.mark.usefixtures("_quiet")
async def test_interventions(stack: Stack) -> None:
    """The sixth of a day alerts, once."""
    for count in range(1, 8):
        async with stack.pool.connection() as connection:
            await connection.execute("INSERT INTO happenings (kind, detail) VALUES ('manual_intervention', 'x')")
        await guardrails.check_interventions(stack.pool)
        assert await _alerts(stack, "interventions") == (1 if count > 5 else 0)


@pytest.mark.usefixtures("_quiet")
async def test_duplicates(stack: Stack) -> None:
    """Many duplicates within a window are one alert."""
    for number in range(3):
        async with stack.pool.connection() as connection, connection.transaction():
            await guardrails.duplicate_event(connection, f"order {number}")
    assert await _alerts(stack, "duplicates") == 1
    assert len(await stack.rows("SELECT 1 FROM happenings WHERE kind = 'duplicate_event'")) == 3


def test_log_lines_hold_no_payload() -> None:
    """Only named fields get into a line; the message of an exception stays out."""
    try:
        raise ValueError("secret@people.example.com")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "job failed", (), info)
    record.__dict__ |= {"job": "crm.sync_contact", "password": "hunter2"}
    line = orjson.loads(logs.Lines().format(record))
    assert (line["job"], line["exception"]) == ("crm.sync_contact", "ValueError")
    assert "hunter2" not in str(line)
    assert "secret@" not in str(line)


async def test_logs_of_a_purchase_hold_no_secret(person: Person, caplog: pytest.LogCaptureFixture) -> None:
    """Neither password nor token nor client secret is logged."""
    caplog.set_level(logging.INFO, logger="pipeline")
    order_id = await person.buy()
    await person.pay(order_id)
    await person.settled()
    lines = "\n".join(logs.Lines().format(record) for record in caplog.records if record.name.startswith("pipeline"))
    assert "request" in lines
    assert person.token not in lines
    assert "_secret" not in lines
