"""From a document to a target file: the guesses, the questions, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from harness.errors import HarnessError, UsageError
from harness.init import Wanted, propose
from harness.init.guess import env_value
from harness.target import load_target
from tests.gate.conftest import Gate
from tests.house.tree import ROOT

FOREIGN = ROOT / "tests" / "starting" / "foreign.yaml"
START = " ;; ".join([
    "database[tcp:127.0.0.1:{port:database}]: "
    "{python} -m staging.pipeline database --port {port:database} --data {work}/database",
    "provision[exit]: {python} -m staging.pipeline provision",
    "api: {python} -m staging.pipeline serve",
    "worker: {python} -m staging.pipeline work",
])  # fmt: skip
ANSWERS = {
    "start": START,
    "env.DATABASE_URL": "postgresql://postgres@127.0.0.1:{port:database}/postgres",
    "env.PIPELINE_TIME_SCALE": "0.1",
    "flows.buy.crm.deal": "yes",
    "flows.subscribe.crm.deal": "yes",
    "plan": "starter 900 usd, pro 2900 usd",
}


def test_the_pipeline_that_ships_gets_to_a_first_verdict(gate: Gate, tmp_path: Path, shipped: Path) -> None:
    """Its own document and `.env.example`, six answers, and the doctor has nothing to say but a pass."""
    out = tmp_path / "target.toml"
    words = [word for key, value in ANSWERS.items() for word in ("--answer", f"{key}={value}")]
    example = str(tmp_path / ".env.example")
    code, said = gate.say("init", str(shipped), "--env-example", example, "--out", str(out), "--yes", *words)
    assert code == 0, said
    code, said = gate.say("doctor", "--target", str(out), "--seed", "3", "--out", str(tmp_path / "runs"))
    assert "first verdict of this walk: pass" in said, said
    assert code == 0, said


def test_every_flow_of_the_pipeline_that_ships_is_found(tmp_path: Path, shipped: Path) -> None:
    """What the guesses say is what its own target file says, where that is no matter of taste."""
    out = tmp_path / "target.toml"
    propose(Wanted(source=str(shipped), out=out, env_example=tmp_path / ".env.example"))
    made, known = load_target(out), load_target(ROOT / "staging" / "target.toml")
    for name, operation in made.operations.items():
        told = known.operations[name]
        shape = ("method", "path", "auth", "key", "accept", "state", "extract")
        assert {one: getattr(operation, one) for one in shape[:6]} == {one: getattr(told, one) for one in shape[:6]}
        assert operation.body == told.body, name
        assert operation.extract.items() <= told.extract.items(), name
    assert set(made.flows) == set(known.flows) - {"open_notice"}
    assert made.flows["buy"].handle == known.flows["buy"].handle
    assert made.webhooks == known.webhooks
    assert {name: text for name, text in made.env.items() if "fakes." in text} == {
        name: text.replace("{secret:rolled},", "") for name, text in known.env.items() if "fakes." in text
    }


def test_what_nobody_confirmed_is_marked_and_listed(
    tmp_path: Path, shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An ASK line above it, and its key in the list; an answer takes both away. Secrets are never copied."""
    out = tmp_path / "target.toml"
    answers = ("plan=gold 500 eur, silver 200 jpy",)
    propose(Wanted(source=str(shipped), out=out, env_example=tmp_path / ".env.example", answers=answers))
    text, said = out.read_text(), capsys.readouterr().out
    assert '# ASK: what should DATABASE_URL be in a test?\nDATABASE_URL = "postgresql://localhost/pipeline"\n' in text
    assert "env.DATABASE_URL: what should DATABASE_URL be in a test? [postgresql://localhost/pipeline]" in said
    assert "what can people subscribe" not in text + said
    assert [(one.id, one.amount, one.decimal) for one in load_target(out).plans] == [
        ("gold", 500, "5.00"), ("silver", 200, "200")
    ]  # fmt: skip
    assert "never-copied" not in text
    assert 'ACCESS_TOKEN_EXPIRE_MINUTES = "30"' in text
    assert 'PIPELINE_JWT_SECRET = "{secret:pipeline_jwt_secret}"' in text


def test_a_document_of_another_make(tmp_path: Path) -> None:
    """Another version, another case, forms, a header for the token, a page to pay on, no operation ids."""
    out = tmp_path / "target.toml"
    propose(Wanted(source=str(FOREIGN), out=out, answers=("operations.buy.channel=web",)))
    made = load_target(out)
    told = {name: f"{one.method} {one.path}" for name, one in made.operations.items()}
    assert told == {
        "sign_up": "POST /api/register", "sign_in": "POST /api/login", "read_state": "GET /api/account/profile",
        "buy": "POST /api/checkout", "order": "GET /api/orders/{order_id}", "cancel": "DELETE /api/subscription",
        "help": "POST /api/contact-us",
    }  # fmt: skip
    operations = made.operations
    assert made.auth.token == "header:X-Auth-Token"
    assert operations["sign_up"].body == {
        "email": "{person.email}", "password": "{person.password}", "profile": {"firstName": "{person.first_name}"}
    }  # fmt: skip
    assert (operations["sign_up"].accept, operations["sign_up"].extract) == ((201,), {"token": "data.accessToken"})
    assert (operations["sign_in"].encoding, operations["sign_in"].auth) == ("form", False)
    assert operations["buy"].body == {"priceId": "{product.id}", "quantity": 1, "channel": "web"}
    assert (operations["buy"].key, operations["buy"].extract) == ("header:X-Idempotency-Key", {"order_id": "data.id"})
    assert made.flows["buy"].handle == "data.checkoutUrl"
    assert made.flows["buy"].done is not None
    assert (made.flows["buy"].done.ok, made.flows["buy"].done.failed) == (("complete",), ("expired",))
    assert made.products[0].id == "price_1"
    assert made.webhooks["payments"].path == "/api/stripe/webhook"
    assert made.ops.health == "/api/healthz"


ENV = [
    ("NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY", "{fakes.payments.publishable_key}"),
    ("STRIPE_WEBHOOK_SECRET", "{fakes.payments.webhook_secret}"),
    ("STRIPE_API_KEY", "{fakes.payments.secret_key}"),
    ("HUBSPOT_ACCESS_TOKEN", "{fakes.crm.token}"),
    ("ZENDESK_API_TOKEN", "{fakes.helpdesk.token}"),
    ("SLACK_WEBHOOK_URL", "{fakes.alerts.slack_url}"),
    ("EMAIL_HOST", "{fakes.alerts.smtp_host}"),
    ("PORT", "{port:api}"),
    ("REPORT_DIR", None),
]


@pytest.mark.parametrize(("name", "value"), ENV, ids=[name for name, _ in ENV])
def test_environment_names(name: str, value: str | None) -> None:
    """Vendors' names in use, and one that is nobody's."""
    assert env_value(name) == value


def test_an_answer_that_the_document_does_not_describe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a schema nobody knows where the token is: asked, and marked."""
    source, out = tmp_path / "bare.yaml", tmp_path / "target.toml"
    source.write_text(FOREIGN.read_text().replace('"201": { schema: { $ref: "#/definitions/Session" } }', '"201": {}'))
    propose(Wanted(source=str(source), out=out))
    assert "operations.sign_up.token: where does the answer of sign up hold the token" in capsys.readouterr().out
    assert "# ASK: where does the answer of sign up hold the token" in out.read_text()
    assert load_target(out).operations["sign_up"].extract == {"token": "access_token"}
    assert load_target(out).operations["sign_in"].extract == {"token": "data.accessToken"}


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    """Not even when everything else is right."""
    out = tmp_path / "target.toml"
    out.write_text("mine")
    with pytest.raises(UsageError, match="is there already and is not overwritten"):
        propose(Wanted(source=str(FOREIGN), out=out))
    assert out.read_text() == "mine"


def test_a_person_is_asked_each_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal: the question, the usual answer, and no ASK left in the file."""
    asked: list[str] = []

    def prompt(key: str, default: str, **_: Any) -> str:
        asked.append(key)
        return "ann" if key == "operations.buy.channel" else default

    monkeypatch.setattr(typer, "prompt", prompt)
    propose(Wanted(source=str(FOREIGN), out=tmp_path / "target.toml", interactive=True))
    assert {"start", "product", "operations.buy.channel"} <= set(asked)
    text = (tmp_path / "target.toml").read_text()
    assert "# ASK:" not in text
    assert 'channel = "ann"' in text


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"source": "nowhere.json"}, "cannot read nowhere.json"),
    ({"source": "http://127.0.0.1:9/openapi.json"}, "is the pipeline running there?"),
    ({"source": str(ROOT / "README.md")}, "neither JSON nor YAML|is no OpenAPI document"),
    ({"answers": ("prduct=x",)}, 'no such question; did you mean "product"'),
    ({"answers": ("product",)}, "expected KEY=VALUE"),
    ({"answers": ("product=gold",)}, "expected ID AMOUNT-IN-MINOR-UNITS CURRENCY"),
    ({"answers": ("base_url=https://shop.example.com",)}, "is not this machine"),
    ({"env_example": Path("nowhere.env")}, "cannot read nowhere.env"),
]


@pytest.mark.parametrize(("how", "told"), MISTAKES, ids=[told for _, told in MISTAKES])
def test_a_mistake_is_told_and_nothing_is_written(tmp_path: Path, how: dict[str, Any], told: str) -> None:
    """What was found, what was expected; no half file."""
    out = tmp_path / "target.toml"
    with pytest.raises(HarnessError, match=told):
        propose(Wanted(**{"source": str(FOREIGN), "out": out, **how}))
    assert not out.exists()


def test_a_checkout_of_a_plan_begins_a_subscription(tmp_path: Path) -> None:
    """A long path is no hindrance; a page to come back to has an address; a plan and no product is no purchase."""
    body = {"type": "object", "required": ["plan", "success_url"]}
    fields = {"plan": {"type": "string", "enum": ["starter", "pro"]}, "success_url": {"type": "string"}}
    media = {"application/json": {"schema": {**body, "properties": fields}}}
    paths = {
        "/api/v1/billing/checkout": {"post": {"requestBody": {"content": media}, "responses": {"200": {}}}},
        "/api/v1/auth/users/me": {"get": {"responses": {"200": {}}}},
    }
    source, out = tmp_path / "deep.json", tmp_path / "target.toml"
    source.write_text(json.dumps({"openapi": "3.1.0", "security": [{"b": []}], "paths": paths}))
    propose(Wanted(source=str(source), out=out))
    made = load_target(out)
    assert made.operations["subscribe"].path == "/api/v1/billing/checkout"
    assert made.operations["subscribe"].body == {"plan": "{plan.id}", "success_url": "https://app.example.com/after"}
    assert made.operations["read_state"].path == "/api/v1/auth/users/me"
    assert [one.id for one in made.plans] == ["starter", "pro"]
    assert "buy" not in made.flows
