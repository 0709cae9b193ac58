"""Routes of triggers. No rules here."""

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import bad_parameter
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import body, ids, part, parts, query


class RuleArea(Area):
    """Triggers."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        entries = (
            ("GET", "/triggers", self.index),
            ("POST", "/triggers", self.create),
            ("GET", "/triggers/active", self.active),
            ("GET", "/triggers/search", self.search),
            ("PUT", "/triggers/reorder", self.reorder),
            ("PUT", "/triggers/update_many", self.update_many),
            ("DELETE", "/triggers/destroy_many", self.delete_many),
            ("GET", "/triggers/{id}", self.show),
            ("PUT", "/triggers/{id}", self.change),
            ("DELETE", "/triggers/{id}", self.delete),
        )
        return tuple(Entry(method, path, work, ticket=False) for method, path, work in entries)

    def index(self, call: Call) -> Reply:
        """All triggers, or only those that act or do not."""
        shelf, active = self.desk.triggers.all, query(call, "active")
        found = [each["id"] for each in shelf if active is None or str(each["active"]).lower() == active]
        return self.page(call, "triggers", found, shelf.at)

    def active(self, call: Call) -> Reply:
        """The triggers that act."""
        found = sorted(each["id"] for each in self.desk.triggers.active())
        return self.page(call, "triggers", found, self.desk.triggers.all.at)

    def search(self, call: Call) -> Reply:
        """The triggers whose title has these words."""
        wanted = query(call, "query")
        if not wanted:
            raise bad_parameter("query", "is required")
        shelf = self.desk.triggers.all
        found = [each["id"] for each in shelf if wanted.casefold() in each["title"].casefold()]
        return self.page(call, "triggers", found, shelf.at)

    def show(self, call: Call) -> Reply:
        """One trigger."""
        return answer(200, {"trigger": self.desk.triggers.get(call.at["id"])})

    def create(self, call: Call) -> Reply:
        """Make a trigger."""
        made = self.desk.triggers.create(part(call, "trigger"))
        return answer(201, {"trigger": made}, {"Location": made["url"]})

    def change(self, call: Call) -> Reply:
        """Change a trigger."""
        triggers = self.desk.triggers
        return answer(200, {"trigger": triggers.change(triggers.get(call.at["id"]), part(call, "trigger"))})

    def delete(self, call: Call) -> Reply:
        """Remove a trigger."""
        self.desk.triggers.delete(self.desk.triggers.get(call.at["id"]))
        return Reply(204)

    def delete_many(self, call: Call) -> Reply:
        """Remove many triggers, all or none."""
        for each in [self.desk.triggers.get(one) for one in ids(call)]:
            self.desk.triggers.delete(each)
        return Reply(204)

    def update_many(self, call: Call) -> Reply:
        """Change positions of triggers, and which of them act."""
        triggers = self.desk.triggers
        wanted = [(triggers.get(each.get("id")), each) for each in parts(call, "triggers")]
        for trigger, given in wanted:
            triggers.change(trigger, {name: given[name] for name in ("position", "active") if name in given})
        found = sorted(trigger["id"] for trigger, _ in wanted)
        return self.page(call, "triggers", found, triggers.all.at)

    def reorder(self, call: Call) -> Reply:
        """Give triggers their positions in this order."""
        triggers, listed = self.desk.triggers, body(call).get("trigger_ids")
        if not isinstance(listed, list):
            raise bad_parameter("trigger_ids", "must be a list of ids")
        for place, trigger in enumerate([triggers.get(each) for each in listed], start=1):
            triggers.change(trigger, {"position": place})
        return answer(200, {"triggers": sorted(triggers.all, key=lambda each: each["position"])})
