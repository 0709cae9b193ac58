"""Two run folders to make reports of: one where every promise held, one with the troubles that this product is for.

The verdicts are written by hand in the judge's shape; their records are quoted from the journals beside them.
"""

import json
from pathlib import Path
from typing import Any

from harness.journal import Record
from tests.reports.stories import World, lost_ticket, purchase, replay, sign_up, stale_overwrite

SEED = 4711
Data = dict[str, Any]


def green(folder: Path) -> Path:
    """A run in which everything held."""
    world = World(folder, SEED)
    cells = []
    for name, flow, variant, title, copies in (
        ("plain_success", "sign_up", "", "Everything goes well", 0),
        ("plain_success", "buy", "", "Everything goes well", 0),
        ("duplicate_deliveries", "buy", "identical", "Every webhook comes twice", 1),
        ("duplicate_deliveries", "buy", "overlapping", "Every webhook comes twice", 2),
    ):
        cell = _id(name, flow, variant)
        person = world.person(cell)
        world.cell(cell, title, [person])
        sign_up(world, person, cell)
        if flow == "buy":
            purchase(world, person, cell, copies=copies)
        promises = [_kept("exactly_once", intents=2, effects=5), _kept("converges", reads=1)]
        facts = [{"fact": "delivered_twice", "occurred": True, "detail": f"{copies + 1} times"}] if copies else []
        cells.append(_cell(cell, title, [person], promises, facts))
    _load(world, 80)
    return _save(
        world,
        cells,
        [_ack()],
        verdict="pass",
        exit_code=0,
        headline="every promise kept in 4 cells: 87 intents of 84 people",
        secrets=SEARCHED,
    )


SEARCHED: Data = {
    "looked_for": [{"name": "PAYMENTS_KEY", "shown": "key_ 3fa2… (36 characters)"}],
    "shapes": 23, "files": [{"file": "logs/api.log", "bytes": 1_300_000}], "answers": 412, "ms": 31.5, "leaks": 0,
    "claim": "no known secret, in these forms", "not_claimed": ["that there is no secret"],
}  # fmt: skip


def red(folder: Path, name: tuple[str, str] = ("Noor", "Okafor")) -> Path:
    """A run with a charge made twice, a lost ticket, a stale overwrite, undecided cells and a missed time limit."""
    world = World(folder, SEED)
    stack = world.writers["stack"]
    stack.write("process", name="pipeline", event="ready", pid=1, code=None)
    cells = [_calm(world), _twice(world, name), _lost(world), _stale(world), *_undecided(world)]
    world.fakes("unknown_route", call=world.ident("call"), fake="crm", method="GET", path="/crm/v4/associations")
    _load(world, 320)
    return _save(
        world,
        cells,
        [_ack(), _late(), _thin()],
        verdict="fail",
        exit_code=1,
        headline="3 of 8 cells broke a promise: 1 duplicated, 1 lost, 1 stale_overwrite",
        not_covered=[
            {"what": "refunds", "why": "the target names no route for them"},
            {
                "what": "retries later than 8 s",
                "why": "the retry horizon of the target is longer than the negative window",
            },
        ],
        unowned=[{"sink": "alerts.chat", "object": "msg_9", "values": {"text": "Nightly job done"}}],
        unknown_routes=[{"fake": "crm", "method": "GET", "path": "/crm/v4/associations", "count": 1}],
        unsettled=[{"person": cells[2]["persons"][0], "blockers": ["pipeline: 1 job"]}],
    )


def _calm(world: World) -> Data:
    cell = _id("plain_success", "buy", "")
    person = world.person(cell)
    world.cell(cell, "Everything goes well", [person])
    sign_up(world, person, cell)
    purchase(world, person, cell)
    return _cell(cell, "Everything goes well", [person], [_kept("exactly_once", intents=2, effects=5)], [])


def _twice(world: World, name: tuple[str, str]) -> Data:
    cell, title = _id("vendor_trouble", "buy", "lost_reply"), "A vendor commits and its answer is lost"
    person = world.person(cell, name=name)
    world.cell(cell, title, [person])
    sign_up(world, person, cell)
    purchase(world, person, cell, charged_twice=True)
    charges = _effects(world, person, "payments.charge")
    finding = {
        "kind": "duplicated", "message": f"{name[0]} {name[1]} paid twice for one order", "person": person,
        "sink": "payments.charge", "expected": {"charges": 1, "amount": 3900, "currency": "eur"},
        "found": [f"{one['object']}: 39.00 eur" for one in charges], "records": charges,
    }  # fmt: skip
    broken = _broken("exactly_once", "1 of 2 intents left more than one effect", finding)
    facts = [{"fact": "reply_lost_after_commit", "occurred": True, "detail": "1 call"}]
    return _cell(cell, title, [person], [broken, _kept("converges", reads=1)], facts, "fail")


def _lost(world: World) -> Data:
    cell, title = _id("airplane_mode", "help_text", "reply_lost"), "The phone loses signal while it asks for help"
    person = world.person(cell)
    world.cell(cell, title, [person])
    sign_up(world, person, cell)
    lost_ticket(world, person, cell)
    intent = [r for r in world.records() if r["k"] == "intent" and r["person"] == person][-1:]
    finding = {
        "kind": "lost", "message": "The app said “Ticket received”, but there is no ticket", "person": person,
        "sink": "helpdesk.ticket", "expected": {"subject": "I paid and see nothing", "priority": "high"},
        "found": None, "records": intent,
    }  # fmt: skip
    broken = _broken("exactly_once", "1 intent that was acknowledged left no effect", finding)
    return _cell(cell, title, [person], [broken], [{"fact": "reply_lost", "occurred": True, "detail": ""}], "fail")


def _stale(world: World) -> Data:
    cell, title = _id("overtaken", "subscribe", "newest_first"), "News arrives newest first"
    person = world.person(cell)
    world.cell(cell, title, [person])
    sign_up(world, person, cell)
    stale_overwrite(world, person, cell)
    updates = [one for one in _effects(world, person, "crm.contact") if one["op"] == "update"]
    finding = {
        "kind": "stale_overwrite", "message": "An older notification put plan_status back to “incomplete”",
        "person": person, "sink": "crm.contact", "expected": "active (event of second 9)",
        "found": "incomplete (event of second 1)", "records": updates,
    }  # fmt: skip
    facts = [{"fact": "told_newest_first", "occurred": True, "detail": ""}]
    return _cell(cell, title, [person], [_broken("fresh", "state went back once", finding)], facts, "fail")


def _undecided(world: World) -> list[Data]:
    title = "Every webhook comes twice"
    cells = []
    for variant in ("overlapping", "resigned"):
        cell = _id("duplicate_deliveries", "buy", variant)
        person = world.person(cell)
        world.cell(cell, title, [person])
        sign_up(world, person, cell)
        purchase(world, person, cell)
        facts = [{"fact": "deliveries_overlapped", "occurred": False, "detail": "the first had been answered before"}]
        cells.append(_cell(cell, title, [person], [_kept("exactly_once", intents=2, effects=5)], facts, "unknown"))
    cell = _id("canceled_by_provider", "cancel", "")
    broke_off = _cell(cell, "The provider ends a subscription", [], [], [], "unknown")
    broke_off["error"] = "setting the scene: subscribe never settled, still waiting for pipeline: 2"
    calm = _id("duplicate_deliveries", "subscribe", "identical")
    person = world.person(calm)
    world.cell(calm, title, [person])
    sign_up(world, person, calm)
    kept = _cell(calm, title, [person], [_kept("exactly_once", intents=1, effects=1)], [])
    return [*cells, kept, broke_off]


def _load(world: World, people: int) -> None:
    for number in range(people):
        person = world.person(None, origin="load")
        intent, key = world.intent(person, "", "sign_up")
        attempt = world.attempt(intent, person, "/v1/accounts", key, "sign_up")
        world.outcome(attempt, intent, person, "ok", 202, "Account syncing", 14 + (number * 37 % 61) * (1 + number % 5))
        world.tick(50)


def _id(scenario: str, flow: str, variant: str) -> str:
    return f"{scenario}[{flow}{'-' + variant if variant else ''}]"


def _cell(
    cell: str, title: str, persons: list[str], promises: list[Data], facts: list[Data], verdict: str = "pass"
) -> Data:
    scenario, _, rest = cell.partition("[")
    flow, _, variant = rest.rstrip("]").partition("-")
    return {
        "cell": cell, "scenario": scenario, "title": title, "flow": flow, "variant": variant, "origin": "scenario",
        "verdict": verdict, "promises": promises, "facts": facts, "persons": persons, "replay": replay(cell),
        "error": None,
    }  # fmt: skip


def _kept(promise: str, **counts: int) -> Data:
    return {"promise": promise, "ruling": "pass", "reason": "nothing contradicts it", "counts": counts, "findings": []}


def _broken(promise: str, reason: str, *findings: Data) -> Data:
    return {"promise": promise, "ruling": "fail", "reason": reason, "counts": {}, "findings": list(findings)}


def _effects(world: World, person: str, sink: str) -> list[Record]:
    return [r for r in world.records() if r["k"] == "effect" and r["person"] == person and r["sink"] == sink]


def _ack() -> Data:
    samples = [0.02 + (n * 7919 % 320) / 320 * 0.35 + (0.7 if n % 41 == 0 else 0) for n in range(320)]
    return _slo("acknowledged", "pass", "95% of requests are answered within 2 s", samples, 2.0, 0.95, 0.0093)


def _late() -> Data:
    samples = [0.8 + (n * 7919 % 300) / 300 * 14 + (40 if n % 9 == 0 else 0) for n in range(300)]
    return _slo("synced", "fail", "95% of records are downstream within 30 s", samples, 30.0, 0.95, 0.146)


def _thin() -> Data:
    return _slo("support", "unknown", "99% of tickets are there within 60 s", [2.0 + n / 10 for n in range(42)], 60.0,
                0.99, 0.0688)  # fmt: skip


def _slo(
    name: str, verdict: str, text: str, samples: list[float], limit_s: float, quantile: float, bound: float
) -> Data:
    ranked = sorted(samples)
    at = {f"p{p}_s": round(ranked[min(len(ranked) - 1, len(ranked) * p // 100)], 3) for p in (50, 95, 99)}
    return {
        "name": name, "verdict": verdict, "text": text, "n": len(samples), "limit_s": limit_s, "quantile": quantile,
        "late": sum(one > limit_s for one in samples), **at, "worst_s": round(ranked[-1], 3),
        "never": 0,
        "late_upper_bound": bound, "left_out": 0, **({"samples_s": samples} if verdict != "unknown" else {}),
    }  # fmt: skip


def _save(world: World, cells: list[Data], slos: list[Data], **more: Any) -> Path:
    records = world.records()
    for writer in world.writers.values():
        writer.close()
    people = sum(record["k"] == "person" for record in records)
    loaded = sum(record["k"] == "person" and record["origin"] == "load" for record in records)
    counts = {"cells": len(cells), "people": people}
    for name, ruling in (("passed", "pass"), ("failed", "fail"), ("unknown", "unknown")):
        counts[name] = sum(cell["verdict"] == ruling for cell in cells)
    for name, kind in (("intents", "intent"), ("effects", "effect"), ("deliveries", "delivery"), ("faults", "fault")):
        counts[name] = sum(record["k"] == kind for record in records)
    load = {
        "people": loaded,
        "intents": loaded,
        "ok": loaded,
        "failed": 0,
        "unknown": 0,
        "achieved_rps": 19.6,
        "intended_rps": 20.0,
    }
    coverage = [
        {**{name: cell[name] for name in ("scenario", "flow", "variant")}, "facts_ok": cell["verdict"] != "unknown"}
        for cell in cells
    ]
    verdict = {
        "version": 1, "seed": SEED, "target": "staging pipeline", "commit": "3f9c2ab",
        "started": "2026-01-01T09:30:00+00:00", "duration_s": 74.3, "counts": counts, "cells": cells, "slos": slos,
        "load": load, "coverage": coverage,
        **{name: [] for name in ("not_covered", "unowned", "unknown_routes", "unsettled")}, **more,
    }  # fmt: skip
    run = {"seed": SEED, "command": f"harness run --seed {SEED} --target staging/target.toml", "commit": "3f9c2ab"}
    (world.folder / "verdict.json").write_text(json.dumps(verdict, ensure_ascii=False))
    (world.folder / "run.json").write_text(json.dumps(run))
    return world.folder
