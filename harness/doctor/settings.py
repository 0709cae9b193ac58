"""What the target file and the environment say before anything is started: base URLs, keys, secrets, webhooks.

Looks at texts only. Values that may be secrets are never shown, only their names. Called by `examine`.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.doctor.findings import Finding, Level
from harness.target import Target
from harness.target.safety import LIVE, live_key_in
from harness.target.words import PLACEHOLDER, names_in

SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSWORD|API_?KEY|PRIVATE_KEY|_KEY$", re.IGNORECASE)
KEYLIKE = re.compile(r"['\"]?[\w.-]{12,}['\"]?")
PLAIN = re.compile(r"[\d.]*|true|false", re.IGNORECASE)
ENV_FILES = (".env", ".env.local", ".env.test", ".env.development", ".env.production")


def env_of(target: Target) -> dict[str, str]:
    """Every environment name that the target file sets, with what it says; process tables win."""
    found = dict(target.env)
    for process in target.processes:
        found.update(process.env)
    return found


def names_for(target: Target, fake: str) -> dict[str, list[str]]:
    """What a pipeline is told of a fake: `url`, `token`, ... -> the environment names that hold it."""
    found: dict[str, list[str]] = {}
    for variable, text in env_of(target).items():
        for name in names_in(text):
            if name.startswith(f"fakes.{fake}."):
                found.setdefault(name.split(".", 2)[2], []).append(variable)
    return found


def settings(target: Target, file: Path) -> Iterator[Finding]:
    """Everything that can be known from texts."""
    processes = len(target.processes)
    yield Finding(
        kind="target", about="target", seen=f"{file}: {target.name}, {processes} processes, {len(target.flows)} flows"
    )
    yield from _live_keys(target)
    yield from _written_secrets(target, file)
    if target.processes:
        yield from _base_urls(target, file)
    yield from _unheard(target, file)


def _live_keys(target: Target) -> Iterator[Finding]:
    """Keys that move real money, where a process of the pipeline would find them."""
    patterns = (LIVE, *target.safety.live_keys)
    set_here = env_of(target)
    inherited = {name: text for name, text in os.environ.items() if name not in set_here}
    places: list[tuple[str, Mapping[str, str]]] = [("the environment of this shell", inherited)]
    places += [(str(path), _read_env(path)) for name in ENV_FILES if (path := Path(name)).is_file()]
    clean = True
    for place, values in places:
        for name, text in values.items():
            # The general rule is loose: only a text that could be a key is held against it.
            if live_key_in(text, patterns if KEYLIKE.fullmatch(text) else target.safety.live_keys):
                clean = False
                yield Finding(
                    kind="live_key",
                    level=Level.WRONG,
                    about="live key",
                    seen=f"{name} holds a live key, and a pipeline started from here inherits it",
                    where=place,
                    remedy=f"unset {name}, or set it in [env] to {{fakes...}}; never test with live keys",
                )
    if clean:
        yield Finding(
            kind="keys", about="keys", seen="no live key in the target file, in this shell or in .env files here"
        )


def _read_env(path: Path) -> dict[str, str]:
    lines = (line.strip().removeprefix("export ") for line in path.read_text(errors="replace").splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _written_secrets(target: Target, file: Path) -> Iterator[Finding]:
    for name, text in env_of(target).items():
        if SECRET_NAME.search(name) and not PLACEHOLDER.search(text) and not PLAIN.fullmatch(text):
            yield Finding(
                kind="written_secret",
                level=Level.NOTE,
                about="secrets",
                seen=f"{name} is written out in the target file",
                where=f"{file}: [env] {name}",
                remedy=f'{name} = "{{secret:NAME}}" is fresh in each run, "{{fakes.FAKE.KEY}}" is the one of a fake',
            )


def _base_urls(target: Target, file: Path) -> Iterator[Finding]:
    """A vendor whose key the pipeline is given, but not its address."""
    spoken = {name.split(".")[1] for name in names_in(list(env_of(target).values())) if name.startswith("fakes.")}
    for fake in sorted(spoken):
        told = names_for(target, fake)
        if target.intercepts or any("url" in name or "host" in name for name in told):
            continue
        names = ", ".join(variable for variables in told.values() for variable in variables)
        yield Finding(
            kind="base_url_not_set",
            level=Level.WRONG,
            about=fake,
            seen=f"the pipeline is given its key ({names}), but no environment name holds its address",
            where=f"{file}: [env]",
            remedy=f'add the name your code reads, as in SOME_URL = "{{fakes.{fake}.url}}"; if it reads none, '
            'vendor_hosts = "intercept" leads the vendor\'s own host to the fake',
        )


def _unheard(target: Target, file: Path) -> Iterator[Finding]:
    """A webhook secret without a webhook, or the other way round."""
    for fake in ("payments", "crm", "helpdesk", *target.fake):
        secrets = names_for(target, fake).get("webhook_secret", [])
        if secrets and fake not in target.webhooks:
            yield Finding(
                kind="webhook_not_registered",
                level=Level.WRONG,
                about=f"webhooks.{fake}",
                seen=f"the pipeline is given a signing secret ({', '.join(secrets)}), but nothing says where events go",
                where=str(file),
                remedy=f'add [webhooks.{fake}] with path = "/the/route/of/your/webhook"',
            )
        elif fake in target.webhooks and not secrets and target.processes:
            yield Finding(
                kind="webhook_secret_not_given",
                level=Level.NOTE,
                about=f"webhooks.{fake}",
                seen="events are sent there, but no environment name holds their signing secret",
                where=f"{file}: [env]",
                remedy=f'add the name your code reads, as in SOME_SECRET = "{{fakes.{fake}.webhook_secret}}"',
            )
