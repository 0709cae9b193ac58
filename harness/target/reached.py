"""A pipeline that is up already: how this run reaches it, and what it was given before.

Plain data beside a target; found out by `harness.attaching`, asked by needs, the stage and `resolve`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from harness.given import Given
from harness.target.safety import is_loopback

NOT_OURS = "the pipeline was up before this run, which may not hit what it did not start"
NOT_IN_PROJECT = "no service of the compose project may be hit (`[containers] may_crash`, or a process's `may_crash`)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Where a pipeline is that others started."""

    base_url: str
    project: str | None = None
    """The compose project whose containers it is; None: only a URL is known."""
    services: tuple[str, ...] = ()
    """The services of that project which run."""
    given: Given | None = None
    """Where the fakes are each time, and what the pipeline was given of that; None: it needs nothing of it."""
    env_file: Path | None = None
    """Where that is written for whoever starts the pipeline."""
    wait_s: float = 60.0
    """How long it may take until the pipeline answers."""

    @property
    def secrets(self) -> Mapping[str, str]:
        """`{secret:NAME}` -> what the pipeline was given."""
        return self.given.secrets if self.given else {}

    @property
    def ports(self) -> Mapping[str, int]:
        """`{port:NAME}` -> what the pipeline was given."""
        return self.given.ports if self.given else {}

    @property
    def host(self) -> str:
        """The host where requests go."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def shared(self) -> bool:
        """Whether it is on another machine, where others may be at work."""
        return not is_loopback(self.host)

    @property
    def port(self) -> int:
        """The port where requests go."""
        url = urlsplit(self.base_url)
        return url.port or (443 if url.scheme == "https" else 80)
