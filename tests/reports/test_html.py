"""The page: one file, well-formed, without any load, hostile text only ever text, and not too big."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from reports import words
from reports.html import render
from reports.material import Material
from reports.write import write_all
from tests.reports import sample

HOSTILE = '<script>alert("x")</script>'


def _page(folder: Path) -> ET.Element:
    text = (folder / "report.html").read_text()
    return ET.fromstring(text.split("<!DOCTYPE html>", 1)[1])


def _texts(page: ET.Element, style: str) -> list[str]:
    return ["".join(one.itertext()) for one in page.iter() if style in (one.get("class") or "").split()]


@pytest.mark.parametrize("name", ["red", "green"])
def test_the_page_is_well_formed(name: str, request: pytest.FixtureRequest) -> None:
    """Every element is closed, every attribute quoted, every id there once."""
    page = _page(request.getfixturevalue(name))
    ids = [one.get("id") for one in page.iter() if one.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["red", "green"])
def test_every_link_leads_to_somewhere_on_the_page(name: str, request: pytest.FixtureRequest) -> None:
    """No link is dead and none leaves the page."""
    page = _page(request.getfixturevalue(name))
    ids = {one.get("id") for one in page.iter()}
    links = [one.get("href", "") for one in page.iter("a")]
    assert [link for link in links if not (link.startswith("#") and link[1:] in ids)] == []


def test_the_page_loads_nothing(red: Path) -> None:
    """No address of another place in anything that loads, and a policy that forbids it."""
    text = (red / "report.html").read_text()
    assert re.findall(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//|url\(|@import""", text) == []
    assert "default-src 'none'" in text


def test_both_charges_stand_side_by_side(red: Path) -> None:
    """Two columns with the two objects, what differs marked."""
    page = _page(red)
    card = next(one for one in page.iter("article") if one.get("id") == "broken-1")
    columns = [text for text in _texts(card, "record") if "payments.charge created" in text]
    marked = _texts(card, "differs")
    assert len(columns) == 2
    assert len([text for text in marked if text.startswith("ch_")]) == 2
    assert "3900" not in marked


def test_a_missing_record_is_shown_beside_its_nearest_entry(red: Path) -> None:
    """An empty place with what should be there, and the last call that came closest."""
    page = _page(red)
    assert _texts(page, "missing")[0].startswith("Nothing in helpdesk.ticket")
    assert "POST /api/v2/tickets" in _texts(page, "nearest")[0]


def test_every_broken_promise_has_its_replay(red: Path) -> None:
    """The command that plays it again is in its card."""
    cards = list(_page(red).iter("article"))
    assert ["--seed 4711" in "".join(card.itertext()) for card in cards] == [True] * 3


def test_a_passed_run_shows_numbers_and_an_example(green: Path) -> None:
    """Green is worth reading: evidence, and a picture for each scenario."""
    page = _page(green)
    text = "".join(page.itertext())
    assert "10 effects, 4 intents" in text
    assert len(_texts(page, "swim")) == 2


def test_hostile_names_are_only_ever_text(tmp_path: Path) -> None:
    """A person called like a script is shown, never run."""
    write_all(sample.red(tmp_path, name=(HOSTILE, "Okafor")))
    text = (tmp_path / "report.html").read_text()
    assert HOSTILE not in text
    assert "&lt;script&gt;alert" in text
    assert sum(1 for _ in _page(tmp_path).iter("script")) == 1


def test_three_hundred_cells_stay_small(tmp_path: Path) -> None:
    """Cards are capped and the rest is counted; the page stays below 3 MB."""
    sample.red(tmp_path)
    verdict = json.loads((tmp_path / "verdict.json").read_text())
    verdict["cells"] = [
        {**verdict["cells"][1 + n % 3], "cell": f"scenario_{n % 20}[buy-{n}]", "scenario": f"scenario_{n % 20}"}
        for n in range(300)
    ]
    (tmp_path / "verdict.json").write_text(json.dumps(verdict))
    write_all(tmp_path)
    text = (tmp_path / "report.html").read_text()
    assert text.count("<article") == 50
    assert "And 250 more broken promises" in text
    assert len(text.encode()) < 3_000_000


def test_a_searched_run_says_what_was_looked_for_and_what_it_does_not_say(green: Path, red: Path) -> None:
    """By name, with the claim and its limit; a run that did not search says nothing of it."""
    page = (green / "report.html").read_text()
    for text in ("PAYMENTS_KEY", "none was seen", "that there is no secret"):
        assert text in page
    assert 'id="secrets"' not in (red / "report.html").read_text()
    assert "1 find, see `no_secrets`" in words.secrets_line({**sample.SEARCHED, "leaks": 1})


def test_the_page_says_known_and_how_the_gate_ended(material: Material) -> None:
    """The exit code is the gate's own, and who knows of the failure stands below; without a gate it is the judge's."""
    entry = {
        "stands": "known",
        "about": "double charge",
        "reason": "TICKET-17",
        "owner": "ann",
        "expires": "2026-12-31",
    }
    gate = {"says": "known", "known": [], "entries": [entry], "fail_on": ["promise"], "let_through": [], "exit_code": 0}
    page = render(replace(material, gate=gate))
    assert "<dt>The gate says</dt><dd>known</dd>" in page
    assert "<dt>Exit code</dt><dd>0</dd>" in page
    assert "<td>TICKET-17</td>" in page
    alone = render(replace(material, gate={}))
    assert f"<dt>Exit code</dt><dd>{material.verdict['exit_code']}</dd>" in alone
    assert "The gate says" not in alone
