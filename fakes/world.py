"""What a slice is made with: its seeded ids, its clock, its ledger, its address and its settings.

One `World` for each slice; `make(world)` in `fakes/<name>/slice.py` turns it into the slice. Ids depend on the seed
and on the order of creation alone; secrets never depend on the seed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fakes.calls import Ledger
from fakes.virtual import NS
from fakes.webhooks import Webhooks
from harness.clock import SYSTEM, Clock
from harness.rng import Rng, fresh_token


async def _nobody_listens(_events: Sequence[str]) -> None:
    """There is no endpoint that could acknowledge anything."""


@dataclass(kw_only=True)
class World:
    """The surroundings of one slice."""

    fake: str
    rng: Rng
    ledger: Ledger
    clock: Clock = SYSTEM
    url: str = ""
    """Where the slice is reached, without a slash at the end."""
    host: str = "127.0.0.1"
    """The address to listen on, for whoever opens ports of its own."""
    seen_host: str = ""
    """The host by which a client finds those ports; empty: the same."""
    keys: str | None = None
    """A word that secrets follow from, for clients that keep theirs from one start to the next; None: fresh ones."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the user fixed: secrets, limits; see each slice."""
    objects_of: Callable[[str], Sequence[str]] = lambda person: ()
    """The known object ids of a person in this fake, oldest first."""
    owner_of: Callable[[str], str | None] = lambda object_id: None
    """Whose object this is, as far as known."""
    webhooks: Webhooks = field(default_factory=Webhooks)
    """The delivery engine, for vendors whose API makes endpoints or tells what became of an event."""
    acknowledged: Callable[[Sequence[str]], Awaitable[None]] = _nobody_listens
    """Wait until each of these events was acknowledged or given up; at once where nobody listens."""
    _counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def ident(self, prefix: str) -> str:
        """The next id with this prefix: `cus_` plus 20 hex digits."""
        self._counts[prefix] += 1
        return self.rng.ident(prefix, f"{self.fake}/{prefix}/{self._counts[prefix]}")

    def number(self, kind: str, start: int = 1) -> int:
        """The next whole number of this kind, counting from `start`."""
        self._counts[kind] += 1
        return start + self._counts[kind] - 1

    def counted(self) -> dict[str, int]:
        """How many ids and numbers of each kind were given out."""
        return dict(self._counts)

    def count_on(self, counted: Mapping[str, int]) -> None:
        """Give out none of those that an earlier process counted."""
        for kind, number in counted.items():
            self._counts[kind] = max(self._counts[kind], number)

    def secret(self, name: str, prefix: str = "") -> str:
        """The setting of this name, or else the one that follows from `keys`, or a fresh secret."""
        if self.keys is not None and not self.settings.get(name):
            return prefix + hashlib.sha256(f"{self.keys}/{self.fake}/{name}".encode()).hexdigest()[:32]
        return str(self.settings.get(name) or fresh_token(prefix))

    @property
    def lasting(self) -> Rng:
        """What is there from the beginning follows from it: the same for the same `keys`, whatever the seed.

        Clients remember such things (who owns, which group), and may be up longer than these fakes.
        """
        if self.keys is None:
            return self.rng
        return Rng(int(hashlib.sha256(f"{self.keys}/{self.fake}".encode()).hexdigest()[:15], 16))

    @property
    def door(self) -> str:
        """The host that clients are told for ports of one's own."""
        return self.seen_host or self.host

    def unix_s(self) -> int:
        """Whole seconds since 1970."""
        return self.clock.unix_ns() // NS
