"""`pytest scenarios`: one item for each scenario cell, selected and reported as any test.

All selected cells are played at once, by the same journey as `harness run`, when the first item is about to run; each
item then answers with its cell's last verdict. Deselected cells never start. Parallel pytest workers are refused: they
would each start a stack of their own and take each other's load for a fault. Loaded by the root conftest; nobody
imports it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness import judge
from harness.errors import HarnessError
from harness.folder import LEFT_OUT, RunFolder
from harness.rng import fresh_seed
from harness.run import Options, play
from harness.scenario import Case
from reports.progress import Progress
from reports.summary import text_of_cell
from reports.write import write_all
from scenarios import CATALOGUE

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
RUN = pytest.StashKey["OneRun"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The words of `harness run` that make sense here."""
    group = parser.getgroup("harness", "scenario cells")
    group.addoption("--seed", type=int, default=None, help="what chance follows from; drawn and printed if absent")
    group.addoption("--target", default="staging/target.toml", help="the target file of the pipeline to drive")
    group.addoption("--people-per-s", type=float, default=0.0, help="load beside the scenarios (people per second)")
    group.addoption("--flaw", default=None, help="plant this flaw in the pipeline that ships")


def pytest_configure(config: pytest.Config) -> None:
    """Make the one run that all items of this session share."""
    config.stash[RUN] = OneRun(config)


def pytest_report_header(config: pytest.Config) -> str:
    """The seed, printed first."""
    return f"harness: seed {config.stash[RUN].options.seed}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFile | None":
    """Every scenario's own file gives its cells."""
    if file_path.parent == SCENARIOS and any(one.name == file_path.stem for one in CATALOGUE):
        return ScenarioFile.from_parent(parent, path=file_path)
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse parallel workers as soon as there is a cell among what they would share."""
    cells = [item for item in items if isinstance(item, CellItem)]
    if cells and (hasattr(config, "workerinput") or getattr(config.option, "numprocesses", None)):
        raise pytest.UsageError(
            "scenario cells already run all at once, in one stack; parallel pytest workers would each start a stack "
            "of their own. Run without -n."
        )


class OneRun:
    """The journey that all selected cells share: played once, before the first of them reports."""

    def __init__(self, config: pytest.Config) -> None:
        seed = config.getoption("--seed")
        self.options = Options(
            target=Path(config.getoption("--target")),
            seed=fresh_seed() if seed is None else seed,
            patterns=("pytest",),
            load=config.getoption("--people-per-s"),
            flaw=config.getoption("--flaw"),
        )
        self._cells: dict[str, dict[str, Any]] | None = None
        self._problem: HarnessError | None = None
        self.folder: RunFolder | None = None

    def verdict_of(self, case: Case, session: pytest.Session) -> dict[str, Any] | None:
        """The last verdict of this cell, None when it was left out; `HarnessError` when there was no journey."""
        if self._problem:
            raise self._problem
        if self._cells is None:
            chosen = [item.case for item in session.items if isinstance(item, CellItem)]
            try:
                self._cells = self._play(chosen)
            except HarnessError as problem:
                self._problem = problem
                raise
        return self._cells.get(case.id)

    def why_left_out(self, case: Case) -> str:
        """Why the target could not be asked this."""
        rows = self.folder.load(LEFT_OUT) if self.folder else []
        return next((str(row["why"]) for row in rows if row["cell"] == case.id), "it was not played")

    def _play(self, cases: list[Case]) -> dict[str, dict[str, Any]]:
        self.folder = play(self.options, cases, Progress(quiet=True))
        if self.folder is None:
            raise KeyboardInterrupt
        verdict = judge.write(self.folder.path)
        write_all(self.folder.path)
        return {cell["cell"]: cell for cell in verdict["cells"]}


class ScenarioFile(pytest.File):
    """A file in `scenarios/` as pytest sees it."""

    def collect(self) -> Iterator["CellItem"]:
        """One item for each cell."""
        for one in CATALOGUE:
            if one.name == self.path.stem:
                for case in one.cells():
                    yield CellItem.from_parent(self, name=case.id, case=case)


class CellItem(pytest.Item):
    """One cell as a test."""

    def __init__(self, *, case: Case, **more: Any) -> None:
        super().__init__(**more)
        self.case = case

    def runtest(self) -> None:
        """Answer with the cell's last verdict; skip what the target cannot be asked, with the reason."""
        run = self.config.stash[RUN]
        verdict = run.verdict_of(self.case, self.session)
        if verdict is None:
            pytest.skip(run.why_left_out(self.case))
        if verdict["verdict"] != "pass":
            raise BrokenPromise(verdict, run)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The findings in words, or the one message of a person's mistake."""
        if isinstance(excinfo.value, BrokenPromise | HarnessError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """What pytest prints above the failure."""
        return self.path, None, self.case.id


class BrokenPromise(Exception):
    """A cell that did not pass, in words."""

    def __init__(self, verdict: dict[str, Any], run: OneRun) -> None:
        where = f"\nreport: {run.folder.path / 'report.html'}" if run.folder else ""
        super().__init__(text_of_cell(verdict) + where)
