"""What the app's builds contain, and that its documents and its lock file are true."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.builds import APP, FOR_TESTS, NATIVE, ROOT, SHIPS, built

FLAWS = (
    "unguarded_buy", "new_key_on_retry", "outbox_lost_on_kill", "stale_push_wins", "spinner_for_ever",
    "success_too_early", "offline_reload_loses",
)  # fmt: skip
NODE = Path(sys.executable).parent / "node"


def names() -> set[str]:
    """The testIDs of the app; `<>` for the part that differs from thing to thing."""
    text = (APP / "src" / "testIDs.ts").read_text()
    found = re.findall(r"(?:: |=> )['`]([a-z][^'`]*)['`],$", text, re.MULTILINE)
    return {re.sub(r"\$\{\w+\}", "<>", name) for name in found}


def explained(text: str) -> set[str]:
    """The testIDs that a page names, in the same form."""
    found = re.findall(r"`([a-z][a-z0-9]*(?:-(?:[a-z0-9]+|<[^>]+>))*)`", text)
    return {re.sub(r"<[^>]+>", "<>", name) for name in found}


def test_every_testid_is_explained() -> None:
    """The page for those who write tests names each of them."""
    said = explained((APP / "testids.md").read_text())
    families = {"screen-<>": "screen-plans", "tab-<>": "tab-plans"}
    assert len(names()) > 50
    assert sorted(name for name in names() if families.get(name, name) not in said) == []


def test_a_testid_that_is_not_explained_would_be_found() -> None:
    """The page is read for what it names, not for what it merely contains."""
    assert "pay-confirm" not in explained("pay-confirm and `pay-confirms`")


def test_the_lock_names_no_place() -> None:
    """Versions and hashes only; npm is told so, and told nothing of a registry."""
    lock = json.loads((APP / "package-lock.json").read_text())["packages"]
    assert all("resolved" not in one for one in lock.values())
    assert all("integrity" in one for name, one in lock.items() if name)
    settings = (APP / ".npmrc").read_text()
    assert "omit-lockfile-registry-resolved=true" in settings
    assert "//" not in settings


def script(build: str) -> str:
    """The page's whole script in a build."""
    return "".join(path.read_text() for path in sorted(built(build).rglob("*.js")))


@pytest.mark.slow
def test_the_build_that_ships_has_no_flaw_in_it() -> None:
    """Not one of their names; the test build has them all, so a search would find them."""
    ships, for_tests = script(SHIPS), script(FOR_TESTS)
    assert [flaw for flaw in FLAWS if flaw in ships] == []
    assert [flaw for flaw in FLAWS if flaw not in for_tests] == []
    assert "Buy without a guard" not in ships


@pytest.mark.slow
def test_the_build_that_ships_has_no_map_and_no_address() -> None:
    """No sources beside the script; the page's servers are its own origin's."""
    files = [path.name for path in built(SHIPS).rglob("*") if path.is_file()]
    assert [name for name in files if name.endswith(".map")] == []
    assert {"index.html", "sw.js"} <= set(files)
    assert re.findall(r"https?://(?:127\.0\.0\.1|localhost)[^\"']*", script(SHIPS)) == []


@pytest.mark.slow
def test_both_phones_get_bytecode() -> None:
    """One Hermes file for each platform, with the magic number of Hermes."""
    files = json.loads((built(NATIVE) / "metadata.json").read_text())["fileMetadata"]
    for platform in ("android", "ios"):
        bundle = built(NATIVE) / files[platform]["bundle"]
        assert bundle.read_bytes()[:8] == bytes.fromhex("c61fbc03c103191f"), platform


@pytest.mark.slow
def test_types_and_unit_tests_of_the_app() -> None:
    """TypeScript in its strictest form, and the app's own tests of outbox, order and words."""
    built(SHIPS)
    ended = subprocess.run(
        ["sh", "staging/app/build.sh", str(NODE), "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert int(re.findall(r"^# pass (\d+)", ended.stdout, re.MULTILINE)[0]) >= 24
