"""The import rules, on our tree and with a planted breach of each on a mock tree."""

from pathlib import Path

import pytest

from tests.house.imports import ROOF, breaches, rules
from tests.house.tree import ROOT


def plant(root: Path, files: dict[str, str]) -> list[str]:
    """The breaches of a tree with these files."""
    for name in ("fakes/crm/state.py", "fakes/payments/state.py", "harness/run.py", "harness/model.py"):
        files.setdefault(name, "")
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return breaches(root)


def test_our_own_tree_keeps_the_rules() -> None:
    """No import of ours is forbidden by the table."""
    found = breaches(ROOT)
    assert not found, "\n" + "\n".join(found)


BREACHES = [
    ("harness/model.py", "import harness.errors", "harness.model may not import harness.errors"),
    ("harness/settle.py", "from harness import run", "harness.settle may not import harness.run"),
    ("harness/control.py", "import fakes.calls", "harness.control may not import fakes.calls"),
    ("harness/people.py", "from scenarios import CATALOGUE", "harness.people may not import scenarios"),
    ("harness/stage.py", "from load import x", "harness.stage may not import load"),
    ("harness/judge.py", "from reports.write import x", "harness.judge may not import reports.write"),
    (
        "harness/checkers/order.py",
        "from harness.clock import SYSTEM",
        "harness.checkers.order may not import harness.c",
    ),
    ("harness/checkers/order.py", "from ..control import x", "harness.checkers.order may not import harness.control"),
    ("harness/run.py", "import staging.pipeline", "harness.run may not import staging.pipeline"),
    ("harness/cli.py", "from load import x", "harness.cli may not import load"),
    ("harness/plugin.py", "from fakes.crm import state", "harness.plugin may not import fakes.crm.state"),
    ("fakes/crm/state.py", "from fakes.payments.state import x", "fakes.crm.state may not import fakes.payments.state"),
    ("fakes/crm/wire.py", "from ..payments import state", "fakes.crm.wire may not import fakes.payments.state"),
    ("fakes/server.py", "from fakes.crm import state", "fakes.server may not import fakes.crm.state"),
    ("fakes/crm/x.py", "import harness.target.declared", "fakes.crm.x may not import harness.target.declared"),
    ("fakes/serve.py", "import harness.settle", "fakes.serve may not import harness.settle"),
    ("scenarios/story.py", "import fakes.calls", "scenarios.story may not import fakes.calls"),
    ("scenarios/story.py", "from harness import run", "scenarios.story may not import harness.run"),
    ("load/people.py", "import staging", "load.people may not import staging"),
    ("reports/words.py", "import harness.settle", "reports.words may not import harness.settle"),
    ("staging/app.py", "from harness.model import Person", "staging.app may not import harness.model"),
    ("bench/speed.py", "import staging.app", "bench.speed may not import staging.app"),
    ("conftest.py", "import harness.model", "conftest may not import harness.model"),
    ("harness/slo.py", "import locust.stats", "only load may import locust"),
    ("scenarios/story.py", "from gevent import spawn", "only load may import gevent"),
    ("harness/phone/wire.py", "import playwright", "only harness.phone.browser and tests may import playwright"),
    ("harness/work.py", "import docker", "only harness.stack may import docker"),
    ("fakes/payments/state.py", "import stripe", "only staging and tests and tools may import stripe"),
    ("harness/cli.py", "import schemathesis", "only harness.fuzz and harness.fuzz_check and tests may import schema"),
]


@pytest.mark.parametrize(("name", "line", "said"), BREACHES, ids=[f"{n}-{line}" for n, line, _ in BREACHES])
def test_a_planted_breach_is_reported(tmp_path: Path, name: str, line: str, said: str) -> None:
    """Each row of the table turns red, with file and line, and nothing else does."""
    (found,) = plant(tmp_path, {name: line})
    assert found.startswith(f"{name}:1: {said}")


KEPT = [
    ("fakes/serve.py", "import fakes.crm.state"),
    ("fakes/generic/state.py", "import harness.target.declared"),
    ("fakes/crm/wire.py", "from . import state\nfrom harness.faults import Fault"),
    ("harness/run.py", "import harness.cli\nimport scenarios\nimport reports.write"),
    ("harness/phone/browser_pay.py", "import playwright"),
    ("tests/x.py", "import fakes.crm.state\nimport staging\nimport stripe"),
    ("harness/stack/ports.py", "from harness.errors import MachineError"),
]


@pytest.mark.parametrize(("name", "text"), KEPT, ids=[name for name, _ in KEPT])
def test_what_is_allowed_is_not_reported(tmp_path: Path, name: str, text: str) -> None:
    """The rules forbid no more than they say."""
    assert plant(tmp_path, {name: text}) == []


def test_type_checking_is_no_loophole(tmp_path: Path) -> None:
    """An import for types alone still couples two rooms."""
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import harness.cli\n"
    assert plant(tmp_path, {"harness/settle.py": text})[0].startswith("harness/settle.py:3:")


def test_every_room_has_a_rule() -> None:
    """A new folder of ours does not escape the table."""
    importers = {rule.importer for rule in rules(("crm",))}
    assert {
        "harness",
        "fakes",
        "scenarios",
        "load",
        "reports",
        "staging",
        "bench",
        "tools",
        "tests",
        "conftest",
    } <= importers
    assert {f"harness.{name}" for name in ROOF} <= importers
