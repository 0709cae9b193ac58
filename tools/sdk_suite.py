"""`python -m tools.sdk_suite`: the official Python client's own tests against the payment fake; writes a page.

The client's source distribution, in the version that is installed here, is fetched by pip into a temporary folder,
with what its tests need, and is never kept. The tests run twice, unmodified: against a server that answers `{}` to
everything, which says which of them an answer matters to, and against the fake, in whose account there is one of each
kind of object that they expect to find in a list; that takes some minutes. Ends 0 whatever the score; 2 when it cannot
run.
"""

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import httpx

from fakes.plugin import running
from fakes.serve import Options
from tools.gate import ROOT
from tools.listening import listening

TABLE = ROOT / "docs" / "sdk-suite.md"
NEEDED = ("pytest", "pytest-mock", "anyio", "trio", "aiohttp", "httpx", "requests")
PATIENCE_S = 1800
INVENTED = re.compile(r"No such [\w. ]+: ?'")
LACKING = re.compile(r"Unrecognized request URL \((\w+): ([^)\s]*)")
MESSAGE_MAX = 140
KEY = "sk_test_123"
"""The key that the tests use."""
EXPECTED: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("accounts", {"country": "US", "type": "custom"}),
    ("customers", {}),
    (
        "payment_intents",
        {
            "amount": "100000",
            "currency": "usd",
            "confirm": "true",
            "payment_method": "pm_card_bypassPending",
            "payment_method_types[]": "card",
        },
    ),
    ("invoices", {"customer": "{customers}"}),
    ("quotes", {"customer": "{customers}"}),
)
"""What must be in the account for lists to have somebody in them, beside a file; `{customers}` is the id of the one."""
REASONS: Mapping[str, str] = {
    "test_is_searchable": "how many there are is told when `total_count` is expanded, and the test does not expand it",
    "test_checkout_sessions_post": "sells nothing, and ships it at a rate that nobody made",
    "test_payment_intents_post_4": "Przelewy24 takes euros and zlotys, and these are dollars",
    "test_payment_methods_post": "the card has expired",
    "test_tokens_post": "the card has expired",
    "test_tax_ids_post": "`123` is no VAT number of the European Union",
    "test_reporting_report_runs_post": "asks for a month of 2018, before there was this account",
    "test_radar_value_lists_post": "three tests make a list with the same alias, which only the first of them can",
    "test_financial_connections_sessions_post_2": "`filters[country]` is a name of older API versions; the customer is "
    "nobody in any case",
    "test_httpx_request_async_https": "speaks to the provider's own address, not to the one it is given",
}
"""Why the provider itself would refuse what a test asks, by the test's name."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A test that failed, and why."""

    name: str
    text: str

    @property
    def invented(self) -> bool:
        """Whether it asks for an object by an id that nobody made."""
        return bool(INVENTED.search(self.text))

    @property
    def lacking(self) -> str | None:
        """The resource of the call that the fake lacks."""
        found = LACKING.search(self.text)
        return found[2].split("?")[0].split("/")[2] if found and found[2].count("/") > 1 else None

    @property
    def reason(self) -> str | None:
        """Why it would fail at the provider too; None if it would not, or nobody has looked."""
        function = self.name.rpartition("::")[2].partition("[")[0]
        return REASONS.get(function.removesuffix("_async"))


@dataclass(frozen=True, slots=True)
class Score:
    """What one run of the suite came to."""

    passed: frozenset[str]
    failed: tuple[Failed, ...]


def pip(*words: str) -> None:
    """Let pip do something, quietly."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def fetched(folder: Path) -> Path:
    """The unpacked source distribution, what its tests need beside it."""
    wanted = f"stripe=={version('stripe')}"
    pip("download", wanted, "--no-binary", "stripe", "--no-deps", "--dest", str(folder))
    pip("install", "--target", str(folder / "needed"), *NEEDED)
    (archive,) = folder.glob("stripe-*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return next(one for one in folder.glob("stripe-*") if one.is_dir())


def nothing() -> AbstractContextManager[str]:
    """A server that answers `{}` to everything."""
    return listening(lambda _request: (200, {}), "", b"{}")


def prepare(url: str) -> None:
    """Make one of each kind that the tests expect to find, in the account of their key."""
    known: dict[str, str] = {}
    with httpx.Client(base_url=f"{url}/v1/", headers={"Authorization": f"Bearer {KEY}"}, timeout=30) as client:
        sent = [client.post("files", data={"purpose": "dispute_evidence"}, files={"file": ("a.txt", b"a")})]
        for path, form in EXPECTED:
            sent.append(client.post(path, data={name: value.format_map(known) for name, value in form.items()}))
            known[path] = str(sent[-1].json().get("id"))
    refused = [reply.text for reply in sent if reply.is_error]
    if refused:
        raise RuntimeError(f"the fake refused what the tests expect: {refused[0]}")


def play(suite: Path, url: str, report: Path) -> Score:
    """Run the suite's tests against this server."""
    where = urlsplit(url)
    paths = os.pathsep.join([str(suite.parent / "needed"), str(suite)])
    settings = {"STRIPE_MOCK_HOST": str(where.hostname), "STRIPE_MOCK_PORT": str(where.port), "PYTHONPATH": paths}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--tb=line",
        "-o",
        "addopts=",
        "-p",
        "no:cacheprovider",
        f"--junitxml={report}",
    ]
    # Long tracebacks through its largest file would take longer than all its tests.
    subprocess.run(
        command, cwd=suite, env={**os.environ, **settings}, check=False, timeout=PATIENCE_S, stdout=subprocess.DEVNULL
    )
    return read_report(report)


def read_report(report: Path) -> Score:
    """The score in a JUnit report."""
    passed, failed = set(), []
    for case in ET.parse(report).getroot().iter("testcase"):
        name = f"{str(case.get('classname')).removeprefix('tests.')}::{case.get('name')}"
        wrong = case.find("failure") if case.find("failure") is not None else case.find("error")
        if wrong is not None:
            failed.append(Failed(name, f"{wrong.get('message')}\n{wrong.text}"))
        elif case.find("skipped") is None:
            passed.add(name)
    return Score(frozenset(passed), tuple(failed))


def rendered(empty: Score, ours: Score) -> str:
    """The committed document."""
    hard = {one.name for one in empty.failed}
    invented = [one for one in ours.failed if one.invented]
    lacking = [one for one in ours.failed if not one.invented and one.lacking]
    other = [one for one in ours.failed if not one.invented and not one.lacking]
    total = len(ours.passed) + len(ours.failed)
    asked = {one.name for one in (*lacking, *other)}
    by_resource = Counter(one.lacking for one in lacking)
    lines = [
        "# The official Python client's own tests",
        "",
        "Generated by `python -m tools.sdk_suite`: the tests in the source distribution of stripe "
        f"{version('stripe')}, unmodified, against the payment fake. They expect to find somebody in lists, so one "
        "account, customer, payment, invoice, quote and file is made before.",
        "",
        f"- {len(ours.passed):,} of {total:,} pass; {len(invented):,} ask for objects by ids that nobody made, which "
        "the provider would refuse as well.",
        f"- Of the other {total - len(invented):,}, {len(ours.passed):,} pass, {len(lacking):,} call what the fake "
        f"lacks, {len(other):,} fail for another reason, {sum(one.reason is not None for one in other):,} of them for "
        "one for which they would fail at the provider too.",
        f"- An answer of `{{}}` to everything passes {len(empty.passed):,}. Of the {len(hard):,} tests that it cannot "
        f"pass, {len(hard & ours.passed):,} pass here, and of those that use no invented id "
        f"{len(hard & ours.passed):,} of {len(hard & (ours.passed | asked)):,}.",
        "",
        "## Fail for another reason",
        "",
        "| test | what the fake says | why the provider would refuse it too |",
        "|---|---|---|",
        *(f"| `{one.name}` | {_said(one.text)} | {one.reason or '**nothing: a miss**'} |" for one in other),
        "",
        "## Call what the fake lacks, by resource",
        "",
        ", ".join(f"{name} ({count})" for name, count in by_resource.most_common()) or "Nothing.",
    ]
    return "\n".join(lines) + "\n"


def _said(text: str) -> str:
    line = re.sub(r"Request req_\w+: ", "", text.strip().splitlines()[0])
    line = line.replace("|", "\\|")
    return line if len(line) <= MESSAGE_MAX else line[: MESSAGE_MAX - 1] + "…"


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="sdk_suite", description="The official client's own tests against the fake.")
    parser.add_argument("--folder", type=Path, help="keep what was fetched here (default: a temporary folder)")
    return parser.parse_args(arguments)


def measured(folder: Path) -> Mapping[str, Score]:
    """Both scores."""
    suite = next((one for one in folder.glob("stripe-*") if one.is_dir()), None) or fetched(folder)
    with nothing() as url:
        empty = play(suite, url, folder / "empty.xml")
    with running(Options(only=["payments"], seed=1, journal=folder / "fakes.jsonl")) as fakes:
        prepare(fakes.url("payments"))
        ours = play(suite, fakes.url("payments"), folder / "ours.xml")
    return {"empty": empty, "ours": ours}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch, play twice, write the document."""
    wanted = options(arguments)
    with tempfile.TemporaryDirectory(prefix="sdk-suite-") as name:
        folder = wanted.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            scores = measured(folder)
        except subprocess.CalledProcessError as problem:
            sys.stderr.write(f"sdk_suite: pip could not fetch what is needed (it ended {problem.returncode})\n")
            return 2
        except RuntimeError as problem:
            sys.stderr.write(f"sdk_suite: {problem}\n")
            return 2
    if not all(score.passed for score in scores.values()):
        sys.stderr.write("sdk_suite: the tests did not run: none of them passed\n")
        return 2
    text = rendered(scores["empty"], scores["ours"])
    TABLE.write_text(text)
    sys.stdout.write(text.partition("\n## ")[0] + f"\n\nwritten to {TABLE.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
