"""Where the app's exports are, and what to say when one is not there. Made by `make app` and `make app-native`."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "staging" / "app"
SHIPS, FOR_TESTS, NATIVE = "dist", "dist-test", "dist-native"
MADE_BY = {SHIPS: "make app", FOR_TESTS: "make app", NATIVE: "make app-native"}


def built(name: str) -> Path:
    """The folder of an export; the test fails, with the command to run, when it has not been made."""
    folder = APP / name
    if not (folder / "built").is_file():
        pytest.fail(f"there is no export at {folder.relative_to(ROOT)}; run `{MADE_BY[name]}` first")
    return folder
