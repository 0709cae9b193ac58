"""JUnit XML as CI systems read it."""

import xml.etree.ElementTree as ET
from pathlib import Path

from reports.write import write_all
from tests.reports import sample
from tests.reports.stories import replay


def _root(folder: Path) -> ET.Element:
    return ET.parse(folder / "junit.xml").getroot()


def test_counts_are_those_of_the_verdict(red: Path) -> None:
    """One case for each cell and promise, and for each time limit."""
    root = _root(red)
    assert {name: root.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "12", "failures": "4", "errors": "4",
    }  # fmt: skip
    assert sum(int(suite.get("tests", "0")) for suite in root) == 12


def test_a_broken_promise_is_a_failure_of_its_kind(red: Path) -> None:
    """Type, message, scenario as class, seed and replay as properties, the story as output."""
    case = next(one for one in _root(red).iter("testcase") if one.find("failure") is not None)
    failure, held = case.find("failure"), {one.get("name"): one.get("value") for one in case.iter("property")}
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("duplicated", "Noor Okafor paid twice for one order")
    assert case.get("classname") == "vendor_trouble"
    assert (held["seed"], held["replay"]) == ("4711", replay("vendor_trouble[buy-lost_reply]"))
    assert "+ charge 3900 eur" in (case.findtext("system-out") or "")


def test_an_undecided_promise_is_an_error_and_never_a_pass(red: Path) -> None:
    """Promises that looked kept do not count when a fact was missing."""
    cases = [one for one in _root(red).iter("testcase") if "overlapping" in one.get("name", "")]
    errors = [one.find("error") for one in cases]
    assert [error.get("type") for error in errors if error is not None] == ["unknown"] * len(cases)


def test_a_missed_time_limit_is_a_failure(red: Path) -> None:
    """Late is a class of its own; too few samples are an error."""
    cases = {one.get("name"): one for one in _root(red).iter("testcase") if one.get("classname") == "time_limits"}
    failure, error = cases["synced"].find("failure"), cases["support"].find("error")
    assert failure is not None
    assert error is not None
    assert (failure.get("type"), error.get("type")) == ("late", "unknown")


def test_a_passed_run_has_neither_failures_nor_errors(green: Path) -> None:
    """Green is green."""
    root = _root(green)
    assert (root.get("failures"), root.get("errors")) == ("0", "0")


def test_characters_that_xml_cannot_hold_are_replaced(tmp_path: Path) -> None:
    """A control character in a name breaks no reader."""
    write_all(sample.red(tmp_path, name=("No\x00or\x1b", "<b>")))
    assert _root(tmp_path).get("tests") == "12"
