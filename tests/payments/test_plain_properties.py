"""Whatever is sent about what is kept as it was written: an answer in the vendor's shape, never a failure.

Random calls with parameters of the right names, mostly of the right types, about objects that are there or not.
"""

from typing import Any

import orjson
import pytest

from fakes.payments.wire.operations import AREAS
from fakes.payments.wire.parameters import table
from harness.rng import Rng
from tests.payments import making_kept
from tests.payments.conftest import Bare

OURS = ("keepsakes", "linked", "risk", "taxes", "terminal", "treasury", "issuing", "purse")
CALLS = 250
WORDS = ("", "usd", "US", "DE", "CA", "x", "1.2.3.4", "txcd_10000000", "a-b-c", "self", "ips", "ü" * 30)


class Stranger:
    """Somebody who knows the table of parameters and the ids of what there is."""

    def __init__(self, bare: Bare, seed: int) -> None:
        self.bare, self.chance = bare, Rng(seed).stream("stranger")
        self.tables = bare.slice._provider.account().tables

    def ident(self, name: str = "") -> str:
        """An id of something that is called so, mostly."""
        fitting = [rows for kind, rows in self.tables.items() if kind.rpartition(".")[2] in name and rows]
        if not fitting or self.chance.random() < 0.05:
            fitting = [rows for rows in self.tables.values() if rows]
        return self.chance.choice(list(self.chance.choice(fitting)))

    def value(self, tree: Any, name: str = "") -> Any:
        """Something of this type, mostly."""
        chance = self.chance
        if isinstance(tree, list):
            return {str(place): self.value(tree[0], name) for place in range(chance.randint(0, 2))} or ""
        if isinstance(tree, dict):
            if "any" in tree:
                return self.value(chance.choice(tree["any"]), name)
            if "each" in tree:
                return {"usd": self.value(tree["each"])}
            needed = tree.get("needs", ())
            return {
                name: self.value(one) for name, one in tree["of"].items() if name in needed or chance.random() < 0.3
            }
        if tree == "map":
            return chance.choice(("", {"a": "b"}))
        if tree.startswith("="):
            return chance.choice(tree[1:].split("|"))
        if tree.startswith("string"):
            return self.ident(name) if chance.random() < 0.7 else chance.choice(WORDS)
        return chance.choice({"boolean": ("true", "false")}.get(tree, ("1", "100", "-5", "1767225700", "")))


def flat(value: Any, at: str) -> list[tuple[str, str]]:
    """A nested value as the pairs of a form."""
    if not isinstance(value, dict):
        return [(at, str(value))]
    return [pair for name, one in value.items() for pair in flat(one, f"{at}[{name}]" if at else name)]


def kept(tables: Any) -> bytes:
    """All objects of an account."""
    return orjson.dumps({kind: dict(rows) for kind, rows in tables.items() if rows})


@pytest.mark.parametrize("seed", range(10))
def test_any_call_is_answered(seed: int) -> None:
    """With success, in the vendor's shape, or with a refusal that leaves everything as it was."""
    bare = Bare()
    making_kept.make(bare)
    stranger, seen = Stranger(bare, seed), set()
    operations = sorted(name for area in OURS for name in AREAS[area])
    for _ in range(CALLS):
        operation = stranger.chance.choice(operations)
        method, path = operation.split(" ")
        tree = {**table()[operation], "of": {**table()[operation]["of"]}}
        tree["of"].pop("expand", None)
        form = flat(stranger.value(tree), "")
        # Test helpers act on what their path names before the placeholder: `/outbound_transfers/{id}/post`.
        names = [before.removesuffix("s") for before in path.split("/{")[0].split("/")[-1:]]
        where = "/".join(stranger.ident(names[0]) if part.startswith("{") else part for part in path.split("/"))
        before = kept(stranger.tables)
        reply = bare.raw(method, where, form)
        assert reply.status < 500, (operation, form)
        # A card that is declined leaves its charge behind.
        assert reply.status in (200, 402) or kept(stranger.tables) == before, (operation, form, reply.body)
        seen.add((operation, reply.status))
    assert sum(status == 200 for _, status in seen) > 30
    _adds_up(stranger.tables)


def _adds_up(tables: Any) -> None:
    """What is in each financial account is what its entries say, and never less than nothing."""
    for account in tables["treasury.financial_account"].values():
        mine = [
            one for one in tables["treasury.transaction_entry"].values() if one["financial_account"] == account["id"]
        ]
        for place, sums in account["balance"].items():
            assert sums["usd"] == sum(one["balance_impact"][place] for one in mine)
            assert place == "cash" or sums["usd"] >= 0
