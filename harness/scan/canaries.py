"""Which values only the server may know: read from what a target gives to its processes.

What stands there for `{secret:...}` and `{fakes...}` is made at random for each run, so that a part of it is proof;
values written into the file itself count by the look of their names. What clients may have is no secret.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from harness.errors import UsageError
from harness.scan.needles import RANDOM, SHORTEST, Secret
from harness.scan.shapes import Shapes

if TYPE_CHECKING:
    from harness.target.model import Target
    from harness.target.resolve import Resolved

MADE = re.compile(r"\{(?:secret:|fakes\.)")
TELLING = re.compile(r"(?i)secret|token|passw|passphrase|credential|private|api_?key|(?:^|_)key$|dsn$|salt|signing")
PUBLIC = re.compile(r"(?i)publish|public|_url$|_host$|_port$|_path$|_file$|email|user(?:name)?$|^EXPO_PUBLIC_")
ASSIGNED = re.compile(r"""^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$""")


def server_secrets(target: "Target", resolved: "Resolved", shapes: Shapes) -> list[Secret]:
    """The secrets of one run or build, each value once; names that the target calls public are left out."""
    found: dict[str, Secret] = {}
    values: Counter[str] = Counter()

    def add(name: str, value: str, made: bool) -> None:
        if value not in found and len(value) >= SHORTEST and not shapes.publishable(value):
            values[name] += 1
            own = name if values[name] == 1 else f"{name} ({values[name]})"
            found[value] = Secret(own, value, random=made and bool(RANDOM.search(value)))

    filled = {spec.name: spec.env for spec in resolved.processes}
    for process in target.processes:
        templates = {**(target.env if process.shared_env else {}), **process.env}
        for name, template in templates.items():
            if name in target.scan.not_secret:
                continue
            made = bool(MADE.search(template))
            for value in _within(filled[process.name][name]):
                if RANDOM.search(value) if made else _telling(name, value):
                    add(name, value, made)
    for name, value in resolved.secrets.items():
        add(f"secret:{name}", value, True)
    return list(found.values())


def named_secrets(text: str, file: str) -> tuple[list[Secret], list[str]]:
    """The values of a file of NAME=VALUE lines, and the names of those too short or too plain to be looked for.

    Raises `UsageError` for a line that is none.
    """
    secrets, left_out = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = ASSIGNED.match(line)
        if match is None:
            raise UsageError(f"{file}:{number}: found no NAME=VALUE; a value of several lines cannot be read here")
        name, value = match[1], match[2]
        if value[:1] in "\"'" and value[:1] == value[-1:]:
            value = value[1:-1]
        values = [one for one in _within(value) if len(one) >= SHORTEST and not re.fullmatch(r"[a-z]+|[\d.:]+", one)]
        public = PUBLIC.search(name) and not TELLING.search(name) and values == [value]
        if not values or public:
            left_out.append(name)
        else:
            secrets += [Secret(name, one, random=bool(RANDOM.fullmatch(one)) and _mixed(one)) for one in values]
    return secrets, left_out


def env_of(resolved: "Resolved", more: Mapping[str, str]) -> dict[str, str]:
    """Everything the server's processes are given, for a build that must not carry any of it over."""
    env: dict[str, str] = {}
    for spec in resolved.processes:
        env.update(spec.env)
    return {**env, **more}


def _within(text: str) -> Iterator[str]:
    """The values in a text: those of a list, and of an address what is secret in it."""
    for one in filter(None, text.split(",")):
        if "://" not in one:
            yield one
            continue
        try:
            url = urlsplit(one)
        except ValueError:
            yield one
            continue
        if url.password:
            yield unquote(url.password)
        yield from (step for step in url.path.split("/") if RANDOM.search(step))
        yield from (value for _, value in parse_qsl(url.query) if RANDOM.search(value))


def _telling(name: str, value: str) -> bool:
    return bool(TELLING.search(name)) and not PUBLIC.search(name) and not re.fullmatch(r"[\d.]*|true|false", value)


def _mixed(value: str) -> bool:
    """Whether a value looks made at random rather than thought up: figures and letters, and no letter too often."""
    return bool(re.search(r"\d", value) and re.search(r"[A-Za-z]", value)) and len(set(value)) >= 10


def names_of(secrets: Iterable[Secret]) -> list[dict[str, object]]:
    """The secrets as a report may show them."""
    return [{"name": one.name, "shown": one.shown, "random": one.random} for one in secrets]
