"""What CI adds to a test session: a skipped test fails it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
SKIPS = 'import pytest\n\ndef test_a(): pass\n\n@pytest.mark.skip(reason="no browser")\ndef test_b(): pass\n'
WHOLE_FILE = 'import pytest\npytest.skip("no browser", allow_module_level=True)\n'


def session(folder: Path, text: str, ci: str) -> subprocess.CompletedProcess[str]:
    """A pytest session of its own over one file, under our conftest."""
    shutil.copy(CONFTEST, folder)
    (folder / "test_x.py").write_text(text)
    (folder / "test_y.py").write_text("def test_y(): pass\n")
    env = {**os.environ, "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", folder, folder],
        capture_output=True, text=True, env=env, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("text", [SKIPS, WHOLE_FILE], ids=["one test", "a whole file"])
def test_a_skip_fails_the_session_in_ci(tmp_path: Path, text: str) -> None:
    """The session ends with code 1, and says why."""
    ended = session(tmp_path, text, "true")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "skipped in CI: this fails the session" in ended.stdout


def test_a_skip_elsewhere_is_only_a_skip(tmp_path: Path) -> None:
    """On a laptop a missing browser is no failure."""
    assert session(tmp_path, SKIPS, "").returncode == 0


def test_ci_without_skips_passes(tmp_path: Path) -> None:
    """Nothing skipped, nothing added."""
    ended = session(tmp_path, "def test_x(): pass\n", "true")
    assert ended.returncode == 0, ended.stdout
    assert "skipped in CI" not in ended.stdout
