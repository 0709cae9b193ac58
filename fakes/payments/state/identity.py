"""Identity: sessions in which a person shows their document, what came of it, and that it is forgotten on request."""

from dataclasses import dataclass, field

from fakes.payments.state import due
from fakes.payments.state.given import merge_metadata, rewrite
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Account, Thing

KIND, REPORT = "identity.verification_session", "identity.verification_report"
FORGET = "redact verification session"
FORGET_S = 1
PERSON: Thing = {"first_name": "Jenny", "last_name": "Rosen", "dob": {"day": 1, "month": 1, "year": 1990}}
FAILURES = {
    "document_unverified_other": "The document could not be verified.",
    "document_expired": "The provided identity document has expired.",
    "consent_declined": "The user declined to be verified.",
}
HIDDEN = "[redacted]"
OUTPUTS = ("address", "email", "id_number", "id_number_type", "phone", "sex", "unparsed_place_of_birth", "unparsed_sex")
"""What could be verified beside a name and a birthday, and is not here."""


@dataclass
class Verifying:
    """The hidden part of the account's sessions."""

    by_token: dict[str, str] = field(default_factory=dict)
    """The last part of a session's address -> its id."""
    return_urls: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Thing] = field(default_factory=dict)


def create(moment: Moment, params: Thing) -> Thing:
    """A session that waits for its person."""
    kind = params.get("type")
    if kind is None:
        raise invalid("You must specify either `type` or `verification_flow`.", "type", "parameter_missing")
    account = moment.account
    if params.get("related_customer"):
        account.get("customer", params["related_customer"], "related_customer")
    name, token = account.fresh(KIND), f"test_{account.letters(48)}"
    session: Thing = {
        "id": name,
        "object": KIND,
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": f"{name}_secret_test_{account.letters(40)}",
        "created": moment.now,
        "last_error": None,
        "last_verification_report": None,
        "livemode": False,
        "metadata": {},
        "options": _options(kind, params.get("options") or {}),
        "provided_details": params.get("provided_details"),
        "redaction": None,
        "related_customer": params.get("related_customer"),
        "status": "requires_input",
        "type": kind,
        "url": f"{account.pages_url}/start/{token}",
    }
    merge_metadata(session, params.get("metadata", {}))
    side = account.side(Verifying)
    side.by_token[token] = name
    if params.get("return_url"):
        side.return_urls[name] = params["return_url"]
    account.put(session)
    moment.tell("identity.verification_session.created", session)
    return session


def _options(kind: str, given: Thing) -> Thing:
    return {kind: given.get(kind) or {}}


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a session that waits for its person; metadata may change later too."""
    session = moment.account.get(KIND, name)
    if session["status"] != "requires_input" and set(params) - {"metadata"}:
        raise _wrong_state(session, "update")
    if "type" in params or "options" in params:
        session["type"] = params.get("type", session["type"])
        session["options"] = _options(session["type"], params.get("options") or session["options"])
    rewrite(session, params, "provided_details")
    return session


def _wrong_state(session: Thing, verb: str) -> Exception:
    return unexpected(
        f"You cannot {verb} this VerificationSession because it has a status of {session['status']}.",
        "verification_session_unexpected_state",
    )


def cancel(moment: Moment, _params: Thing, name: str) -> Thing:
    """Give a session up that waits for its person."""
    session = moment.account.get(KIND, name)
    if session["status"] != "requires_input":
        raise _wrong_state(session, "cancel")
    session.update(status="canceled", url=None, client_secret=None)
    moment.tell("identity.verification_session.canceled", session)
    return session


def redact(moment: Moment, _params: Thing, name: str) -> Thing:
    """Forget what is known of the person, a moment later; a session that waits is cancelled."""
    session = moment.account.get(KIND, name)
    if session["status"] == "processing":
        raise _wrong_state(session, "redact")
    if session["redaction"]:
        raise unexpected("This VerificationSession is redacted already.", "verification_session_unexpected_state")
    if session["status"] == "requires_input":
        cancel(moment, {}, name)
    session["redaction"] = {"status": "processing"}
    due.plan(moment, moment.now + FORGET_S, FORGET, session)
    return session


@due.work(FORGET)
def _forget(moment: Moment, name: str) -> None:
    session = moment.account.find(KIND, name)
    if session is None:
        return
    session["redaction"] = {"status": "redacted"}
    session["provided_details"] = None
    session["metadata"] = dict.fromkeys(session["metadata"], HIDDEN)
    moment.account.side(Verifying).outputs.pop(name, None)
    report = moment.account.find(REPORT, session["last_verification_report"])
    if report is not None and report.get("document"):
        report["document"].update(first_name=HIDDEN, last_name=HIDDEN, number=HIDDEN, dob=None, files=[])
    moment.tell("identity.verification_session.redacted", session)


def found(account: Account, token: str) -> Thing | None:
    """The session of an address."""
    return account.find(KIND, account.side(Verifying).by_token.get(token))


def finish(moment: Moment, session: Thing, failure: str | None) -> None:
    """The person showed their document: verified, or not for a reason of `FAILURES`."""
    session["status"] = "processing"
    moment.tell("identity.verification_session.processing", session)
    report = _report(moment, session, failure)
    session["last_verification_report"] = report["id"]
    if failure is None:
        moment.account.side(Verifying).outputs[session["id"]] = dict(PERSON)
        session.update(status="verified", last_error=None, url=None, client_secret=None)
        moment.tell("identity.verification_session.verified", session)
        return
    session.update(status="requires_input", last_error={"code": failure, "reason": FAILURES[failure]})
    moment.tell("identity.verification_session.requires_input", session)


def _report(moment: Moment, session: Thing, failure: str | None) -> Thing:
    status = "unverified" if failure else "verified"
    error = failure and {"code": failure, "reason": FAILURES[failure]}
    person = PERSON if failure is None else dict.fromkeys(PERSON)
    report: Thing = {
        "id": moment.account.fresh(REPORT),
        "object": REPORT,
        "client_reference_id": session["client_reference_id"],
        "created": moment.now,
        "livemode": False,
        "options": session["options"],
        "type": session["type"],
        "verification_session": session["id"],
    }
    if session["type"] == "document":
        document: Thing = {"address": None, "error": error, "expiration_date": None, "files": [], "issued_date": None}
        document |= {"issuing_country": "US" if failure is None else None, "status": status}
        report["document"] = {**document, **person, "type": "driving_license" if failure is None else None}
        if session["options"]["document"].get("require_matching_selfie"):
            report["selfie"] = {"document": None, "error": None, "selfie": None, "status": status}
    else:
        report["id_number"] = {**person, "error": None, "id_number_type": "us_ssn", "status": status}
    return moment.account.put(report)


def outputs(account: Account, session: Thing) -> Thing | None:
    """What was verified of the person."""
    known = account.side(Verifying).outputs.get(session["id"])
    return known and {**dict.fromkeys(OUTPUTS), **known}


def return_url(account: Account, session: Thing) -> str | None:
    """Where the person goes afterwards."""
    return account.side(Verifying).return_urls.get(session["id"])
