"""Wrong input: one clear message with the next step, exit code 2, never a traceback."""

import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gate.conftest import ROOT, Gate

SHIPPED = ROOT / "staging" / "target.toml"


def changed(tmp_path: Path, old: str, new: str) -> str:
    """The shipped target file with one thing changed."""
    text = SHIPPED.read_text()
    assert old in text
    file = tmp_path / "changed.toml"
    file.write_text(text.replace(old, new, 1))
    return str(file)


def refused(gate: Gate, *words: str) -> str:
    """What the command says when it refuses."""
    code, said = gate.say(*words, within_s=120)
    assert code == 2, said
    assert "Traceback" not in said
    return " ".join(said.split())


def test_an_unknown_scenario_names_the_nearest(gate: Gate) -> None:
    """A typing mistake is answered with what was probably meant."""
    assert "no scenario matches 'double_tab'; did you mean" in refused(gate, "run", "double_tab")


def test_a_missing_target_file_is_named(gate: Gate) -> None:
    """A file that is not there is named."""
    assert "nowhere.toml" in refused(gate, "run", "--target", "nowhere.toml")


def test_a_broken_target_file_says_where(gate: Gate, tmp_path: Path) -> None:
    """TOML that cannot be read is answered with the line."""
    file = tmp_path / "broken.toml"
    file.write_text('name = "x"\n[operations\n')
    said = refused(gate, "run", "--target", str(file))
    assert "broken.toml" in said
    assert "2" in said


def test_an_unknown_key_is_named_with_the_nearest(gate: Gate, tmp_path: Path) -> None:
    """A misspelt key is found, not ignored."""
    said = refused(gate, "run", "--target", changed(tmp_path, "[limits]", "[limitz]"))
    assert "limitz" in said
    assert "limits" in said.replace("limitz", "")


def test_a_live_key_is_refused(gate: Gate, tmp_path: Path) -> None:
    """A key that could move real money never reaches a process."""
    live = "sk_" + "live_" + "51Habcdefghijklmnop"
    said = refused(gate, "run", "--target", changed(tmp_path, "{fakes.payments.secret_key}", live))
    assert "live" in said
    assert live not in said


def test_a_foreign_host_is_refused(gate: Gate, tmp_path: Path) -> None:
    """Another machine is not driven unless the target file allows it by name."""
    said = refused(gate, "run", "--target", changed(tmp_path, "http://127.0.0.1:{port:api}", "https://api.example.com"))
    assert "api.example.com" in said
    assert "allow_hosts" in said


def test_a_taken_port_is_named(gate: Gate, tmp_path: Path) -> None:
    """A port that another program listens on is named with its number."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        text = SHIPPED.read_text().replace("{port:api}", port)
        file = tmp_path / "taken.toml"
        file.write_text(text)
        said = refused(gate, "run", "plain_success[sign_up]", "--target", str(file))
    assert port in said


def test_an_unknown_flaw_is_named_with_the_nearest(gate: Gate) -> None:
    """A flaw that does not exist is not silently ignored."""
    said = refused(gate, "run", "plain_success[sign_up]", "--flaw", "wh_no_dedup")
    assert "wh_no_dedup" in said
    assert "wh_no_dedupe" in said


def test_a_run_folder_that_cannot_be_written_is_named(gate: Gate, tmp_path: Path) -> None:
    """A place where nothing can be written is named, before anything starts."""
    (tmp_path / "file").write_text("")
    gate.out = tmp_path / "file"
    assert str(tmp_path / "file") in refused(gate, "run", "plain_success[sign_up]")


@pytest.mark.skipif(sys.platform != "linux", reason="a tiny disk of one's own needs Linux")
def test_a_disk_without_room_is_named_before_anything_starts(tmp_path: Path) -> None:
    """A real file system of 16 KiB: how much is free, where, how much is wanted; and no run folder is begun."""
    said = on_a_disk_of("16k", tmp_path, "", "plain_success[sign_up]")
    assert f"only 0 MB are free where run folders go ({tmp_path}), a run wants 200 MB" in said
    assert "left: none" in said


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0,
    reason="a tiny disk of one's own, and a database on another, need Linux and root",
)
@pytest.mark.parametrize("file", ["run.json", "cells.jsonl"])
def test_a_disk_that_becomes_full_ends_the_run(tmp_path: Path, file: str) -> None:
    """While starting or while driving: it is said that the disk is full and where the rest is; nothing runs on.

    What notices it first is a journal, or a process that ends without a word since it could not write one.
    """
    filler = f"(until [ -s {tmp_path}/latest/{file} ]; do sleep 0.02; done; head -c 400M /dev/zero >{tmp_path}/x) &"
    said = on_a_disk_of("205m", tmp_path, filler, "plain_success", "duplicate_deliveries")
    assert f"cannot write the journal {tmp_path}" in said or "the disk that its log is on is full; make room" in said
    assert "what was recorded until then is in" in said


def on_a_disk_of(size: str, place: Path, beside: str, *words: str) -> str:
    """What a run says whose run folder is on a file system of this size, mounted for it alone; it must end 2."""
    script = f"""
        mount -t tmpfs -o size={size} none {place} || exit 99
        {beside}
        {shlex.join([sys.executable, "-m", "harness", "run", *words, "--out", str(place)])}
        code=$?
        echo "left: $(ls {place} | head -1 | grep . || echo none)"
        exit $code
    """
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    done = subprocess.run(
        [*alone, "sh", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 2, said
    assert "Traceback" not in said
    return " ".join(said.split())


def test_the_doctor_names_a_chromium_that_is_missing(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what needs a browser needs one: what it is for and where to get it, and a run is still possible."""
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    code, said = gate.say("doctor", "--static")
    assert code == 0, said
    assert "CHROMIUM names /nowhere/chromium, which is not there" in said
    assert "only the browser phone and the browser tests of the report need it" in " ".join(said.split())


def test_a_folder_that_is_no_run_is_refused(gate: Gate, tmp_path: Path) -> None:
    """Judging something else than a run says what was expected."""
    assert "is not a run folder" in refused(gate, "check", str(tmp_path))


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["fakes", "--help"], ["fuzz", "--help"]])
def test_every_command_has_help(words: list[str]) -> None:
    """`--help` answers, and says what the exit codes mean."""
    done = subprocess.run(
        [sys.executable, "-m", "harness", *words], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0
    assert done.stdout.strip()
