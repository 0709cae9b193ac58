"""A first, plain delivery engine."""

from fakes.attribution import Owners
from fakes.book import Book
from fakes.calls import Call, News
from harness.clock import Clock


class Deliveries:
    """Journals news."""

    def __init__(self, journal: Book, owners: Owners, clock: Clock) -> None:
        self._journal, self._owners = journal, owners

    def tell(self, fake: str, call: Call | None, news: News) -> None:
        """An event came to be."""
        self._journal.write(
            "news",
            event=news.id,
            fake=fake,
            type=news.type,
            topic=news.topic,
            object=news.object_id,
            person=call.person if call else None,
            ids=news.ids,
            created=news.created_s,
        )

    def answered(self, call: Call) -> None: ...
    async def told_early(self, call: Call) -> None: ...
    def pending(self) -> list[tuple[str | None, str]]:
        return []

    def untold(self) -> dict[str, int]:
        return {}

    def calm(self) -> None: ...
    async def clear(self) -> None: ...
    async def close(self) -> None: ...
