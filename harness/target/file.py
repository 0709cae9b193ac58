"""From a TOML file to a `Target`, or to one `TargetError` that names every mistake with its line.

Three looks: is it TOML, has each table what it needs (the models), do the tables fit each other
(`contradictions`). Live keys and
foreign hosts are refused before anything else is said of the file. Called by the roof.
"""

import tomllib
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from harness.errors import TargetError
from harness.target.contradictions import contradictions
from harness.target.model import PROCESSES, Target
from harness.target.safety import refuse_foreign_host, refuse_live_keys
from harness.target.wrong import Wrong, in_words, refuse


def load_target(path: Path, flaw: str | None = None, stack: str = PROCESSES) -> Target:
    """The target of this file; raises `TargetError` for mistakes and `RefusedError` for what is not safe to drive."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        known = ", ".join(str(file) for file in sorted(Path().glob("**/target*.toml"))[:5] if ".venv" not in file.parts)
        hint = (
            f"; target files here: {known}" if known else "; name yours with --target FILE, `harness init` proposes one"
        )
        raise TargetError(f"cannot read the target file {path}: {problem.strerror}{hint}") from problem
    except UnicodeDecodeError as problem:
        raise TargetError(
            f"{path}: is not UTF-8 text ({problem.reason} at byte {problem.start}); save it as UTF-8"
        ) from None
    target = target_of_text(text, str(path)).read_in(path.resolve().parent)
    if target.adapter and not Path(target.adapter.rpartition(":")[0]).is_file():
        wrong = Wrong(("adapter",), f"{target.adapter.rpartition(':')[0]} is not there; make it, or take the key out")
        raise refuse(str(path), text, tomllib.loads(text), [wrong])
    return target.with_flaw(flaw).on(stack)


def target_of_text(text: str, file: str = "target.toml") -> Target:
    """The target that this text describes; `file` is what messages call it."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise TargetError(f"{file}: is not TOML: {problem}; mend that line first") from None
    refuse_live_keys(file, text, data)
    try:
        target = Target.model_validate(data)
    except ValidationError as problem:
        wrongs = [in_words(error, Target) for error in _worth_telling(problem.errors(include_url=False))]
        raise refuse(file, text, data, wrongs) from None
    refuse_foreign_host(target, file)
    wrongs = list(contradictions(target))
    if wrongs:
        raise refuse(file, text, data, wrongs)
    return target


def _worth_telling(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without the follow-ups: a list whose items are wrong is also called too short."""
    inner = {tuple(error["loc"][:-1]) for error in errors}
    return [error for error in errors if error["type"] != "too_short" or tuple(error["loc"]) not in inner]
