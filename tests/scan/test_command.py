"""`harness scan` as somebody uses it: exit codes, what is printed, what is written, and the build with canaries."""

import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.cli import main
from harness.rng import fresh_token
from harness.scan.needles import Secret
from tests.scan.planting import SECRET_KEY, bytecode, canary

TARGET = """
name = "a small one"
base_url = "http://127.0.0.1:{port:api}"
truth = { read = "me" }
operations = { me = { method = "GET", path = "/me" } }

[env]
PAYMENTS_KEY = "{fakes.payments.secret_key}"
PAYMENTS_PUBLIC = "{fakes.payments.publishable_key}"
SESSION_SECRET = "{secret:session}"

[[process]]
name = "api"
command = ["true"]

[scan]
build = [["{python}", "build.py", "{work}/dist"]]
public = ["{work}/dist"]
folder = "FOLDER"
"""
BUILD = """
import os, pathlib, sys
out = pathlib.Path(sys.argv[1])
out.mkdir()
(out / "index.js").write_text(f"pay({os.environ['PAYMENTS_PUBLIC']!r}); LEAK")
"""


Say = Callable[..., tuple[int, str, str]]
Data = Callable[..., dict[str, Any]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Give the command and answer its exit code, what it printed and what it said beside."""

    def said(*words: str, path: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["harness", "scan", *words])
        if path:
            monkeypatch.setenv("PATH", path)
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        return int(end.value.code or 0), told.out, told.err

    return said


@pytest.fixture
def data(say: Say) -> Data:
    """What `--json` prints."""

    def told(*words: str, path: str = "") -> dict[str, Any]:
        code, out, err = say(*words, "--json", path=path)
        assert out, err
        result: dict[str, Any] = json.loads(out)
        assert result["exit_code"] == code
        return result

    return told


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder that ships, with nothing wrong in it."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "index.html").write_text("<p>hello</p>")
    return folder


def env_file(tmp_path: Path, *secrets: Secret) -> str:
    """A file of the server's own values."""
    path = tmp_path / "server.env"
    path.write_text("PORT=8080\n" + "".join(f"{one.name}={one.value}\n" for one in secrets))
    return str(path)


def test_a_clean_folder_says_what_it_may_and_may_not_claim(say: Say, dist: Path) -> None:
    """Nothing found is not no secret, and a pass without known secrets says so."""
    code, out, err = say(str(dist))
    assert (code, err) == (0, "")
    assert "claims      no known secret" in out
    assert "only key shapes were looked for" in out


def test_a_value_of_a_file_is_found_and_never_told(say: Say, dist: Path, tmp_path: Path) -> None:
    """With file and place, in text, in JSON and on the page."""
    secret = canary()
    (dist / "app.hbc").write_bytes(bytecode(["x", secret.value]))
    code, out, _ = say(str(dist), "--secrets", env_file(tmp_path, secret), "--out", str(tmp_path / "told"))
    assert code == 1
    assert "PAYMENTS_KEY" in out
    assert "app.hbc" in out
    assert "string table, string 1" in out
    assert "left out    PORT" in out
    written = [out, *((tmp_path / "told" / name).read_text() for name in ("scan.json", "scan.html"))]
    for text in written:
        assert "app.hbc" in text
        assert secret.value not in text
        assert secret.value[len(SECRET_KEY) + 6 :] not in text


def test_what_cannot_be_read_is_no_pass(data: Data, dist: Path) -> None:
    """Exit 2, with what was found and what was expected; a leak beside it is still told."""
    (dist / "app.hbc").write_bytes(bytecode(["x"])[:-1])
    (dist / "a.js").write_text(f"'{SECRET_KEY}{fresh_token()}'")
    told = data(str(dist))
    assert told["exit_code"] == 2
    assert "its header says" in told["unreadable"][0]
    assert [one["name"] for one in told["findings"]] == ["stripe-secret-key"]
    assert told["headline"].startswith("1 secret can be read")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to look at"),
        (["no-such-folder"], "is not there"),
        (["--run", "tests"], "is not a run folder"),
        (["README.md", "--secrets", "no-such-file"], "cannot be read as text"),
        (["README.md", "--target", "no-such-file"], "cannot read the target file"),
        (["README.md", "--secrets", "README.md"], "README.md:3: found no NAME=VALUE"),
    ],
)
def test_a_mistake_is_one_message(say: Say, words: list[str], said: str) -> None:
    """Exit 2, one line, what to do."""
    code, out, err = say(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_an_empty_folder_is_no_pass(data: Data, dist: Path) -> None:
    """A build that made nothing would otherwise look clean."""
    (dist / "index.html").write_text("")
    assert data(str(dist))["exit_code"] == 2


def test_secrets_that_are_all_too_short_are_too_little(data: Data, dist: Path, tmp_path: Path) -> None:
    """Somebody named secrets, and none could be looked for."""
    told = data(str(dist), "--secrets", env_file(tmp_path))
    assert (told["exit_code"], told["verdict"]) == (3, "too little")


LEAKS = {
    "": (0, set()),
    "{os.environ['SESSION_SECRET']!r}": (1, {"SESSION_SECRET"}),
    "{os.environ['PAYMENTS_KEY'][::-1]!r}": (1, {"PAYMENTS_KEY"}),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_build_is_made_with_canaries(data: Data, tmp_path: Path, leak: str) -> None:
    """The build sees fresh secrets under the server's names; the publishable key may be in it."""
    (tmp_path / "build.py").write_text(BUILD.replace("LEAK", leak))
    target = tmp_path / "target.toml"
    target.write_text(TARGET.replace("FOLDER", str(tmp_path)))
    told = data("--target", str(target))
    code, names = LEAKS[leak]
    assert told["exit_code"] == code, told
    assert {one["name"] for one in told["findings"]} == names
    assert told["allowed"] == {"stripe-publishable-key": 1}
    assert [one["name"] for one in told["looked_for"]["secrets"]] == ["PAYMENTS_KEY", "SESSION_SECRET"]


def test_a_build_that_tells_a_secret_in_its_own_words_is_a_leak(data: Data, tmp_path: Path) -> None:
    """What a build prints is in a CI's log, which many can read."""
    (tmp_path / "build.py").write_text(BUILD.replace("LEAK", "") + "\nprint(os.environ['SESSION_SECRET'])\n")
    target = tmp_path / "target.toml"
    target.write_text(TARGET.replace("FOLDER", str(tmp_path)))
    (finding,) = data("--target", str(target))["findings"]
    assert finding["file"].endswith("build-1.log")


def test_a_build_that_fails_says_its_own_words(say: Say, tmp_path: Path) -> None:
    """Exit 2 with the end of what it said; nothing is judged."""
    (tmp_path / "build.py").write_text("raise SystemExit('no such module: pay')")
    target = tmp_path / "target.toml"
    target.write_text(TARGET.replace("FOLDER", str(tmp_path)))
    code, _, err = say("--target", str(target))
    assert code == 2
    assert "ended with exit code 1" in err
    assert "no such module: pay" in err


def installed(folder: Path, name: str, text: str) -> str:
    """A PATH on which a scanner of this name stands."""
    program = folder / "bin" / name
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\n{text}")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


SECOND = """
import json, pathlib, sys
report, folder = sys.argv[sys.argv.index("--report-path") + 1], pathlib.Path(sys.argv[-1])
found = [{"RuleID": "a-rule", "File": str(path), "StartLine": 1, "StartColumn": 4, "Secret": "SECRET"}
         for path in sorted(folder.iterdir()) if "SECRET" in path.read_text()]
pathlib.Path(report).write_text(json.dumps(found))
"""


def test_an_installed_scanner_is_asked_about_what_was_unpacked(data: Data, dist: Path, tmp_path: Path) -> None:
    """It cannot read bytecode, so it gets the strings; what it says is told and decides nothing."""
    value = f"other-{fresh_token()}"
    (dist / "app.hbc").write_bytes(bytecode(["x", value]))
    told = data(str(dist), path=installed(tmp_path, "gitleaks", SECOND.replace("SECRET", value)))
    assert told["exit_code"] == 0
    (finding,) = told["opinion"]["findings"]
    assert finding["rule"] == "a-rule"
    assert finding["file"].endswith("app.hbc, string table")
    assert value not in json.dumps(told)


def test_a_second_opinion_that_is_lacking_or_fails_is_said(data: Data, dist: Path, tmp_path: Path) -> None:
    """It is optional, and its absence is no silence."""
    nowhere = data(str(dist), path=str(tmp_path))
    assert "is on the PATH" in nowhere["opinion"]["why"]
    broken = data(str(dist), path=installed(tmp_path, "betterleaks", "raise SystemExit(3)"))
    assert broken["opinion"] == {"by": "betterleaks", "why": "it failed: CalledProcessError", "findings": []}
