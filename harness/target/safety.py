"""What is refused before a pipeline is touched: keys that move real money, hosts that nobody named.

Looks at texts only; no name is resolved, nothing is connected. The patterns for vendors' own key formats are data of
the target file (`safety.live_keys`); one rule holds for all.
"""

import ipaddress
import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from harness.errors import RefusedError, TargetError
from harness.target.lines import Step, line_of
from harness.target.words import PLACEHOLDER
from harness.target.wrong import key_of

if TYPE_CHECKING:
    from harness.target.model import Target

LIVE = r"(?i)[a-z]+_live_"
SHOWN = 8


def refuse_live_keys(file: str, text: str, data: Mapping[str, Any]) -> None:
    """Raise `RefusedError` when any value of a target file looks like a live key."""
    patterns = _patterns(data)
    for path, value in texts_in(data):
        if path[:1] == ("safety",):
            continue
        if live_key_in(value, patterns):
            line = line_of(text, path)
            place = f"{file}:{line}" if line else file
            raise RefusedError(
                f"{place}: {key_of(path, data)}: {value[:SHOWN]}... is a live key; nothing was started. A harness "
                "makes charges on purpose: put a test key there, or {fakes...} for the fakes' own"
            )


def refuse_live_env(name: str, env: Mapping[str, str]) -> None:
    """Raise `RefusedError` when a process would be given a live key.

    Only the general rule: the fakes' own keys may look as a vendor's do, and those of the file were looked at before.
    """
    for variable, value in env.items():
        if live_key_in(value, (LIVE,)):
            raise RefusedError(
                f'process "{name}": {variable} would hold a live key ({value[:SHOWN]}...); nothing was started. '
                "Give it a test key"
            )


def live_key_in(text: str, patterns: tuple[str, ...]) -> bool:
    """Whether any of these patterns is in the text."""
    return any(re.search(pattern, text) for pattern in patterns)


def refuse_foreign_host(target: "Target", file: str) -> None:
    """Raise `RefusedError` when the pipeline is elsewhere and its host was not named in `allow_hosts`."""
    refuse_foreign(target.allow_hosts, file, "base_url", target.base_url)
    for prefix, address in (target.app.proxy if target.app else {}).items():
        if not address.startswith("{"):
            refuse_foreign(target.allow_hosts, file, f"app.proxy.{prefix}", address)


def refuse_foreign(allowed: Collection[str], file: str, key: str, address: str) -> None:
    """Raise `RefusedError` for the address of a host that is neither this machine nor allowed by name."""
    plain = PLACEHOLDER.sub("1", address)
    try:
        url = urlsplit(plain)
        host = url.hostname or ""
    except ValueError:
        url, host = urlsplit(""), ""
    if url.scheme not in ("http", "https") or not host:
        raise TargetError(f'{file}: {key}: found "{address}", expected a URL as in "http://127.0.0.1:{{port:api}}"')
    if not is_loopback(host) and host not in allowed:
        raise RefusedError(
            f"{file}: {key}: {host} is not this machine, and a harness makes people, charges and tickets there. "
            f'If that is what you want, name it: allow_hosts = ["{host}"]'
        )


def is_loopback(host: str) -> bool:
    """Whether this host name or address is this machine, without asking anybody."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def texts_in(data: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Every text in nested data, with its path."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, Mapping):
        for name, inner in data.items():
            yield from texts_in(inner, (*path, str(name)))
    elif isinstance(data, list | tuple):
        for number, inner in enumerate(data):
            yield from texts_in(inner, (*path, number))


def _patterns(data: Mapping[str, Any]) -> tuple[str, ...]:
    safety = data.get("safety")
    more = safety.get("live_keys", []) if isinstance(safety, Mapping) else []
    known = []
    for pattern in more if isinstance(more, list) else []:
        try:
            re.compile(str(pattern))
        except re.error as problem:
            raise TargetError(f"safety.live_keys: {pattern!r} is not a regular expression: {problem}") from None
        known.append(str(pattern))
    return (LIVE, *known)
