"""What holds for all our tests: a test skipped in CI proves nothing, so the session fails; `--drawn` plays a share."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.drawing import left_out, number_of_this_commit

# A busy machine is no finding, and the same commit must try the same examples everywhere.
settings.register_profile(
    "ours", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ours")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--drawn N`: of the tests marked `drawn`, one N-th, another one for each commit."""
    parser.addoption("--drawn", type=int, default=1, metavar="N", help="play one N-th of the tests marked `drawn`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this commit does not draw, and let pytest say how much that is."""
    shares: int = config.getoption("--drawn")
    left = left_out(items, shares, number_of_this_commit()) if shares > 1 else []
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


def _skipped(config: pytest.Config) -> list[pytest.TestReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return list(reporter.stats.get("skipped", [])) if reporter and os.environ.get("CI") == "true" else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the session in CI when anything was skipped, a whole file included."""
    if exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what was skipped, and say why that fails in CI."""
    skipped = _skipped(config)
    if skipped:
        terminalreporter.section("skipped in CI: this fails the session")
        for report in skipped:
            terminalreporter.line(report.nodeid)
        terminalreporter.line("let .ci/run install what they need, or remove them")
