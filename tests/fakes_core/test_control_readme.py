"""The examples of the control channel's README, run as its reader would run them."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from fakes.control import WISHES
from fakes.schedules import SCHEDULES
from fakes.tokens import ALONE
from harness.faults import Kind, Mishap
from tests.house.tree import ROOT

README = ROOT / "fakes/README.md"
WITHIN_S = 60.0


def test_the_examples_run(tmp_path: Path) -> None:
    """All blocks, one after the other, do what they say; what they start is ended whatever happens."""
    blocks = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 8
    script = tmp_path / "readme.py"
    script.write_text("\n\n".join(blocks) + '\nprint("all well")\n')
    running = subprocess.Popen(
        [sys.executable, str(script)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        said, _ = running.communicate(timeout=WITHIN_S)
    finally:
        if running.poll() is None or running.returncode:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
    assert said == "all well\n", said


def test_every_kind_is_told() -> None:
    """No kind of fault or mishap is left out, and no operation is named that does not exist."""
    text = README.read_text()
    assert [kind for kind in (*Kind, *Mishap) if f"`{kind}`" not in text] == []
    assert {Kind.BARRIER, Kind.GATHER} == set(Kind) - set(ALONE)
    paths = {wish.path.partition("{")[0].rstrip("/") for wish in WISHES}
    named = {path.partition("?")[0] for path in re.findall(r"`(?:GET|PUT|POST|DELETE) (/[a-z/-]+)", text)}
    assert {path.rstrip("/") for path in named} <= paths
    assert [preset for preset in SCHEDULES if f"(`{preset}`)" not in text] == []
