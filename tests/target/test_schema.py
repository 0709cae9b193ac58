"""The schema for editors, and the reference: made from the models, up to date, and neither laxer nor stricter."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from harness.phone.dialect import Dialect
from harness.phone.exchange import Exchanged
from harness.target import load_target, target_of_text
from tests.target.test_mistakes import GOOD
from tools.target_schema import REFERENCE, SCHEMA, documented, schema

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "staging").glob("**/target*.toml"), *(ROOT / "tests" / "stack").glob("**/target*.toml")])
FILES = [file for file in FILES if "node_modules" not in file.parts]
BLOCKS = re.findall(r"^```toml\n(.*?)^```", REFERENCE.read_text(), re.MULTILINE | re.DOTALL)
ADAPTER = re.findall(r"^```python\n(.*?)^```", REFERENCE.read_text(), re.MULTILINE | re.DOTALL)[0]


def mistakes(text: str) -> list[str]:
    """What the committed schema finds wrong, by path."""
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()))
    return [".".join(map(str, one.absolute_path)) for one in validator.iter_errors(tomllib.loads(text))]


def test_the_schema_and_the_reference_are_up_to_date() -> None:
    """What is committed is what the models say; `make schema` writes it anew."""
    assert json.loads(SCHEMA.read_text()) == schema()
    Draft202012Validator.check_schema(schema())
    assert documented(REFERENCE.read_text(), schema()) == REFERENCE.read_text()


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(ROOT)) for file in FILES])
def test_our_target_files_are_accepted(file: Path) -> None:
    """By the schema as by the program; those that name a schema name this one."""
    assert mistakes(file.read_text()) == []
    load_target(file)
    first = file.read_text().partition("\n")[0]
    if first.startswith("#:schema "):
        assert (file.parent / first.removeprefix("#:schema ")).resolve() == SCHEMA


def test_files_that_are_copied_from_name_the_schema() -> None:
    """Whoever copies one has an editor's help from the first line on."""
    named = [file for file in FILES if file.read_text().startswith("#:schema ")]
    assert {"staging", "flask", "graphql", "express"} <= {file.parent.name for file in named}


@pytest.mark.parametrize(
    ("right", "wrong", "where"),
    [
        ('method = "POST"', 'metod = "POST"', "operations.sign_up"),
        ('method = "POST"', 'method = "post"', "operations.sign_up.method"),
        ('path = "/v1/accounts"', 'path = "v1/accounts"', "operations.sign_up.path"),
        ('"header:Idempotency-Key"', '"Idempotency-Key"', "operations.sign_up.key"),
        ('name = "ours"', 'name = "ours"\nnmae = "x"', ""),
        ('name = "ours"', 'name = "ours"\nlimits = { cells_at_once = 0 }', "limits.cells_at_once"),
        ('name = "ours"', 'name = "ours"\nauth = { token = "cookies:sid" }', "auth.token"),
        ('name = "ours"', 'name = "ours"\npromises = { not_judged = ["exactly_once"] }', "promises.not_judged.0"),
        ('read = "me"', "read = 7", "truth.read"),
        ("[[process]]", "[process]", "process"),
    ],
)
def test_a_planted_mistake_is_refused(right: str, wrong: str, where: str) -> None:
    """By the schema alone, at the right place."""
    assert mistakes(GOOD) == []
    assert where in mistakes(GOOD.replace(right, wrong, 1))


def test_every_block_of_the_reference_can_be_read() -> None:
    """Each as part of a whole file, by the schema and by the program; later blocks replace what they name anew."""
    whole: dict[str, Any] = tomllib.loads(GOOD)
    for block in BLOCKS:
        _lay_over(whole, tomllib.loads(block))
        assert list(Draft202012Validator(schema()).iter_errors(whole)) == []
    whole["tickets"] = {"other": {"queue": "General", "priority": {"any": "normal"}}}
    text = "\n".join(f"{name} = {_toml(value)}" for name, value in whole.items())
    assert target_of_text(text, "reference.toml").promises.acknowledged_s == 4.0


def _lay_over(below: dict[str, Any], above: dict[str, Any]) -> None:
    for name, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(name), dict) and name in ("operations", "flows"):
            below[name] |= value
        else:
            below[name] = value


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {_toml(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


def test_the_adapter_of_the_reference_works(tmp_path: Path) -> None:
    """As written: it signs what leaves, and says what an answer means."""
    (tmp_path / "signing.py").write_text(ADAPTER)
    (tmp_path / "target.toml").write_text(f'adapter = "signing:Signed"\n{GOOD}')
    dialect = Dialect(load_target(tmp_path / "target.toml"), "http://h")
    request = dialect.request("sign_up", {"person": {"email": "ann@x"}}, key="k", token=None)
    assert len(request.headers["X-Sum"]) == 64
    heard = Exchanged(status=200, headers={"x-outcome": "refused"}, body=b"{}")
    dialect.understand("me", heard)
    assert heard.status == 403
