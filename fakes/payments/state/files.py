"""Files: uploaded by the merchant, or written by a report run."""

from dataclasses import dataclass, field

from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing

MOST_BYTES = 5_000_000
TYPES = ("csv", "docx", "gif", "jpg", "pdf", "png", "txt", "xls", "xlsx")
UPLOADED = (
    "account_requirement", "additional_verification", "business_icon", "business_logo", "customer_signature",
    "dispute_evidence", "identity_document", "issuing_regulatory_reporting", "pci_document",
    "tax_document_user_upload", "terminal_reader_splashscreen",
)  # fmt: skip


@dataclass
class Contents:
    """What is in the account's files."""

    by_id: dict[str, bytes] = field(default_factory=dict)


def keep(moment: Moment, purpose: str, filename: str, content: bytes, title: str | None = None) -> Thing:
    """A new file."""
    name = moment.account.fresh("file")
    kind = filename.rpartition(".")[2].lower().replace("jpeg", "jpg")
    file: Thing = {
        "id": name,
        "object": "file",
        "created": moment.now,
        "expires_at": None,
        "filename": filename,
        "links": {"object": "list", "data": [], "has_more": False, "url": f"/v1/file_links?file={name}"},
        "purpose": purpose,
        "size": len(content),
        "title": title,
        "type": kind if kind in TYPES else None,
        "url": f"{moment.account.pages_url}/v1/files/{name}/contents",
    }
    moment.account.side(Contents).by_id[name] = content
    moment.account.put(file)
    moment.tell("file.created", file)
    return file


def upload(moment: Moment, purpose: str | None, filename: str | None, content: bytes | None) -> Thing:
    """What the merchant sends."""
    if not purpose:
        raise invalid("Missing required param: purpose.", "purpose", "parameter_missing")
    if purpose not in UPLOADED:
        raise invalid(f"Invalid purpose: must be one of {', '.join(UPLOADED)}", "purpose")
    if filename is None or content is None:
        raise invalid("Missing required param: file.", "file", "parameter_missing")
    if len(content) > MOST_BYTES:
        raise invalid(f"The file is larger than {MOST_BYTES} bytes.", "file")
    return keep(moment, purpose, filename, content)


def content(account: Account, name: str) -> bytes:
    """What is in a file."""
    account.get("file", name)
    return account.side(Contents).by_id[name]
