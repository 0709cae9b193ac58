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
        self.paid: set[str] = set()
        """Paths of what is paid."""
        self.wallet_says = "paid"

    def __call__(self, seen: Seen) -> Answer:
        """The answer to one request."""
        if seen.path == "/wallet/pay":
            self.did["paid"] += 1
            if self.wallet_says == "paid":
                self.paid.add(seen.json["handle"].removesuffix("_secret_2"))
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
        paid = path in self.paid
        payment: Any = None if paid else {"client_secret": f"{path}_secret_2", "publishable_key": "pk_test_1"}
        if path == "/v1/subscription":
            return 200, {"status": "active" if paid else "incomplete", "payment": payment}
        state = "Paid" if paid else "Payment pending"
        return 200, {"status": "paid" if paid else "awaiting_payment", "state": state, "payment": payment}
