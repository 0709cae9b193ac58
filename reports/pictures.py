"""What somebody's page looked like: the pictures that were kept, inside the report, and the traces beside it.

Only for people of broken cells; the page asks for nothing, so pictures are part of it. Called by `reports.html`.
"""

import base64
from collections.abc import Sequence
from typing import Any

from reports import words
from reports.material import Data, Material

MOST_PICTURES = 4
LARGEST = 400_000


def of_people(material: Material, persons: Sequence[str]) -> Data:
    """The newest pictures of these people's pages, and where their traces are."""
    records = [one for person in persons for one in material.by_person.get(person, ()) if one.get("k") == "page"]
    pictures = [found for one in records if one.get("event") == "picture" and (found := _picture(material, one))]
    traces = [str(one["file"]) for one in records if one.get("event") == "trace"]
    return {
        "pictures": pictures[-MOST_PICTURES:],
        "traces": [one for one in traces if (material.folder / one).is_file()],
    }


def _picture(material: Material, record: dict[str, Any]) -> Data | None:
    file = material.folder / str(record["file"])
    if not file.is_file() or file.stat().st_size > LARGEST:
        return None
    what = words.spaced(file.stem.split("-", 2)[-1].replace("-", " "))
    return {"what": what, "data": base64.b64encode(file.read_bytes()).decode()}
