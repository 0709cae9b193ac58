"""`python -m load --plan PLAN.json [--workers N]`: becomes Locust, headless, with the locustfile beside this.

PLAN.json: {seed, people_per_s, duration_s, base_url, wallet_url, target, journal, samples}; see `load.plan`. Ends with
code 0 when everybody was sent, whatever they were answered: judging is not done here.
"""

import argparse
import os
import sys
from pathlib import Path

from harness.errors import HarnessError
from harness.stack import ports
from load.plan import PLAN, Plan

STOP_S = 3


def command(plan: Path, workers: int) -> list[str]:
    """Locust's own command line; the plan travels in the environment."""
    words = [sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("locustfile.py")), "--headless"]
    words += ["--users", str(workers), "--spawn-rate", str(workers), "--stop-timeout", str(STOP_S)]
    words += ["--only-summary", "--json-file", str(Plan.read(plan).folder / "locust")]
    return words + (_between(workers) if workers > 1 else [])


def _between(workers: int) -> list[str]:
    """How a master and its workers find each other: on loopback, at a port that is free now."""
    (port,) = ports.free(1)
    ports.hand_over(port)
    words = ["--processes", str(workers), "--master-bind-host", ports.LOOPBACK, "--master-bind-port", str(port)]
    return [*words, "--master-host", ports.LOOPBACK, "--master-port", str(port)]


def main() -> int:
    """Check the plan, then replace this process by Locust."""
    parser = argparse.ArgumentParser(prog="python -m load", description=__doc__)
    parser.add_argument("--plan", type=Path, required=True, help="what to play, as JSON")
    parser.add_argument("--workers", type=int, default=1, help="processes that make the load")
    options = parser.parse_args()
    try:
        words = command(options.plan, max(1, options.workers))
    except HarnessError as problem:
        sys.stderr.write(f"load: {problem}\n")
        return 2
    os.environ[PLAN] = str(options.plan.resolve())
    # Locust looks for packages where it is started, before anywhere else.
    os.chdir(Path(__file__).resolve().parents[1])
    return os.execv(words[0], words)


if __name__ == "__main__":
    sys.exit(main())
