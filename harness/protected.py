"""The routes that must want to know who asks, besides the operations of an app: the operators', and the document's.

Pure; called by cells. What the target file says goes before what the pipeline's own document says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.documented import Documented, shape
from harness.target import Target

UNAUTHORISED = (401, 403)
BEFORE_THAT = (400, 404, 415, 422)
"""What a route may answer to a body that nobody has described before it asks who sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """A route, how to ask it, and how it may refuse."""

    method: str
    template: str
    path: str
    expect: tuple[int, ...]
    body: bytes = b""

    @property
    def name(self) -> str:
        """How tables name it."""
        return f"{self.method} {self.template}"


def operators(target: Target) -> list[Protected]:
    """What only those who run the pipeline may ask."""
    ops = target.ops
    asked = [("GET", ops.metrics), ("GET", ops.dead_letters), ("POST", ops.retry)]
    if target.pending and target.pending.token:
        asked.append(("GET", target.pending.path))
    return [
        Protected(method=method, template=path, path=path.replace("{id}", "1"), expect=UNAUTHORISED)
        for method, path in asked
        if path and ops.token
    ]


def documented(target: Target, routes: Iterable[Documented]) -> list[Protected]:
    """What the document says needs somebody, and neither the app's operations nor the operators' routes name."""
    known = {(str(one.method), shape(one.path)) for one in target.operations.values()}
    known |= {(one.method, shape(one.template)) for one in operators(target)}
    return [
        Protected(
            method=one.method,
            template=one.template,
            path=one.path,
            expect=(*UNAUTHORISED, *BEFORE_THAT) if one.takes_body else UNAUTHORISED,
            body=b"{}" if one.takes_body else b"",
        )
        for one in routes
        if one.secured and (one.method, shape(one.template)) not in known
    ]


def open_ones(target: Target, routes: Sequence[Documented]) -> list[str]:
    """The routes that the document leaves open, for the report; webhooks are signed instead."""
    hooks = {shape(hook.path) for hook in target.webhooks.values()}
    return [one.name for one in routes if not one.secured and shape(one.template) not in hooks]
