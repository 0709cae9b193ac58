"""Which of the vendor's operations this fake answers, an area a file: method, path, behaviour, kind and sink.

Not how they are read or answered; `wire.routes` turns each line into a route, and `wire/parameters/<area>.json` holds
what each takes.
"""

from fakes.payments.wire.operations.back_office import BACK_OFFICE
from fakes.payments.wire.operations.billing import BILLING
from fakes.payments.wire.operations.catalogue import CATALOGUE
from fakes.payments.wire.operations.checkout import CHECKOUT
from fakes.payments.wire.operations.clocks import CLOCKS
from fakes.payments.wire.operations.connect import CONNECT
from fakes.payments.wire.operations.documents import DOCUMENTS
from fakes.payments.wire.operations.entitlements import ENTITLEMENTS
from fakes.payments.wire.operations.issuing import ISSUING
from fakes.payments.wire.operations.keepsakes import KEEPSAKES
from fakes.payments.wire.operations.linked import LINKED
from fakes.payments.wire.operations.money import MONEY
from fakes.payments.wire.operations.nested import NESTED
from fakes.payments.wire.operations.notices import NOTICES
from fakes.payments.wire.operations.operation import Operation
from fakes.payments.wire.operations.people import PEOPLE
from fakes.payments.wire.operations.portal import PORTAL
from fakes.payments.wire.operations.purse import PURSE
from fakes.payments.wire.operations.risk import RISK
from fakes.payments.wire.operations.search import SEARCH
from fakes.payments.wire.operations.taxes import TAXES
from fakes.payments.wire.operations.terminal import TERMINAL
from fakes.payments.wire.operations.thin import THIN
from fakes.payments.wire.operations.treasury import TREASURY

AREAS: dict[str, dict[str, Operation]] = {
    "back_office": BACK_OFFICE,
    "billing": BILLING,
    "catalogue": CATALOGUE,
    "checkout": CHECKOUT,
    "connect": CONNECT,
    "clocks": CLOCKS,
    "entitlements": ENTITLEMENTS,
    "issuing": ISSUING,
    "documents": DOCUMENTS,
    "keepsakes": KEEPSAKES,
    "linked": LINKED,
    "risk": RISK,
    "taxes": TAXES,
    "terminal": TERMINAL,
    "treasury": TREASURY,
    "money": MONEY,
    "nested": NESTED,
    "notices": NOTICES,
    "people": PEOPLE,
    "portal": PORTAL,
    "purse": PURSE,
    "search": SEARCH,
    "thin": THIN,
}
OPERATIONS: dict[str, Operation] = {operation: line for area in AREAS.values() for operation, line in area.items()}

__all__ = ["AREAS", "OPERATIONS", "Operation"]
