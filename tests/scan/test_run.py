"""A run looks after its own secrets: which they are, what it keeps of them, what it sees and how that is judged."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from harness.checkers import decide, no_secrets
from harness.folder import RunFolder
from harness.journal import Journal, read
from harness.phone.ledger import Ledger
from harness.rng import fresh_token
from harness.scan.canaries import named_secrets, server_secrets
from harness.scan.fingerprints import LEAST_RANDOM, TOLD, needles_of, of_secrets
from harness.scan.lookover import KEPT, RunScan
from harness.scan.needles import Secret, forms
from harness.scan.search import Searcher
from harness.stack.ports import hand_over
from harness.target import load_target
from harness.target.model import Target
from harness.target.resolve import Resolved
from tests.checkers.story import ANN, Story, said
from tests.scan.planting import PUBLISHABLE_KEY, SECRET_KEY, SHAPES, canary

ROOT = Path(__file__).resolve().parents[2]
SCAN: dict[str, Any] = {
    "secrets": [{"name": "API_KEY", "shown": "ab… (32 characters)", "random": True}], "shapes": 3, "answers": 1,
    "files": [{"file": "logs/api.log", "bytes": 3}], "answer_bytes": 9, "unreadable": [], "blind": [], "ms": 1.5,
}  # fmt: skip
LEAK: dict[str, Any] = {
    "kind": "secret", "name": "API_KEY", "shown": "ab… (32 characters)", "form": "plain", "where": "log", "count": 1,
    "file": "logs/api.log", "place": "line 1, column 1", "places": ["line 1, column 1"], "text": "",
}  # fmt: skip


def fakes(**more: str) -> dict[str, Any]:
    """What the fakes of a run would say of themselves."""
    token = fresh_token
    return {
        "payments": {"url": "http://127.0.0.1:1", "secret_key": SECRET_KEY + token(), "webhook_secret": token(),
                     "publishable_key": PUBLISHABLE_KEY + token()},
        "crm": {"url": "http://127.0.0.1:2", "token": token()},
        "helpdesk": {"url": "http://127.0.0.1:3", "email": "agent@helpdesk.example.com", "token": token()},
        "alerts": {"slack_url": f"http://127.0.0.1:4/services/T1/B1/{token()}", "smtp_host": "127.0.0.1",
                   "smtp_port": 25},
        **more,
    }  # fmt: skip


def shipped(tmp_path: Path) -> tuple[Target, Resolved]:
    """The target that ships, resolved for a run that never starts."""
    target = load_target(ROOT / "staging" / "target.toml")
    resolved = target.resolve(fakes=fakes(), work=tmp_path, python="python", secret=fresh_token)
    for port in resolved.ports.values():
        hand_over(port)
    return target, resolved


def test_the_secrets_of_the_shipped_pipeline_are_known(tmp_path: Path) -> None:
    """All that only the server is given; neither the publishable key nor addresses, hosts and mailboxes."""
    secrets = server_secrets(*shipped(tmp_path), SHAPES)
    assert [one.name for one in secrets] == [
        "PIPELINE_JWT_SECRET", "PIPELINE_OPS_TOKEN", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS",
        "STRIPE_WEBHOOK_SECRETS (2)", "CRM_TOKEN", "HELPDESK_TOKEN", "SLACK_WEBHOOK_URL",
    ]  # fmt: skip
    assert all(one.random for one in secrets)
    assert "/" not in secrets[-1].value


def test_values_of_a_file_are_known_by_their_names() -> None:
    """What is too short, too plain or meant for clients is left out by name, never silently."""
    token = fresh_token()
    text = f"""
# the server's own
export DATABASE_URL="postgresql://app:{token}@db.example.com:5432/app"
API_KEY='{token[::-1]}'
PORT=8080
LEVEL=information
EXPO_PUBLIC_API_URL=https://api.example.com
PUBLIC_NAME=example-app-2
ADMIN_PASSWORD=correct horse battery
"""
    secrets, left_out = named_secrets(text, ".env")
    assert {one.name: one.value for one in secrets} == {
        "DATABASE_URL": token, "API_KEY": token[::-1], "ADMIN_PASSWORD": "correct horse battery",
    }  # fmt: skip
    assert left_out == ["PORT", "LEVEL", "EXPO_PUBLIC_API_URL", "PUBLIC_NAME"]
    assert [one.random for one in secrets] == [True, True, False]


def test_a_finished_run_can_be_searched_without_its_secrets() -> None:
    """What is kept finds every form of the value, and tells no more than a few characters of it."""
    secret = canary()
    kept = of_secrets([secret])
    assert secret.value[len(SECRET_KEY) + TOLD + 1 :] not in json.dumps(kept)
    searcher = Searcher(needles_of(kept))
    for pattern, form in forms(secret.value).items():
        if form != "without its separators":
            assert [hit.form for hit in searcher.find(b"ab" + pattern + b"cd")] == [form], form
    nearly = secret.value[:-1] + ("0" if secret.value[-1] != "0" else "1")
    assert searcher.find(nearly.encode()) == []
    assert of_secrets([Secret("PASSWORD", "correct horse battery")]) == []
    assert LEAST_RANDOM - TOLD > 16


def run_scan(tmp_path: Path) -> tuple[RunScan, RunFolder, Journal, Mapping[str, str]]:
    """A run's search before anything happened, with its secrets by name."""
    target, resolved = shipped(tmp_path)
    folder = RunFolder.make(tmp_path / "runs", 1)
    journal = folder.journal("stack")
    scan = RunScan(target, resolved, folder, journal)
    return scan, folder, journal, {one.name: one.value for one in scan.scanner.secrets}


def records(folder: RunFolder, kind: str) -> list[dict[str, Any]]:
    """What the run wrote down of this kind."""
    return [record for record in read(folder.path / "stack.jsonl") if record["k"] == kind]


async def test_an_answer_that_tells_a_secret_is_written_down(tmp_path: Path) -> None:
    """In a body or in a header, with the route and the place, never the value; other hosts are none of its business."""
    scan, folder, _, secrets = run_scan(tmp_path)
    base = scan.watch._base
    body = orjson.dumps({"error": {"debug": {"key": secrets["CRM_TOKEN"]}}})

    def answer(request: httpx.Request) -> httpx.Response:
        headers = {"X-Debug": secrets["HELPDESK_TOKEN"]} if request.url.path == "/headers" else {}
        return httpx.Response(422 if request.url.path == "/body" else 200, headers=headers, content=body)

    served = httpx.MockTransport(answer)
    async with httpx.AsyncClient(transport=served, event_hooks={"response": [scan.watch]}) as client:
        assert (await client.post(f"{base}/body")).json()
        await client.get(f"{base}/headers")
        await client.get("http://elsewhere.example.com/body")
    leaks = records(folder, "leak")
    assert [(leak["name"], leak["where"]) for leak in leaks] == [
        ("CRM_TOKEN", "answer"), ("HELPDESK_TOKEN", "answer"), ("CRM_TOKEN", "answer"),
    ]  # fmt: skip
    assert leaks[0]["file"] == "the body of the answer to POST /body (422)"
    assert leaks[0]["place"] == "JSON, $.error.debug.key"
    assert leaks[1]["file"] == "the headers of the answer to GET /headers (200)"
    assert secrets["CRM_TOKEN"] not in (folder.path / "stack.jsonl").read_text()


def test_what_a_phone_was_told_is_kept_without_the_secret(tmp_path: Path) -> None:
    """The answer to a probe is evidence and goes into journal, verdict and report; the secret in it does not."""
    scan, folder, _, secrets = run_scan(tmp_path)
    ledger = Ledger(folder.journal("phone"), scan.hide)
    ledger.probe(ANN, None, f"no {secrets['CRM_TOKEN']} here".encode(), name="x", status=401)
    (probe,) = [record for record in read(folder.path / "phone.jsonl") if record["k"] == "probe"]
    assert probe["body"] == "no (hidden: CRM_TOKEN) here"


def test_logs_and_journals_are_searched_in_the_end(tmp_path: Path) -> None:
    """Each with its place; what was searched is written down too, and nothing of a value."""
    scan, folder, journal, secrets = run_scan(tmp_path)
    (folder.path / "logs" / "api.log").write_text(f"starting\n{json.dumps({'message': secrets['CRM_TOKEN']})}\n")
    fakes = folder.journal("fakes")
    fakes.write("effect", sink="alerts.mail", values={"text": f"Dear Ann, {secrets['STRIPE_SECRET_KEY']}"})
    storage = json.dumps({"localStorage": [{"name": "a", "value": secrets["CRM_TOKEN"]}]})
    with zipfile.ZipFile(folder.path / "trace.zip", "w", zipfile.ZIP_DEFLATED) as trace:
        trace.writestr("storage.json", storage)
    scan.look_over()
    journal.close()
    assert [(leak["name"], leak["file"], leak["place"], leak["where"]) for leak in records(folder, "leak")] == [
        ("STRIPE_SECRET_KEY", "fakes.jsonl", "line 2, $.values.text", "journal"),
        ("CRM_TOKEN", "logs/api.log", "line 2, $.message", "log"),
        ("CRM_TOKEN", "trace.zip > storage.json", "JSON, $.localStorage[0].value", "file"),
    ]
    (scanned,) = records(folder, "scanned")
    assert len(scanned["secrets"]) == len(secrets) == 8
    assert {one["file"] for one in scanned["files"]} == {"logs/api.log", "fakes.jsonl", "stack.jsonl", "trace.zip"}
    assert scanned["blind"] == scanned["unreadable"] == []
    for name in ("stack.jsonl", KEPT):
        assert not any(value in (folder.path / name).read_text() for value in secrets.values())


def story(*leaks: Mapping[str, Any], **scan: Any) -> Story:
    """A run in which this was seen."""
    told = Story(ANN)
    for leak in leaks:
        told.add("leak", **{**LEAK, **leak})
    told.add("scanned", **{**SCAN, **scan})
    return told


@pytest.mark.parametrize(
    ("told", "ruling", "kinds"),
    [
        (story(), "pass", []),
        (story({}, {"place": "line 9, column 1"}), "fail", ["exposed"]),
        (story({}, {"where": "answer", "file": "the body"}, blind=["base64"]), "fail", ["exposed", "exposed"]),
        (story(blind=["base64"]), "unknown", []),
        (story(unreadable=["a.hbc: unknown"]), "unknown", []),
        (Story(ANN), "unknown", []),
    ],
    ids=["clean", "one secret in one file", "two places", "blind", "unreadable", "not searched"],
)
def test_what_was_seen_is_judged(told: Story, ruling: str, kinds: list[str]) -> None:
    """A leak is a broken promise; a search that saw nothing because it could not is no pass."""
    told.cell({"promise": "no_secrets"})
    history = told.history()
    (verdict,) = decide(history, next(iter(history.cells.values()))).verdicts
    assert said(verdict) == (ruling, kinds)


def test_a_run_tells_what_it_may_claim() -> None:
    """The section is there when the run looked; a cell of its own only when all was not well."""
    clean, leaking, never = story().history(), story({}).history(), Story(ANN).history()
    assert no_secrets.to_tell(clean) is None
    assert no_secrets.to_tell(never) is None
    assert no_secrets.section(never) is None
    cell = no_secrets.to_tell(leaking)
    assert cell is not None
    assert cell.id == "no_secrets"
    section = no_secrets.section(leaking)
    assert section is not None
    assert section["leaks"] == 1
    assert "no known secret" in section["claim"]
    assert any("no secret:" in one for one in section["not_claimed"])
