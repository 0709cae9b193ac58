"""The chat API's methods: which scope each needs, what it reads from its arguments and how it shows the outcome.

What is allowed is for `state.workspace` to say. Lists are paged by cursors that hold where the next page begins. Called
by `api`.
"""

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from fakes.alerts.state.refused import Refused
from fakes.alerts.state.workspace import Channel, Message, Workspace
from fakes.alerts.wire.hook import SINK
from fakes.calls import Call

Arguments = Mapping[str, Any]
Carry = Callable[[Arguments, Call], dict[str, Any]]
TRUE = (True, "true", "1", 1)
LIMIT, LIMIT_MAX = 100, 1000
TEAM_NAME = "Staging"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method of the API; `open` ones need no token."""

    of: Callable[["Methods"], Carry]
    scope: str | None = None
    writes: bool = False
    open: bool = False


def required(asked: Arguments, *names: str) -> None:
    """`Refused` with one sentence for each argument that is missing."""
    missing = tuple(f"missing required field: {name}" for name in names if asked.get(name) in (None, ""))
    if missing:
        raise Refused("invalid_arguments", missing)


class Methods:
    """The methods over one workspace."""

    def __init__(self, workspace: Workspace, url: str) -> None:
        self._workspace = workspace
        self._url = url

    # -- the token itself ---------------------------------------------------------------------------------------

    def api_test(self, asked: Arguments, call: Call) -> dict[str, Any]:
        """Says back what it was told, and fails on request."""
        args = {name: value for name, value in asked.items() if name != "token"}
        if args.get("error"):
            raise Refused(str(args["error"]), more={"args": args})
        return {"args": args} if args else {}

    def auth_test(self, asked: Arguments, call: Call) -> dict[str, Any]:
        """Whose token it is."""
        place = self._workspace
        return {
            "url": f"{self._url}/", "team": TEAM_NAME, "user": "staging-bot", "team_id": place.team,
            "user_id": place.bot_user, "bot_id": place.bot, "is_enterprise_install": False,
        }  # fmt: skip

    # -- messages -----------------------------------------------------------------------------------------------

    def post(self, asked: Arguments, call: Call) -> dict[str, Any]:
        """A new message; a repeat is a second one."""
        required(asked, "channel")
        made = self._workspace.post(self._workspace.named(asked["channel"]), asked)
        self._tell(call, "create", made)
        return {"channel": made.channel, "ts": made.ts, "message": self._shown(made)}

    def update(self, asked: Arguments, call: Call) -> dict[str, Any]:
        """Another text for a message."""
        required(asked, "channel", "ts")
        changed = self._workspace.change(self._workspace.named(asked["channel"]), asked["ts"], asked)
        self._tell(call, "update", changed)
        return {
            "channel": changed.channel, "ts": changed.ts, "text": changed.text, "message": self._shown(changed)
        }  # fmt: skip

    def delete(self, asked: Arguments, call: Call) -> dict[str, Any]:
        """A message less."""
        required(asked, "channel", "ts")
        gone = self._workspace.remove(self._workspace.named(asked["channel"]), asked["ts"])
        self._tell(call, "delete", gone)
        return {"channel": gone.channel, "ts": gone.ts}

    @staticmethod
    def _tell(call: Call, op: str, message: Message) -> None:
        values = {"text": message.shown, "channel": message.channel}
        if message.thread_ts:
            values["thread_ts"] = message.thread_ts
        call.effect(SINK, op, message.ts, values, [message.thread_ts] if message.thread_ts else [])

    def _shown(self, message: Message) -> dict[str, Any]:
        place = self._workspace
        shown: dict[str, Any] = {
            "type": "message", "user": place.bot_user, "bot_id": place.bot, "app_id": place.app, "team": place.team,
            "ts": message.ts, "text": message.text, **message.more,
        }  # fmt: skip
        if "username" in message.more:
            shown["subtype"] = "bot_message"
        if message.thread_ts:
            shown |= {"thread_ts": message.thread_ts, "parent_user_id": place.bot_user}
        elif message.replies:
            shown |= {
                "thread_ts": message.ts, "reply_count": len(message.replies), "latest_reply": message.replies[-1]
            }  # fmt: skip
        if message.edited_ts:
            shown["edited"] = {"user": place.bot_user, "ts": message.edited_ts}
        return shown

    # -- channels -----------------------------------------------------------------------------------------------

    def channels(self, asked: Arguments, call: Call) -> dict[str, Any]:
        """Channels, a page at a time; only public ones unless `types` says otherwise."""
        types = str(asked.get("types") or "public_channel").split(",")
        if not set(types) <= {"public_channel", "private_channel", "mpim", "im"}:
            raise Refused("invalid_types")
        wanted = [
            one
            for one in self._workspace.channels()
            if ("private_channel" if one.private else "public_channel") in types
            and not (one.archived and asked.get("exclude_archived") in TRUE)
        ]
        start, limit = _start(asked), _limit(asked)
        page = [_channel(one) for one in wanted[start : start + limit]]
        more = start + limit < len(wanted)
        return {"channels": page, "response_metadata": {"next_cursor": _cursor(str(start + limit)) if more else ""}}

    def info(self, asked: Arguments, call: Call) -> dict[str, Any]:
        """One channel."""
        required(asked, "channel")
        return {"channel": _channel(self._workspace.named(asked["channel"]))}

    def join(self, asked: Arguments, call: Call) -> dict[str, Any]:
        """Go into a public channel."""
        required(asked, "channel")
        channel = self._workspace.named(asked["channel"])
        already = self._workspace.join(channel)
        return {"channel": _channel(channel)} | ({"warning": "already_in_channel"} if already else {})

    def history(self, asked: Arguments, call: Call) -> dict[str, Any]:
        """A channel's messages, newest first; answers in threads are not among them."""
        required(asked, "channel")
        channel = self._joined(asked)
        before = _read_cursor(asked["cursor"]) if asked.get("cursor") else _time(asked.get("latest"))
        return self._page(self._workspace.latest(channel, before, _time(asked.get("oldest"))), _limit(asked))

    def replies(self, asked: Arguments, call: Call) -> dict[str, Any]:
        """A thread, oldest first."""
        required(asked, "channel", "ts")
        found = self._workspace.thread(self._joined(asked), asked["ts"])
        start, limit = _start(asked), _limit(asked)
        page, more = found[start : start + limit], start + limit < len(found)
        shown = {"messages": [self._shown(one) for one in page], "has_more": more}
        return shown | ({"response_metadata": {"next_cursor": _cursor(str(start + limit))}} if more else {})

    def _joined(self, asked: Arguments) -> Channel:
        channel = self._workspace.named(asked["channel"])
        if not channel.member:
            raise Refused("not_in_channel")
        return channel

    def _page(self, found: Iterator[Message], limit: int) -> dict[str, Any]:
        page = list(islice(found, limit))
        more = next(found, None) is not None
        shown = {"messages": [self._shown(one) for one in page], "has_more": more}
        return shown | ({"response_metadata": {"next_cursor": _cursor(page[-1].ts)}} if more else {})


METHODS: Mapping[str, Method] = {
    "api.test": Method(of=lambda own: own.api_test, open=True),
    "auth.test": Method(of=lambda own: own.auth_test),
    "chat.postMessage": Method(of=lambda own: own.post, scope="chat:write", writes=True),
    "chat.update": Method(of=lambda own: own.update, scope="chat:write", writes=True),
    "chat.delete": Method(of=lambda own: own.delete, scope="chat:write", writes=True),
    "conversations.list": Method(of=lambda own: own.channels, scope="channels:read"),
    "conversations.info": Method(of=lambda own: own.info, scope="channels:read"),
    "conversations.join": Method(of=lambda own: own.join, scope="channels:join", writes=True),
    "conversations.history": Method(of=lambda own: own.history, scope="channels:history"),
    "conversations.replies": Method(of=lambda own: own.replies, scope="channels:history"),
}


def _channel(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id, "name": channel.name, "name_normalized": channel.name, "created": channel.created,
        "is_channel": not channel.private, "is_group": channel.private, "is_im": False, "is_mpim": False,
        "is_private": channel.private, "is_archived": channel.archived, "is_member": channel.member,
        "is_general": channel.name == "general", "is_shared": False, "is_ext_shared": False, "is_org_shared": False,
        "num_members": 1 + channel.member,
        "topic": {"value": "", "creator": "", "last_set": 0}, "purpose": {"value": "", "creator": "", "last_set": 0},
    }  # fmt: skip


def _limit(asked: Arguments) -> int:
    given = str(asked.get("limit") or LIMIT)
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise Refused("invalid_limit")
    return min(max(1, int(given)), LIMIT_MAX)


def _time(given: Any) -> str | None:
    return None if given in (None, "", "0", 0) else str(given)


def _start(asked: Arguments) -> int:
    if not asked.get("cursor"):
        return 0
    text = _read_cursor(asked["cursor"])
    if not text.isdigit():
        raise Refused("invalid_cursor")
    return int(text)


def _cursor(text: str) -> str:
    return base64.b64encode(f"next:{text}".encode()).decode()


def _read_cursor(cursor: Any) -> str:
    try:
        text = base64.b64decode(str(cursor)[:200].encode(), validate=True).decode()
    except (binascii.Error, ValueError):
        raise Refused("invalid_cursor") from None
    if not text.startswith("next:"):
        raise Refused("invalid_cursor")
    return text.removeprefix("next:")
