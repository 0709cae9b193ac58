"""Secrets of apps, links to files, methods that are shown, and what the vendor publishes: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state.moment import Moment
from fakes.payments.state.plain import keepsakes, tables
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Operation, Params
from fakes.payments.wire.operations.plain import lines

SECRET, SPEC = keepsakes.SECRET.name, "country_spec"


def _secrets(moment: Moment, params: Params, _at: Mapping[str, str]) -> Params:
    """A page of the secrets of a scope."""
    return pages.page(keepsakes.secrets(moment, params), params, "/v1/apps/secrets", SECRET)


def _specs(_moment: Moment, params: Params, _at: Mapping[str, str]) -> Params:
    """A page of what is offered in each country."""
    return pages.page(tables.country_specs(), params, "/v1/country_specs", SPEC)


def _no_runs(_moment: Moment, params: Params, _at: Mapping[str, str]) -> Params:
    """Nobody schedules queries here."""
    return pages.page([], params, "/v1/sigma/scheduled_query_runs", "scheduled_query_run")


KEEPSAKES: dict[str, Operation] = {
    **lines(keepsakes.LINK, keepsakes.CONFIGURATION),
    "POST /v1/apps/secrets": Operation(SECRET, keepsakes.secret),
    "GET /v1/apps/secrets": Operation(SECRET, look=_secrets),
    "GET /v1/apps/secrets/find": Operation(
        SECRET, look=lambda moment, params, _at: keepsakes.find_secret(moment, params)
    ),
    "POST /v1/apps/secrets/delete": Operation(SECRET, keepsakes.drop_secret),
    "GET /v1/country_specs": Operation(SPEC, look=_specs),
    "GET /v1/country_specs/{id}": Operation(SPEC, look=lambda _moment, _params, at: tables.country_spec(at["id"])),
    "GET /v1/sigma/scheduled_query_runs": Operation("scheduled_query_run", look=_no_runs),
    "GET /v1/sigma/scheduled_query_runs/{id}": Operation("scheduled_query_run"),
}
