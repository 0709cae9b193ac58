"""The unit test that the README shows is run as its reader would run it."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT

WITHIN_S = 60.0


def test_the_unit_test_in_the_readme(tmp_path: Path) -> None:
    """Copied into a folder of its own it passes; beside it, with its last number wrong, it does not."""
    section = (ROOT / "README.md").read_text().partition("## In your own unit tests")[2].partition("\n## ")[0]
    (block,) = re.findall(r"^```python\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    (tmp_path / "test_right.py").write_text(block)
    (tmp_path / "test_wrong.py").write_text(block.replace("== 1", "== 2"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=WITHIN_S,
        check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert "1 failed, 1 passed" in said, said
    assert "FAILED test_wrong.py::test_a_lost_reply_leaves_one_contact" in said
