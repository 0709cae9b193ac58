"""Verdicts that were made up, and the gate as a user starts it."""

from typing import Any

from tests.gate.conftest import gate

__all__ = ["gate"]
Data = dict[str, Any]


def finding(kind: str = "duplicated", sink: str = "crm.deal") -> Data:
    """One thing that is wrong."""
    return {"kind": kind, "sink": sink, "message": f"2 {sink}", "person": "hxaaaaaaaaaaaa", "records": []}


def cell(name: str, verdict: str = "fail", *findings: Data, origin: str = "scenario", more: int = 0) -> Data:
    """One cell with one promise."""
    return {
        "cell": name, "scenario": name.partition("[")[0], "flow": "buy", "title": "", "origin": origin,
        "verdict": verdict, "error": None, "replay": f"harness run '{name}'", "facts": [], "persons": [],
        "promises": [
            {"promise": "exactly_once", "ruling": verdict, "reason": "", "counts": {}, "findings": list(findings),
             "more": more}
        ],
    }  # fmt: skip


def verdict(*cells: Data, slos: tuple[Data, ...] = (), exit_code: int | None = None, run: str = "") -> Data:
    """A verdict as the judge writes it, as far as the gate and the reports look."""
    words = [one["verdict"] for one in (*cells, *slos)]
    whole = "fail" if "fail" in words else "unknown" if "unknown" in words else "pass"
    code = {"fail": 1, "unknown": 3, "pass": 0}[whole] if exit_code is None else exit_code
    return {
        "version": 1, "verdict": whole, "exit_code": code, "cells": list(cells), "slos": list(slos), "run": run,
        "unknown_routes": [], "headline": "made up", "counts": {"cells": len(cells)}, "seed": 1,
    }  # fmt: skip


def slo(name: str, ruling: str) -> Data:
    """A limit in time."""
    return {"name": name, "verdict": ruling, "text": name, "limit_s": 1.0, "quantile": 0.95, "samples": 10, "late": 9}
