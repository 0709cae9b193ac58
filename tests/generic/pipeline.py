"""A tiny pipeline with an unusual CRM: `python -m tests.generic.pipeline PORT`. Signs up, and tells the CRM later.

Told by the CRM that somebody's lead was deleted, it makes a new one. With FLAW=no_key it forgets the idempotency key,
so that a lost answer makes two leads; with FLAW=unsigned it believes whoever tells it. Memory only, one worker.
"""

import hashlib
import hmac
import os
import queue
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import orjson

WAIT_S, TRIES = 0.2, 40
ACCOUNTS: dict[str, dict[str, Any]] = {}
JOBS: "queue.Queue[dict[str, Any]]" = queue.Queue()
LOCK = threading.Lock()
TOLERANCE_S = 300


def is_signed(secret: str, header: str, body: bytes) -> bool:
    """Whether the CRM told this, now: `t=TIME,v1=HMAC of "TIME.body"`."""
    time_told, _, digest = header.removeprefix("t=").partition(",v1=")
    right = hmac.new(secret.encode(), time_told.encode() + b"." + body, hashlib.sha256).hexdigest()
    # This is somebody else's program: it imports nothing of the harness, not even its clock.
    recent = time_told.isdecimal() and abs(time.clock_gettime(time.CLOCK_REALTIME) - int(time_told)) <= TOLERANCE_S
    return recent and hmac.compare_digest(right.encode(), digest.encode())


def work() -> None:
    """Bring every account to the CRM, as often as it takes."""
    client = httpx.Client(base_url=os.environ["LEADS_API"], headers={"X-Api-Key": os.environ["LEADS_KEY"]}, timeout=3)
    while True:
        account = JOBS.get()
        key = {} if os.environ.get("FLAW") == "no_key" else {"Idempotency-Key": account["key"]}
        lead = {"email": account["email"], "full_name": account["name"], "status": "new"}
        for _ in range(TRIES):
            try:
                answer = client.post("/leads", json={"lead": lead}, headers=key)
                if answer.status_code < 300 and "lead" in answer.json():
                    account["lead"] = answer.json()["lead"]["id"]
                    break
            except (httpx.TransportError, ValueError):
                pass
            threading.Event().wait(WAIT_S)
        JOBS.task_done()


class App(BaseHTTPRequestHandler):
    """What the app speaks to."""

    def do_POST(self) -> None:
        """Sign up; or hear from the CRM."""
        chunked = self.headers.get("transfer-encoding") == "chunked"
        body = self._chunks() if chunked else self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/hooks/leads":
            return self._heard(body)
        asked = orjson.loads(body)
        with LOCK:
            account = ACCOUNTS.get(asked["email"])
            if account is None:
                name = f"acc{len(ACCOUNTS) + 1}"
                account = {"id": name, "key": name, "email": asked["email"], "name": asked["name"]}
                ACCOUNTS[asked["email"]] = account
                JOBS.put(account)
        return self._told(202, {"token": account["id"], "state": "Account syncing"})

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _heard(self, body: bytes) -> None:
        """Somebody's lead was deleted over there: they get a new one, once for each that is gone."""
        told = is_signed(os.environ["LEADS_SECRET"], self.headers.get("x-signature", ""), body)
        if not told and os.environ.get("FLAW") != "unsigned":
            return self._told(401, {})
        try:
            event = orjson.loads(body)
        except ValueError:
            return self._told(400, {})
        if event["type"] == "lead.deleted":
            gone = event["data"]["id"]
            with LOCK:
                for account in ACCOUNTS.values():
                    if account.get("lead") == gone:
                        account |= {"lead": None, "key": gone}
                        JOBS.put(account)
        return self._told(200, {})

    def do_GET(self) -> None:
        """My state, or what is still to be done."""
        if self.path == "/pending":
            return self._told(200, {"total": JOBS.unfinished_tasks, "by_person": {}})
        shown = self.headers.get("authorization", "").removeprefix("Bearer ")
        mine = next((one for one in ACCOUNTS.values() if one["id"] == shown), None)
        return self._told(200, mine) if mine else self._told(401, {"error": {"code": "unauthorised"}})

    def do_DELETE(self) -> None:
        """Forget me, at the CRM as well."""
        shown = self.headers.get("authorization", "").removeprefix("Bearer ")
        mine = next((one for one in ACCOUNTS.values() if one["id"] == shown), None)
        if mine is None:
            self._told(401, {"error": {"code": "unauthorised"}})
            return
        del ACCOUNTS[mine["email"]]
        key = {"X-Api-Key": os.environ["LEADS_KEY"]}
        httpx.delete(f"{os.environ['LEADS_API']}/leads/{mine['lead']}", headers=key, timeout=3).raise_for_status()
        self._told(200, {})

    def _told(self, status: int, content: Any) -> None:
        body = orjson.dumps(content)
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        """Quiet, but for a file of who asked what and when, where LOG names one."""
        if os.environ.get("LOG"):
            heard = {"at": time.monotonic(), "what": f"{self.command} {self.path}", "headers": dict(self.headers)}
            with Path(os.environ["LOG"]).open("ab") as log:
                log.write(orjson.dumps(heard) + b"\n")


if __name__ == "__main__":
    threading.Thread(target=work, daemon=True).start()
    ThreadingHTTPServer((os.environ.get("HOST", "127.0.0.1"), int(sys.argv[1])), App).serve_forever()
