"""Identity verifications, reports and files."""

import csv
import io
from typing import Any, cast

import pytest
import requests
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.payments.state import files
from fakes.payments.state.problem import Problem
from fakes.payments.wire.uploads import parts
from fakes.plugin import Fakes
from tests.payments.browsing import fill
from tests.payments.conftest import SESSIONS, Bare
from tests.payments.making_back_office import end, report, session

VERIFY = "identity/verification_sessions"


def test_a_person_is_verified(client: stripe.StripeClient) -> None:
    """They come by the session's address, and go back to the merchant; what was verified is shown when asked for."""
    sessions = client.v1.identity.verification_sessions
    made = sessions.create({"type": "document", "return_url": "https://example.com/back"})
    assert (made.status, made.url is None) == ("requires_input", False)
    assert made.url is not None
    assert fill(made.url, end="verified").url == "https://example.com/back"
    done = sessions.retrieve(made.id, {"expand": ["verified_outputs", "last_verification_report"]})
    assert (done.status, done.url) == ("verified", None)
    assert done.verified_outputs is not None
    assert done.verified_outputs.first_name == "Jenny"
    assert isinstance(done.last_verification_report, stripe.identity.VerificationReport)
    assert done.last_verification_report.document is not None
    assert done.last_verification_report.document.status == "verified"
    kinds = [one.type.rsplit(".", 1)[1] for one in client.v1.events.list({"types": ["identity.*"]}).data]
    assert kinds == ["verified", "processing", "created"]


def test_a_failed_verification_can_be_tried_again(bare: Bare) -> None:
    """The reason is told; the same address leads to success the next time."""
    made = session(bare)
    end(bare, made, "document_expired")
    now = bare.get(f"{VERIFY}/{made['id']}")
    assert (now["status"], now["last_error"]["code"]) == ("requires_input", "document_expired")
    assert bare.types[-1] == "identity.verification_session.requires_input"
    assert end(bare, made, "no such end").status == 400
    end(bare, made, "verified")
    assert bare.get(f"{VERIFY}/{made['id']}")["status"] == "verified"


def test_cancelled_and_redacted(bare: Bare) -> None:
    """Only what waits can be cancelled; what is known is forgotten a moment after that was asked for, once."""
    made = session(bare, **{"metadata[name]": "Zoë"})
    end(bare, made, "verified")
    assert bare.post(f"{VERIFY}/{made['id']}/cancel")["error"]["code"] == "verification_session_unexpected_state"
    assert bare.post(f"{VERIFY}/{made['id']}/redact")["redaction"] == {"status": "processing"}
    bare.clock.advance(1)
    gone = bare.get(f"{VERIFY}/{made['id']}", **{"expand[]": ["verified_outputs", "last_verification_report"]})
    assert (gone["redaction"]["status"], gone.get("verified_outputs")) == ("redacted", None)
    assert gone["metadata"] == {"name": "[redacted]"}
    assert gone["last_verification_report"]["document"]["first_name"] == "[redacted]"
    assert bare.post(f"{VERIFY}/{made['id']}/redact")["error"]["message"]
    waiting = session(bare)
    bare.post(f"{VERIFY}/{waiting['id']}/redact")
    assert bare.get(f"{VERIFY}/{waiting['id']}")["status"] == "canceled"


def _lines(bare: Bare, made: dict[str, Any]) -> list[dict[str, str]]:
    bare.clock.advance(1)
    done = bare.get(f"reporting/report_runs/{made['id']}")
    assert done["status"] == "succeeded"
    content = bare.raw("GET", f"/v1/files/{done['result']['id']}/contents")
    assert content.content_type == "text/csv"
    return list(csv.DictReader(io.StringIO(content.body.decode())))


def test_reports_add_up(bare: Bare) -> None:
    """The lines of an itemized report are the balance transactions; a summary is their sum."""
    for amount in (900, 2500):
        bare.post("payment_intents", amount=amount, currency="usd", confirm="true", payment_method="pm_card_visa")
    bare.clock.advance(10)
    lines = _lines(bare, report(bare, "balance_change_from_activity.itemized.1"))
    assert sorted(int(one["gross"]) for one in lines) == [900, 2500]
    sums = _lines(bare, report(bare, "balance_change_from_activity.summary.1"))
    assert (sums[0]["count"], sums[0]["gross"]) == ("2", "3400")
    assert int(sums[0]["net"]) == sum(int(one["net"]) for one in lines)
    narrow = report(bare, "balance.summary.1", **{"parameters[columns][0]": "gross", "parameters[currency]": "eur"})
    assert _lines(bare, narrow) == []
    assert bare.types.count("reporting.report_run.succeeded") == 3


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ({"report_type": "no.such.1"}, "report_type"),
        ({"parameters[interval_end]": 1_640_995_200}, "parameters[interval_end]"),
        ({"parameters[interval_end]": 4_000_000_000}, "parameters[interval_end]"),
        ({"parameters[columns][0]": "colour"}, "parameters[columns]"),
    ],
)
def test_reports_that_cannot_be(bare: Bare, form: dict[str, Any], param: str) -> None:
    """Each refusal names the parameter."""
    assert report(bare, **form)["error"]["param"] == param


def test_kinds_of_reports(bare: Bare) -> None:
    """Listed, found by name, and missing."""
    names = [one["id"] for one in bare.get("reporting/report_types")["data"]]
    assert bare.get(f"reporting/report_types/{names[0]}")["name"] == "Balance summary"
    assert bare.get("reporting/report_types/no.such.1")["error"]["code"] == "resource_missing"


def test_uploading(shop: Fakes) -> None:
    """The official client sends a file, and gets the same bytes back."""
    url, key = shop.url("payments"), shop.key("payments", "secret_key")
    SESSIONS.append(requests.Session())
    http = stripe.RequestsClient(session=SESSIONS[-1])
    client = stripe.StripeClient(key, base_addresses={"api": url, "files": url}, http_client=http)
    sent = io.BytesIO(bytes(range(256)) + b"\r\n--x\r\n")
    sent.name = "proof.png"
    made = client.v1.files.create({"purpose": "dispute_evidence", "file": sent})
    assert (made.size, made.type, made.purpose, made.filename) == (263, "png", "dispute_evidence", "proof.png")
    assert made.url is not None
    assert requests.get(made.url, auth=(key, ""), timeout=10).content == sent.getvalue()
    assert requests.get(made.url, timeout=10).status_code == 401
    assert client.v1.files.retrieve(made.id).id == made.id
    with pytest.raises(stripe.InvalidRequestError, match="purpose"):
        client.v1.files.create({"purpose": "finance_report_run", "file": sent})


@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_come_through(content: bytes) -> None:
    """A part holds exactly what was sent, whatever it is."""
    request = requests.Request("POST", "http://x", files={"file": ("a.bin", content)}, data={"purpose": "x"}).prepare()
    assert isinstance(request.body, bytes)
    assert request.headers is not None
    found = parts(str(request.headers["content-type"]), request.body)
    assert found == {"file": ("a.bin", content), "purpose": (None, b"x")}


@pytest.mark.parametrize("body", [b"", b"purpose=x", b"--x\r\n", b"--x\r\n\r\n--x--"])
def test_broken_uploads(body: bytes) -> None:
    """What is no form, or holds nothing, is refused, never a failure."""
    with pytest.raises(Problem, match="multipart"):
        parts("application/x-www-form-urlencoded", body)
    nobody = cast(Any, None)
    with pytest.raises(Problem, match=r"purpose|unknown"):
        files.upload(nobody, parts("multipart/form-data; boundary=x", body).get("purpose", ("", b""))[0], None, None)


def test_unknown_parts_are_refused() -> None:
    """As unknown parameters are."""
    body = b'--x\r\nContent-Disposition: form-data; name="colour"\r\n\r\n1\r\n--x--\r\n'
    with pytest.raises(Problem) as caught:
        parts("multipart/form-data; boundary=x", body)
    assert caught.value.code == "parameter_unknown"
