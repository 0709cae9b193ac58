"""From guesses and answers to the text of a target file: TOML with comments, `# ASK:` above what nobody confirmed.

Decides the order and the words; what is guessed stands in `guess`, what an operation looks like in `operations`.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from harness.errors import UsageError
from harness.init.asking import Asking
from harness.init.document import Document
from harness.init.guess import (
    SECRET,
    VENDORS,
    choices_at,
    env_value,
    example_of,
    ops_of,
    place_of,
    routes_of,
    value_of,
    webhooks_of,
    words,
)
from harness.init.operations import bare, operation, quoted, table

FLOW_OF = {"help": "help_text"}
POLLS = {"buy": "order", "subscribe": "subscription", "change_plan": "subscription", "cancel": "subscription"}
WHERE = "where does it listen? {port:api} is a free port that it is told"
START = (
    "how is it started? A command, or several in order as NAME[READY]: COMMAND ;; NAME[READY]: COMMAND; "
    "READY is exit, started, a URL or tcp:HOST:PORT. Empty when it runs already"
)
HANDLE = "where does an answer hold the client secret, or the address of the page to pay on? empty: the server charges"
OFFER = "what can people {flow}? ID AMOUNT-IN-MINOR-UNITS CURRENCY; several with commas"
OPERATORS = "which {secret:NAME} do the operators' routes want as a bearer token? empty: none"
MOST_OFFERS = 3
PLAIN = re.compile(r"[\d.]+|true|false", re.IGNORECASE)
"""What is no secret whatever its name: how long a token lasts, say."""
WITHOUT_CENTS = ("jpy", "krw", "vnd", "clp")
HEAD = """\
# Proposed by `harness init` from the pipeline's own OpenAPI document. `# ASK` is above what nobody confirmed.
# Next: answer them, then `harness doctor --target THIS FILE`, which takes each flow once and says what does not fit.
"""


class Proposal:
    """A target file in the making."""

    def __init__(self, document: Document, env: Mapping[str, str], asking: Asking, source: str) -> None:
        self._document = document
        self._env = env
        self._ask = asking
        self._source = source
        self._spoken = {value for name in env if (value := env_value(name))}
        self.routes = routes_of(document)
        self._hooks = dict(webhooks_of(document))
        self._ops = ops_of(document)

    def text(self) -> str:
        """The whole file."""
        parts = [HEAD.rstrip(), *self._top(), *self._start(), *self._operations(), *self._flows(), *self._offers(),
                 *self._rest()]  # fmt: skip
        return "\n".join(parts).rstrip() + "\n"

    def unfound(self) -> list[str]:
        """What people do in other pipelines and no route here looks like."""
        wanted = ("sign_up", "buy", "subscribe", "cancel", "help", "read_state")
        return [one for one in wanted if one not in self.routes]

    # -- how to start it --------------------------------------------------------------------------------------------

    def _top(self) -> Iterator[str]:
        yield f"name = {quoted(self._document.title)}"
        base = self._ask("base_url", WHERE, "http://127.0.0.1:{port:api}")
        yield from self._ask.mark("base_url")
        yield f"base_url = {quoted(base)}"
        if self._source.startswith("http"):
            path = "/" + self._source.split("://", 1)[1].partition("/")[2]
            yield f"openapi = {quoted(path)}"
        yield ""

    def _start(self) -> Iterator[str]:
        started = self._ask("start", START, "")
        env = dict(self._environment())
        if env:
            yield "[env]"
            for name, (value, comment) in env.items():
                yield from comment
                yield f"{name} = {quoted(value)}"
            yield ""
        yield from self._ask.mark("start")
        health = self._ops.get("health")
        usual = f"http://127.0.0.1:{{port:api}}{health.path}" if health else "tcp:127.0.0.1:{port:api}"
        for order, (name, ready, command) in enumerate(_commands(started, usual), 1):
            yield "[[process]]"
            yield f"name = {quoted(name)}"
            yield f"order = {order}"
            yield f"command = [{', '.join(map(quoted, shlex.split(command)))}]"
            yield f"ready = {quoted(ready)}"
            yield ""
        if not started:
            yield "# [[process]]"
            yield '# name = "api"'
            yield '# command = ["your", "command"]'
            yield f"# ready = {quoted(usual)}"
            yield ""

    def _environment(self) -> Iterator[tuple[str, tuple[str, list[str]]]]:
        for name, example in self._env.items():
            value = env_value(name)
            if value is not None:
                yield name, (value, [])
            elif SECRET.search(name) and not PLAIN.fullmatch(example):
                slug = "".join(one if one.isalnum() else "_" for one in name.lower())
                yield name, (f"{{secret:{slug}}}", [])
            else:
                # Placeholders of other tools, and addresses of other machines, are no values to start with.
                key = f"env.{name}"
                value = self._ask(key, f"what should {name} be in a test?", example)
                yield name, (value, self._ask.mark(key))

    # -- what an app sends ------------------------------------------------------------------------------------------

    def _operations(self) -> Iterator[str]:
        names = sorted({route.scheme for route in self.routes.values() if route.scheme})
        place = next((one for name in names if (one := _token_place(self._document.schemes.get(name, {})))), None)
        if place:
            yield "[auth]"
            yield f"token = {quoted(place)}"
            yield ""
        for name, route in self.routes.items():
            yield f"# {route.title}"
            yield from operation(name, route, self.routes, self._ask)
            yield ""
        if "read_state" not in self.routes:
            path = self._ask("read_state", "which GET route tells an app's user how things stand?", "/me")
            yield from self._ask.mark("read_state")
            yield "[operations.read_state]"
            yield 'method = "GET"'
            yield f"path = {quoted(path)}"
            yield ""

    # -- what people do, and what it leaves -------------------------------------------------------------------------

    def _flows(self) -> Iterator[str]:
        for name in ("sign_up", "sign_in", "buy", "subscribe", "change_plan", "cancel", "help"):
            if name in self.routes:
                yield from self._flow(name)
                if name == "help" and any("attachment" in one for one in self.routes["help"].fields):
                    yield "[flows.help_attachment]"
                    yield 'request = "help"'
                    yield ""
                    yield from self._effects("help_attachment")
        yield "[flows.read_state]"
        yield 'request = "read_state"'
        yield ""

    def _flow(self, name: str) -> Iterator[str]:
        flow, poll = FLOW_OF.get(name, name), POLLS.get(name, "")
        yield f"[flows.{flow}]"
        yield f"request = {quoted(name)}"
        answers = [self.routes[one].answer for one in (name, poll) if one in self.routes]
        if poll in self.routes:
            yield f"poll = {quoted(poll)}"
        if name in ("buy", "subscribe"):
            handle = next((place for one in answers if (place := place_of(one, "handle"))), "")
            key = f"flows.{flow}.handle"
            handle = handle or self._ask(key, HANDLE, "")
            yield from self._ask.mark(key)
            if handle:
                yield f"handle = {quoted(handle)}"
        if poll in self.routes and name in ("buy", "subscribe"):
            yield from self._done(flow, poll)
        yield ""
        yield from self._effects(flow)

    def _done(self, flow: str, poll: str) -> Iterator[str]:
        answer = self.routes[poll].answer
        field = place_of(answer, "status") or "status"
        known = choices_at(answer, field)
        said = words()["answers"]
        good = [one for one in known if re.fullmatch(said["paid"], one)]
        usual = " ".join(good) or {"buy": "paid"}.get(flow, "active")
        bad = [one for one in known if re.fullmatch(said["failed"], one)]
        key = f"flows.{flow}.done"
        words_ok = self._ask(key, f"which words in {field!r} of {poll} mean that it went well?", usual).split()
        yield from self._ask.mark(key)
        failed = f", failed = [{', '.join(map(quoted, bad))}]" if bad else ""
        yield f"done = {{ field = {quoted(field)}, ok = [{', '.join(map(quoted, words_ok))}]{failed} }}"

    def _effects(self, flow: str) -> Iterator[str]:
        for effect in words()["effects"]:
            if flow != effect["flow"]:
                continue
            fake = effect["sink"].partition(".")[0]
            key = f"flows.{flow}.{effect['sink']}"
            known = any(value.startswith(f"{{fakes.{fake}.") for value in self._spoken)
            usual = effect.get("usual", "yes") if known else "no"
            wanted = self._ask(key, f"does {flow} leave one {effect['sink']}? yes or no", usual)
            if wanted.strip().lower() in ("yes", "y", "true"):
                yield from self._ask.mark(key)
                yield f"[[flows.{flow}.effects]]"
                yield from table({name: value for name, value in effect.items() if name not in ("flow", "usual")})
                yield ""

    # -- what can be had, and the rest ------------------------------------------------------------------------------

    def _offers(self) -> Iterator[str]:
        for kind, flow, place in (("products", "buy", "product.id"), ("plans", "subscribe", "plan.id")):
            if flow not in self.routes:
                continue
            usual = ", ".join(f"{one} 900 usd" for one in self._examples(flow, place))
            key = kind.removesuffix("s")
            told = self._ask(key, OFFER.format(flow=flow), usual)
            yield from self._ask.mark(key)
            for one in told.split(","):
                name, amount, currency = _offer(one)
                yield f"[[{kind}]]"
                yield f"id = {quoted(name)}"
                yield f"amount = {amount}"
                yield f"currency = {quoted(currency.lower())}"
                major = amount if currency.lower() in WITHOUT_CENTS else f"{amount / 100:.2f}"
                yield f"decimal = {quoted(major)}"
                yield ""
        if "help" in self.routes:
            found = [one for name, one in self.routes["help"].fields.items() if value_of(name) == "{ticket.category}"]
            for name in [str(one) for one in (found[0].get("enum") if found else None) or ["other"]]:
                yield f"[tickets.{bare(name)}]"
                yield f"queue = {quoted(name)}"
                yield 'priority = { any = "normal" }'
                yield ""
        if {"buy", "subscribe"} & set(self.routes):
            yield from words()["payment"]["text"].rstrip().splitlines()
            yield ""

    def _examples(self, flow: str, place: str) -> list[str]:
        """What the document itself says can be had: every word that may stand there, or an example."""
        fields = [one for name, one in self.routes[flow].fields.items() if value_of(name) == f"{{{place}}}"]
        if not fields or example_of(fields[0]) is None:
            return [{"buy": "product", "subscribe": "pro"}[flow]]
        known = fields[0].get("enum") or fields[0].get("examples") or [example_of(fields[0])]
        return [str(one) for one in known][:MOST_OFFERS]

    def _rest(self) -> Iterator[str]:
        for vendor in VENDORS:
            given = f"{{fakes.{vendor}.webhook_secret}}" in self._spoken
            route = self._hooks.get(vendor)
            if route is None and not given:
                continue
            key = f"webhooks.{vendor}"
            asked = f"where do webhooks of {vendor} arrive?"
            path = route.path if route else self._ask(key, asked, f"/webhooks/{vendor}")
            yield from self._ask.mark(key)
            yield f"[webhooks.{vendor}]"
            yield f"path = {quoted(path)}"
            yield ""
        yield "[truth]"
        yield 'read = "read_state"'
        yield from self._truth()
        yield ""
        yield from self._operators()

    def _truth(self) -> Iterator[str]:
        route = self.routes.get("read_state")
        names = set(route.answer.get("properties") or {}) if route else set()
        for name in ("state", "plan", "credits", "orders", "payments", "tickets"):
            if name in names:
                yield f"{name} = {quoted(name)}"

    def _operators(self) -> Iterator[str]:
        secured = [route for name, route in self._ops.items() if name != "health" and route.secured]
        token: str | None = None
        if secured:
            slugs = [name.lower() for name in self._env if SECRET.search(name) and env_value(name) is None]
            usual = next((one for one in slugs if any(word in one for word in ("ops", "admin", "internal"))), "")
            token = self._ask("ops_token", OPERATORS, usual)
        mark = self._ask.mark("ops_token")
        pending = self._ops.get("pending")
        if pending and (not pending.secured or token):
            yield from mark
            yield "[pending]"
            yield f"path = {quoted(pending.path)}"
            if pending.secured and token:
                yield f"token = {quoted(token)}"
            yield ""
        others = {
            name: route for name, route in self._ops.items() if name != "pending" and (token or not route.secured)
        }
        if others:
            yield "[ops]"
            if token:
                yield f"token = {quoted(token)}"
            for name, route in others.items():
                yield f"{name} = {quoted(route.path)}"


def _offer(told: str) -> tuple[str, int, str]:
    """`pro 2900 usd` as its three parts; raises `UsageError` for anything else."""
    parts = told.split()
    if len(parts) != 3 or not parts[1].isdigit() or not re.fullmatch(r"[A-Za-z]{3}", parts[2]) or not int(parts[1]):
        raise UsageError(f"found {told.strip()!r}, expected ID AMOUNT-IN-MINOR-UNITS CURRENCY, as in: pro 2900 usd")
    return parts[0], int(parts[1]), parts[2]


def _token_place(scheme: Mapping[str, Any]) -> str | None:
    """Where the document's own security scheme wants the token, if not as a bearer."""
    kind, place = scheme.get("type"), scheme.get("in")
    return f"{place}:{scheme['name']}" if kind == "apiKey" and place in ("header", "cookie", "query") else None


def _commands(told: str, usual: str) -> Iterator[tuple[str, str, str]]:
    """(name, ready, command) of each process in an answer."""
    several = ";;" in told or "]: " in told
    for one in (part.strip() for part in told.split(";;")):
        if not one:
            continue
        head, found, command = one.partition(": ") if several else ("api", ": ", one)
        name, _, ready = head.partition("[")
        if not found:
            name, command = "api", one
        yield name.strip() or "api", ready.rstrip("]") or (usual if name.strip() in ("", "api") else "started"), command
