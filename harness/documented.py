"""The routes of a pipeline by its own OpenAPI document: which there are, and which of them want to know who asks.

Pure, and forgiving: what the document does not say is taken as not said. Called by the stage, which fetches it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
SAMPLES = {"integer": "1", "number": "1", "boolean": "true"}
NOBODYS = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """One route of the document."""

    method: str
    template: str
    path: str
    """The template with something of the right kind in every place."""
    secured: bool
    """Whether the document says that it needs to know who asks."""
    takes_body: bool

    @property
    def name(self) -> str:
        """How tables name it."""
        return f"{self.method} {self.template}"


def routes(document: Mapping[str, Any]) -> list[Documented]:
    """Every route of a document, in its order."""
    return list(_routes(document))


def _routes(document: Mapping[str, Any]) -> Iterator[Documented]:
    everywhere = document.get("security")
    for template, item in _table(document.get("paths")).items():
        shared = _parameters(item)
        for method in METHODS:
            operation = _table(item).get(method)
            if isinstance(operation, Mapping):
                security = operation.get("security", everywhere)
                yield Documented(
                    method=method.upper(),
                    template=str(template),
                    path=_filled(str(template), {**shared, **_parameters(operation)}),
                    # One empty alternative means that nobody needs to say who they are.
                    secured=bool(security) and {} not in security,
                    takes_body="requestBody" in operation,
                )


def _filled(template: str, parameters: Mapping[str, Mapping[str, Any]]) -> str:
    return re.sub(r"\{([^}]*)\}", lambda match: _sample(parameters.get(match[1])), template)


def _parameters(holder: object) -> dict[str, Mapping[str, Any]]:
    given = holder.get("parameters") if isinstance(holder, Mapping) else None
    them = given if isinstance(given, list) else []
    return {str(one.get("name")): one for one in them if isinstance(one, Mapping) and one.get("in") == "path"}


def _sample(parameter: Mapping[str, Any] | None) -> str:
    schema = _table((parameter or {}).get("schema"))
    return SAMPLES.get(str(schema.get("type")), NOBODYS)


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def shape(path: str) -> str:
    """A path template without the names of its places, so that two documents can be compared."""
    return re.sub(r"\{[^}]*\}", "{}", path.partition("?")[0])
