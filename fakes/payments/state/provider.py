"""All accounts of one provider, and the hand-over of what a moment did to the ledger.

The default account's events are told to the harness; those of every account to the endpoints that its client made.
"""

import string
from collections.abc import Callable

from fakes.calls import Call, Ledger, News
from fakes.payments.events import Asked, topic_of
from fakes.payments.state import entitlements
from fakes.payments.state.moment import Moment
from fakes.payments.state.rules import Rules
from fakes.payments.state.searching import Lag
from fakes.payments.state.store import CONNECTED, Account, Thing, Told, outside
from fakes.payments.state.store import DEFAULT as DEFAULT
from fakes.webhooks import Webhooks
from harness.rng import Rng

HEARING = ("webhook_endpoint", "v2.core.event_destination")
"""The kinds of objects that hear events."""


class Provider:
    """Every account, made when first used."""

    def __init__(
        self,
        rng: Rng,
        now: Callable[[], int],
        ledger: Ledger,
        webhooks: Webhooks | None = None,
        url: str = "",
        rules: Rules | None = None,
    ) -> None:
        self._rules = rules
        self._rng, self.now, self.ledger, self.webhooks = rng, now, ledger, webhooks or Webhooks()
        self._url = url
        self._accounts: dict[str, Account] = {}
        self.lag = Lag()
        """How far the search of each account is behind."""

    def account(self, name: str = DEFAULT) -> Account:
        """The account of this name."""
        if name not in self._accounts:
            account = Account(name, self._rng.stream(f"payments/{name}"), self.now, self._rules)
            account.pages_url = self._url or account.pages_url
            account.lag = self.lag
            account.identity = self.identity(name)
            self._accounts[name] = account
        return self._accounts[name]

    def accounts(self) -> list[Account]:
        """Every account that was used."""
        return list(self._accounts.values())

    def identity(self, name: str = DEFAULT) -> str:
        """The account's id at the provider; a connected account is called by it."""
        if name.startswith(CONNECTED):
            return name
        return CONNECTED + "1" + "".join(self._rng.stream(f"payments/{name}/identity").choices(string.digits, k=16))

    def reset(self) -> None:
        """Forget every account."""
        self._accounts.clear()

    def moment(self, account: Account, asked: Asked | None = None, *, client: bool = False) -> Moment:
        """A new action in an account."""
        return Moment(account=account, asked=asked or Asked(), client=client, webhooks=self.webhooks)

    def commit(self, moment: Moment, call: Call | None, result: Thing | None = None) -> None:
        """Make the moment's events part of the account and write down what it did: effects first, then news."""
        entitlements.follow(moment)
        moment.commit()
        if result is not None:
            moment.account.noted(result)
        for effect in moment.effects:
            self.ledger.effect(call, effect.sink, effect.op, effect.object_id, effect.values, effect.ids)
        ids = dict.fromkeys(moment.ids_of(result) if result and "id" in result else ())
        ids.update((name, None) for told in moment.told for name in told.ids)
        if ids:
            self.ledger.owns(call, tuple(ids), like=tuple(ids))
        account = outside(moment.account)
        everything = not account and self._unheard(moment.account)
        for told in moment.told:
            if everything or told.to or self.webhooks.listening(told.type, account) > 0:
                self.ledger.news(call, news_of(told, account))

    @staticmethod
    def _unheard(account: Account) -> bool:
        """Whether its client has made no endpoints of its own: then the ledger is told everything."""
        return not any(account.tables[kind] for kind in HEARING)

    def holder(self, kind: str, name: str) -> Account | None:
        """The account that has this object."""
        return next((one for one in self._accounts.values() if one.find(kind, name) is not None), None)


def news_of(told: Told, account: str = "") -> News:
    """The event as the delivery engine takes it."""
    return News(
        id=told.id,
        type=told.type,
        topic=topic_of(told.type),
        object_id=told.ids[0] if told.ids else "",
        body=told.body,
        created_s=told.created,
        ids=told.ids,
        account=account,
        to=told.to,
    )
