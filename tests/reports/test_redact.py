"""Secrets are never shown, wherever they hide."""

import json
from pathlib import Path

import pytest

from reports.redact import HIDDEN, clean, clean_text
from reports.write import write_all
from tests.reports import sample

SECRETS = (
    "sk_test_51AbCdEfGh0123", "sk_live_9f8e7d6c5b4a", "rk_test_abcdef123456", "whsec_0123456789abcdef",
    "pi_3Abc123_secret_9xYz42", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "xoxb-1234567890-abcdef",
    "pat-eu1-0123-4567-89ab",
)  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_blanked(secret: str) -> None:
    """In the middle of any text."""
    assert clean_text(f"called with {secret} at noon") == f"called with {HIDDEN} at noon"


def test_credentials_of_a_header_are_blanked() -> None:
    """Whatever the scheme's spelling."""
    assert clean_text("Authorization: bearer abc.def-123456") == f"Authorization: {HIDDEN}"


def test_the_path_of_a_chat_hook_and_a_password_in_an_address_are_blanked() -> None:
    """Addresses stay readable, what opens them does not."""
    assert clean_text("https://hooks.example.com/services/T0/B0/xyz") == f"https://hooks.example.com/services/{HIDDEN}"
    assert clean_text("postgres://app:hunter2@db/app") == f"postgres://app:{HIDDEN}@db/app"


def test_values_are_blanked_by_the_name_of_their_key() -> None:
    """However deep they lie, and only texts: a count is evidence."""
    held = {"a": [{"client_secret": "x", "password": "y", "tokens": 3}], "handle_sha": "ab", "api_key": "k"}
    shown = {"a": [{"client_secret": HIDDEN, "password": HIDDEN, "tokens": 3}], "handle_sha": "ab", "api_key": HIDDEN}
    assert clean(held) == shown


def test_ordinary_words_stay() -> None:
    """Words that only sound like secrets are left alone."""
    text = "task_sk is secret-free; idempotency key key_1; the basic plan; ch_123; a bearer of news"
    assert clean_text(text) == text


def test_no_report_shows_a_secret(tmp_path: Path) -> None:
    """Planted in a journal and in every corner of a verdict, found in none of the three files."""
    sample.red(tmp_path)
    text = (tmp_path / "verdict.json").read_text().replace("The app said", f"{SECRETS[0]} {SECRETS[3]} The app said")
    verdict = json.loads(text)
    verdict["not_covered"] = [{"what": SECRETS[1], "why": "Bearer abcdefgh12345678"}]
    (tmp_path / "verdict.json").write_text(json.dumps(verdict))
    shown = "".join(path.read_text() for path in write_all(tmp_path))
    assert [one for one in (*SECRETS, "sk_test_51Hidden0000", "abcdefgh12345678") if one in shown] == []
    assert HIDDEN in shown
