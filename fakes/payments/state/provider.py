"""All accounts of one provider, and the hand-over of what a moment did to the ledger.

Only the default account's events are delivered: the others belong to keys that nobody configured, and have nobody to
tell.
"""

from collections.abc import Callable

from fakes.calls import Call, Ledger, News
from fakes.payments.events import Asked, topic_of
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Account, Thing, Told
from harness.rng import Rng

DEFAULT = "default"


class Provider:
    """Every account, made when first used."""

    def __init__(self, rng: Rng, now: Callable[[], int], ledger: Ledger) -> None:
        self._rng, self.now, self.ledger = rng, now, ledger
        self._accounts: dict[str, Account] = {}

    def account(self, name: str = DEFAULT) -> Account:
        """The account of this name."""
        if name not in self._accounts:
            self._accounts[name] = Account(name, self._rng.stream(f"payments/{name}"), self.now)
        return self._accounts[name]

    def reset(self) -> None:
        """Forget every account."""
        self._accounts.clear()

    def moment(self, account: Account, asked: Asked | None = None, *, client: bool = False) -> Moment:
        """A new action in an account."""
        return Moment(account=account, asked=asked or Asked(), client=client)

    def commit(self, moment: Moment, call: Call | None, result: Thing | None = None) -> None:
        """Make the moment's events part of the account and write down what it did: effects first, then news."""
        moment.commit()
        for effect in moment.effects:
            self.ledger.effect(call, effect.sink, effect.op, effect.object_id, effect.values, effect.ids)
        ids = dict.fromkeys(moment.ids_of(result) if result and "id" in result else ())
        ids.update((name, None) for told in moment.told for name in told.ids)
        if ids:
            self.ledger.owns(call, tuple(ids), like=tuple(ids))
        if moment.account.name == DEFAULT:
            for told in moment.told:
                if self._wanted(moment.account, told):
                    self.ledger.news(call, news_of(told))

    @staticmethod
    def _wanted(account: Account, told: Told) -> bool:
        endpoints = [one for one in account.tables["webhook_endpoint"].values() if one["status"] == "enabled"]
        return not endpoints or any(
            "*" in one["enabled_events"] or told.type in one["enabled_events"] for one in endpoints
        )

    def holder(self, kind: str, name: str) -> Account | None:
        """The account that has this object."""
        return next((one for one in self._accounts.values() if one.find(kind, name) is not None), None)


def news_of(told: Told) -> News:
    """The event as the delivery engine takes it."""
    return News(
        id=told.id,
        type=told.type,
        topic=topic_of(told.type),
        object_id=told.ids[0],
        body=told.body,
        created_s=told.created,
        ids=told.ids,
    )
