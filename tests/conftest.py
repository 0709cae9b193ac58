"""What holds for all our tests: in CI, a test that was skipped proves nothing, so the session fails."""

import os

import pytest

SKIPPED = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """An empty list of what was skipped."""
    config.stash[SKIPPED] = []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Remember each skipped item, not those that are expected to fail."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and not hasattr(report, "wasxfail"):
        item.config.stash[SKIPPED].append(f"{item.nodeid}: {call.excinfo.value if call.excinfo else ''}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the session in CI when anything was skipped."""
    if os.environ.get("CI") == "true" and session.config.stash[SKIPPED] and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what was skipped, and say why that fails in CI."""
    if os.environ.get("CI") == "true" and config.stash[SKIPPED]:
        terminalreporter.section("skipped in CI: this fails the session")
        for line in config.stash[SKIPPED]:
            terminalreporter.line(line)
        terminalreporter.line("install what they need in .ci/run, or remove them")
