"""A slice's routes as a tree of path segments: literal before placeholder, longest literal part first.

Matching says which route, or which other methods the path would have; what to answer then is the slice's business.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from fakes.calls import Route


@dataclass(slots=True)
class _Node:
    literal: dict[str, "_Node"] = field(default_factory=dict)
    patterns: list[tuple[str, str, "_Node"]] = field(default_factory=list)
    """(before, after, node): a segment with a placeholder between two literal parts."""
    routes: dict[str, tuple[Route, tuple[str, ...]]] = field(default_factory=dict)


class Router:
    """Finds the route of a method and a raw path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        self._exact: dict[tuple[str, str], Route] = {}
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        node, names = self._root, []
        for segment in route.template.strip("/").split("/"):
            if "{" not in segment:
                node = node.literal.setdefault(segment, _Node())
                continue
            before, rest = segment.split("{", 1)
            name, after = rest.split("}", 1)
            names.append(name)
            node = self._pattern(node, before, after)
        if route.method in node.routes:
            raise ValueError(f"two routes for {route.method} {route.template}")
        node.routes[route.method] = (route, tuple(names))
        if not names:
            self._exact[(route.method, route.template)] = route

    @staticmethod
    def _pattern(node: _Node, before: str, after: str) -> _Node:
        for known_before, known_after, child in node.patterns:
            if (known_before, known_after) == (before, after):
                return child
        child = _Node()
        node.patterns.append((before, after, child))
        node.patterns.sort(key=lambda one: -len(one[0]) - len(one[1]))
        return child

    def match(self, method: str, raw_path: str) -> tuple[Route | None, dict[str, str], tuple[str, ...]]:
        """The route and its placeholders' values; or None and the methods that this path has."""
        exact = self._exact.get((method, raw_path))
        if exact is not None:
            return exact, {}, ()
        segments = raw_path.removeprefix("/").removesuffix("/").split("/")
        if "%" in raw_path:
            segments = [unquote(segment) for segment in segments]
        allowed: list[str] = []
        found = self._walk(self._root, segments, 0, (), method, allowed)
        if found is None:
            return None, {}, tuple(dict.fromkeys(allowed))
        route, values, names = found
        return route, dict(zip(names, values, strict=True)), ()

    def _walk(
        self, node: _Node, segments: list[str], place: int, values: tuple[str, ...], method: str, allowed: list[str]
    ) -> tuple[Route, tuple[str, ...], tuple[str, ...]] | None:
        if place == len(segments):
            hit = node.routes.get(method)
            if hit is not None:
                return hit[0], values, hit[1]
            allowed.extend(node.routes)
            return None
        segment = segments[place]
        child = node.literal.get(segment)
        if child is not None:
            found = self._walk(child, segments, place + 1, values, method, allowed)
            if found is not None:
                return found
        for before, after, inner in node.patterns:
            if len(segment) > len(before) + len(after) and segment.startswith(before) and segment.endswith(after):
                value = segment[len(before) : len(segment) - len(after)]
                found = self._walk(inner, segments, place + 1, (*values, value), method, allowed)
                if found is not None:
                    return found
        return None
