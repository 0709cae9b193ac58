"""What is wrong with blocks, each limit from both sides."""

from typing import Any

import pytest

from fakes.alerts.state.blocks import KINDS, mistakes


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


GOOD: list[dict[str, Any]] = [
    section("x" * 3000),
    {"type": "section", "fields": [plain("x" * 2000)] * 10},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider"},
    {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"},
    {"type": "context", "elements": [plain("x")] * 10},
    {"type": "actions", "elements": [{"type": "button", "text": plain("x")}] * 25},
    {"type": "input", "label": plain("x"), "element": {"type": "plain_text_input"}},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    {"type": "markdown", "text": "# x"},
    {"type": "file", "external_id": "x", "source": "remote"},
    {"type": "table", "rows": []},
    {
        "type": "video", "alt_text": "a", "title": plain("x"), "thumbnail_url": "https://example.com/a.png",
        "video_url": "https://example.com/a",
    },
]  # fmt: skip


def test_well_made_blocks_are_taken() -> None:
    """One of each kind, each as long as it may be."""
    assert mistakes(GOOD) == []
    assert {each["type"] for each in GOOD} == set(KINDS)
    assert mistakes([section()] * 50) == []


BAD: list[tuple[Any, str]] = [
    ("x", "must provide an array [json-pointer:/blocks]"),
    ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    (["x"], "must provide an object [json-pointer:/blocks/0]"),
    ([{}], "missing required field: type [json-pointer:/blocks/0]"),
    ([section(), {"type": "x"}], "unsupported type: x [json-pointer:/blocks/1/type]"),
    ([{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "section", "text": "x"}], "must provide an object [json-pointer:/blocks/0/text]"),
    (
        [{"type": "section", "fields": [plain("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        [{"type": "section", "fields": [plain("x" * 2001)]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "must be one of: plain_text [json-pointer:/blocks/0/text/type]",
    ),
    ([{"type": "header"}], "missing required field: text [json-pointer:/blocks/0]"),
    (
        [{"type": "image", "image_url": "https://a.example"}],
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    (
        [{"type": "image", "alt_text": "x"}],
        "must define either `image_url` or `slack_file` [json-pointer:/blocks/0]",
    ),
    ([{"type": "context", "elements": []}], "no less than 1 items allowed [json-pointer:/blocks/0/elements]"),
    ([{"type": "actions", "elements": "x"}], "must provide an array [json-pointer:/blocks/0/elements]"),
    ([{"type": "actions"}], "missing required field: elements [json-pointer:/blocks/0]"),
    ([{"type": "markdown", "text": "x" * 12_001}], "must be less than 12001 characters [json-pointer:/blocks/0/text]"),
    ([{"type": "input", "label": plain("x")}], "missing required field: element [json-pointer:/blocks/0]"),
    ([section(block_id="x" * 256)], "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
    (
        [section(block_id="a"), section(block_id="a")],
        "`block_id` a already exists [json-pointer:/blocks/1/block_id]",
    ),
]


@pytest.mark.parametrize(("blocks", "said"), BAD, ids=[said for _, said in BAD])
def test_a_mistake_is_told_with_its_place(blocks: Any, said: str) -> None:
    """One mistake, one sentence."""
    assert mistakes(blocks) == [said]
