"""Routes of merging and of deleting for good. No rules here."""

from collections.abc import Callable, Iterator

from fakes.calls import Call, Handler, Reply, Route
from fakes.crm.state.associations import Associations
from fakes.crm.state.kinds import CUSTOM_SINK
from fakes.crm.state.merging import UNMERGED, erase, merge
from fakes.crm.state.records import Portal
from fakes.crm.wire.answers import answer, object_body, written
from fakes.crm.wire.clerk import Clerk
from fakes.crm.wire.mounts import KNOWN, OBJECTS, Guard


class Merging:
    """The handlers of one portal's merges and deletions for good."""

    def __init__(self, portal: Portal, associations: Associations, clerk: Clerk) -> None:
        self._portal = portal
        self._associations = associations
        self._clerk = clerk

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Merging of every type that can be merged, deleting of contacts."""
        for base in OBJECTS:
            for kind in KNOWN.values():
                for name in kind.names if kind.name not in UNMERGED else ():
                    yield _route(base, name, kind.name, "merge", guard(self._merge_of(kind.name)), kind.sink)
            for name in KNOWN["contacts"].names:
                yield _route(base, name, "contacts", "gdpr-delete", guard(self._erase), KNOWN["contacts"].sink)
            yield _route(base, "{objectType}", "{objectType}", "merge", guard(self._merge_named), CUSTOM_SINK)

    def _merge_of(self, kind: str) -> Callable[[Call], Reply]:
        return lambda call: self._merge(kind, call)

    def _merge_named(self, call: Call) -> Reply:
        return self._merge(self._portal.kinds.get(call.at["objectType"]).name, call)

    def _merge(self, kind: str, call: Call) -> Reply:
        done = merge(self._portal, self._associations, kind, object_body(self._portal, call))
        self._clerk.merged(call, done)
        return answer(200, written(self._portal, done[0]))

    def _erase(self, call: Call) -> Reply:
        done = erase(self._portal, object_body(self._portal, call))
        if done is not None:
            self._clerk.erased(call, done)
        return Reply(204)


def _route(base: str, name: str, kind: str, what: str, handler: Handler, sink: str) -> Route:
    return Route(
        method="POST", template=f"{base}/{name}/{what}", operation=f"POST {OBJECTS[0]}/{kind}/{what}",
        handler=handler, writes=True, sink=sink,
    )  # fmt: skip
