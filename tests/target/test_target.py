"""A good target: resolved for a run, kept as data, and what it says an intent should leave."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from harness.errors import RefusedError, TargetError, UsageError
from harness.people import People
from harness.phone.steps import traits_of
from harness.rng import Rng
from harness.stack import ports
from harness.target import Target, target_of_text
from harness.target.expect import expectations
from harness.target.words import Unfilled, dig, fill, known_in, names_in
from tests.phone.bench import shipped
from tests.target.test_mistakes import GOOD

FAKES: dict[str, Any] = {
    "payments": {"url": "http://f", "secret_key": "sk_test_1", "publishable_key": "pk_test_1", "webhook_secret": "w"},
    "crm": {"url": "http://f", "token": "pat-na1-00000000-0000-0000-0000-000000000000"},
    "helpdesk": {"url": "http://f", "email": "e@staging.example.com", "token": "t"},
    "alerts": {"slack_url": "http://f", "smtp_host": "127.0.0.1", "smtp_port": 2525},
}


def _resolve(target: Target, fakes: dict[str, Any] | None = None) -> Any:
    secrets = iter(f"secret-{number}" for number in range(99))
    resolved = target.resolve(fakes=fakes or FAKES, work="/work", python="py", secret=lambda: next(secrets))
    list(map(ports.hand_over, resolved.ports.values()))
    return resolved


def test_the_shipped_target_is_resolved() -> None:
    """Four processes in their order, one port for each name, fresh secrets, the fakes' addresses filled in."""
    resolved = _resolve(shipped())
    assert [one.name for one in resolved.processes] == ["database", "provision", "api", "worker"]
    api = resolved.processes[2]
    assert api.command == ["py", "-m", "staging.pipeline", "serve"]
    assert api.env["PIPELINE_PORT"] == str(resolved.ports["api"])
    assert api.env["SMTP_PORT"] == "2525"
    assert api.env["PIPELINE_OPS_TOKEN"] == resolved.secrets["ops"] != resolved.secrets["jwt"]
    assert resolved.processes[0].env == {}
    assert resolved.webhooks == {"payments": f"{resolved.base_url}/webhooks/payments"}


def test_a_flaw_starts_the_flawed_launcher() -> None:
    """Every process of the pipeline is started through it."""
    resolved = _resolve(shipped().with_flaw("no_dedupe"))
    assert resolved.processes[2].command == ["py", "-m", "staging.flaws", "no_dedupe", "serve"]


def test_what_the_fakes_do_not_offer_is_named() -> None:
    """A placeholder without a value stops the run before anything starts."""
    with pytest.raises(TargetError, match=r"env\.CRM_BASE_URL: nothing to put in for \{fakes\.crm\.url\}"):
        _resolve(shipped(), {**FAKES, "crm": {}})


def test_a_live_key_from_elsewhere_is_refused() -> None:
    """What would reach a process's environment is looked at once more."""
    payments = {**FAKES["payments"], "secret_key": "sk_live_1"}
    with pytest.raises(RefusedError, match='process "provision": STRIPE_SECRET_KEY would hold a live key'):
        _resolve(shipped(), {**FAKES, "payments": payments})


def test_as_data_comes_back_and_keeps_no_secret() -> None:
    """The data is JSON, makes the same target again, and hides values that could be somebody's."""
    text = GOOD + 'env = { KEY = "s3cret", PORT = "{port:api}", SCALE = "0.1" }\n'
    target = target_of_text(text, "ours.toml")
    data = json.loads(json.dumps(target.as_data()))
    assert "s3cret" not in json.dumps(data)
    assert data["process"][0]["env"] == {"KEY": "(hidden)", "PORT": "{port:api}", "SCALE": "0.1"}
    assert Target.from_data(data).as_data() == data
    assert Target.from_data(shipped().as_data()).flows == shipped().flows


def test_routes_for_the_authorisation_matrix() -> None:
    """Those that need a token, and those that name somebody's thing."""
    target = shipped()
    assert "sign_up" not in target.protected_routes()
    assert "buy" in target.protected_routes()
    assert target.routes_of_things() == ["order", "ticket"]


def test_unknown_names_list_the_known_ones() -> None:
    """A wrong word for a product is told with what there is."""
    with pytest.raises(UsageError, match=r"product 'gold' is not in the target file; it has credits_10, credits_50"):
        shipped().product("gold")


def _sinks(flow: str, scope: dict[str, Any]) -> list[str]:
    return [one.sink for one in expectations(shipped().flow(flow), scope)]


def _buying(result: str, tries: int) -> dict[str, Any]:
    product = {**shipped().product("credits_50").model_dump(), "currency_upper": "EUR"}
    person = People(Rng(1)).person("somebody")
    return {"person": traits_of(person), "product": product, "payment": {"result": result, "tries": tries}}


def test_a_paid_purchase_should_leave_more_than_a_declined_one() -> None:
    """What is expected depends on how it is paid."""
    paid = ["payments.customer", "payments.charge", "crm.deal", "crm.contact", "alerts.mail"]
    assert _sinks("buy", _buying("paid", 1)) == paid
    assert _sinks("buy", _buying("declined", 1)) == ["payments.customer"]
    assert _sinks("buy", _buying("declined", 2)) == ["payments.customer", "alerts.chat"]
    assert _sinks("buy", _buying("none", 0)) == ["payments.customer"]


def test_expectations_keep_types_and_units() -> None:
    """Amounts stay whole numbers where they are minor units, and decimal text where they are major ones."""
    charge, deal = expectations(shipped().flow("buy"), _buying("paid", 1))[1:3]
    assert asdict(charge)["match"] == {"amount": 3900, "currency": "eur"}
    assert asdict(deal)["match"] == {"amount": "39.00", "deal_currency_code": "EUR"}


def test_priorities_follow_the_plan() -> None:
    """A category may be as urgent for everybody, or by plan."""
    tickets = shipped().tickets
    assert [tickets["technical"].priority_of(plan) for plan in ("free", "pro")] == ["normal", "high"]
    assert tickets["account_access"].priority_of("pro") == "urgent"


def test_pending_is_read_by_paths() -> None:
    """A total that cannot be read counts as something, names without numbers as nothing."""
    pending = shipped().pending
    assert pending
    assert pending.total_in({"total": 3}) == 3
    assert pending.total_in({}) == 1
    assert pending.by_person_in({"by_person": {"a@x": 2, "b": None}}) == {"a@x": 2}


def test_words() -> None:
    """A lone placeholder keeps its type, an optional one takes its field away, a missing one is named."""
    known = known_in({"a": {"n": 7, "empty": ""}, "list": [1, 2]})
    assert fill({"x": "{a.n}", "y": "n={a.n}", "z": "{a.empty?}", "l": ["{list}"]}, known) == {
        "x": 7,
        "y": "n=7",
        "l": [[1, 2]],
    }
    assert list(names_in(["{a.n}", {"b": "{port:api} {c?}"}])) == ["a.n", "port:api", "c"]
    assert (dig({"a": [{"b": 1}]}, "a.0.b"), dig({"a": 1}, "a.b.c")) == (1, None)
    with pytest.raises(Unfilled, match="nobody"):
        fill("{nobody}", known)


def test_ports_of_two_runs_differ() -> None:
    """Two resolutions never promise the same port while both hold it."""
    one, two = (
        shipped().resolve(fakes=FAKES, work="/work", python="py", secret=lambda: Rng(1).marker("x")) for _ in range(2)
    )
    taken = [*one.ports.values(), *two.ports.values()]
    list(map(ports.hand_over, taken))
    assert len(set(taken)) == 4


def test_a_process_may_be_there_several_times() -> None:
    """Each under a name of its own, started alike."""
    text = (Path(__file__).resolve().parents[2] / "staging" / "target.toml").read_text()
    twice = text.replace('command = ["{launcher}", "work"]', 'command = ["{launcher}", "work"]\ncount = 2')
    target = target_of_text(twice, "twice.toml")
    fakes: dict[str, dict[str, str]] = {}
    for name in ("payments", "crm", "helpdesk", "alerts"):
        fakes[name] = dict.fromkeys(
            ("url", "secret_key", "publishable_key", "webhook_secret", "token", "email", "slack_url", "smtp_host",
             "smtp_port"), "http://127.0.0.1:1",
        )  # fmt: skip
    resolved = target.resolve(fakes=fakes, work="/tmp", python="python", secret=lambda: "s" * 40)
    workers = [spec for spec in resolved.processes if spec.name.startswith("worker")]
    assert [spec.name for spec in workers] == ["worker", "worker-2"]
    assert workers[0].command == workers[1].command
    assert workers[0].env == workers[1].env
