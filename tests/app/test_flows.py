"""The flows for simulators: made from the target file, readable by a YAML parser, about controls that are there."""

import re
from pathlib import Path
from typing import Any

import yaml

from harness.target import load_target
from tests.app.builds import ROOT
from tests.app.test_builds import names
from tools import maestro

TARGET = ROOT / "staging" / "target.toml"


def steps_of(text: str) -> list[Any]:
    """The commands of a flow; its head is another document."""
    head, steps = yaml.safe_load_all(text)
    assert head["appId"] == "com.example.tern"
    return list(steps)


def asked_for(steps: list[Any]) -> set[str]:
    """Every testID that a flow looks for, with `<>` where a variable stands."""
    found = re.findall(r"'id': '([^']+)'", str(steps))
    return {re.sub(r"\$\{\w+\}", "<>", name) for name in found}


def test_a_flow_looks_for_nothing_that_the_app_does_not_have() -> None:
    """Each testID in each flow is one of the app's."""
    made = maestro.flows(load_target(TARGET))
    assert {"sign_up", "buy", "buy_twice", "buy_airplane", "help_attachment", "open_notice"} <= set(made)
    shapes = names() | {name.replace("<>", tab) for name in ("tab-<>",) for tab in ("plans", "help", "account")}
    lacking = {name: sorted(asked_for(steps_of(text)) - shapes) for name, text in made.items()}
    assert {name: ids for name, ids in lacking.items() if ids} == {}


def test_a_flow_says_what_the_browser_phone_would_do() -> None:
    """A nervous finger taps the last button twice; in airplane mode the app is killed and opened again."""
    made = maestro.flows(load_target(TARGET))
    assert {"doubleTapOn": {"id": "buy-${PRODUCT_ID}", "delay": 50}} in steps_of(made["buy_twice"])
    airplane = [step if isinstance(step, str) else next(iter(step)) for step in steps_of(made["buy_airplane"])]
    assert airplane.index("setAirplaneMode") < airplane.index("killApp") < airplane.index("launchApp")
    assert {"runFlow": {"file": "subscribe.yaml", "env": {"PLAN_ID": "starter"}}} in steps_of(made["change_plan"])


def test_the_command_writes_them(tmp_path: Path) -> None:
    """One file each."""
    assert maestro.main(["--target", str(TARGET), "--into", str(tmp_path)]) == 0
    assert (tmp_path / "buy.yaml").read_text().startswith("appId: com.example.tern\n")
