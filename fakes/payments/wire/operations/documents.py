"""Credit notes, quotes and subscription schedules: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state import credit_note_lines, credit_notes, quotes, schedules
from fakes.payments.state.moment import Moment
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Operation, Params

NOTE, LINE = credit_notes.KIND, "credit_note_line_item"
SCHEDULE = "subscription_schedule"


def _preview(moment: Moment, params: Params, _at: Mapping[str, str]) -> Params:
    """What a credit note would be."""
    return credit_notes.preview(moment, params)


def _preview_lines(moment: Moment, params: Params, _at: Mapping[str, str]) -> Params:
    """A page of the lines that a credit note would have."""
    found = credit_notes.preview_lines(moment, params)
    return pages.page(found, params, "/v1/credit_notes/preview/lines", LINE)


def _lines(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
    """A page of a credit note's lines."""
    found = credit_note_lines.of(moment.account, moment.account.get(NOTE, at["id"]))
    return pages.page(found, params, f"/v1/credit_notes/{at['id']}/lines", LINE)


def _offered(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
    """A page of what a quote offers."""
    found = quotes.line_items(moment.account, at["id"])
    return pages.page(found, params, f"/v1/quotes/{at['id']}/line_items", "item")


def _upfront(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
    """A page of what is to be paid when a quote is accepted: everything, and of what recurs its first period."""
    found = quotes.line_items(moment.account, at["id"])
    return pages.page(found, params, f"/v1/quotes/{at['id']}/computed_upfront_line_items", "item")


DOCUMENTS: dict[str, Operation] = {
    "POST /v1/credit_notes": Operation(NOTE, credit_notes.create, "payments.refund"),
    "GET /v1/credit_notes": Operation(NOTE, keep=credit_notes.wanted, by=("customer", "invoice")),
    "GET /v1/credit_notes/preview": Operation(NOTE, look=_preview),
    "GET /v1/credit_notes/preview/lines": Operation(LINE, look=_preview_lines),
    "GET /v1/credit_notes/{id}": Operation(NOTE),
    "POST /v1/credit_notes/{id}": Operation(NOTE, credit_notes.update),
    "GET /v1/credit_notes/{id}/lines": Operation(LINE, look=_lines),
    "POST /v1/credit_notes/{id}/void": Operation(NOTE, credit_notes.void),
    "POST /v1/quotes": Operation(quotes.KIND, quotes.create),
    "GET /v1/quotes": Operation(quotes.KIND, keep=quotes.wanted, by=("customer", "test_clock")),
    "GET /v1/quotes/{id}": Operation(quotes.KIND),
    "POST /v1/quotes/{id}": Operation(quotes.KIND, quotes.update),
    "POST /v1/quotes/{id}/finalize": Operation(quotes.KIND, quotes.finalize),
    "POST /v1/quotes/{id}/accept": Operation(quotes.KIND, quotes.accept, "payments.subscription"),
    "POST /v1/quotes/{id}/cancel": Operation(quotes.KIND, quotes.cancel),
    "GET /v1/quotes/{id}/line_items": Operation("item", look=_offered),
    "GET /v1/quotes/{id}/computed_upfront_line_items": Operation("item", look=_upfront),
    "POST /v1/subscription_schedules": Operation(SCHEDULE, schedules.create, "payments.subscription"),
    "GET /v1/subscription_schedules": Operation(SCHEDULE, keep=schedules.wanted, by=("customer",)),
    "GET /v1/subscription_schedules/{id}": Operation(SCHEDULE),
    "POST /v1/subscription_schedules/{id}": Operation(SCHEDULE, schedules.update, "payments.subscription"),
    "POST /v1/subscription_schedules/{id}/cancel": Operation(SCHEDULE, schedules.cancel, "payments.subscription"),
    "POST /v1/subscription_schedules/{id}/release": Operation(SCHEDULE, schedules.release),
}
