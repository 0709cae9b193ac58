"""A shop as a tiny pipeline would keep it: accounts, orders and tickets in a dictionary, one record for each key."""

from collections import Counter
from typing import Any

from tests.phone.tiny import Answer, Seen


class Shop:
    """Says what a pipeline would say, and counts what it did."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.did: Counter[str] = Counter()
        self.troubles: list[Answer | None] = []
        """Answers for the next writing requests instead of the right ones; None lets one through."""
        self.paid = False
        self.wallet_says = "paid"

    def __call__(self, seen: Seen) -> Answer:
        """The answer to one request."""
        if seen.path == "/wallet/pay":
            self.did["paid"] += 1
            self.paid = self.wallet_says == "paid"
            return 200, {"result": self.wallet_says, "reason": None}
        if seen.method == "GET":
            return self._read(seen.path)
        trouble = self.troubles.pop(0) if self.troubles else None
        return trouble or self._write(seen)

    def _write(self, seen: Seen) -> Answer:
        key = seen.key or f"keyless-{len(self.answers)}"
        if key not in self.answers:
            self.did[seen.path] += 1
            self.answers[key] = self._did(seen.path)
        return self.answers[key]

    def _did(self, path: str) -> Answer:
        number = self.did[path]
        if path == "/v1/accounts":
            token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLWl0"
            return 202, {"account_id": "acc_1", "access_token": token, "state": "Account syncing"}
        if path == "/v1/sessions":
            return 200, {"access_token": "a.b.c", "expires_in": 60}
        if path == "/v1/orders":
            return 202, {"order_id": f"ord_{number}", "state": "Payment pending"}
        if path == "/v1/tickets":
            return 202, {"ticket_id": f"tic_{number}", "state": "Ticket received"}
        return 202, {"state": "Account syncing"}

    def _read(self, path: str) -> Answer:
        if path == "/v1/me":
            return 200, {"state": "Up to date", "plan": "free", "payments": []}
        status = "paid" if self.paid else "awaiting_payment"
        payment: Any = None if self.paid else {"client_secret": "pi_1_secret_2", "publishable_key": "pk_test_1"}
        if path == "/v1/subscription":
            plan = "starter" if self.paid else None
            return 200, {"status": "active" if self.paid else "incomplete", "plan": plan, "payment": payment}
        return 200, {"status": status, "state": "Paid" if self.paid else "Payment pending", "payment": payment}
