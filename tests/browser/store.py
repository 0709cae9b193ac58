"""The tiny shop, with a list of what was ordered: what an app shows of it must come from somewhere."""

from typing import Any

from tests.phone.shop import Shop
from tests.phone.tiny import Answer, Seen


class Store(Shop):
    """Says everything that the tiny page asks for."""

    def __call__(self, seen: Seen) -> Answer:
        """The answer to one request."""
        if seen.path == "/v1/notices/opened":
            return 200, {"kind": "order", "id": seen.json["id"], "status": "failed", "state": "Payment failed"}
        return super().__call__(seen)

    def _read(self, path: str) -> Answer:
        status, body = super()._read(path)
        if path == "/v1/me":
            orders = [answer["order_id"] for _, answer in self.answers.values() if "order_id" in answer]
            body["orders"] = [self._order(order) for order in orders]
        return status, body

    def _order(self, order: str) -> dict[str, Any]:
        paid = f"/v1/orders/{order}" in self.paid
        return {"order_id": order, "state": "Paid" if paid else "Payment pending"}
