"""Ask for help with a screenshot: a question and a file that must arrive byte for byte."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from harness.phone.steps import Context, Flow
from scenarios.flows.help_text import question, told
from scenarios.flows.parts import ask

PNG = bytes.fromhex("89504e470d0a1a0a")
SIZE = 24_000


def help_attachment(ctx: Context) -> Flow:
    """Ask a question with an attachment. Choices: `category`; `file`: its name, content_type, and content or size."""
    ticket = question(ctx)
    file: Mapping[str, Any] = ctx.choices.get("file") or {}
    content = file.get("content")
    if content is None:
        content = PNG + ctx.chance.randbytes(int(file.get("size", SIZE)))
    marker = ctx.person.marker
    name = f"{marker}-{file['name']}" if file else f"screenshot-{ctx.number}-{marker}.png"
    kind = str(file.get("content_type", "image/png"))
    attachment = {
        "name": name,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content_type": kind,
    }
    ticket["attachment"] = {
        "name": name,
        "content_type": kind,
        "content_base64": base64.b64encode(content).decode(),
    }
    scope = ctx.scope(ticket=ticket, attachment=attachment)
    answer = yield from ask(ctx, "help_attachment", scope, **told(ticket), attachment=attachment)
    return answer.outcome
