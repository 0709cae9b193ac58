"""Asking for pages: what plays in which hand, what is left out and why, and what is said when something is missing."""

import os
import re
from pathlib import Path

import pytest

from harness.errors import MachineError, RefusedError, TargetError, UsageError
from harness.needs import fitted
from harness.phone.browser import shell_of
from harness.phone.browser.chromium import chromium, profile_of
from harness.phone.browser.pages import thin_out
from harness.phone.browser.shell import Shell
from harness.run import Options, run_gate
from harness.scenario import select
from harness.target import Target, target_of_text
from scenarios import CATALOGUE
from tests.browser.bench import APP, tiny_target
from tests.phone.bench import TARGET, shipped
from tests.target.test_mistakes import GOOD
from tools.gate import ROOT


def without_export(tmp_path: Path) -> Target:
    """The target that ships, before anybody made its app."""
    data = shipped().as_data()
    data["app"]["export"] = str(tmp_path / "dist")
    return Target.from_data(data)


def test_over_http_scenarios_of_a_page_are_left_out_with_the_command(tmp_path: Path) -> None:
    """A run without an export says that they exist, and how they would be played."""
    cases = select(CATALOGUE, ["page_taps", "plain_success"])
    played, left = fitted(cases, without_export(tmp_path))
    assert {case.scenario.name for case in played} == {"plain_success"}
    (why,) = {one.why for one in left}
    assert why.startswith("played with a real page only: there is no web export at ")
    assert why.endswith("`make app` makes one, then `harness run --phone browser`")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("x")
    _, left = fitted(cases, without_export(tmp_path))
    assert {one.why for one in left} == {"played with a real page only: `harness run --phone browser`"}


def test_in_a_page_everything_is_played_or_left_out_with_the_reason() -> None:
    """Flows without controls, and scenarios that only a phone over HTTP can play."""
    cases = select(CATALOGUE, ["page_taps", "plain_success", "double_tap", "malformed"])
    played, left = fitted(cases, tiny_target(), "browser")
    whys = {one.scenario: one.why for one in left}
    assert whys["plain_success"] == "not played in a browser: the target has no [app.controls.subscribe]"
    assert whys["double_tap"].startswith("not played in a browser: in a page the app itself guards its button")
    names = {case.id for case in played}
    assert "plain_success[help_text]" in names
    assert "malformed[buy-fields]" in names
    assert len(played) + len(left) == len(cases)


def test_without_an_export_nothing_is_started(tmp_path: Path) -> None:
    """Exit 2, with what is missing and the command that mends it; an export of flaws is another one."""
    with pytest.raises(MachineError, match=r"there is no web export of the app at .*; make one with `make app`"):
        shell_of(without_export(tmp_path), None)
    lacking = Target.from_data({**shipped().as_data(), "app": {**APP, "test_export": ""}})
    with pytest.raises(UsageError, match=r"no `app.test_export`, so no flaw can be planted in its app"):
        shell_of(lacking, "unguarded_buy")
    with pytest.raises(UsageError, match=r"has no \[app\] table, so there is no page to play in"):
        shell_of(Target.from_data({**shipped().as_data(), "app": None}), None)


def test_a_scenario_of_a_page_cannot_be_asked_of_a_phone_over_http(tmp_path: Path) -> None:
    """Somebody who names it is told how to play it; a flaw of the app needs a page, too."""
    options = Options(target=TARGET, seed=1, patterns=("page_taps",), out=tmp_path)
    with pytest.raises(UsageError, match="played with a real page only"):
        run_gate(options, CATALOGUE)
    with pytest.raises(UsageError, match="--app-flaw plants a flaw in the app's pages, so it needs --phone browser"):
        run_gate(Options(target=TARGET, seed=1, patterns=("malformed",), out=tmp_path, app_flaw="x"), CATALOGUE)
    assert not list(tmp_path.glob("*/run.json"))


async def test_a_chromium_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the ways to get one."""
    monkeypatch.setitem(os.environ, "CHROMIUM", "/nowhere/chromium")
    with pytest.raises(MachineError, match=r"CHROMIUM names /nowhere/chromium, which is not there.*install Debian's"):
        async with chromium():
            pass


async def test_a_chromium_that_does_not_start_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback, and the same advice."""
    monkeypatch.setitem(os.environ, "CHROMIUM", "/bin/false")
    with pytest.raises(MachineError, match="no Chromium could be started"):
        async with chromium():
            pass


def test_the_command_that_plays_it_again_says_which_phone() -> None:
    """Copied from a report, it plays the same."""
    options = Options(target=TARGET, seed=7, phone="browser", app_flaw="stale_push_wins")
    assert options.command("page_taps") == (
        f"harness run page_taps --seed 7 --target {TARGET} --phone browser --app-flaw stale_push_wins"
    )
    assert not options.judges_slos


@pytest.mark.parametrize(
    ("device", "profile"), [("iPhone SE (3rd generation)", "iPhone 15"), ("Galaxy A15", "Pixel 7")]
)
def test_every_made_up_device_has_a_profile(device: str, profile: str) -> None:
    """Two stand for all."""
    assert profile_of(device) == profile


def test_traces_of_who_passed_are_not_kept(tmp_path: Path) -> None:
    """Nor is what their apps stored: it is large, it was searched, and nobody will look at it."""
    (tmp_path / "pages").mkdir()
    for name in ("a", "b"):
        (tmp_path / "pages" / f"{name}-trace.zip").write_bytes(b"x")
        (tmp_path / "pages" / f"{name}-stored.json").write_bytes(b"{}")
    cells = [{"verdict": "pass", "persons": ["a"]}, {"verdict": "fail", "persons": ["b"]}]
    thin_out(tmp_path, {"cells": cells})
    assert sorted(file.name for file in (tmp_path / "pages").iterdir()) == ["b-stored.json", "b-trace.zip"]


CONTROLS = '\n[app]\nexport = "dist"\n[app.controls.sign_up]\ntap = ["join"]\n'
MISTAKES = [
    (("controls.sign_up", "controls.signup"), 'app.controls.signup: found "signup", expected a flow of this file'),
    (('tap = ["join"]', ""), "app.controls.sign_up: has neither `tap` nor `open`"),
    (('"join"', '"join-{persn.email}"'), "the placeholder {persn.email} stands for nothing"),
    (('export = "dist"', 'export = "dist"\nown_words = ["Piad"]'), 'app.own_words: found "Piad", expected a word'),
    (
        ('export = "dist"', 'export = "dist"\nproxy = { "/x" = "{fake.x}" }'),
        "the placeholder {fake.x} stands for nothing",
    ),
    (('export = "dist"', 'export = "dist"\nproxy = { "/x" = "https://pay.example.com" }'), "is not this machine"),
]


@pytest.mark.parametrize(("change", "said"), MISTAKES, ids=[said for _, said in MISTAKES])
def test_a_mistake_in_the_table_of_the_app_is_told_with_its_line(change: tuple[str, str], said: str) -> None:
    """As every other mistake in a target file."""
    good = GOOD + CONTROLS
    assert target_of_text(good, "ours.toml").app is not None
    with pytest.raises((TargetError, RefusedError)) as caught:
        target_of_text(good.replace(*change, 1), "ours.toml")
    assert said in str(caught.value)
    assert "ours.toml" in str(caught.value)


def test_the_shell_gives_out_nothing_beside_its_folder(tmp_path: Path) -> None:
    """Not by dots, not by their other spelling."""
    (tmp_path / "secret.txt").write_text("secret")
    inner = tmp_path / "dist"
    inner.mkdir()
    (inner / "index.html").write_text("<p>app")
    for path in ("/../secret.txt", "/%2e%2e/secret.txt", "//secret.txt"):
        found = Shell(inner).find(path)
        assert found is None or b"secret" not in found.content, path


def test_the_example_in_the_document_is_a_good_table() -> None:
    """What somebody copies from there works."""
    (block,) = re.findall(r"^```toml\n(.*?)^```", (ROOT / "docs" / "browser.md").read_text(), re.MULTILINE | re.DOTALL)
    before, _, rest = TARGET.read_text().partition("# -- the app in a person's hand")
    after = rest[rest.index("# -- how the truth is told") :]
    target = target_of_text(f"{before}\n{block}\n{after}", "copied.toml")
    assert target.app is not None
    assert set(target.app.controls) == {"sign_up", "buy"}
