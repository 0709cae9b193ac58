"""One person's story from the journals."""

from reports.material import Material
from reports.timeline import Timeline, as_text, build


def _story(material: Material, cell: int, most: int = 120) -> Timeline:
    judged = material.cells[cell]
    findings = [finding for promise in judged["promises"] for finding in promise["findings"]]
    guilty = [record for finding in findings for record in finding["records"]]
    return build(material, judged["persons"][0], guilty, most)


def test_both_charges_are_marked_and_nothing_else(material: Material) -> None:
    """The evidence of the finding stands out."""
    guilty = [entry for entry in _story(material, 1).entries if entry.guilty]
    assert [(entry.lane, entry.text) for entry in guilty] == [("payments", "+ charge 3900 eur")] * 2


def test_a_lost_answer_never_reaches_the_pipeline(material: Material) -> None:
    """It is told as lost, between the two charges."""
    lost = [entry for entry in _story(material, 1).entries if entry.lost]
    assert [(entry.lane, entry.to, entry.text) for entry in lost] == [
        ("payments", "pipeline", "answer lost: reset before a byte")
    ]


def test_equal_looks_in_a_row_become_one(material: Material) -> None:
    """Nine polls that learned nothing are one line that says nine."""
    assert [entry.times for entry in _story(material, 1).entries if entry.kind == "poll"] == [9]


def test_nobody_elses_records_are_in_it(material: Material) -> None:
    """A delivery's try number is not the name of an attempt; other people's news stay out."""
    assert [entry.text for entry in _story(material, 1).entries if entry.kind == "delivery"] == [
        "⚑ payment.succeeded → 200"
    ]


def test_an_update_tells_what_changed(material: Material) -> None:
    """The overwrite itself can be read in the story."""
    assert "~ contact plan_status=incomplete" in [entry.text for entry in _story(material, 3).entries]


def test_a_story_that_is_cut_keeps_the_evidence(material: Material) -> None:
    """What is left out is counted, and is never the finding."""
    cut = _story(material, 1, most=8)
    assert len(cut.entries) == 8
    assert cut.dropped > 0
    assert sum(entry.guilty for entry in cut.entries) == 2


def test_a_copy_of_a_webhook_says_so(green_material: Material) -> None:
    """Each duplicate is told as the copy it is."""
    texts = [entry.text for entry in _story(green_material, 3).entries if entry.kind == "delivery"]
    assert [text.split(" → ")[0] for text in texts] == [
        "⚑ payment.succeeded", "⚑ payment.succeeded (copy 1)", "⚑ payment.succeeded (copy 2)",
    ]  # fmt: skip


def test_the_story_as_text_has_moments_ways_and_marks(material: Material) -> None:
    """One line each, for terminals and JUnit."""
    lines = as_text(_story(material, 1)).splitlines()
    assert lines[0] == "Noor Okafor (hxn9qh7eqfz6p6)"
    assert any(line.startswith("»") and "payments" in line and "+ charge 3900 eur" in line for line in lines)
