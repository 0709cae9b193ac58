"""Routes of the addresses that users are known by. No rules here."""

from fakes.calls import Call, Reply
from fakes.helpdesk.state.people import User
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import part


class IdentityArea(Area):
    """Identities."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        one = "/users/{id}/identities/{identity_id}"
        entries = (
            ("GET", "/users/{id}/identities", self.index), ("POST", "/users/{id}/identities", self.create),
            ("GET", one, self.show), ("PUT", one, self.change), ("DELETE", one, self.delete),
            ("PUT", f"{one}/make_primary", self.make_primary), ("PUT", f"{one}/verify", self.verify),
            ("PUT", f"{one}/request_verification", self.request_verification),
        )  # fmt: skip
        return tuple(Entry(method, path, work, ticket=False) for method, path, work in entries)

    def _user(self, call: Call) -> User:
        return self.desk.people.live(call.at["id"])

    def _listed(self, call: Call, user: User) -> Reply:
        mine = self.desk.people.identities.of(user)
        return self.page(call, "identities", mine.ids, mine.at)

    def index(self, call: Call) -> Reply:
        """All addresses of a user."""
        return self._listed(call, self._user(call))

    def create(self, call: Call) -> Reply:
        """Add an address."""
        user = self._user(call)
        made = self.desk.people.identities.create(user, part(call, "identity"))
        self.desk.people.touch(user)
        call.owns(str(made["id"]))
        return answer(201, {"identity": made}, {"Location": made["url"]})

    def show(self, call: Call) -> Reply:
        """One address."""
        return answer(200, {"identity": self.desk.people.identities.get(self._user(call), call.at["identity_id"])})

    def change(self, call: Call) -> Reply:
        """Change an address or say that it is verified."""
        user, identities = self._user(call), self.desk.people.identities
        changed = identities.change(user, identities.get(user, call.at["identity_id"]), part(call, "identity"))
        self.desk.people.touch(user)
        return answer(200, {"identity": changed})

    def make_primary(self, call: Call) -> Reply:
        """Let this be the first address."""
        user, identities = self._user(call), self.desk.people.identities
        identities.make_primary(user, identities.get(user, call.at["identity_id"]))
        self.desk.people.touch(user)
        return self._listed(call, user)

    def verify(self, call: Call) -> Reply:
        """Say that an address is verified."""
        user, identities = self._user(call), self.desk.people.identities
        found = identities.get(user, call.at["identity_id"])
        return answer(200, {"identity": identities.change(user, found, {"verified": True})})

    def request_verification(self, call: Call) -> Reply:
        """Pretend to send a mail that asks for verification; none is sent."""
        self.desk.people.identities.get(self._user(call), call.at["identity_id"])
        return answer(200, {})

    def delete(self, call: Call) -> Reply:
        """Remove an address."""
        user, identities = self._user(call), self.desk.people.identities
        identities.delete(user, identities.get(user, call.at["identity_id"]))
        self.desk.people.touch(user)
        return Reply(204)
