"""Files come in as multipart forms and go out as they are; a secret key is needed."""

from collections.abc import Callable
from email import message_from_bytes, policy

from fakes.calls import Call, Reply, Route
from fakes.payments.events import Asked
from fakes.payments.state import files
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Account
from fakes.payments.wire import answers
from fakes.payments.wire.credentials import own_name

TYPES = {"csv": "text/csv", "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "txt": "text/plain"}
KNOWN = ("purpose", "file")


class Uploads:
    """Takes files in and hands them out."""

    def __init__(self, provider: Provider, before: Callable[[Account], None]) -> None:
        self._provider, self._before = provider, before
        self.routes = [
            Route(method=method, template=template, operation=f"{method} {template}", handler=handler, writes=writes)
            for method, template, handler, writes in (
                ("POST", "/v1/files", self._take, True),
                ("GET", "/v1/files/{id}/contents", self._give, False),
            )
        ]

    def _account(self, call: Call) -> Account:
        account = self._provider.account(own_name(call.account))
        self._before(account)
        return account

    def _take(self, call: Call) -> Reply:
        account = self._account(call)
        request = account.fresh("request")
        moment = self._provider.moment(account, Asked(request, call.key))
        try:
            fields = parts(call.headers.get("content-type", ""), call.body)
            purpose = fields.get("purpose", (None, b""))[1].decode("utf-8", "replace")
            filename, content = fields.get("file", (None, None))
            file = files.upload(moment, purpose, filename, content)
        except Problem as problem:
            return answers.error(problem, request)
        self._provider.commit(moment, call, file)
        return answers.answer(file, request)

    def _give(self, call: Call) -> Reply:
        account = self._account(call)
        try:
            content = files.content(account, call.at["id"])
        except Problem as problem:
            return answers.error(problem, account.fresh("request"))
        kind = account.get("file", call.at["id"])["type"]
        return Reply(200, content, {}, TYPES.get(str(kind), "application/octet-stream"))


def parts(content_type: str, body: bytes) -> dict[str, tuple[str | None, bytes]]:
    """The parts of a multipart form by name: the file's name, if it is one, and what it holds."""
    if not content_type.lower().startswith("multipart/form-data"):
        raise invalid("Files are sent as multipart/form-data.")
    head = b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n"
    message = message_from_bytes(head + body, policy=policy.HTTP)
    found: dict[str, tuple[str | None, bytes]] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = str(part.get_param("name", "", "content-disposition"))
        if name not in KNOWN:
            raise invalid(f"Received unknown parameter: {name[:100]}", name[:100], "parameter_unknown")
        content = part.get_payload(decode=True)
        found[name] = (part.get_filename(), content if isinstance(content, bytes) else b"")
    return found
