"""Who is in which circle, a group or an organization: everybody is in one once, and who is in any has one default.

Records are in the vendor's shape. Which users and circles there are is not looked at. Kept by `groups` and
`organizations`.
"""

from typing import Any

from fakes.helpdesk.problems import one_invalid
from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.shelf import Index, Shelf

Record = dict[str, Any]


class Memberships(Part):
    """All memberships in the groups of one account, or all in its organizations."""

    KEPT = ("all", "of_user", "of_circle")

    def __init__(self, account: Account, circle: str) -> None:
        self._account = account
        self._kind = f"{circle}_memberships"
        self.key = f"{circle}_id"
        """What a membership calls the id of its circle."""
        self.all: Shelf[Record] = Shelf()
        self.of_user = Index()
        self.of_circle = Index()

    def clear(self) -> None:
        """Forget all memberships."""
        for each in (self.all, self.of_user, self.of_circle):
            each.clear()

    def get(self, membership_id: Any) -> Record:
        """The membership with this id."""
        return self.all.wanted(membership_id)

    def of(self, user_id: int) -> list[Record]:
        """The memberships of a user, oldest first."""
        return [self.all.at(each) for each in self.of_user.ids(user_id)]

    def between(self, user_id: int, circle_id: int) -> Record | None:
        """The membership of a user in a circle."""
        return next((each for each in self.of(user_id) if each[self.key] == circle_id), None)

    def default_of(self, user_id: int) -> int | None:
        """The default circle of a user."""
        return next((int(each[self.key]) for each in self.of(user_id) if each["default"]), None)

    def join(self, user_id: int, circle_id: int, *, default: bool = False, **more: Any) -> Record:
        """Put a user into a circle; their first one is their default. Refused when they are in it."""
        if self.between(user_id, circle_id) is not None:
            raise one_invalid("user_id", "User has already been taken", "DuplicateValue")
        number, now = self._account.new_id("membership"), self._account.now()
        made = {
            "id": number, "user_id": user_id, self.key: circle_id, "default": not self.of_user.ids(user_id),
            "created_at": now, "updated_at": now, **more, "url": self._account.link(self._kind, number),
        }  # fmt: skip
        self.all.put(number, made)
        self.of_user.add(user_id, number)
        self.of_circle.add(circle_id, number)
        if default:
            self.make_default(made)
        return made

    def make_default(self, membership: Record) -> None:
        """Let this be the default of its user."""
        for each in self.of(membership["user_id"]):
            each["default"] = each is membership

    def leave(self, membership: Record) -> None:
        """Take a user out of a circle; another one becomes the default if this was it."""
        user_id = membership["user_id"]
        self.all.take(membership["id"])
        self.of_user.drop(user_id, membership["id"])
        self.of_circle.drop(membership[self.key], membership["id"])
        rest = self.of_user.ids(user_id)
        if membership["default"] and rest:
            self.all.at(rest[0])["default"] = True

    def leave_all(self, user_id: int) -> None:
        """Take a user out of every circle."""
        for each in self.of(user_id):
            self.leave(each)

    def empty(self, circle_id: int) -> None:
        """Take everybody out of a circle."""
        for each in list(self.of_circle.ids(circle_id)):
            self.leave(self.all.at(each))
