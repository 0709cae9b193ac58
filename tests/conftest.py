"""What holds for all our tests: in CI, a test that was skipped proves nothing, so the session fails."""

import os

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no finding, and the same commit must try the same examples everywhere.
settings.register_profile(
    "ours", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ours")


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
