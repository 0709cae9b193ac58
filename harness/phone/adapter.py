"""The escape hatch for pipelines that no target file can describe: a class of the user's own that sees every request
and every answer.

    class Signed:
        def request(self, operation, method, url, headers, content):
            return method, url, {**headers, "X-Signature": sign(content)}, content

        def answer(self, operation, status, headers, content):
            return status, unwrapped(content)

Either method may be absent. Called by the phone's dialect, in cells and under load alike; it must be pure, since each
process makes its own.
"""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from harness.errors import TargetError
from harness.phone.exchange import Exchanged
from harness.phone.request import Request

METHODS = ("request", "answer")


class Adapter:
    """What stands between the phone and the wire; without a class of the user's it changes nothing."""

    def __init__(self, named: str | None = None) -> None:
        self._named = named
        self._own = _made(named) if named else None

    def request(self, operation: str, request: Request, base: str) -> Request:
        """The request as the user's class wants it sent."""
        if not hasattr(self._own, "request"):
            return request
        changed = self._asked("request", operation, request.method, request.url, dict(request.headers), request.content)
        try:
            method, url, headers, content = changed
        except (TypeError, ValueError):
            raise self._wrong("request", changed, "(method, url, headers, content)") from None
        path = url.removeprefix(base)
        return Request(method=method, url=url, path=path, headers=headers, content=content)

    def answer(self, operation: str, heard: Exchanged) -> None:
        """Let the user's class say what an answer means; errors of the network are not answers."""
        if heard.status is None or heard.error or not hasattr(self._own, "answer"):
            return
        changed = self._asked("answer", operation, heard.status, dict(heard.headers), heard.body)
        try:
            heard.status, heard.body = changed
        except (TypeError, ValueError):
            raise self._wrong("answer", changed, "(status, content)") from None

    def _asked(self, method: str, *given: Any) -> Any:
        try:
            return getattr(self._own, method)(*given)
        except Exception as problem:  # the user's own code may raise anything
            raise TargetError(f"adapter {self._named}: {method}() raised {problem!r}; mend it") from problem

    def _wrong(self, method: str, found: Any, expected: str) -> TargetError:
        return TargetError(f"adapter {self._named}: {method}() returned {found!r}, expected {expected}")


@cache
def adapter_of(named: str | None) -> Adapter:
    """The adapter that a target names; raises `TargetError` when it is not there or does nothing."""
    return Adapter(named)


def _made(named: str) -> Any:
    file, _, name = named.rpartition(":")
    module = _module(Path(file))
    kind = getattr(module, name, None)
    if not isinstance(kind, type):
        classes = [one for one, value in vars(module).items() if isinstance(value, type)]
        raise TargetError(f"adapter: {file} has no class {name}; it has {', '.join(classes) or 'none'}")
    if not any(hasattr(kind, method) for method in METHODS):
        raise TargetError(f"adapter: {named} has neither request() nor answer(), so it would change nothing")
    return kind()


def _module(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"adapter_{file.stem}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise TargetError(f'adapter: {file} is not there; expected "module:Class" of a file beside the target file')
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as problem:
        raise TargetError(f"adapter: {file} cannot be loaded: {problem!r}") from problem
    return module
