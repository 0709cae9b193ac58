"""How many calls fit into a span of time; counts only what was let through.

Holds no more times than fit into one span. For fakes whose vendors limit by a sliding window.
"""

from collections import deque
from collections.abc import Iterable, Mapping

from harness.clock import Clock


class Window:
    """One sliding span of time."""

    __slots__ = ("_clock", "_span_ns", "_times")

    def __init__(self, clock: Clock, span_s: float) -> None:
        self._clock = clock
        self._span_ns = int(span_s * 1e9)
        self._times: deque[int] = deque()

    def clear(self) -> None:
        """Forget all calls."""
        self._times.clear()

    def contents(self) -> list[int]:
        """How many nanoseconds ago each call was that still counts, oldest first."""
        self.used()
        now = self._clock.at_ns()
        return [now - each for each in self._times]

    def become(self, ages_ns: Iterable[int]) -> None:
        """Count calls that were so long ago, and no others."""
        now = self._clock.at_ns()
        self._times = deque(now - each for each in ages_ns)

    def used(self) -> int:
        """How many calls of the last span were counted."""
        now = self._clock.at_ns()
        while self._times and now - self._times[0] >= self._span_ns:
            self._times.popleft()
        return len(self._times)

    def wait_s(self, allowed: int) -> float:
        """How long until the next call fits; 0 when it fits now, and always when nothing is limited (`allowed` 0)."""
        if not allowed:
            self._times.clear()
            return 0.0
        if self.used() < allowed:
            return 0.0
        return (self._times[-allowed] + self._span_ns - self._clock.at_ns()) / 1e9

    def admit(self, allowed: int) -> bool:
        """Count a call if it fits; whether it did."""
        fits = not self.wait_s(allowed)
        if fits:
            self.count(allowed)
        return fits

    def count(self, allowed: int, number: int = 1) -> None:
        """Count a call that was let through, or so many at once."""
        if allowed:
            self._times.extend([self._clock.at_ns()] * number)


class Windows(dict[str, Window]):
    """A window of the same span for each name, made when first asked for."""

    def __init__(self, clock: Clock, span_s: float) -> None:
        super().__init__()
        self._clock, self._span_s = clock, span_s

    def __missing__(self, name: str) -> Window:
        made = self[name] = Window(self._clock, self._span_s)
        return made

    def forget(self) -> None:
        """Forget all calls; who holds a window goes on with it."""
        for window in self.values():
            window.clear()

    def contents(self) -> dict[str, list[int]]:
        """What each window counts, as far as it counts anything."""
        return {name: counted for name, window in self.items() if (counted := window.contents())}

    def become(self, contents: Mapping[str, Iterable[int]]) -> None:
        """Count this, and nothing else; who holds a window goes on with it."""
        self.forget()
        for name, counted in contents.items():
            self[name].become(counted)
