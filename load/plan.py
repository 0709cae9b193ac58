"""What the load is to play, as data, and who arrives when. Knows no Locust.

An open model: arrivals are drawn beforehand from the seed, and nobody waits for anybody else's answer.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.rng import Rng
from harness.target import Target

PLAN = "HARNESS_LOAD_PLAN"
"""The environment's name for the plan's path, for processes that Locust starts."""

ATTACHMENTS = 0.1
BUYERS, SUBSCRIBERS = 0.3, 0.2
THINKS_S = (0.2, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything one load run needs."""

    seed: int
    people_per_s: float
    duration_s: float
    base_url: str
    wallet_url: str
    target: Target
    folder: Path
    """Where journals and `load.json` go."""
    samples: Path

    @classmethod
    def read(cls, path: Path) -> "Plan":
        """The plan in this file; raises `UsageError` when something is missing."""
        try:
            data: dict[str, Any] = json.loads(path.read_text())
            folder = Path(data["journal"])
            return cls(
                seed=int(data["seed"]),
                people_per_s=float(data["people_per_s"]),
                duration_s=float(data["duration_s"]),
                base_url=str(data["base_url"]).rstrip("/"),
                wallet_url=str(data["wallet_url"]),
                target=Target.from_data(data["target"]),
                folder=folder,
                samples=Path(data.get("samples") or folder / "samples.jsonl"),
            )
        except OSError as problem:
            raise UsageError(f"cannot read the plan {path}: {problem.strerror}") from problem
        except json.JSONDecodeError as problem:
            raise UsageError(f"{path}:{problem.lineno}: the plan is not JSON: {problem.msg}") from None
        except KeyError as problem:
            raise UsageError(
                f"{path}: the plan has no {problem}; it needs seed, people_per_s, duration_s, ..."
            ) from None
        except ValueError as problem:
            raise UsageError(f"{path}: the plan cannot be used: {problem}") from None

    @property
    def people(self) -> int:
        """How many people arrive in all."""
        return max(1, round(self.people_per_s * self.duration_s))


@dataclass(frozen=True, slots=True)
class Arrival:
    """One person of the load: when they come, what they do, how long they think before each step but the first."""

    number: int
    at_s: float
    flows: tuple[str, ...]
    thinks_s: tuple[float, ...]

    @property
    def name(self) -> str:
        """What this person is called in the run; the seed makes the rest of it."""
        return f"load/{self.number}"


def arrivals(plan: Plan) -> list[Arrival]:
    """Everybody, in order: a fixed number of people, each at a moment of their own.

    Moments drawn evenly and sorted are those of a Poisson stream of which the count is known.
    """
    rng = Rng(plan.seed)
    chance = rng.stream("load/arrivals")
    moments = sorted(chance.uniform(0, plan.duration_s) for _ in range(plan.people))
    return [_arrival(plan, rng, number, at_s) for number, at_s in enumerate(moments)]


def _arrival(plan: Plan, rng: Rng, number: int, at_s: float) -> Arrival:
    chance = rng.stream(f"load/{number}")
    flows = ["sign_up", "help_attachment" if chance.random() < ATTACHMENTS else "help_text"]
    draw = chance.random()
    if draw < BUYERS + SUBSCRIBERS:
        flows.append("buy" if draw < BUYERS else "subscribe")
    known = [flow for flow in flows if flow in plan.target.flows]
    thinks = tuple(round(chance.uniform(*THINKS_S), 3) for _ in known[1:])
    return Arrival(number, at_s, tuple(known), thinks)
