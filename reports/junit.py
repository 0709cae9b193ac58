"""JUnit XML for CI systems: a test case for each cell and promise, and for each time limit.

A broken promise is a `failure` whose type is the finding's class; an undecided one is an `error` of type "unknown", so
that no reader can mistake it for a pass. Cells are never rerun, so there is nothing flaky to tell. Called by
`reports.write`.
"""

import re
import xml.etree.ElementTree as ET

from reports import words
from reports.material import Data, Material
from reports.redact import clean_text
from reports.timeline import as_text, build

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COUNTED = (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
MOST_OUT = 16_000
"""Characters of a test case's own output; enough for a story, small enough for every reader."""


def render(material: Material) -> bytes:
    """The document; raises nothing for odd characters, which XML cannot hold and which are replaced."""
    verdict = material.verdict
    root = ET.Element("testsuites", name="staging harness")
    suites: dict[str, ET.Element] = {}
    for cell in material.cells:
        suite = suites.get(cell["scenario"])
        if suite is None:
            suite = suites[cell["scenario"]] = _suite(root, cell["scenario"], verdict)
        promises = cell.get("promises") or [
            {"promise": "played", "ruling": "unknown", "reason": words.undecided(cell)[0], "findings": []}
        ]
        for promise in promises:
            _case(suite, material, cell, promise)
    slos = verdict.get("slos", [])
    if slos:
        suite = _suite(root, "time_limits", verdict)
        for slo in slos:
            _slo(suite, slo)
    _count(root)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _suite(root: ET.Element, name: str, verdict: Data) -> ET.Element:
    suite = ET.SubElement(root, "testsuite", name=name)
    started = str(verdict.get("started") or "")
    if started:
        suite.set("timestamp", _text(started))
    _properties(suite, {name: verdict.get(name) for name in ("seed", "commit")})
    return suite


def _properties(parent: ET.Element, pairs: Data) -> None:
    holder = ET.SubElement(parent, "properties")
    for name, value in pairs.items():
        if value not in (None, ""):
            ET.SubElement(holder, "property", name=name, value=_text(value))


def _case(suite: ET.Element, material: Material, cell: Data, promise: Data) -> None:
    name = _text(f"{cell['cell']} {promise['promise']}")
    case = ET.SubElement(suite, "testcase", name=name, classname=_text(cell["scenario"]), time="0")
    _properties(case, {"seed": material.verdict.get("seed"), "replay": cell.get("replay"), "cell": cell["cell"]})
    ruling, findings = promise["ruling"], promise.get("findings", [])
    known = material.known(cell, promise) if ruling == "fail" else None
    if known:
        said = f"known: {known['reason']} ({known['owner']}, until {known['expires']})"
        ET.SubElement(case, "skipped", message=_text(said)).text = _text("\n\n".join(_finding(one) for one in findings))
    elif ruling == "fail":
        # Readers show one failure for each case: the first finding names it, its text holds them all.
        kind = findings[0]["kind"] if findings else "broken"
        message = findings[0]["message"] if findings else promise.get("reason", "")
        failure = ET.SubElement(case, "failure", type=_text(kind), message=_text(words.clause(message)))
        failure.text = _text("\n\n".join(_finding(one) for one in findings) + f"\n\nreplay: {cell.get('replay')}")
        _story(case, material, cell, findings)
    elif ruling == "unknown" or _hollow(cell):
        reason = promise.get("reason") if ruling == "unknown" else ""
        error = ET.SubElement(case, "error", type="unknown", message=_text(reason or words.undecided(cell)[0]))
        error.text = _text("\n".join(words.undecided(cell)) + f"\n\nreplay: {cell.get('replay')}")


def _hollow(cell: Data) -> bool:
    """Each promise looked kept, but a fact was missing or the script broke off: none of them counts."""
    return cell["verdict"] == "unknown" and all(one["ruling"] == "pass" for one in cell.get("promises", []))


def _finding(finding: Data) -> str:
    lines = [f"{finding['kind']}: {finding['message']}"]
    held = [(label, finding.get(label)) for label in ("expected", "found", "person", "sink")]
    lines += [f"  {label:<9} {words.brief(value)}" for label, value in held if value is not None]
    return "\n".join(lines)


def _story(case: ET.Element, material: Material, cell: Data, findings: list[Data]) -> None:
    persons = [str(one["person"]) for one in findings if one.get("person")] or material.persons_of(cell)
    told = []
    for person in list(dict.fromkeys(persons))[:2]:
        guilty = [
            record for one in findings for record in one.get("records", []) if one.get("person") in (person, None)
        ]
        told.append(as_text(build(material, person, guilty)))
    if told:
        ET.SubElement(case, "system-out").text = _text("\n\n".join(told)[:MOST_OUT])


def _slo(suite: ET.Element, slo: Data) -> None:
    case = ET.SubElement(suite, "testcase", name=_text(slo["name"]), classname="time_limits", time="0")
    line = words.slo_line(slo)
    if slo["verdict"] == "fail":
        ET.SubElement(case, "failure", type="late", message=_text(line)).text = _text(slo.get("text"))
    elif slo["verdict"] == "unknown":
        ET.SubElement(case, "error", type="unknown", message=_text(line)).text = _text(slo.get("text"))
    ET.SubElement(case, "system-out").text = _text(line)


def _count(root: ET.Element) -> None:
    for element in [root, *root.findall("testsuite")]:
        for attribute, tag in COUNTED:
            element.set(attribute, str(len(list(element.iter(tag)))))


def _text(value: object) -> str:
    return _ILLEGAL.sub("\ufffd", clean_text("" if value is None else str(value)))
