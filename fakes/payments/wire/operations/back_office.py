"""What the merchant's back office asks for: identity verifications, reports, files: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state import identity, reporting
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import missing
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Operation, Params, same

SESSION, REPORT = identity.KIND, identity.REPORT


def _report_type(moment: Moment, _params: Params, at: Mapping[str, str]) -> Params:
    if at["id"] not in reporting.NAMES:
        raise missing(reporting.TYPE, at["id"])
    return reporting.report_type(moment.account, at["id"])


def _report_types(moment: Moment, _params: Params, _at: Mapping[str, str]) -> Params:
    every = [reporting.report_type(moment.account, name) for name in reporting.NAMES]
    return pages.page(every, {"limit": 100}, "/v1/reporting/report_types", reporting.TYPE)


BACK_OFFICE: dict[str, Operation] = {
    "POST /v1/identity/verification_sessions": Operation(SESSION, identity.create),
    "GET /v1/identity/verification_sessions": Operation(
        SESSION, keep=same("status", "client_reference_id", "related_customer")
    ),
    "GET /v1/identity/verification_sessions/{id}": Operation(SESSION),
    "POST /v1/identity/verification_sessions/{id}": Operation(SESSION, identity.update),
    "POST /v1/identity/verification_sessions/{id}/cancel": Operation(SESSION, identity.cancel),
    "POST /v1/identity/verification_sessions/{id}/redact": Operation(SESSION, identity.redact),
    "GET /v1/identity/verification_reports": Operation(
        REPORT, keep=same("type", "verification_session", "client_reference_id")
    ),
    "GET /v1/identity/verification_reports/{id}": Operation(REPORT),
    "POST /v1/reporting/report_runs": Operation(reporting.KIND, reporting.create),
    "GET /v1/reporting/report_runs": Operation(reporting.KIND),
    "GET /v1/reporting/report_runs/{id}": Operation(reporting.KIND),
    "GET /v1/reporting/report_types": Operation(reporting.TYPE, look=_report_types),
    "GET /v1/reporting/report_types/{id}": Operation(reporting.TYPE, look=_report_type),
    "GET /v1/files": Operation("file", keep=same("purpose")),
    "GET /v1/files/{id}": Operation("file"),
}
