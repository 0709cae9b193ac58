"""Who gets in: every route checks the token, the limits and the scopes, and answers problems in the CRM's shape."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import orjson

from fakes.calls import Call, Handler, Refusal, Reply
from fakes.crm.problems import Problem
from fakes.crm.state.access import Access, Caller
from fakes.crm.state.filters import ASSOCIATION
from fakes.crm.state.quota import Quota
from fakes.crm.state.records import Portal
from fakes.crm.state.scopes import needed
from fakes.crm.wire import answers

MAIN = "portal"
"""How the account of the main portal's calls is called."""
OPEN = "/oauth/"
DEVELOPERS = "/webhooks/"
"""Where the developer's key opens, too."""


class Gate:
    """The gate of one portal."""

    def __init__(
        self, portal: Portal, access: Access, quota: Quota, after: Callable[[Call], None], name: str = MAIN
    ) -> None:
        self._portal = portal
        self._access = access
        self._quota = quota
        self._name = name
        self._scopes: dict[tuple[str, bool], tuple[str, ...]] = {}
        self._after = after
        """What is to be done when a call was carried out, also when it failed half-way."""

    def caller(self, call: Call) -> Caller:
        """Whose call it is; refused when nobody's."""
        if call.path.startswith(DEVELOPERS) and (key := answers.query(call, "hapikey")):
            return self._access.developer(key)
        return self._access.caller(call.headers.get("authorization", ""))

    def guard(self, handler: Handler) -> Handler:
        """Every route: the limits first, then scopes, problems in the CRM's shape, headers that tell what is left."""

        def guarded(call: Call) -> Reply:
            try:
                # Again, because a call may have been held so long that its token has expired.
                caller = self.caller(call)
            except Problem as problem:
                return answers.refusal(self._portal, problem)
            try:
                reply = self._refused(call, caller) or handler(call)
                assert isinstance(reply, Reply)
            except Problem as problem:
                limited = problem.category == "RATE_LIMITS"
                refused = answers.too_many(self._portal, "secondly") if limited else None
                reply = refused or answers.refusal(self._portal, problem)
            finally:
                self._after(call)
            if not call.path.endswith("/search"):
                reply.headers.update(self._quota.headers(caller.app, private=caller.private))
            return reply

        return guarded

    def _refused(self, call: Call, caller: Caller) -> Reply | None:
        """A limit that was reached, or a scope that is missing."""
        limit = self._quota.refusal(caller.app)
        if limit is not None:
            return answers.too_many(self._portal, limit)
        wanted = self._needed(call)
        if wanted and not caller.scopes.intersection(wanted):
            return answers.lacking(self._portal, wanted)
        return None

    def _needed(self, call: Call) -> tuple[str, ...]:
        assert call.route is not None
        path, writes = call.route.template, call.route.writes
        if call.at:
            return needed(call.path, self._portal.kinds, writes=writes)
        # A path that is the same in every call needs the same in every call.
        if (path, writes) not in self._scopes:
            self._scopes[(path, writes)] = needed(path, self._portal.kinds, writes=writes)
        return self._scopes[(path, writes)]

    def read(self, call: Call) -> None:
        """Check the token and read query and body; changes nothing."""
        if call.query:
            call.params["query"] = parse_qs(call.query, keep_blank_values=True)
        if not call.path.startswith(OPEN):
            try:
                self.caller(call)
            except Problem as problem:
                raise Refusal(answers.refusal(self._portal, problem)) from None
        call.account = self._name
        if call.body and call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            form = parse_qs(call.body.decode("utf-8", "replace"), keep_blank_values=True)
            # The name keeps codes and tokens out of the journal.
            call.params["form_secret"] = {name: values[-1] for name, values in form.items()}
        elif call.body:
            self._read_json(call)

    def _read_json(self, call: Call) -> None:
        try:
            call.params["body"] = orjson.loads(call.body)
        except orjson.JSONDecodeError as problem:
            message = f"Invalid input JSON on line {problem.lineno}, column {problem.colno}: {problem.msg}"
            raise Refusal(answers.refusal(self._portal, Problem("VALIDATION_ERROR", message))) from None
        named = [str(each) for each in named_records(call.params["body"])]
        if named:
            # Whose call it is follows from the records that it names, and these names of theirs say it to nobody else.
            call.params["record_ids"] = named


def named_records(body: Any) -> Iterator[Any]:
    """The ids of records that a body names where the name of its place does not say so: a merge, a search by id."""
    if not isinstance(body, dict):
        return
    if "objectIdToMerge" in body:
        yield body["objectIdToMerge"]
    groups = body.get("filterGroups")
    for group in groups if isinstance(groups, list) else ():
        filters = group.get("filters") if isinstance(group, dict) else None
        for each in filters if isinstance(filters, list) else ():
            name = each.get("propertyName") if isinstance(each, dict) else None
            if isinstance(name, str) and (name == "hs_object_id" or name.startswith(ASSOCIATION)):
                values = each.get("values")
                yield each.get("value")
                yield from values if isinstance(values, list) else ()
