"""Reports: which there are, and runs that write one to a file a moment later.

Every report is made of the account's balance transactions: one line each, or sums by category. The vendor's reports
have columns of their own, which are not copied.
"""

import csv
import io
from collections import defaultdict

from fakes.payments.state import due, files
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing

KIND, TYPE = "reporting.report_run", "reporting.report_type"
RUN = "run report"
RUN_S = 1
SINCE_S = 1_577_836_800
SUMS = ("reporting_category", "currency", "count", "gross", "fee", "net")
LINES = ("balance_transaction_id", "created", "reporting_category", "currency", "gross", "fee", "net", "source_id")
NAMES = {
    "balance.summary.1": "Balance summary",
    "balance_change_from_activity.summary.1": "Balance change from activity summary",
    "balance_change_from_activity.itemized.1": "Itemized balance change from activity",
    "payouts.summary.1": "Payouts summary",
    "payouts.itemized.1": "Itemized payouts",
    "ending_balance_reconciliation.summary.1": "Ending balance reconciliation summary",
    "ending_balance_reconciliation.itemized.1": "Itemized ending balance reconciliation",
}


def report_type(account: Account, name: str) -> Thing:
    """What is known of a kind of report."""
    return {
        "id": name,
        "object": TYPE,
        "data_available_end": account.now(),
        "data_available_start": SINCE_S,
        "default_columns": list(SUMS if ".summary." in name else LINES),
        "livemode": False,
        "name": NAMES[name],
        "updated": account.now(),
        "version": 1,
    }


def create(moment: Moment, params: Thing) -> Thing:
    """Begin a run; a moment later it has succeeded."""
    name, given = params["report_type"], params.get("parameters") or {}
    if name not in NAMES:
        raise invalid(f"No such report type: '{name}'", "report_type", "resource_missing")
    for field in ("interval_start", "interval_end"):
        if field not in given:
            raise invalid(f"Missing required param: parameters[{field}].", f"parameters[{field}]", "parameter_missing")
    if not SINCE_S <= given["interval_start"] < given["interval_end"]:
        raise invalid("The interval must begin before it ends, and when data is available.", "parameters[interval_end]")
    if given["interval_end"] > moment.now:
        raise invalid("The interval must end before the data does.", "parameters[interval_end]")
    columns = SUMS if ".summary." in name else LINES
    unknown = [one for one in given.get("columns") or () if one not in columns]
    if unknown:
        raise invalid(f"This report has no column `{unknown[0]}`.", "parameters[columns]")
    run: Thing = {
        "id": moment.account.fresh(KIND),
        "object": KIND,
        "created": moment.now,
        "error": None,
        "livemode": False,
        "parameters": given,
        "report_type": name,
        "result": None,
        "status": "pending",
        "succeeded_at": None,
    }
    moment.account.put(run)
    due.plan(moment, moment.now + RUN_S, RUN, run)
    return run


@due.work(RUN)
def _run(moment: Moment, name: str) -> None:
    run = moment.account.find(KIND, name)
    if run is None or run["status"] != "pending":
        return
    columns = run["parameters"].get("columns") or (SUMS if ".summary." in run["report_type"] else LINES)
    rows = _rows(moment.account, run)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    title = f"{run['report_type']} ({run['id']})"
    file = files.keep(moment, "finance_report_run", f"{run['id']}.csv", text.getvalue().encode(), title)
    run.update(result=file, status="succeeded", succeeded_at=moment.now)
    moment.tell("reporting.report_run.succeeded", run)


def _rows(account: Account, run: Thing) -> list[Thing]:
    given = run["parameters"]
    found = [
        one
        for one in account.tables["balance_transaction"].values()
        if given["interval_start"] <= one["created"] < given["interval_end"]
        and given.get("currency", one["currency"]) == one["currency"]
        and given.get("reporting_category", one["reporting_category"]) == one["reporting_category"]
        and ("payouts" not in run["report_type"] or one["type"].startswith("payout"))
    ]
    if ".summary." in run["report_type"]:
        return _sums(found)
    return [
        {
            "balance_transaction_id": one["id"],
            "created": one["created"],
            "reporting_category": one["reporting_category"],
            "currency": one["currency"],
            "gross": one["amount"],
            "fee": one["fee"],
            "net": one["net"],
            "source_id": one["source"],
        }
        for one in found
    ]


def _sums(found: list[Thing]) -> list[Thing]:
    sums: dict[tuple[str, str], list[Thing]] = defaultdict(list)
    for one in found:
        sums[(one["reporting_category"], one["currency"])].append(one)
    return [
        {
            "reporting_category": category,
            "currency": currency,
            "count": len(these),
            "gross": sum(one["amount"] for one in these),
            "fee": sum(one["fee"] for one in these),
            "net": sum(one["net"] for one in these),
        }
        for (category, currency), these in sorted(sums.items())
    ]
