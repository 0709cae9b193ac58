"""The bans of the house, on our tree and with a planted violation of each on a mock tree."""

from pathlib import Path

import pytest

from tests.house.bans import LONGER, all_findings

DOC = '"""A module."""\n'


def plant(root: Path, name: str, text: str) -> list[str]:
    """What a tree with this one file breaks."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return all_findings(root)


def test_our_own_tree_is_tidy() -> None:
    """Nothing of ours breaks a ban."""
    found = all_findings()
    assert not found, "\n" + "\n".join(found)


def test_nothing_is_too_long_by_permission() -> None:
    """The list of exceptions is empty and stays so."""
    assert not LONGER


BANNED = [
    ("import uuid\nx = uuid.uuid4()", "uuid.uuid4 is banned, use harness.rng"),
    ("import random\nx = random.random()", "random.random is banned, use a named stream of harness.rng"),
    ("from random import choice\nx = choice", "random.choice is banned"),
    ("import random\nx = random.Random(1)", "random.Random() is banned"),
    ("from datetime import datetime\nx = datetime.now()", "datetime.datetime.now is banned, use harness.clock"),
    ("import datetime as d\nx = d.datetime.utcnow()", "datetime.datetime.utcnow is banned"),
    ("import time\nx = time.time()", "time.time is banned, use harness.clock"),
    ("from time import sleep as s\ns(1)", "time.sleep is banned, wait for a condition with harness.clock.until"),
    ("import asyncio\nx = asyncio.sleep(1)", "asyncio.sleep is banned"),
    ("import importlib\nx = importlib.import_module('a')", "importlib.import_module is banned, write the import out"),
    ("x = 1\ny = __import__('a')", "__import__ is banned"),
    ("x = 1\ny = 'Stri" + "pe'", '"Stri' + "pe\" is a vendor's word"),
    ("x = 1\ny = 'sla" + "ck_url'", '"sla' + "ck\" is a vendor's word"),
    ("x = 1\n# TO" + "DO later", "a note to oneself was left"),
    ("x = 1\ny = 'https://pypi" + ".org/simple'", "py" + "pi.org is an address of a registry or of one machine"),
    ("x = 1\ny = '/ro" + "ot/x'", "/root/ is an address of a registry or of one machine"),
]


@pytest.mark.parametrize(("text", "said"), BANNED, ids=[said for _, said in BANNED])
def test_a_planted_violation_is_reported(tmp_path: Path, text: str, said: str) -> None:
    """Each ban turns red with file, line and remedy, and nothing else does."""
    (found,) = plant(tmp_path, "harness/x.py", DOC + text)
    assert found.startswith(f"harness/x.py:3: {said}")


ALLOWED = [
    ("staging/x.py", "import time\ntime.sleep(1)\n"),
    ("harness/clock.py", "import time\nx = time.time()\n"),
    ("fakes/serve.py", "import importlib\nx = importlib.import_module('fakes.crm')\n"),
    ("fakes/payments/wire.py", "x = 'Stri" + "pe-Signature'\n"),
    ("tests/x.py", "x = 'hub" + "spot'\n"),
    ("harness/x.py", "from random import Random\ndef f(r: Random) -> None: ...\n"),
    ("harness/x.py", "import importlib.metadata\nx = importlib.metadata.version('a')\n"),
    ("harness/x.py", "x = 'a str" + "iped, exponential expo" + "sure'\n"),
    ("harness/x.py", "import time\nx = time.monotonic()\n"),
]


@pytest.mark.parametrize(("name", "text"), ALLOWED, ids=[text for _, text in ALLOWED])
def test_what_is_allowed_is_not_reported(tmp_path: Path, name: str, text: str) -> None:
    """The bans forbid no more than they say."""
    assert plant(tmp_path, name, DOC + text) == []


def test_a_long_function_is_reported(tmp_path: Path) -> None:
    """Sixty lines are allowed, sixty-one are not."""
    text = DOC + "def f() -> None:\n" + "    x = 1\n" * 60
    assert plant(tmp_path, "load/x.py", text) == ["load/x.py:2: f has 61 lines, at most 60; divide it"]
    assert plant(tmp_path, "load/x.py", text.removesuffix("    x = 1\n")) == []


def test_a_long_file_is_reported(tmp_path: Path) -> None:
    """Four hundred lines are allowed, one more is not."""
    (found,) = plant(tmp_path, "reports/x.py", DOC + "x = 1\n" * 400)
    assert found.startswith("reports/x.py:1: 401 lines, at most 400")


def test_a_file_named_like_a_library_is_reported(tmp_path: Path) -> None:
    """It would hide the library when its folder is on the path."""
    (found,) = plant(tmp_path, "load/locust.py", DOC)
    assert found.startswith("load/locust.py:1: named like a library")


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    """Nothing can be said of it, and that is said."""
    (found,) = plant(tmp_path, "load/x.py", DOC + "def f(:\n")
    assert found.startswith("load/x.py:2: this Python cannot read it: ")


def test_a_missing_module_docstring_is_reported(tmp_path: Path) -> None:
    """Every file says what it is, an empty one too."""
    (found,) = plant(tmp_path, "scenarios/x.py", "")
    assert found.startswith("scenarios/x.py:1: no module docstring")


def test_a_test_without_a_docstring_is_reported(tmp_path: Path) -> None:
    """A test says in one sentence what must hold; a helper need not."""
    text = DOC + "def helper() -> None: ...\nasync def test_x() -> None: ...\n"
    (found,) = plant(tmp_path, "tests/test_x.py", text)
    assert found.startswith("tests/test_x.py:3: test_x has no docstring")


def test_an_address_in_a_lock_file_is_reported(tmp_path: Path) -> None:
    """Lock files hold versions and hashes only."""
    (found,) = plant(tmp_path, "staging/package-lock.json", '{\n"resolved": "https://example.com/x.tgz"}')
    assert found.startswith('staging/package-lock.json:2: "resolved" in a lock file')
