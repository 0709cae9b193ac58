"""Every kind of mistake in a declaration, and the words it is told in."""

import re
from pathlib import Path

import pytest

from harness.checkers.account import unguarded
from harness.errors import TargetError
from harness.target.declared import read_declared
from tests.house.tree import ROOT

GOOD = """\
[fake.leads]
errors = { body = { message = "{message}" } }

[fake.leads.collections.person]
path = "/people"
unique = ["email"]

[fake.leads.collections.note]
path = "/people/{person}/notes"
"""
END = "\nmend it, then look again with `harness doctor --target leads.toml`"

MISTAKES = [
    (
        'path = "/people"\n',
        'path = "people"\n',
        '5: fake.leads.collections.person.path: found "people", expected a path',
    ),
    ('path = "/people"\n', "", "4: fake.leads.collections.person.path: is missing; add it"),
    (
        "unique =",
        "uniqe =",
        '6: fake.leads.collections.person.uniqe: is not a key of this table; did you mean "unique"?',
    ),
    (
        "{person}",
        "{persn}",
        "9: fake.leads.collections.note.path: {persn} is no other collection of this fake; there are",
    ),
    ('"/people/{person}/notes"', '"/people/"', '9: fake.leads.collections.note.path: "/people/" is that of person too'),
    (
        "{message}",
        "{mesage}",
        "2: fake.leads.errors.body: the placeholder {mesage} stands for nothing; there are {code}",
    ),
    ("fake.leads", "fake.payments", "1: fake.payments: is a fake of our own, or a word of ours; a declared one may"),
    ("fake.leads", "fake.my_leads", "1: fake.my_leads: is no name for a fake; expected small letters alone"),
    (".note]", ".Note]", "8: fake.leads.collections.Note: is no name for a kind of record; expected small letters"),
    ("[fake.leads]", '[fake.leads]\nkey = "head:X"', '2: fake.leads.key: found "head:X", expected "header:NAME"'),
    ("[fake.leads]", 'x = "', "is not TOML"),
    (GOOD, "name = 'x'", "declares no fake; add a table such as [fake.leads.collections.person]"),
]


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES, ids=[said for _, _, said in MISTAKES])
def test_a_mistake_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str) -> None:
    """The line, the key, what was found, what was expected; never a traceback."""
    monkeypatch.chdir(tmp_path)
    assert old in GOOD
    Path("leads.toml").write_text(GOOD.replace(old, new))
    with pytest.raises(TargetError) as caught:
        read_declared(Path("leads.toml"))
    assert f"leads.toml:{' ' if not said[0].isdigit() else ''}{said}" in str(caught.value)


def test_what_the_page_shows_can_be_declared(tmp_path: Path) -> None:
    """The examples of the README are declarations."""
    text = (ROOT / "fakes" / "generic" / "README.md").read_text()
    blocks = re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "x.toml").write_text("\n".join(blocks))
    declared = read_declared(tmp_path / "x.toml")
    assert {name: set(one.collections) for name, one in declared.items()} == {
        "leads": {"person", "note"},
        "purchases": {"subscriber"},
    }


def test_repeats_are_excused_only_where_nothing_guards() -> None:
    """A collection with neither a key nor unique fields guarantees nothing, and only that one."""
    collections = {"person": {"path": "/people", "unique": ["email"]}, "note": {"path": "/notes"}}
    assert "leads.note" in unguarded({"fake": {"leads": {"collections": collections}}})
    assert "leads.person" not in unguarded({"fake": {"leads": {"collections": collections}}})
    assert "leads.note" not in unguarded({"fake": {"leads": {"key": "header:K", "collections": collections}}})
