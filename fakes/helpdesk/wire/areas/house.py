"""Routes of what the account itself has: its brand and its languages. No rules here, and nothing can be changed."""

from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import not_found
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry

LANGUAGES = ((1, "en-US", "English"), (8, "de", "Deutsch"), (2, "es", "Español"), (16, "fr", "Français"))


class HouseArea(Area):
    """The brand and the languages."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        entries = (
            ("/brands", self.brands, "staff"), ("/brands/{id}", self.brand, "staff"),
            ("/locales", self.locales, "anybody"), ("/locales/public", self.locales, "anybody"),
            ("/locales/agent", self.locales, "staff"), ("/locales/current", self.current, "user"),
            ("/locales/{id}", self.locale, "anybody"),
        )  # fmt: skip
        return tuple(Entry("GET", path, work, who=who, ticket=False) for path, work, who in entries)

    def _brand(self, brand_id: int) -> dict[str, Any]:
        account, made = self.desk.account, self.desk.people.agent.created_at
        return {
            "url": account.link("brands", brand_id),
            "id": brand_id,
            "name": "Helpdesk",
            "brand_url": account.url,
            "subdomain": "helpdesk",
            "host_mapping": None,
            "has_help_center": False,
            "help_center_state": "disabled",
            "active": True,
            "default": True,
            "is_deleted": False,
            "logo": None,
            "signature_template": "{{agent.signature}}",
            "ticket_form_ids": list(self.desk.forms.all.ids),
            "created_at": made,
            "updated_at": made,
        }

    def brands(self, call: Call) -> Reply:
        """The one brand."""
        return self.page(call, "brands", [self.desk.account.brand], self._brand)

    def brand(self, call: Call) -> Reply:
        """The one brand, by its id."""
        if call.at["id"] != str(self.desk.account.brand):
            raise not_found()
        return answer(200, {"brand": self._brand(self.desk.account.brand)})

    def _locale(self, number: int) -> dict[str, Any]:
        _, code, name = next(each for each in LANGUAGES if each[0] == number)
        made, native = self.desk.people.agent.created_at, {"name": name, "native_name": name, "presentation_name": name}
        url = self.desk.account.link("locales", code)
        rest = {"rtl": False, "default": number == 1, "created_at": made, "updated_at": made}
        return {"url": url, "id": number, "locale": code, **native, **rest}

    def locales(self, call: Call) -> Reply:
        """The languages of the account."""
        return answer(200, {"locales": [self._locale(number) for number, _, _ in LANGUAGES]})

    def current(self, call: Call) -> Reply:
        """The language of who asks."""
        code = self.actor(call).more.get("locale", "en-US")
        known = next((number for number, each, _ in LANGUAGES if each == code), 1)
        return answer(200, {"locale": self._locale(known)})

    def locale(self, call: Call) -> Reply:
        """One language, by its number or its code."""
        found = next((number for number, code, _ in LANGUAGES if call.at["id"] in (str(number), code)), None)
        if found is None:
            raise not_found()
        return answer(200, {"locale": self._locale(found)})
