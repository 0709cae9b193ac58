"""From a call to an answer: who asks, may the key be used, what is asked, what came of it.

One `Desk` serves all operations of `wire.operations`. Writes run without waiting, so that a call is carried out
wholly or not at all; a decline is carried out too, and then refused.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from fakes.calls import Call, Refusal, Reply
from fakes.payments.events import Asked
from fakes.payments.idempotency import DeviceKeys, Keys
from fakes.payments.settings import Settings
from fakes.payments.state import clocks, due
from fakes.payments.state.problem import Problem
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import API_VERSION, Account, Thing
from fakes.payments.state.wholly import Unchanged
from fakes.payments.wire import answers, devices, expansions, form, parameters, reading
from fakes.payments.wire.credentials import Credentials, is_device, own_name
from fakes.payments.wire.expand import PAGES, Shower
from fakes.payments.wire.limits import Limits
from fakes.payments.wire.operations import OPERATIONS
from fakes.payments.wire.versions import Versions
from harness.clock import pause

NEVER_KEPT = (401, 409, 429)
"""Statuses that no idempotency key keeps, whoever says them."""


class Desk:
    """Reads calls, carries them out, answers them."""

    def __init__(self, provider: Provider, credentials: Credentials, settings: Settings, limits: Limits) -> None:
        self._provider, self._credentials, self._settings, self._limits = provider, credentials, settings, limits
        self._versions = Versions()
        self._read_last: tuple[Call | None, bytes, form.Pairs, Thing] = (None, b"", [], {})
        self._failed: dict[str, Reply] = {}
        """The answers of calls that met a bug of ours, until the server fetches them."""
        self.before: Callable[[Account], None] = lambda account: None
        """What is to be done before a call is looked at: whatever has become due in its account."""
        self.after_write: list[Any] = []
        """Who wants to know of each write: (operation, account, what it answered)."""

    def read(self, call: Call) -> None:
        """Fill the call's account, key and params; `Refusal` when the credentials are no good."""
        if call.method == "POST":
            call.key = call.headers.get("idempotency-key")
        self._read_last = (None, b"", [], {})
        try:
            pairs = self._pairs(call)
            call.params = form.nested(pairs)
            self._read_last = (call, call.body, pairs, call.params)
        except Problem:
            call.params = {}
        try:
            call.account = self._credentials.account_of(call)
        except Problem as problem:
            raise Refusal(answers.error(problem, self._fresh_request(), key=call.key)) from None

    @staticmethod
    def _pairs(call: Call) -> form.Pairs:
        read = form.pairs_of_json if call.path.startswith("/v2/") else form.pairs_of
        return form.pairs_of(call.query) + (read(call.body) if call.method != "GET" else [])

    def _asked(self, call: Call) -> tuple[form.Pairs, Thing]:
        """What a call asks: as it was just read, or read once more when another one came between."""
        last, body, pairs, params = self._read_last
        if last is not call or body is not call.body:
            pairs = self._pairs(call)
            params = form.nested(pairs)
        return pairs, params

    def _fresh_request(self) -> str:
        return self._provider.account().fresh("request")

    def handle(self, call: Call) -> Reply | Awaitable[Reply]:
        """Answer a call that was read."""
        request = self._fresh_request()
        version = API_VERSION
        try:
            if call.path.endswith("/"):
                raise answers.unknown(call.method, call.path)
            pinned = OPERATIONS[_operation(call)].pinned
            version = self._versions.checked(call.headers.get("stripe-version"), needed=pinned)
            self._limits.check(call)
            pairs, call.params = self._asked(call)
            self.before(self._account(call))
            if call.method == "GET":
                return answers.answer(self._look(call, version), request, version)
        except Problem as problem:
            return answers.error(problem, request, version, call.key)
        known = self._begin(call, request, version, pairs)
        if known is None and self._settings.latency_s and call.method == "POST":
            # From here on it is under way, although nothing of it happens before it is awaited.
            self._limits.begun(call)
            return self._slowly(call, request, version)
        return known or self._write(call, request, version)

    async def _slowly(self, call: Call, request: str, version: str) -> Reply:
        try:
            await pause(self._settings.latency_s)
        finally:
            self._limits.ended(call)
        return self._write(call, request, version)

    def _begin(self, call: Call, request: str, version: str, pairs: form.Pairs) -> Reply | None:
        if call.key is None:
            return None
        try:
            account = self._account(call)
            kept = self._keys(call, account).begin(call.key, call.path, pairs, request, account.now())
        except Problem as problem:
            return answers.error(problem, request, version, call.key)
        if kept is None:
            return None
        told = answers.headers(request, version, call.key)
        told |= {"Idempotent-Replayed": "true", "Original-Request": kept.request}
        return Reply(kept.status or 200, kept.body, told)

    def _write(self, call: Call, request: str, version: str) -> Reply:
        keep, keys = True, self._keys(call, self._account(call))
        try:
            reply = answers.answer(self._carry_out(call, request, version), request, version, call.key)
        except Problem as problem:
            reply = answers.error(problem, request, version, call.key)
            keep = problem.executed and problem.status not in NEVER_KEPT
        except Exception:
            # The server journals it and asks `failure` for the answer, which must be the one that is kept.
            self._failed[call.id] = answers.failure("server_error", None, request, call.key)
            if call.key is not None:
                keys.finish(call.key, call.path, 500, self._failed[call.id].body)
            raise
        if call.key is not None and keep:
            keys.finish(call.key, call.path, reply.status, reply.body)
        elif call.key is not None:
            keys.forget(call.key, call.path)
        return reply

    @staticmethod
    def _keys(call: Call, account: Account) -> Keys:
        return account.side(DeviceKeys if is_device(call.account) else Keys)

    def _carry_out(self, call: Call, request: str, version: str) -> Thing:
        operation = _operation(call)
        params = parameters.check(operation, call.params)
        account = self._account(call)
        paths, shower = params.pop("expand", []), Shower(account, version)
        expansions.check(OPERATIONS[operation].kind, paths, old=shower.old)
        moment = self._provider.moment(account, Asked(request, call.key), client=is_device(call.account))
        if is_device(call.account):
            devices.check(account, call)
        line = OPERATIONS[operation]
        assert line.do is not None
        clock = _clock(account, line.kind, call, params)
        try:
            now = account.time.held(None if clock is None else clock["frozen_time"])
            with now, Unchanged(moment, account.find(line.kind, call.at.get("id"))):
                result = line.do(moment, params, *call.at.values())
        except Problem as problem:
            if problem.kind == "card_error":
                self._provider.commit(
                    moment, call, problem.more.get("payment_intent") or problem.more.get("setup_intent")
                )
            raise
        self._provider.commit(moment, call, result)
        for hear in self.after_write:
            hear(operation, account, result)
        return shower.show(result, paths)

    def _look(self, call: Call, version: str) -> Thing:
        operation = _operation(call)
        params = parameters.check(operation, call.params)
        account = self._account(call)
        if is_device(call.account):
            devices.check(account, call)
        paths = params.get("expand", [])
        moment = self._provider.moment(account)
        found, shower = reading.look(moment, operation, call, params), Shower(account, version)
        check = expansions.check_page if found.get("object") in PAGES else expansions.check
        check(OPERATIONS[operation].kind, paths, old=shower.old)
        return shower.show(found, paths)

    def _account(self, call: Call) -> Account:
        return self._provider.account(own_name(call.account))

    def unknown(self, call: Call) -> Reply:
        """The provider's answer to a path that it does not have; strangers are not told even that."""
        try:
            self._credentials.account_of(call)
        except Problem as problem:
            if problem.status == 401:
                return answers.error(problem, self._fresh_request())
        return answers.error(answers.unknown(call.method, call.path), self._fresh_request())

    def failure(self, kind: str, call: Call, status: int | None) -> Reply:
        """The provider's own trouble, on demand."""
        kept = self._failed.pop(call.id, None)
        return kept or answers.failure(kind, status, self._fresh_request(), call.key)


def _clock(account: Account, kind: str, call: Call, params: Thing) -> Thing | None:
    """The test clock by whose time a call is carried out, if it is about something that lives by one."""
    if not account.tables[due.CLOCK]:
        return None
    name = call.at.get("id")
    named = {kind: name, "customer": name, due.CLOCK: params.get("test_clock"), **params}
    clock = due.named(account, {"subscription": params.get("from_subscription"), **named})
    if clock is not None and kind != due.CLOCK:
        clocks.ready(clock)
    return clock


def _operation(call: Call) -> str:
    assert call.route is not None
    return call.route.operation
