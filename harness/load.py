"""Load beside the scenarios: plans it, starts the program that makes it, waits for its end.

The program (`python -m load`) is a process of its own with a world of its own; nothing of it is imported here. It
writes its own journal, so that what its people did is judged with everybody else's.
"""

import sys
from dataclasses import dataclass

from harness.clock import pause
from harness.errors import StackError
from harness.stack import ProcessSpec, ours
from harness.stage import Stage


@dataclass(frozen=True, slots=True)
class Load:
    """A number of people per second for a while, or nothing."""

    stage: Stage
    people_per_s: float
    duration_s: float

    @classmethod
    def planned(cls, stage: Stage, people_per_s: float) -> "Load":
        """The target's duration at this rate."""
        return cls(stage, people_per_s, stage.target.limits.load_s)

    async def play(self, workers: int) -> None:
        """Start the program, wait until everybody has been sent; raises `StackError` when it does not end well."""
        if not self.people_per_s:
            return
        stage = self.stage
        stage.folder.save(
            "load-plan.json",
            {
                "seed": stage.seed,
                "people_per_s": self.people_per_s,
                "duration_s": self.duration_s,
                "base_url": stage.urls.base,
                "wallet_url": stage.urls.wallet,
                "target": stage.target.as_data(),
                "journal": str(stage.folder.path),
                "samples": str(stage.folder.path / "samples.jsonl"),
            },
        )
        command = [sys.executable, "-m", "load", "--plan", str(stage.folder.path / "load-plan.json")]
        if workers > 1:
            command += ["--workers", str(workers)]
        stage.note("load", "begin")
        running = await stage.stack.start(
            ProcessSpec(name="load", command=command, env=ours.environment(), ready="started")
        )
        patience_s = self.duration_s + 60
        while running.alive and patience_s > 0:
            await pause(0.2)
            patience_s -= 0.2
        if running.alive:
            raise StackError(f"the load did not end within {self.duration_s + 60:.0f} s; see {running.log}")
        stage.note("load", "end")
        if running.exit_code:
            raise StackError(f"the load ended with exit code {running.exit_code}; see {running.log}")
