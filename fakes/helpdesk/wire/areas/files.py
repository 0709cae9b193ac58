"""Routes of uploads and attachments. No rules here."""

from urllib.parse import quote

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import one_invalid
from fakes.helpdesk.wire import shapes
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import query

SIZE_MAX = 50 * 2**20


class FileArea(Area):
    """Uploads and attachments."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area; the address that opens a file is `content`."""
        return (
            Entry("POST", "/uploads", self.upload, who="anybody", ticket=False),
            Entry("DELETE", "/uploads/{token}", self.drop, who="user", ticket=False),
            Entry("GET", "/attachments/{id}", self.attachment, who="user", ticket=False),
        )

    def upload(self, call: Call) -> Reply:
        """Keep a file for a comment that will come."""
        name = query(call, "filename")
        if not name:
            raise one_invalid("base", "Filename: cannot be blank", "BlankValue")
        if len(call.body) > SIZE_MAX:
            return answer(413, {"error": "AttachmentTooLarge", "description": "The attachment exceeds the size limit"})
        kind = (call.headers.get("content-type") or "").strip()
        inline = query(call, "inline") == "true"
        upload = self.desk.uploads.add(name, kind, call.body, query(call, "token"), inline=inline)
        made = upload.files[-1]
        call.owns(upload.token, str(made.id))
        files = [shapes.attachment(self.desk, each) for each in upload.files]
        shown = {"token": upload.token, "expires_at": upload.expires_at, "attachments": files,
                 "attachment": shapes.attachment(self.desk, made)}  # fmt: skip
        return answer(201, {"upload": shown})

    def drop(self, call: Call) -> Reply:
        """Throw an upload away that no comment has used."""
        self.desk.uploads.drop(call.at["token"])
        return Reply(204)

    def attachment(self, call: Call) -> Reply:
        """What is known of a file."""
        return answer(200, {"attachment": shapes.attachment(self.desk, self.desk.uploads.by_id(call.at["id"]))})

    def content(self, call: Call) -> Reply:
        """The file itself, byte for byte."""
        file = self.desk.uploads.by_token(call.at["token"])
        how = "inline" if file.inline else "attachment"
        disposition = f"{how}; filename*=UTF-8''{quote(file.name)}"
        return Reply(200, file.content, {"Content-Disposition": disposition}, file.content_type)
