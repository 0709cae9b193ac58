"""How our own processes find our own packages, wherever somebody stands when they start a run.

A repository may well have a folder called `fakes`, `load` or `reports`; Python would look there first. Used for
processes of ours only: a pipeline's own environment is its target file's business.
"""

import os
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
"""Where `harness` and its neighbours are: a checkout, or where packages are installed."""


def environment() -> dict[str, str]:
    """What such a process is given beside everything else: our packages first, then where the run was started."""
    later = [str(Path.cwd()), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join([str(HOME), *later])}
