"""Every form of a secret in every kind of text is found, with the place."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from harness.rng import fresh_token
from harness.scan.engine import control
from harness.scan.needles import Secret, forms, redacted
from tests.scan.planting import SHAPES, bytecode, canary, character_arguments, looked, seen

Write = Callable[[str], bytes | str]


def hexes(value: str, how: str) -> str:
    return "".join(how % ord(letter) for letter in value)


WHOLE: dict[str, Write] = {
    "plain": lambda v: v,
    "in the middle of other letters": lambda v: f"abc{v}def",
    "base64": lambda v: base64.b64encode(v.encode()).decode(),
    "base64, one before": lambda v: base64.b64encode(b"x" + v.encode()).decode(),
    "base64, two before and more after": lambda v: base64.b64encode(b"xy" + v.encode() + b"zzz").decode(),
    "base64 for addresses": lambda v: base64.urlsafe_b64encode(b"\xff" + v.encode()).decode(),
    "base64 in lines": lambda v: base64.encodebytes(b"From the server: " * 5 + v.encode() * 3).decode(),
    "hexadecimal": lambda v: v.encode().hex(),
    "hexadecimal in capitals": lambda v: v.encode().hex().upper(),
    "for an address": lambda v: quote(v, safe=""),
    "every letter for an address": lambda v: hexes(v, "%%%02x"),
    "UTF-16LE": lambda v: b"\x01\x02" + v.encode("utf-16-le") + b"\xff\xd8",
    "UTF-16BE": lambda v: b"\x01" + v.encode("utf-16-be") + b"\xff\xd8",
    "UTF-16 with its mark": lambda v: v.encode("utf-16"),
    "reversed": lambda v: v[::-1],
    "in JSON": lambda v: json.dumps({"key": v}),
    "in JSON in JSON": lambda v: json.dumps(json.dumps({"key": v})),
    "every letter in JSON": lambda v: f'"{hexes(v, chr(92) + "u%04x")}"',
    "escaped in a script": lambda v: f"'{hexes(v, chr(92) + 'x%02X')}'",
    "with code points": lambda v: f"'{hexes(v, chr(92) + 'u{%x}')}'",
    "in HTML": lambda v: hexes(v, "&#%d;"),
    "in HTML, hexadecimal": lambda v: hexes(v, "&#x%x;"),
}
SPLIT: dict[str, Write] = {
    "concatenated": lambda v: f'a="{v[:9]}"+"{v[9:20]}" + "{v[20:]}"',
    "concatenated over lines": lambda v: f"a = '{v[:7]}' +\n   '{v[7:15]}' +\n '{v[15:]}'",
    "concatenated by method": lambda v: f'"{v[:9]}".concat("{v[9:20]}").concat("{v[20:]}")',
    "joined": lambda v: "[" + ",".join(f'"{v[i : i + 4]}"' for i in range(0, len(v), 4)) + '].join("")',
    "joined letter by letter": lambda v: "[" + ", ".join(f"'{one}'" for one in v) + "].join('')",
    "joined by its separator": lambda v: json.dumps(v.split("_")) + ".join('_')",
    "constants in any order": lambda v: f'const c="{v[30:]}",x="-",a="{v[:11]}";let u=f(1);var b="{v[11:30]}";',
    "in a template": lambda v: f"`Bearer {v[:25]}${{rest}}`",
    "character codes": lambda v: f"String.fromCharCode({','.join(str(ord(one)) for one in v)})",
    "character codes, hexadecimal": lambda v: f"[{', '.join(hex(ord(one)) for one in v)}]",
    "half of it": lambda v: f'x("{v[-16:]}")',
}


@pytest.mark.parametrize("how", [*WHOLE, *SPLIT])
def test_each_form_is_found_in_a_script(how: str) -> None:
    """A secret in a bundle of the web is found however it was written down."""
    secret = canary()
    write = {**WHOLE, **SPLIT}[how]
    found = seen(secret, "index.js", write(secret.value))
    assert found.file == "index.js"
    assert found.places[0]


@pytest.mark.parametrize("how", [how for how in WHOLE if "UTF-16" not in how])
def test_each_form_is_found_in_bytecode(how: str) -> None:
    """A string of a native bundle is found however it was written down, and the string is named."""
    secret = canary()
    text = WHOLE[how](secret.value)
    assert isinstance(text, str)
    result = looked(secret, "index.hbc", bytecode(["HeadlessTask", text, "éclair", "x"], identifiers=1))
    assert any("string 1" in place for one in result.findings for place in one.places if one.secret == secret.name)


def test_a_string_with_letters_beyond_ascii_is_found_in_bytecode() -> None:
    """Such strings are held in two bytes a letter."""
    secret = canary()
    found = seen(secret, "index.hbc", bytecode(["a", f"ключ {secret.value} 鍵", "b"]))
    assert "string 1" in found.places[0]


def test_pieces_anywhere_in_a_string_table_are_found() -> None:
    """What a script joins or adds up stands in the table in any order."""
    secret = canary()
    value = secret.value
    found = seen(secret, "index.hbc", bytecode(["z", value[28:], "join", value[:10], value[20:28], value[10:20]]))
    assert found.form == "split into pieces"
    assert "4 strings that make it" in found.places[0]


@pytest.mark.parametrize("kind", ["arguments", "array"])
def test_character_codes_are_found_in_bytecode(kind: str) -> None:
    """Numbers given to a call stand in instructions, those of an array in a table of their own."""
    secret = canary()
    code = character_arguments(secret.value)
    if kind == "array":
        code = b"\xf0\x28" + b"".join(ord(one).to_bytes(4, "little") for one in secret.value)
    assert "character codes" in seen(secret, "index.hbc", bytecode(["fromCharCode"], code=code)).places[0]


def test_letters_that_need_escapes_are_found() -> None:
    """A password may hold anything; it is found as JSON, addresses and scripts write it."""
    secret = Secret("PASSWORD", fresh_token() + '/"\\é+ =&', random=True)
    for text in (json.dumps(secret.value), json.dumps(secret.value, ensure_ascii=False), quote(secret.value, safe="")):
        raw = looked(secret, "a.txt", text).findings[0]
        assert raw.form in ("JSON-escaped", "URL-encoded")
        assert seen(secret, "a.txt", text).form


@pytest.mark.parametrize("how", [*WHOLE, *SPLIT])
def test_another_value_in_the_same_form_is_no_finding(how: str) -> None:
    """What is found is this secret, not the form: a neighbour written the same way raises nothing."""
    other = {**WHOLE, **SPLIT}[how](fresh_token("public_"))
    assert looked(canary(), "index.js", other).findings == []


def test_the_scanner_sees_what_it_plants_itself() -> None:
    """Every scan begins with this, so that a blind one never says that all is well."""
    assert control(SHAPES) == []
    assert len(forms("a/b c-é" * 4)) > 12


def test_little_is_shown_of_a_secret() -> None:
    """A prefix and four characters of a long one, less of a short one, nothing of a very short one."""
    value = canary().value
    assert redacted(value) == f"{value[:8]} {value[8:12]}… ({len(value)} characters)"
    assert redacted("abcdefgh") == "ab… (8 characters)"
    assert redacted("correct-horse-battery-staple") == "corr… (28 characters)"
    assert redacted("blue-sky-sun-moon") == "blue… (17 characters)"
    assert redacted("abc") == "… (3 characters)"


def test_many_finds_are_one_with_their_number() -> None:
    """A log line that is written ten thousand times is one finding; a few places tell all of it."""
    secret = canary()
    result = looked(secret, "api.log", f'{{"message": "{secret.value}"}}\n' * 10_000)
    (found,) = result.findings
    assert found.count == 10_000
    assert found.places[:2] == ["line 1, $.message", "line 2, $.message"]
    assert len(found.places) == 5
