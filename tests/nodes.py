"""Plays a small Node script that uses the vendors' own Node clients: JSON in, JSON out.

The clients are those of `tests/node` (`make node`); a script requires them by name. Raises what the script wrote to
stderr when it fails.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

CLIENTS = Path(__file__).parent / "node" / "node_modules"
NODE = Path(sys.executable).parent / "node"
"""Put there by `make node`: the machine's own, or one from a Python package."""
WITHIN_S = 60.0


def play(script: Path, given: Any, **environment: str) -> Any:
    """What the script answers to `given`."""
    done = subprocess.run(
        [str(NODE), str(script)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
        env={**os.environ, "NODE_PATH": str(CLIENTS), **environment},
    )
    if done.returncode:
        raise AssertionError(f"{script.name} ended with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)
