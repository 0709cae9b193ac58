"""Everything public is unpacked, the place is named, and what cannot be looked into is said."""

import base64
import gzip
import io
import json
import tarfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

import brotli
import pytest

from harness.errors import UsageError
from harness.scan import hermes
from harness.scan.engine import Scanner
from harness.scan.needles import Secret
from tests.scan.planting import SHAPES, bytecode, canary, looked, seen


def source_map(secret: Secret, **more: object) -> str:
    source = f"const a = 1;\n// {secret.value}\n"
    return json.dumps({"version": 3, "sources": ["src/pay.ts"], "sourcesContent": [source], "mappings": "", **more})


def recording(text: str, **more: str) -> str:
    entry = {"request": {"url": "https://x.example"}, "response": {"content": {"text": text, **more}}}
    return json.dumps({"log": {"entries": [{}, entry]}})


def zipped(**files: str | bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def test_a_line_and_column_are_named() -> None:
    """As an editor counts them."""
    secret = canary()
    assert seen(secret, "sw.js", f"a\nbc {secret.value}").places == ["line 2, column 4"]


def test_a_path_in_json_is_named() -> None:
    """App config, page storage and answers are JSON; the path leads to the value."""
    secret = canary()
    config = json.dumps({"extra": {"keys": ["a", secret.value], "odd name": 1}})
    assert seen(secret, "app.json", config).places == ["JSON, $.extra.keys[1]"]


def test_a_key_of_json_can_be_the_secret() -> None:
    """Storage is sometimes keyed by it."""
    secret = canary()
    assert "a key of $" in seen(secret, "storage.json", json.dumps({secret.value: 1})).places[0]


def test_a_line_of_a_log_and_the_path_in_it_are_named() -> None:
    """Log lines are JSON more often than not."""
    secret = canary()
    lines = json.dumps({"message": "a"}) + "\n" + json.dumps({"data": {"note": f"key {secret.value}"}}) + "\nplain\n"
    assert seen(secret, "api.log", lines).places == ["line 2, $.data.note"]


def test_a_comment_in_a_source_map_is_found_in_its_source() -> None:
    """It is in no bundle, and in every map."""
    secret = canary()
    found = seen(secret, "index.js.map", source_map(secret))
    assert (found.file, found.places) == ("index.js.map > src/pay.ts", ["line 2, column 4"])


def test_a_source_map_inside_a_bundle_is_found() -> None:
    """As a data URI at its end, or as sections of another map."""
    secret = canary()
    inner = base64.b64encode(source_map(secret).encode()).decode()
    found = seen(secret, "index.js", f"a()\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,{inner}\n")
    assert "src/pay.ts" in found.file
    sections = json.dumps({"version": 3, "sections": [{"offset": {}, "map": json.loads(source_map(secret))}]})
    assert "src/pay.ts" in seen(secret, "index.map", sections).file


@pytest.mark.parametrize("coded", [False, True])
def test_network_traffic_is_unpacked(coded: bool) -> None:
    """A recording holds bodies as text, or in base64."""
    secret = canary()
    body = json.dumps({"error": {"debug": secret.value}})
    har = recording(base64.b64encode(body.encode()).decode(), encoding="base64") if coded else recording(body)
    found = seen(secret, "traffic.har", har)
    assert "$.log.entries[1].response.content" in found.file
    assert found.places == ["JSON, $.error.debug"]


def test_an_archive_is_unpacked_to_the_bytecode_in_it() -> None:
    """What stores get are archives: an app package, a trace of a browser."""
    secret = canary()
    package = zipped(**{"assets/index.android.bundle": bytecode(["x", secret.value]), "res/a.png": b"\x89PNG\0\0"})
    found = seen(secret, "app.apk", package)
    assert found.file == "app.apk > assets/index.android.bundle"
    assert "string 1" in found.places[0]


def test_compressed_files_are_unpacked() -> None:
    """As web servers hold them ready."""
    secret = canary()
    script = f"a='{secret.value}'".encode()
    assert seen(secret, "index.js.gz", gzip.compress(script)).file == "index.js (gzip)"
    assert seen(secret, "index.js.br", brotli.compress(script)).file == "index.js (brotli)"
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        info = tarfile.TarInfo("dist/sw.js")
        info.size = len(script)
        archive.addfile(info, io.BytesIO(script))
    assert seen(secret, "dist.tgz", held.getvalue()).file.endswith("> dist/sw.js")


def test_a_mail_is_unpacked() -> None:
    """Its text may be in base64, its attachment an archive."""
    secret = canary()
    mail = EmailMessage()
    mail["Subject"] = "Receipt"
    mail.set_content("é" * 30 + f"\nYour key: {secret.value}\n", cte="base64")
    assert "part 0" in seen(secret, "1.eml", mail.as_bytes()).file
    other = EmailMessage()
    other.set_content("see the file")
    other.add_attachment(zipped(**{"a.txt": secret.value}), maintype="application", subtype="zip", filename="a.zip")
    assert "a.txt" in seen(secret, "2.eml", other.as_bytes()).file


def test_an_asset_of_no_known_kind_is_searched() -> None:
    """Pictures, fonts and native libraries as they are, in both widths of letters."""
    secret = canary()
    for text in (secret.value.encode(), secret.value.encode("utf-16-le")):
        assert "byte" in seen(secret, "lib.so", b"\x7fELF\0\0\xff" + text + b"\0\xfe").places[0]


def test_a_folder_is_searched_whole(tmp_path: Path) -> None:
    """Every file below it, hidden ones too; the path of each finding is the file's."""
    secret = canary()
    (tmp_path / ".well-known").mkdir()
    (tmp_path / ".well-known" / "notes").write_text(secret.value)
    (tmp_path / "index.html").write_text("<p>hello</p>")
    result = Scanner([secret], SHAPES).scan([tmp_path])
    assert [one.file for one in result.findings] == [str(tmp_path / ".well-known" / "notes")]
    assert len(result.files) == 2
    with pytest.raises(UsageError, match="is not there"):
        Scanner([secret], SHAPES).scan([tmp_path / "dist"])


BROKEN = {
    "another magic": (b"\xc6\x1f\xbc\x03\0\0\0\0" + bytecode(["a"])[8:], "neither"),
    "cut off": (bytecode(["a" * 40])[:-9], "its header says"),
    "only a header's beginning": (hermes.MAGIC + b"\x62\0\0\0", "cut off"),
    "headers of functions of an unknown size": (bytecode(["a", "b"], header_size=40), "this layout is not known"),
    "kinds that do not add up": (bytecode(["a", "b"], identifiers=1).replace(b"\1\0\0\x80", b"\2\0\0\x80"), "layout"),
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_an_unknown_layout_is_an_error_that_says_what_was_found(how: str) -> None:
    """Never an empty answer: nothing may be said of what cannot be read."""
    data, said = BROKEN[how]
    result = looked(canary(), "index.hbc", data)
    assert len(result.unreadable) == 1
    assert said in result.unreadable[0]
    assert "index.hbc" in result.unreadable[0]


def test_the_string_table_is_read_as_it_is_laid_out() -> None:
    """Shared bytes, long strings, wide strings, identifiers, and another size of function headers."""
    texts = ["cancelHeadlessTask", "HeadlessTask", "x" * 300, "é" * 260, "", "日本", "id"]
    for size in (12, 16, 28):
        entries = hermes.strings(bytecode(texts, identifiers=1, header_size=size, functions=5))
        assert [one.text for one in entries] == texts
        assert [one.index for one in entries if one.identifier] == [6]
        assert [one.index for one in entries if one.utf16] == [3, 5]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.zip", b"PK\x03\x04 and no more", "cannot be unpacked"),
        ("a.js.gz", b"\x1f\x8b\x08 broken", "cannot be unpacked"),
        ("a.js.br", b"no brotli at all", "cannot be unpacked"),
    ],
)
def test_a_broken_archive_is_said(name: str, data: bytes, said: str) -> None:
    """It may hold anything."""
    (problem,) = looked(canary(), name, data).unreadable
    assert said in problem


def test_an_archive_within_archives_has_an_end() -> None:
    """So deep nobody packs by accident; it is said, not followed for ever."""
    data: bytes | str = "deep"
    for _ in range(7):
        data = zipped(**{"a.zip": data})
    assert "deeper than this looks" in looked(canary(), "a.zip", data).unreadable[0]


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """It went away after it was listed, or it is somebody else's."""
    result = Scanner([], SHAPES).scan_file(tmp_path / "gone.js", "gone.js")
    assert result.unreadable == ["gone.js: cannot be read: No such file or directory"]
