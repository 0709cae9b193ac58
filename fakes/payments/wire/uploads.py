"""Files come in as multipart forms and go out as they are, quotes as documents to print; a secret key is needed."""

from collections.abc import Callable
from email import message_from_bytes, policy

from fakes.calls import Call, Reply, Route
from fakes.payments.events import Asked
from fakes.payments.state import files, papers
from fakes.payments.state.moment import Moment
from fakes.payments.state.plain import acting, keepsakes
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Account, Thing
from fakes.payments.wire import answers, form, parameters
from fakes.payments.wire.credentials import own_name

TYPES = {"csv": "text/csv", "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "txt": "text/plain"}
KNOWN = ("purpose", "file")
LINK = "file_link_data"
LINK_TREE = {"of": {"create": "boolean", "expires_at": "integer", "metadata": "map"}, "needs": ["create"]}


class Uploads:
    """Takes files in and hands them out."""

    def __init__(self, provider: Provider, before: Callable[[Account], None]) -> None:
        self._provider, self._before = provider, before
        self.routes = [
            Route(method=method, template=template, operation=f"{method} {template}", handler=handler, writes=writes)
            for method, template, handler, writes in (
                ("POST", "/v1/files", self._take, True),
                ("GET", "/v1/files/{id}/contents", self._give, False),
                ("GET", "/v1/quotes/{id}/pdf", self._print, False),
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
            wanted = _link(fields)
            file = files.upload(moment, purpose, filename, content)
            _linked(moment, file, wanted)
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

    def _print(self, call: Call) -> Reply:
        account = self._account(call)
        try:
            return Reply(200, papers.quote(account, call.at["id"]), {}, TYPES["pdf"])
        except Problem as problem:
            return answers.error(problem, account.fresh("request"))


def _link(fields: dict[str, tuple[str | None, bytes]]) -> Thing:
    """What is asked of a link to the file; nothing if none is."""
    pairs = [(name, value.decode("utf-8", "replace")) for name, (_, value) in fields.items() if name.startswith(LINK)]
    # Clients write the words of their own language.
    spoken = [(name, value.lower() if name == f"{LINK}[create]" else value) for name, value in pairs]
    wanted: Thing = form.nested(spoken).get(LINK) or {}
    return parameters.fitted(LINK_TREE, wanted) if wanted else {}


def _linked(moment: Moment, file: Thing, wanted: Thing) -> None:
    if wanted.get("create"):
        more = {name: value for name, value in wanted.items() if name != "create"}
        acting.create(keepsakes.LINK, moment, {**more, "file": file["id"]})


def parts(content_type: str, body: bytes) -> dict[str, tuple[str | None, bytes]]:
    """The parts of a multipart form by name: the file's name, if it is one, and what it holds."""
    if not content_type.lower().startswith("multipart/form-data"):
        raise invalid("Files are sent as multipart/form-data.")
    head = b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n"
    message = message_from_bytes(head + body, policy=policy.HTTP)
    found: dict[str, tuple[str | None, bytes]] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = str(part.get_param("name", "", "content-disposition"))
        if name not in KNOWN and not name.startswith(f"{LINK}["):
            raise invalid(f"Received unknown parameter: {name[:100]}", name[:100], "parameter_unknown")
        content = part.get_payload(decode=True)
        found[name] = (part.get_filename(), content if isinstance(content, bytes) else b"")
    return found
