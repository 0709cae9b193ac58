"""How the people of one account look from outside.

Pure functions of a desk and a record; groups, organizations and memberships are kept in their shape already. Called by
the routes in this folder.
"""

from typing import Any

from fakes.helpdesk.state.desk import Desk
from fakes.helpdesk.state.people import User

USUAL: dict[str, Any] = {
    "time_zone": "Pacific Time (US & Canada)", "iana_time_zone": "America/Los_Angeles", "phone": None,
    "shared_phone_number": None, "photo": None, "locale_id": 1, "locale": "en-US", "alias": None, "shared": False,
    "shared_agent": False, "last_login_at": None, "two_factor_auth_enabled": None, "signature": None, "details": None,
    "notes": None, "custom_role_id": None, "moderator": False, "only_private_comments": False, "report_csv": False,
}  # fmt: skip


def user(desk: Desk, one: User) -> dict[str, Any]:
    """A user."""
    staff = one.staff
    return {
        "id": one.id,
        "url": desk.account.link("users", one.id),
        "name": one.name,
        "email": one.email,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        **{name: one.more.get(name, usual) for name, usual in USUAL.items()},
        "organization_id": one.organization_id,
        "role": one.role,
        "role_type": 4 if one.role == "admin" else None,
        "verified": bool(one.more.get("verified", False)),
        "external_id": one.external_id,
        "tags": list(one.tags),
        "active": one.active,
        "ticket_restriction": one.more.get("ticket_restriction", None if staff else "requested"),
        "restricted_agent": not staff,
        "suspended": one.suspended,
        "default_group_id": desk.groups.memberships.default_of(one.id) if staff else None,
        "user_fields": {key: one.custom.get(key) for key in desk.user_fields.keys},
    }
