"""The app that ships, in a real Chromium: the whole browser suite green, and each of its planted flaws caught.

Slow: builds the exports if they are not there (`make app`), then starts the pipeline for each run.
"""

import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.journal import read
from tools.gate import ROOT, Said, run_gate

pytestmark = [pytest.mark.slow, pytest.mark.drawn]
AT_ONCE, SEED = 2, "1"
FLAWS = {
    "unguarded_buy": ("page_taps[buy-one_task_pixel]", "one_wish", ("several_keys", "shown_twice")),
    "new_key_on_retry": ("page_signal[buy-reply_lost_iphone]", "one_wish", ("several_keys", "shown_twice")),
    "outbox_lost_on_kill": ("page_killed[buy-offline_pixel]", "kept", ("forgotten",)),
    "stale_push_wins": ("page_stale_push[buy-iphone]", "screen_true", ("contradicts",)),
    "spinner_for_ever": ("page_network[buy-hanging_pixel]", "shown_in_time", ("not_shown",)),
    "success_too_early": ("page_flows[buy-iphone]", "told_first", ("claimed",)),
    "offline_reload_loses": ("page_killed[buy-reloaded_offline_pixel]", "kept", ("forgotten",)),
}
"""Flaw -> the cell that reaches it, the promise that catches it, and as what."""
Caught = dict[str, Future[Said]]


@pytest.fixture(scope="session")
def exports() -> Path:
    """Both exports of the app, made from its present source."""
    made = subprocess.run(["make", "app"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
    return ROOT / "staging" / "app"


@pytest.fixture(scope="session")
def caught(exports: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caught]:
    """The run of every flaw that was selected, two side by side."""
    chosen = {item.callspec.params.get("flaw") for item in request.session.items if hasattr(item, "callspec")}
    with ThreadPoolExecutor(AT_ONCE) as pool:

        def play(flaw: str) -> Said:
            words = (FLAWS[flaw][0], "--phone", "browser", "--app-flaw", flaw, "--seed", SEED)
            return run_gate(*words, out=tmp_path_factory.mktemp(flaw))

        yield {flaw: pool.submit(play, flaw) for flaw in FLAWS if flaw in chosen}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_of_the_app_is_caught(flaw: str, caught: Caught) -> None:
    """By the promise that is meant for it, with a picture of the page and a trace beside the journals."""
    said = caught[flaw].result(timeout=1800)
    cell, promise, kinds = FLAWS[flaw]
    assert said.exit_code == 1, said.output[-3000:]
    (judged,) = [one for one in said.verdict["cells"] if one["cell"] == cell]
    found = [one["kind"] for each in judged["promises"] if each["promise"] == promise for one in each["findings"]]
    assert set(found) & set(kinds), said.output[-3000:]
    assert said.folder is not None
    assert list((said.folder / "pages").glob("*.jpg"))
    kept = {
        f"pages/{file.name}" for what in ("trace.zip", "stored.json") for file in said.folder.glob(f"pages/*-{what}")
    }
    assert {name.rpartition("-")[2] for name in kept} == {"trace.zip", "stored.json"}
    (scanned,) = [one for one in read(said.folder / "stack.jsonl") if one["k"] == "scanned"]
    assert kept <= {one["file"] for one in scanned["files"]}
    assert "data:image/jpeg;base64," in (said.folder / "report.html").read_text()


def test_the_whole_browser_suite_is_green(exports: Path, tmp_path: Path) -> None:
    """Every scenario of a page, on two devices; what was not played is listed with the reason."""
    said = run_gate("--phone", "browser", "--seed", SEED, out=tmp_path)
    assert said.exit_code == 0, said.output[-5000:]
    cells = {cell["cell"] for cell in said.verdict["cells"] if cell["origin"] == "scenario"}
    assert {cell.partition("[")[0] for cell in cells} == {
        "page_flows", "page_signal", "page_taps", "page_killed", "page_network", "page_stale_push",
    }  # fmt: skip
    assert sum("iphone" in cell for cell in cells) == sum("pixel" in cell for cell in cells) == len(cells) / 2
    whys = [one["why"] for one in said.verdict["not_covered"]]
    assert any("also played in a page when it is named" in why for why in whys)


def test_any_other_scenario_is_played_in_a_page_when_it_is_named(exports: Path, tmp_path: Path) -> None:
    """The same script, the same checkers; what a page cannot play is listed with the reason."""
    patterns = ("declined_card", "plain_success[help_attachment]", "malformed[help_text-fields]", "double_tap[buy-*]")
    said = run_gate(*patterns, "--phone", "browser", "--seed", SEED, out=tmp_path)
    assert said.exit_code == 0, said.output[-5000:]
    whys = {one["what"].partition(":")[0]: one["why"] for one in said.verdict["not_covered"]}
    assert whys["double_tap"] == "not played in a browser: in a page the app itself guards its button: see page_taps"
