"""A target for one run: free ports, fresh secrets, the fakes' addresses filled in, as processes to start.

Starts nothing. The ports it takes stay bound until the stack hands them over.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import TargetError
from harness.stack import ProcessSpec
from harness.stack.ports import free
from harness.target.safety import refuse_live_env
from harness.target.words import Unfilled, dig, fill, names_in

if TYPE_CHECKING:
    from harness.target.model import Target
    from harness.target.parts import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What one run starts, and where it is."""

    processes: tuple[ProcessSpec, ...]
    base_url: str
    webhooks: dict[str, str]
    """Fake -> the URL its webhooks go to."""
    secrets: dict[str, str] = field(repr=False)
    """Name -> fresh secret of this run, as in `{secret:NAME}`; never journaled."""
    ports: dict[str, int]
    proxies: dict[str, str] = field(default_factory=dict)
    """Path prefix -> the other server that the phone app reaches through its own origin."""
    variables: dict[str, str] = field(default_factory=dict, repr=False)
    """[env], filled in: what a compose file's `${NAME}`s stand for."""


class Words:
    """What the placeholders of processes stand for in one run."""

    def __init__(
        self, target: "Target", fakes: Mapping[str, Any], work: Path | str, python: str, secret: Callable[[], str]
    ) -> None:
        self._plain = {
            "work": str(work),
            "python": python,
            "bin": str(Path(python).parent),
            "here": str(target.here),
            "flaw": target.flaw or "",
        }
        self._fakes = fakes
        self._secret = secret
        self.secrets: dict[str, str] = {}
        names = list(dict.fromkeys(n.removeprefix("port:") for n in _every_name(target) if n.startswith("port:")))
        known = dict(target.reached.ports) if target.reached else {}
        new = [name for name in names if name not in known]
        self.ports = {**known, **dict(zip(new, free(len(new)) if new else [], strict=True))}
        self.secrets |= target.reached.secrets if target.reached else {}

    def __call__(self, name: str) -> Any:
        """The value of one placeholder; raises `KeyError`."""
        if name in self._plain:
            return self._plain[name]
        if name.startswith("port:"):
            return self.ports[name.removeprefix("port:")]
        if name.startswith("secret:"):
            return self.secrets.setdefault(name.removeprefix("secret:"), self._secret())
        if name.startswith("fakes."):
            value = dig(self._fakes, name.removeprefix("fakes."))
            if value is not None:
                return value
        raise KeyError(name)


def resolve(
    target: "Target", *, fakes: Mapping[str, Any], work: Path | str, python: str, secret: Callable[[], str]
) -> Resolved:
    """Fill in everything for one run; raises `TargetError` for a placeholder the fakes have nothing for."""
    words = Words(target, fakes, work, python, secret)
    base = str(_filled(target.base_url, words, "base_url")).rstrip("/")
    if target.reached:
        base = target.reached.base_url.rstrip("/")
    if target.in_containers and target.containers:
        base = f"http://{target.containers.entrance}"
    if target.pending and target.pending.token:
        words(f"secret:{target.pending.token}")
    processes = sorted(target.processes, key=lambda one: one.order)
    variables = {name: str(_filled(text, words, f"env.{name}")) for name, text in target.env.items()}
    if target.in_containers:
        refuse_live_env("[env]", variables)
    return Resolved(
        processes=tuple(copy for one in processes for copy in _copies(_process(target, one, words), one.count)),
        base_url=base,
        webhooks={fake: base + hook.path for fake, hook in target.webhooks.items()},
        secrets=words.secrets,
        ports=words.ports,
        proxies={
            prefix: str(_filled(text, words, f"app.proxy.{prefix}")).rstrip("/")
            for prefix, text in (target.app.proxy if target.app else {}).items()
        },
        variables=variables,
    )


def _process(target: "Target", process: "Process", words: Words) -> ProcessSpec:
    where = f"process[{process.name}]"
    command: list[str] = []
    for word in process.command:
        if word == "{launcher}":
            command += [str(_filled(part, words, "launcher")) for part in _launcher(target)]
        else:
            command.append(str(_filled(word, words, f"{where}.command")))
    env = {**(target.env if process.shared_env else {}), **process.env}
    filled = {name: str(_filled(text, words, f"{where}.env.{name}")) for name, text in env.items()}
    refuse_live_env(process.name, filled)
    return ProcessSpec(
        name=process.name,
        command=command,
        env=filled,
        ready=str(_filled(process.ready, words, f"{where}.ready")),
        ready_s=process.ready_s,
        stop_s=process.stop_s,
    )


def _copies(spec: ProcessSpec, count: int) -> Iterator[ProcessSpec]:
    yield spec
    yield from (replace(spec, name=f"{spec.name}-{number}") for number in range(2, count + 1))


def _launcher(target: "Target") -> tuple[str, ...]:
    if target.launcher is None:
        return ()
    return target.launcher.flawed if target.flaw else target.launcher.normal


def _filled(text: str, words: Words, where: str) -> Any:
    try:
        return fill(text, words)
    except Unfilled as problem:
        raise TargetError(
            f"{where}: nothing to put in for {{{problem}}}; `harness fakes --json` shows what the fakes offer"
        ) from None


def _every_name(target: "Target") -> list[str]:
    texts: list[Any] = [target.base_url, target.env, target.app.proxy if target.app else {}]
    for process in target.processes:
        texts += [process.command, process.env, process.ready]
    return list(names_in(texts))
