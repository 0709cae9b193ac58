"""Routes of custom statuses. No rules here."""

from fakes.calls import Call, Reply
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import every, part, query


class StatusArea(Area):
    """Custom statuses."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        entries = (
            ("GET", "/custom_statuses", self.index), ("POST", "/custom_statuses", self.create),
            ("GET", "/custom_statuses/{id}", self.show), ("PUT", "/custom_statuses/{id}", self.change),
        )  # fmt: skip
        return tuple(Entry(method, path, work, ticket=False) for method, path, work in entries)

    def index(self, call: Call) -> Reply:
        """All statuses, or those of a category, active or not."""
        wanted, active = every(call, "status_categories"), query(call, "active")
        found = [
            each
            for each in self.desk.statuses.all
            if (not wanted or each["status_category"] in wanted) and active in (None, str(each["active"]).lower())
        ]
        return answer(200, {"custom_statuses": found})

    def show(self, call: Call) -> Reply:
        """One status."""
        return answer(200, {"custom_status": self.desk.statuses.get(call.at["id"])})

    def create(self, call: Call) -> Reply:
        """Make a status."""
        made = self.desk.statuses.create(part(call, "custom_status"))
        return answer(201, {"custom_status": made}, {"Location": made["url"]})

    def change(self, call: Call) -> Reply:
        """Change a status."""
        statuses = self.desk.statuses
        return answer(200, {"custom_status": statuses.change(statuses.get(call.at["id"]), part(call, "custom_status"))})
