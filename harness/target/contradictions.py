"""Where the tables of a target file do not fit each other: names of nothing, keys that cancel each other, placeholders
that nothing could ever fill.

Looks at a file whose tables are each well in themselves. Called by `file`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from harness.target import declared
from harness.target.asking import Operation
from harness.target.model import Target
from harness.target.policies import NOT_JUDGED, POLICIES
from harness.target.scopes import FLOWS, PROCESS_SCOPES, SCOPES, choices_for
from harness.target.words import names_in
from harness.target.wrong import Wrong, near, quoted

READY = ("exit", "started", "line")
Path = tuple[str | int, ...]


def contradictions(target: Target) -> Iterator[Wrong]:
    """Every place where two tables of the file do not fit each other."""
    yield from _operations_named(target)
    yield from declared.contradictions(target.fake)
    for name, operation in target.operations.items():
        yield from _operation(("operations", name), operation, target.auth.token)
    yield from _flows(target)
    yield from _once(("process",), [one.name for one in target.processes])
    yield from _once(("products",), [one.id for one in target.products])
    yield from _once(("plans",), [one.id for one in target.plans])
    yield from _placeholders(target)
    yield from _policies(target)
    yield from _app(target)
    if target.payment and target.payment.default not in target.payment.methods:
        yield _unknown(("payment", "default"), target.payment.default, "a method", target.payment.methods)
    if target.intercepts and not target.processes:
        yield Wrong(
            ("vendor_hosts",),
            "can only be intercepted for a pipeline that the run starts, and there is no [[process]]; add one",
        )
    for number, process in enumerate(target.processes):
        if target.launcher is None and "{launcher}" in process.command:
            yield Wrong(
                ("process", number, "command"),
                'uses {launcher}, but there is no [launcher] table; add one with normal = ["..."]',
            )
        if process.when_attached and process.ready != "exit":
            yield Wrong(("process", number, "when_attached"), 'is for steps alone, which say ready = "exit"')
        if not process.ready.startswith(("tcp:", "http://", "https://")) and process.ready not in READY:
            yield Wrong(
                ("process", number, "ready"),
                f'found {quoted(process.ready)}, expected "tcp:HOST:PORT", a URL, "exit", "line" or "started"',
            )


def _policies(target: Target) -> Iterator[Wrong]:
    for name, answer in target.policies.items():
        answers = (*POLICIES.get(name, ()), NOT_JUDGED)
        if name not in POLICIES:
            said = f"is no policy; there are {', '.join(POLICIES)}{near(name, tuple(POLICIES))}"
            yield Wrong(("policies", name), said)
        elif answer not in answers:
            said = f"found {quoted(answer)}, expected {' or '.join(map(quoted, answers))}{near(answer, answers)}"
            yield Wrong(("policies", name), said)


def _operations_named(target: Target) -> Iterator[Wrong]:
    operations = target.operations
    if target.truth.read not in operations:
        yield _unknown(("truth", "read"), target.truth.read, "an operation", operations)
    if target.safety.erase is not None and target.safety.erase not in operations:
        yield _unknown(("safety", "erase"), target.safety.erase, "an operation", operations)
    for name, flow in target.flows.items():
        for key, named in (("request", flow.request), ("poll", flow.poll)):
            if named is not None and named not in operations:
                yield _unknown(("flows", name, key), named, "an operation", operations)


def _operation(path: Path, operation: Operation, token: str) -> Iterator[Wrong]:
    """Keys of one operation that cancel each other."""
    if operation.graphql is not None and operation.body is not None:
        yield Wrong((*path, "body"), "is there beside `graphql`; what the document takes goes into `variables`")
    if operation.graphql is None and operation.variables:
        yield Wrong((*path, "variables"), 'is there without `graphql`; add graphql = "query ..." or use `body`')
    if operation.graphql is not None and operation.encoding != "json":
        yield Wrong((*path, "encoding"), f'found {quoted(operation.encoding)}, expected "json": GraphQL is sent so')
    if operation.method != "GET":
        return
    if operation.body is not None or operation.graphql is not None:
        key = "body" if operation.body is not None else "graphql"
        yield Wrong((*path, key), 'cannot go with method = "GET", which sends no body; use `query`, or method = "POST"')
    for key, where in (("key", operation.key), ("auth", token if operation.auth else "")):
        if where.startswith("body:"):
            yield Wrong((*path, key), f'{quoted(where)} cannot go with method = "GET", which sends no body')


def _flows(target: Target) -> Iterator[Wrong]:
    for name, flow in target.flows.items():
        if name not in FLOWS and (hint := near(name, FLOWS)):
            yield Wrong(("flows", name), f"is no flow that people take{hint}")
        if flow.done and flow.poll is None:
            yield Wrong(("flows", name), "has `done` but no `poll`; name the operation whose answer holds it")
        if name in ("buy", "subscribe") and target.payment is None:
            example = 'default = "card" and [payment.methods] card = { wallet = "good_card", result = "paid" }'
            yield Wrong(("flows", name), f"nobody knows how it is paid; add [payment] with {example}")
        for place, needs in (("buy", target.products), ("subscribe", target.plans), ("help_text", target.tickets)):
            if name == place and not needs:
                table = {"buy": "[[products]]", "subscribe": "[[plans]]", "help_text": "[tickets.NAME]"}[place]
                yield Wrong(("flows", name), f"there is nothing to choose from; add {table}")


def _once(path: Path, names: Iterable[str]) -> Iterator[Wrong]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield Wrong((*path, number), f"{quoted(name)} is there twice; each needs a name of its own")
        seen.add(name)


def _placeholders(target: Target) -> Iterator[Wrong]:
    """Placeholders that nothing could ever fill."""
    things = sorted({thing for one in target.operations.values() for thing in one.extract})
    said = (*SCOPES, *things)
    for name, operation in target.operations.items():
        for place in ("path", "query", "headers", "body", "variables"):
            yield from _unfillable(
                ("operations", name, place), getattr(operation, place), (*SCOPES, "key", "token", *things)
            )
        yield from _unfillable(("operations", name, "key"), operation.natural_key, said)
    for name, flow in target.flows.items():
        for number, effect in enumerate(flow.effects):
            path: Path = ("flows", name, "effects", number)
            for place, value in (("match", effect.match), ("values", effect.values)):
                yield from _unfillable((*path, place), value, said)
            yield from _unfillable((*path, "when"), [f"{{{one}}}" for one in effect.when], said)
    for number, process in enumerate(target.processes):
        for place in ("command", "env", "ready"):
            yield from _unfillable(("process", number, place), getattr(process, place), PROCESS_SCOPES)
    yield from _unfillable(("env",), target.env, PROCESS_SCOPES)
    yield from _unfillable(("base_url",), target.base_url, ("port",))


def _app(target: Target) -> Iterator[Wrong]:
    """Names and placeholders of the table `app` that fit nothing."""
    if target.app is None:
        return
    known = (*SCOPES, *sorted({thing for one in target.operations.values() for thing in one.extract}))
    for name, control in target.app.controls.items():
        path: Path = ("app", "controls", name)
        if name not in target.flows:
            yield _unknown(path, name, "a flow", target.flows)
        for place in ("open", "go", "fill", "attach", "tap"):
            yield from _unfillable((*path, place), getattr(control, place), known)
        if not (control.open or control.tap):
            yield Wrong(path, "has neither `tap` nor `open`; name at least the button that says what is wanted")
    if target.app.pay:
        yield from _unfillable(("app", "pay", "tap"), target.app.pay.tap, known)
    yield from _unfillable(("app", "proxy"), target.app.proxy, PROCESS_SCOPES)
    for word in target.app.own_words:
        if word not in target.words:
            yield _unknown(("app", "own_words"), word, "a word", target.words)


def _unfillable(path: Path, value: Any, known: Iterable[str]) -> Iterator[Wrong]:
    for name in names_in(value):
        choices = choices_for(name, known)
        if choices is not None:
            within = "." in choices[0]
            words = [f"{{{one}}}" for one in choices]
            hint = near(f"{{{name if within else name.replace(':', '.').partition('.')[0]}}}", words)
            yield Wrong(path, f"the placeholder {{{name}}} stands for nothing{hint}; there are {', '.join(words)}")


def _unknown(path: Path, found: str, what: str, known: Iterable[str]) -> Wrong:
    names = list(known)
    return Wrong(
        path,
        f"found {quoted(found)}, expected {what} of this file ({', '.join(names) or 'none'}){near(found, names)}",
    )
