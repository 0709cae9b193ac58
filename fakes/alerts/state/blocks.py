"""Whether blocks are well made: their types, what each must have, how long and how many it may be.

The documented limits of the blocks that messages are made of. Inside inputs and rich texts only the presence of the
parts is checked. Pure functions; the sentences follow the shape that the API is known to give (`message [json-pointer:
/where]`), their exact words are a guess.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

BLOCKS_MAX = 50
BLOCK_ID_MAX = 255
TEXT_TYPES = ("plain_text", "mrkdwn")
Mistakes = Iterator[str]
Block = Mapping[str, Any]


def mistakes(blocks: Any, where: str = "/blocks") -> list[str]:
    """What is wrong, one sentence each; nothing when they are well made."""
    if not isinstance(blocks, list):
        return [_said("must provide an array", where)]
    if len(blocks) > BLOCKS_MAX:
        return [_said(f"no more than {BLOCKS_MAX} items allowed", where)]
    found: list[str] = []
    seen: set[str] = set()
    for place, block in enumerate(blocks):
        at = f"{where}/{place}"
        if not isinstance(block, Mapping):
            found.append(_said("must provide an object", at))
            continue
        found.extend(_identity(block, at, seen))
        kind = block.get("type")
        if "type" not in block:
            found.append(_said("missing required field: type", at))
        elif not isinstance(kind, str) or kind not in KINDS:
            found.append(_said(f"unsupported type: {kind}", f"{at}/type"))
        else:
            found.extend(KINDS[kind](block, at))
    return found


def _said(what: str, where: str) -> str:
    return f"{what} [json-pointer:{where}]"


def _identity(block: Block, at: str, seen: set[str]) -> Mistakes:
    given = block.get("block_id")
    if given is None:
        return
    if not isinstance(given, str) or len(given) > BLOCK_ID_MAX:
        yield _said(f"must be less than {BLOCK_ID_MAX + 1} characters", f"{at}/block_id")
    elif given in seen:
        yield _said(f"`block_id` {given} already exists", f"{at}/block_id")
    else:
        seen.add(given)


def _text(holder: Block, name: str, at: str, most: int, types: tuple[str, ...] = TEXT_TYPES) -> Mistakes:
    """A text object in a field: its type, that it says something, and how much."""
    where = f"{at}/{name}"
    given = holder.get(name)
    if given is None:
        yield _said(f"missing required field: {name}", at)
    elif not isinstance(given, Mapping):
        yield _said("must provide an object", where)
    elif given.get("type") not in types:
        yield _said(f"must be one of: {', '.join(types)}", f"{where}/type")
    elif not isinstance(given.get("text"), str):
        yield _said("missing required field: text", where)
    elif not given["text"]:
        yield _said("must be more than 0 characters", f"{where}/text")
    elif len(given["text"]) > most:
        yield _said(f"must be less than {most + 1} characters", f"{where}/text")


def _many(block: Block, name: str, at: str, most: int) -> Mistakes:
    given = block.get(name)
    if given is None:
        yield _said(f"missing required field: {name}", at)
    elif not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        yield _said("must provide an array", f"{at}/{name}")
    elif not given:
        yield _said("no less than 1 items allowed", f"{at}/{name}")
    elif len(given) > most:
        yield _said(f"no more than {most} items allowed", f"{at}/{name}")


def _one_of(block: Block, at: str, *names: str) -> Mistakes:
    if all(block.get(name) is None for name in names):
        yield _said(f"must define either {' or '.join(f'`{name}`' for name in names)}", at)


def _section(block: Block, at: str) -> Mistakes:
    yield from _one_of(block, at, "text", "fields")
    if block.get("text") is not None:
        yield from _text(block, "text", at, 3000)
    fields = block.get("fields")
    if fields is not None:
        found = list(_many(block, "fields", at, 10))
        yield from found
        if not found:
            for place in range(len(fields)):
                yield from _text({str(place): fields[place]}, str(place), f"{at}/fields", 2000)


def _header(block: Block, at: str) -> Mistakes:
    yield from _text(block, "text", at, 150, ("plain_text",))


def _image(block: Block, at: str) -> Mistakes:
    yield from _one_of(block, at, "image_url", "slack_file")
    if not isinstance(block.get("alt_text"), str):
        yield _said("missing required field: alt_text", at)
    if isinstance(block.get("image_url"), str) and len(block["image_url"]) > 3000:
        yield _said("must be less than 3001 characters", f"{at}/image_url")


def _context(block: Block, at: str) -> Mistakes:
    yield from _many(block, "elements", at, 10)


def _actions(block: Block, at: str) -> Mistakes:
    yield from _many(block, "elements", at, 25)


def _rich_text(block: Block, at: str) -> Mistakes:
    yield from _many(block, "elements", at, 1000)


def _markdown(block: Block, at: str) -> Mistakes:
    if not isinstance(block.get("text"), str):
        yield _said("missing required field: text", at)
    elif len(block["text"]) > 12_000:
        yield _said("must be less than 12001 characters", f"{at}/text")


def _input(block: Block, at: str) -> Mistakes:
    yield from _text(block, "label", at, 2000, ("plain_text",))
    if not isinstance(block.get("element"), Mapping):
        yield _said("missing required field: element", at)


def _video(block: Block, at: str) -> Mistakes:
    for name in ("alt_text", "title", "thumbnail_url", "video_url"):
        if block.get(name) is None:
            yield _said(f"missing required field: {name}", at)


def _anything(block: Block, at: str) -> Mistakes:
    return iter(())


KINDS: Mapping[str, Callable[[Block, str], Mistakes]] = {
    "actions": _actions,
    "context": _context,
    "divider": _anything,
    "file": _anything,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "section": _section,
    "table": _anything,
    "video": _video,
}
