"""`make drift`: every call that the vendors' official clients can make and our fakes do not serve; `docs/drift.md`.

The clients' own source is read, nothing is called. A route counts as served when the fake has one for its method and
path, whatever it does with it; a parameter when its name stands in the fake's wire. The list is generated, never
edited: a test compares what is refused with it, so that a new version of a client, or a lost route, is noticed.
"""

import argparse
import ast
import importlib.metadata
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hubspot
import stripe

from fakes.crm.slice import make as make_crm
from fakes.crm.state.kinds import STANDARD
from fakes.helpdesk.slice import make as make_helpdesk
from fakes.payments.slice import make as make_payments
from fakes.routing import Router
from fakes.world import World
from harness.clock import SYSTEM
from harness.rng import Rng

ROOT = Path(__file__).parent.parent
LIST = ROOT / "docs" / "drift.md"
ANY = "ANY"
"""The method of a call whose client does not say which; any that the path has will do."""
KIND, CRM_TYPES = "{objectType}", frozenset(kind.name for kind in STANDARD)
"""A placeholder for a word, and the words that it stands for."""
NOWHERE = re.compile(r"\{[^{}]*\}|%\([a-z_]+\)[sd]")


@dataclass(frozen=True, slots=True, order=True)
class Ask:
    """A call that a client can make."""

    module: str
    method: str
    path: str
    """With its placeholders."""
    query: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How it stands in the list."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Source:
    """One official client and the fake that it is for."""

    fake: str
    client: str
    version: str
    asks: tuple[Ask, ...]


class Desk:
    """A ledger for slices that are only asked for their routes."""

    def effect(self, *_: Any) -> None:
        """Nothing happens here."""

    def news(self, *_: Any) -> None:
        """Nothing happens here."""

    def owns(self, *_: Any, **__: Any) -> None:
        """Nothing happens here."""


# -- reading the clients ------------------------------------------------------------------------------------------


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Every call of a method with one of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


def generated(module: str, source: str) -> Iterator[Ask]:
    """The calls of a module that was generated from the vendor's specification: path, method, query."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        query = tuple(
            name
            for call in _calls(function, "append")
            if isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == "query_params"
            and isinstance(call.args[0], ast.Tuple)
            and (name := _text(call.args[0].elts[0])) is not None
        )
        for call in _calls(function, "call_api"):
            path, method = (_text(each) for each in call.args[:2])
            if path and method:
                yield Ask(module, method, path, query)


def requested(module: str, source: str) -> Iterator[Ask]:
    """The calls of a module that asks by `self._request(method, path)`, its path formatted or not."""
    for call in _calls(ast.parse(source), "_request"):
        if len(call.args) < 2:
            continue
        place = call.args[1]
        if isinstance(place, ast.Call) and isinstance(place.func, ast.Attribute) and place.func.attr == "format":
            place = place.func.value
        method, path = _text(call.args[0]), _text(place)
        if method and path:
            yield Ask(module, method.upper(), path)


def endpoints(source: str) -> Iterator[Ask]:
    """The places that a class of endpoints names; those of the chat's own API are somewhere else."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call) or not node.value.args:
            continue
        kind = node.value.func.id if isinstance(node.value.func, ast.Name) else ""
        path = _text(node.value.args[0])
        if path is None or not kind.endswith("Endpoint") or kind.startswith("Chat") or "." in kind:
            continue
        path = path if "?" in path or path.endswith(".json") else f"{path}.json"
        yield Ask(path.split("/")[0].removesuffix(".json"), ANY, f"/api/v2/{path.partition('?')[0]}")


def _files(package: Path, pattern: str) -> Iterator[tuple[str, str]]:
    for path in sorted(package.rglob(pattern)):
        yield str(path.relative_to(package).with_suffix("")), path.read_text()


def crm_source() -> Source:
    """The CRM's client: its CRM modules, webhooks and OAuth."""
    package = Path(hubspot.__file__).parent
    asks = {
        ask
        for part in ("crm", "webhooks", "oauth")
        for name, text in _files(package / part, "*_api.py")
        for ask in generated(".".join([part, *name.split("/")[:-2]]), text)
    }
    return Source("crm", "hubspot-api-client", importlib.metadata.version("hubspot-api-client"), tuple(sorted(asks)))


def payments_source() -> Source:
    """The payment provider's client: its services."""
    package = Path(stripe.__file__).parent
    asks = {
        ask
        for name, text in _files(package, "*_service.py")
        for ask in requested(name.split("/")[-1].strip("_").removesuffix("_service"), text)
    }
    return Source("payments", "stripe", importlib.metadata.version("stripe"), tuple(sorted(asks)))


def helpdesk_source() -> Source:
    """The helpdesk's client, read as text: it is no part of the product."""
    found = importlib.metadata.distribution("zenpy").locate_file("zenpy/lib/endpoint.py")
    asks = set(endpoints(Path(str(found)).read_text()))
    return Source("helpdesk", "zenpy", importlib.metadata.version("zenpy"), tuple(sorted(asks)))


SOURCES = (crm_source, payments_source, helpdesk_source)
MAKERS: dict[str, Any] = {"crm": make_crm, "payments": make_payments, "helpdesk": make_helpdesk}


# -- comparing ------------------------------------------------------------------------------------------------------


def router(fake: str) -> Router:
    """The routes of a fake as it is."""
    world = World(fake=fake, rng=Rng(1), ledger=Desk(), clock=SYSTEM, url="http://127.0.0.1")
    return Router(MAKERS[fake](world).routes)


def refused(source: Source, routes: Router) -> list[Ask]:
    """The calls that the fake has no route for."""
    return [ask for ask in source.asks if not serves(routes, ask)]


def serves(routes: Router, ask: Ask) -> bool:
    """Whether there is a route for the call; one that would take a word of its path for an id is none."""
    path = NOWHERE.sub(lambda match: "contacts" if "ype" in match.group() else "1", ask.path)
    if ask.method != ANY:
        route = routes.match(ask.method, path)[0]
        return route is not None and _means(ask.path, route.template)
    route, _, allowed = routes.match("GET", path)
    return _means(ask.path, route.template) if route is not None else bool(allowed)


def _means(path: str, template: str) -> bool:
    """Whether every word of the client's path is a word of the route, too."""
    pairs = zip(path.strip("/").split("/"), template.strip("/").split("/"), strict=True)
    return all(
        NOWHERE.search(theirs) or not NOWHERE.search(ours) or (ours == KIND and theirs in CRM_TYPES)
        for theirs, ours in pairs
    )


def unread(source: Source, lacking: Sequence[Ask]) -> list[tuple[str, str]]:
    """The query parameters of served calls that the fake's wire never names: (call, parameter)."""
    wire = "\n".join(text for _, text in _files(ROOT / "fakes" / source.fake / "wire", "*.py"))
    known = set(re.findall(r'"([A-Za-z_]+)"', wire))
    gone = set(lacking)
    return [(ask.name, name) for ask in source.asks if ask not in gone for name in ask.query if name not in known]


# -- writing --------------------------------------------------------------------------------------------------------


def section(source: Source) -> str:
    """One client's part of the list."""
    lacking = refused(source, router(source.fake))
    lines = [f"## {source.fake}: {source.client} {source.version}", ""]
    lines += [f"{len(source.asks) - len(lacking)} of {len(source.asks)} calls are served.", ""]
    lines += ["| module | served | of |", "|---|---|---|"]
    modules = sorted({ask.module for ask in source.asks})
    for module in modules:
        every = [ask for ask in source.asks if ask.module == module]
        served = len(every) - sum(ask in lacking for ask in every)
        lines.append(f"| {module} | {served} | {len(every)} |")
    lines += ["", "Refused:", ""]
    lines += [f"- `{name}`" for name in sorted({ask.name for ask in lacking})] or ["- none"]
    idle = unread(source, lacking)
    if idle:
        lines += ["", "Query parameters that are taken and not read:", ""]
        lines += [f"- `{name}`: `{parameter}`" for name, parameter in sorted(set(idle))]
    return "\n".join(lines)


def listed(text: str, fake: str) -> set[str]:
    """The calls that the list says a fake refuses."""
    _, _, part = text.partition(f"## {fake}: ")
    part = part.partition("\n## ")[0].partition("Refused:")[2].partition("Query parameters")[0]
    return set(re.findall(r"^- `([A-Z]+ [^`]+)`$", part, re.MULTILINE))


def alarms(source: Source, text: str) -> list[str]:
    """What is refused now and not in the list: a new call of the client, or a route that was lost."""
    return sorted({ask.name for ask in refused(source, router(source.fake))} - listed(text, source.fake))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the list, or (`--check`) say what it does not know yet."""
    parser = argparse.ArgumentParser(prog="drift", description=__doc__)
    parser.add_argument("--check", action="store_true", help="end 1 when something is refused that is not listed")
    sources = [read() for read in SOURCES]
    if parser.parse_args(arguments).check:
        text = LIST.read_text()
        found = [f"{source.fake}: {name}" for source in sources for name in alarms(source, text)]
        sys.stdout.write(("\n".join(found) or "nothing is refused that docs/drift.md does not list") + "\n")
        return 1 if found else 0
    head = (
        "# What the official clients can ask, and our fakes do not serve\n\n"
        "Generated by `make drift` from the source of the installed clients; never edited. Served means that there is "
        "a route;\nhow faithful it is stands in the fidelity pages. `ANY` is a place whose method the client does not "
        "say.\n"
    )
    LIST.write_text("\n\n".join([head.rstrip(), *(section(source) for source in sources)]) + "\n")
    sys.stdout.write(f"wrote {LIST.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
