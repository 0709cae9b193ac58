"""Makes what the back office asks for, so that its shape can be judged."""

from typing import Any

from fakes.calls import Reply
from tests.payments.conftest import Bare

Object = dict[str, Any]
START_S = 1_640_995_200


def session(bare: Bare, **form: Any) -> Object:
    """A verification by document."""
    return bare.post("identity/verification_sessions", **{"type": "document", **form})


def end(bare: Bare, made: Object, how: str) -> Reply:
    """What the page answers to whoever presses this button."""
    return bare.raw("POST", made["url"].removeprefix("https://checkout.stripe.com"), {"end": how})


def report(bare: Bare, kind: str = "balance.summary.1", **form: Any) -> Object:
    """A report run until now."""
    until = int(bare.clock.wall().timestamp())
    wanted = {"parameters[interval_start]": START_S, "parameters[interval_end]": until}
    return bare.post("reporting/report_runs", **{"report_type": kind, **wanted, **form})


def make(bare: Bare) -> dict[str, list[Object]]:
    """Verifications that end in each way, a report and its file; answers the kinds of reports."""
    details = {"provided_details[email]": "a@example.com", "metadata[a]": "b"}
    good = session(bare, **details, **{"options[document][require_matching_selfie]": "true"})
    end(bare, good, "verified")
    end(bare, session(bare), "document_expired")
    end(bare, session(bare, type="id_number"), "verified")
    bare.post(f"identity/verification_sessions/{good['id']}/redact")
    bare.clock.advance(1)
    report(bare)
    bare.clock.advance(1)
    return {"reporting.report_type": bare.get("reporting/report_types")["data"]}
