"""The score of the official client's own tests: what is counted as what."""

from contextlib import suppress
from pathlib import Path

import pytest
import requests

from fakes.plugin import running
from fakes.serve import Options
from tools import sdk_suite
from tools.listening import listening
from tools.sdk_suite import Failed, Score, nothing, read_report, rendered

REPORT = """<testsuites><testsuite>
<testcase classname="tests.test_a.TestA" name="test_good"/>
<testcase classname="tests.test_a.TestA" name="test_left_out"><skipped/></testcase>
<testcase classname="tests.test_a.TestA" name="test_invented">
<failure message="Request req_1: No such customer: 'cus_xxx'">x</failure></testcase>
<testcase classname="tests.test_a.TestA" name="test_lacking">
<failure message="Request req_2: Unrecognized request URL (GET: /v1/climate/orders?limit=3). Please">x</failure>
</testcase>
<testcase classname="tests.test_a.TestA" name="test_other">
<error message="Request req_3: It is Tuesday.">x</error></testcase>
</testsuite></testsuites>"""


def test_a_report_is_read(tmp_path: Path) -> None:
    """Passed, left out, invented ids, lacking routes and all else are told apart."""
    file = tmp_path / "report.xml"
    file.write_text(REPORT)
    score = read_report(file)
    assert score.passed == {"test_a.TestA::test_good"}
    assert [(one.name.partition("::")[2], one.invented, one.lacking) for one in score.failed] == [
        ("test_invented", True, None),
        ("test_lacking", False, "climate"),
        ("test_other", False, None),
    ]


def test_the_page_says_what_counts(tmp_path: Path) -> None:
    """The page gives the score over all, over what can pass, and over what an empty answer cannot pass."""
    file = tmp_path / "report.xml"
    file.write_text(REPORT)
    names = ("test_good", "test_invented", "test_other")
    empty = Score(
        passed=frozenset({"test_a.TestA::test_lacking"}),
        failed=tuple(Failed(f"test_a.TestA::{name}", "x") for name in names),
    )
    page = rendered(empty, read_report(file))
    assert "- 1 of 4 pass; 1 ask for objects by ids that nobody made" in page
    assert "- Of the other 3, 1 pass, 1 call what the fake lacks, 1 fail for another reason, 0 of them " in page
    assert "Of the 3 tests that it cannot pass, 1 pass here, and of those that use no invented id 1 of 2." in page
    assert "| `test_a.TestA::test_other` | It is Tuesday. | **nothing: a miss** |" in page
    assert "climate (1)" in page


def test_what_the_provider_would_refuse_is_said() -> None:
    """Each way in which the client's tests are run has the same reason; a test without one is a miss."""
    names = ("test_tokens_post", "test_tokens_post_async[trio]", "test_tokens_get")
    told = [Failed(f"test_a.TestA::{name}", "Your card").reason for name in names]
    assert told == ["the card has expired", "the card has expired", None]
    page = rendered(Score(frozenset(), ()), Score(frozenset(), (Failed(f"test_a.TestA::{names[0]}", "It | is"),)))
    assert f"| `test_a.TestA::{names[0]}` | It \\| is | the card has expired |" in page
    assert "1 fail for another reason, 1 of them for one" in page


def test_what_lists_are_expected_to_hold() -> None:
    """One of each is there before the tests run; a fake that refuses one is told, and no score is made up."""
    with running(Options(only=["payments"], seed=1)) as fakes:
        sdk_suite.prepare(fakes.url("payments"))
        for path in ("accounts", "customers", "charges", "invoices", "quotes", "files"):
            url = f"{fakes.url('payments')}/v1/{path}"
            found = requests.get(url, auth=(sdk_suite.KEY, ""), timeout=5).json()
            assert len(found["data"]) == 1, path
    with listening(lambda _request: (400, {}), "", b"{}") as url, pytest.raises(RuntimeError, match="refused"):
        sdk_suite.prepare(url)


def test_tests_that_did_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No score is no page: it ends 2, and the page stays as it is."""
    nobody = Score(frozenset(), ())
    monkeypatch.setattr(sdk_suite, "measured", lambda _folder: {"empty": nobody, "ours": nobody})
    monkeypatch.setattr(sdk_suite, "TABLE", tmp_path / "page.md")
    assert sdk_suite.main(["--folder", str(tmp_path)]) == 2
    assert not (tmp_path / "page.md").exists()


def test_a_fake_that_refuses_what_is_expected(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends 2, with a sentence and no page."""

    def refuse(_folder: Path) -> None:
        raise RuntimeError("the fake refused what the tests expect: no")

    monkeypatch.setattr(sdk_suite, "measured", refuse)
    monkeypatch.setattr(sdk_suite, "TABLE", tmp_path / "page.md")
    assert sdk_suite.main(["--folder", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "sdk_suite: the fake refused what the tests expect: no\n"
    assert not (tmp_path / "page.md").exists()


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_the_server_that_knows_nothing(method: str) -> None:
    """It answers `{}` to everything, and ends with whoever started it, however they end."""
    with suppress(TimeoutError), nothing() as url:
        assert requests.request(method, f"{url}/v1/any", timeout=5).json() == {}
        raise TimeoutError
    with pytest.raises(requests.ConnectionError):
        requests.request(method, f"{url}/v1/any", timeout=5)
