"""The GraphQL function hears from the helpdesk: what it signed counts, and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.clock import SYSTEM
from tests.gate.conftest import ROOT

ASK = """
import json, os, sys
from fakes.helpdesk import signing
from staging.examples import outbox
from staging.examples.graphql import vendors
from staging.examples.graphql.function import SCHEMA, handler

outbox.prepare(vendors.DB, SCHEMA)
with outbox.transaction(vendors.DB) as db:
    db.execute("INSERT INTO settings VALUES ('desk_secret', 'the secret')")
    db.execute("INSERT INTO questions (id, person, subject, body, topic) VALUES ('q_1', 1, 's', 'b', 'order')")
secret, t_s, content = sys.argv[1], int(sys.argv[2]), sys.argv[3].encode()
headers = {name.lower(): text for name, text in signing.headers(content, t_s, secret).items()}
status, _ = handler({"method": "POST", "path": vendors.HOOK_PATH, "headers": headers, "body": content})
with outbox.transaction(vendors.DB) as db:
    print(json.dumps([status, db.execute("SELECT status FROM questions").fetchone()["status"]]))
"""
SOLVED = json.dumps({"status": "solved", "external_id": "q_1"})


@pytest.mark.parametrize(
    ("secret", "ago_s", "content", "came"),
    [
        ("the secret", 0, SOLVED, [200, "Solved"]),
        ("the secret", 0, SOLVED.replace("solved", "open"), [200, "Received"]),
        ("the secret", 0, SOLVED.replace("q_1", "q_2"), [200, "Received"]),
        ("the secret", 600, SOLVED, [401, "Received"]),
        ("another", 0, SOLVED, [401, "Received"]),
        ("the secret", 0, "[]", [400, "Received"]),
    ],
    ids=["solved", "still open", "of somebody else", "an old one", "wrong secret", "no news"],
)
def test_what_the_helpdesk_tells(tmp_path: Path, secret: str, ago_s: int, content: str, came: list[object]) -> None:
    """Solved is solved when the helpdesk signed it just now, for the question that it names."""
    env = {**os.environ, "TABLE_FILE": str(tmp_path / "function.sqlite")}
    at = str(int(SYSTEM.wall().timestamp()) - ago_s)
    words = [sys.executable, "-c", ASK, secret, at, content]
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == came
