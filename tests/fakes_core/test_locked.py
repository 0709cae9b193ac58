"""What each vendor says when somebody else holds the object."""

import base64
from typing import Any

import httpx

from fakes.plugin import running
from fakes.serve import Options


def test_each_vendor_in_its_own_words() -> None:
    """The payment provider answers 429 `lock_timeout`, the CRM 423, the helpdesk 409; nothing is made."""
    with running(Options(only=["payments", "crm", "helpdesk"], seed=1)) as fakes:
        for fake in ("payments", "crm", "helpdesk"):
            fakes.fault(fake, "locked")
        basic = f"{fakes.key('helpdesk', 'email')}/token:{fakes.key('helpdesk', 'token')}"
        keys = {
            "payments": f"Bearer {fakes.key('payments', 'secret_key')}",
            "crm": f"Bearer {fakes.key('crm', 'token')}",
            "helpdesk": f"Basic {base64.b64encode(basic.encode()).decode()}",
        }
        asked: dict[str, tuple[str, Any]] = {
            "payments": ("/v1/customers", {}),
            "crm": ("/crm/v3/objects/contacts", {"json": {"properties": {"email": "a@example.com"}}}),
            "helpdesk": ("/api/v2/tickets.json", {"json": {"ticket": {"comment": {"body": "x"}}}}),
        }
        said = {}
        for fake, (path, body) in asked.items():
            headers = {"Authorization": keys[fake]}
            said[fake] = httpx.post(fakes.url(fake) + path, headers=headers, trust_env=False, **body)
        assert {fake: answer.status_code for fake, answer in said.items()} == {
            "payments": 429,
            "crm": 423,
            "helpdesk": 409,
        }
        assert said["payments"].json()["error"]["code"] == "lock_timeout"
        assert said["helpdesk"].json()["error"] == "DatabaseConflict"
        assert said["crm"].json()["status"] == "error"
        assert fakes.records("effect") == []
