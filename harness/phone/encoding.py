"""A body's fields as bytes: JSON, a form, or a form in parts with files.

Pure; the same fields give the same bytes. Called when a request is built.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

FILE = "content_base64"
"""A table with this field is a file, where files can be sent as such."""
Encoded = tuple[bytes, str]


def encoded(encoding: str, data: Any) -> Encoded:
    """The bytes of a body and their content type; no bytes when there is no body."""
    if data is None:
        return b"", ""
    if encoding == "form":
        return urlencode([(name, _text(value)) for name, value in _flat(data)]).encode(), (
            "application/x-www-form-urlencoded"
        )
    if encoding == "multipart":
        return _in_parts(list(_flat(data, files=True)))
    return orjson.dumps(data), "application/json"


def _flat(data: Any, name: str = "", *, files: bool = False) -> Iterator[tuple[str, Any]]:
    """Fields with their names as forms write them: `lead[source]` in a table, the name again for each of a list."""
    if isinstance(data, Mapping) and not (files and FILE in data):
        for inner, value in data.items():
            yield from _flat(value, f"{name}[{inner}]" if name else str(inner), files=files)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _flat(value, name, files=files)
    else:
        yield name, data


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _in_parts(fields: list[tuple[str, Any]]) -> Encoded:
    parts = [_part(name, value) for name, value in fields]
    boundary = "form-" + hashlib.sha256(b"".join(parts)).hexdigest()[:24]
    lines = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return lines + b"--" + boundary.encode() + b"--\r\n", f"multipart/form-data; boundary={boundary}"


def _part(name: str, value: Any) -> bytes:
    head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    if not isinstance(value, Mapping):
        return f"{head}\r\n\r\n{_text(value)}".encode()
    kind = value.get("content_type", "application/octet-stream")
    head += f'; filename="{_quoted(str(value.get("name", name)))}"\r\nContent-Type: {kind}'
    return f"{head}\r\n\r\n".encode() + base64.b64decode(value[FILE])


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
