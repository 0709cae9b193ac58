"""The mobile app that ships, exported with planted secrets: each is found in every file that holds it, and no other.

Slow: Metro and the Hermes compiler run for real. The compiler's own dump is the oracle for our reader of its bytecode.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from harness.rng import fresh_token
from harness.scan import hermes
from harness.scan.engine import Looked, Scanner
from harness.scan.needles import Secret
from tests.scan.planting import SECRET_KEY, SHAPES

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "staging" / "app"
NODE = Path(sys.executable).parent / "node"
QUIET = {
    "CI": "1", "DO_NOT_TRACK": "1", "EXPO_OFFLINE": "1", "EXPO_NO_TELEMETRY": "1", "EXPO_NO_DEPENDENCY_VALIDATION": "1",
    "EXPO_NO_GIT_STATUS": "1", "EXPO_NO_TYPESCRIPT_SETUP": "1", "EXPO_PUBLIC_API_URL": "http://127.0.0.1:1",
}  # fmt: skip
WEB, WEB_MAP, NATIVE, NATIVE_MAP = "web bundle", "web map", "native bundle", "native map"
CONFIG, PUBLIC = "public config", "public folder"
BUNDLES = {WEB, NATIVE}
EVERYWHERE = {WEB, WEB_MAP, NATIVE, NATIVE_MAP}
PLACES: dict[str, set[str]] = {
    "literal": EVERYWHERE,
    "template": EVERYWHERE,
    "object key": EVERYWHERE,
    "regular expression": EVERYWHERE,
    "unused export": EVERYWHERE,
    "beside letters beyond ASCII": EVERYWHERE,
    "literals added up": EVERYWHERE,
    "constants added up": EVERYWHERE,
    "array joined": EVERYWHERE,
    "character codes": EVERYWHERE,
    "codes in an array": EVERYWHERE,
    "base64": EVERYWHERE,
    "hexadecimal": EVERYWHERE,
    "reversed": EVERYWHERE,
    "URL-encoded": EVERYWHERE,
    "public variable": BUNDLES,
    "JSON import": BUNDLES,
    "comment": {WEB_MAP, NATIVE_MAP},
    "only for development": {WEB_MAP, NATIVE_MAP},
    "app config": {CONFIG},
    "file in public": {PUBLIC},
    "variable of the server": set(),
    "module nobody imports": set(),
}
"""Where each plant ends up; the least that must be found, and for those that end up nowhere, nothing at all."""


@dataclass(frozen=True)
class Planted:
    """An export, and what a scan of it came to."""

    folder: Path
    looked: Looked


def source(secrets: dict[str, str]) -> str:
    """A module that holds a secret in each way."""
    of = secrets.__getitem__
    pieces = [of("array joined")[at : at + 8] for at in range(0, len(of("array joined")), 8)]
    codes, listed = ([ord(one) for one in of(name)] for name in ("character codes", "codes in an array"))
    added, constants = of("literals added up"), of("constants added up")
    return f"""
import held from './held.json';
// {of("comment")}
export const unused = '{of("unused export")}';
const first = '{constants[:14]}';
const keys: Record<string, number> = {{ '{of("object key")}': 1 }};
export function told(rest: string): string {{
  if (__DEV__) {{ console.log('{of("only for development")}'); }}
  const second = '{constants[14:]}';
  return [
    '{of("literal")}',
    `Bearer {of("template")} ${{rest}}`,
    String(keys[rest]),
    String(/^{of("regular expression")}$/.test(rest)),
    'ключ {of("beside letters beyond ASCII")} 鍵',
    '{added[:9]}' + '{added[9:20]}' + '{added[20:]}',
    first + rest + second,
    {pieces}.join(''),
    String.fromCharCode({", ".join(map(str, codes))}),
    {listed}.map((one) => String.fromCharCode(one)).join(''),
    '{base64.b64encode(of("base64").encode()).decode()}',
    '{of("hexadecimal").encode().hex()}',
    '{of("reversed")[::-1]}',
    '{quote(of("URL-encoded"), safe="")}',
    held.key,
    process.env.EXPO_PUBLIC_PLANTED ?? '',
    process.env.PLANTED_SECRET ?? '',
  ].join(rest);
}}
"""


def plant(app: Path, secrets: dict[str, str]) -> None:
    """Put a secret in each place of a copy of the app."""
    shutil.copytree(APP, app, ignore=shutil.ignore_patterns("node_modules", "dist*", "tests"))
    shutil.copytree(APP / "node_modules", app / "node_modules", symlinks=True, copy_function=linked)
    (app / "src" / "planted.ts").write_text(source(secrets))
    (app / "src" / "held.json").write_text(json.dumps({"key": secrets["JSON import"]}))
    (app / "src" / "forgotten.ts").write_text(f"export const key = '{secrets['module nobody imports']}';\n")
    (app / "public" / "notes.txt").write_text(secrets["file in public"])
    index = app / "index.ts"
    index.write_text(index.read_text() + "\nimport { told } from './src/planted';\n(globalThis as any).told = told;\n")
    config = json.loads((app / "app.json").read_text())
    config["expo"]["extra"] = {"keys": [secrets["app config"]]}
    (app / "app.json").write_text(json.dumps(config))


def linked(source: str, target: str) -> None:
    """A link instead of a copy where the file system has them."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def expo(app: Path, secrets: dict[str, str], *words: str) -> str:
    """What Expo's command line printed; fails with its own words."""
    env = {**os.environ, **QUIET, "EXPO_PUBLIC_PLANTED": secrets["public variable"]}
    env["PLANTED_SECRET"] = secrets["variable of the server"]
    command = [str(NODE), "node_modules/expo/bin/cli", *words]
    done = subprocess.run(command, cwd=app, env=env, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    """The app with a secret in every place, exported for the browser and for Android, and searched."""
    subprocess.run(["make", "-s", "staging/app/node_modules/installed"], cwd=ROOT, check=True, timeout=900)
    secrets = {name: fresh_token(SECRET_KEY) + ("/+ &" if name == "URL-encoded" else "") for name in PLACES}
    app, out = tmp_path_factory.mktemp("planted") / "app", tmp_path_factory.mktemp("export") / "out"
    plant(app, secrets)
    expo(app, secrets, "export", "--clear", "--platform", "web", "--platform", "android", "--source-maps",
         "--output-dir", str(out))  # fmt: skip
    (out / "config.json").write_text(expo(app, secrets, "config", "--type", "public", "--json"))
    scanner = Scanner([Secret(name, value, random=True) for name, value in secrets.items()], SHAPES)
    yield Planted(out, scanner.scan([out]))
    shutil.rmtree(app, ignore_errors=True)


def place_of(file: str) -> str:
    """Which part of the product a finding's file belongs to."""
    outer = file.split(" > ")[0]
    kinds = {".js": WEB, ".js.map": WEB_MAP, ".hbc": NATIVE, ".hbc.map": NATIVE_MAP, "config.json": CONFIG}
    return next(
        (place for end, place in sorted(kinds.items(), key=lambda k: -len(k[0])) if outer.endswith(end)), PUBLIC
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", PLACES)
def test_each_planted_secret_is_found_wherever_it_went(planted: Planted, name: str) -> None:
    """In every file that holds it, with the place; what a build leaves out is not found anywhere."""
    mine = [one for one in planted.looked.findings if one.secret == name]
    found = {place_of(one.file) for one in mine}
    assert found >= PLACES[name], f"missed in {sorted(PLACES[name] - found)}; found {[(o.file, o.form) for o in mine]}"
    assert PLACES[name] or not mine, f"{name} should be nowhere: {mine}"
    assert all(one.places[0] for one in mine)


@pytest.mark.slow
def test_everything_in_the_export_could_be_read(planted: Planted) -> None:
    """Bundles, bytecode, maps and assets, without an error."""
    assert planted.looked.unreadable == []
    assert {place_of(one["file"]) for one in planted.looked.files} == {*EVERYWHERE, CONFIG, PUBLIC}


@pytest.mark.slow
def test_nothing_else_in_the_build_is_taken_for_a_secret(planted: Planted) -> None:
    """A whole app with its libraries raises no false alarm: all that was found, by looks too, is what was planted."""
    heads = {one.shown.split("…")[0] for one in planted.looked.findings if one.kind == "secret"}
    others = [one for one in planted.looked.findings if one.shown.split("…")[0] not in heads]
    assert others == []
    found = {one.secret for one in planted.looked.findings if one.kind == "secret"}
    assert found == {name for name, places in PLACES.items() if places}


@pytest.mark.slow
def test_our_reader_of_bytecode_agrees_with_the_compiler(planted: Planted) -> None:
    """Every string of the table: number, kind, encoding and text, as the compiler itself dumps them."""
    (bundle,) = planted.folder.rglob("*.hbc")
    system = {"linux": "linux64-bin", "darwin": "osx-bin"}[sys.platform]
    compiler = APP / "node_modules" / "hermes-compiler" / "hermesc" / system / "hermesc"
    dump = subprocess.run(
        [str(compiler), "-b", "-dump-bytecode", str(bundle)], capture_output=True, timeout=300, check=True
    )
    ours = hermes.strings(bundle.read_bytes())
    theirs = list(dumped(dump.stdout.decode("utf-8", "replace")))
    assert len(ours) == len(theirs) > 1000
    for one, (kind, index, encoding, text) in zip(ours, theirs, strict=True):
        assert (one.index, one.identifier, one.utf16) == (index, kind == "i", encoding == "UTF-16")
        raw = one.text.encode("utf-16-le", "surrogatepass") if one.utf16 else one.text.encode("latin-1")
        assert as_dumped(raw, one.utf16) == text, one


def dumped(text: str) -> Iterator[tuple[str, int, str, str]]:
    """Kind, number, encoding and text of each string of a dump."""
    table = text.partition("Global String Table:\n")[2]
    for line in table.splitlines():
        match = re.match(r"([si])(\d+)\[(ASCII|UTF-16), -?\d+\.\.-?\d+\](?: #[0-9A-F]+)?: (.*)$", line)
        if match is None:
            return
        yield match[1], int(match[2]), match[3], match[4]


def as_dumped(raw: bytes, wide: bool) -> str:
    """Bytes as the dump writes them: what is printable as it is, in narrow strings, the rest as numbers."""
    return "".join(chr(one) if 32 <= one < 127 and not wide else f"\\x{one:02X}" for one in raw)
