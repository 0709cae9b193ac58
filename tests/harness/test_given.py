"""The file that a pipeline is given: read by a shell as it was meant, kept to, private, never written over."""

import stat
import subprocess
from pathlib import Path

import pytest

from harness import given
from harness.errors import MachineError, UsageError
from harness.given import Given, secrets_of_environment

GIVEN = Given(keys="word", ports_from=21_000, advertise="http://here.example.com", secrets={"ops": "s"}, ports={"a": 1})
ENV = {"PLAIN": "http://127.0.0.1:1/x", "ODD": "a b'c $HOME # d", "EMPTY": "", "LIST": "a,b=c"}


def test_what_is_written_is_read_again_and_by_a_shell(tmp_path: Path) -> None:
    """Both sides see the same values, also with spaces, quotes and dollars."""
    file = tmp_path / "deep" / "pipeline.env"
    given.write(file, GIVEN, ENV)
    assert given.read(file) == (GIVEN, ENV)
    script = f'set -a; . {file}; printf "%s\\n" "$PLAIN" "$ODD" "$EMPTY" "$LIST"'
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == list(ENV.values())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    """Not one of ours, and not one of somebody else's, who is told what to do."""
    file = tmp_path / ".env"
    file.write_text("MINE=1\n")
    with pytest.raises(MachineError, match="cannot write"):
        given.write(file, GIVEN, ENV)
    with pytest.raises(UsageError, match=r"\.env is there, and is no file of the harness .* name another file"):
        given.read(file)
    assert file.read_text() == "MINE=1\n"


@pytest.mark.parametrize("said", ["{", "{}", '{"keys": "x", "ports_from": 1, "more": 2}', "[]"])
def test_an_altered_file_is_told(tmp_path: Path, said: str) -> None:
    """Its comment is not as it was written."""
    file = tmp_path / "pipeline.env"
    file.write_text(f"{given.MARK}{said}\nA=1\n")
    with pytest.raises(UsageError, match=r"pipeline\.env was altered .* remove it"):
        given.read(file)


def test_a_value_of_several_lines_is_refused(tmp_path: Path) -> None:
    """No reader of such files takes it."""
    with pytest.raises(UsageError, match="KEY has several lines"):
        given.write(tmp_path / "x.env", GIVEN, {"KEY": "a\nb"})


def test_secrets_of_a_pipeline_that_has_its_own() -> None:
    """By their names; what is empty is none."""
    found = secrets_of_environment({"HARNESS_SECRET_OPS": "mine", "HARNESS_SECRET_JWT": "", "HOME": "/"})
    assert found == {"ops": "mine"}


def test_the_fakes_are_told_where_to_be() -> None:
    """Elsewhere than on loopback only when told, and the control channel never."""
    assert "--host" not in GIVEN.arguments()
    words = Given(keys="w", ports_from=1, bind="0.0.0.0").arguments()
    assert words[-4:] == ["--host", "0.0.0.0", "--control-host", "127.0.0.1"]
