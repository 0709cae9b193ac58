"""One stack for all tests of the pipeline."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from tests.pipeline import stack as stacks
from tests.pipeline.people import Person
from tests.pipeline.world import Vendors, World


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[stacks.Stack]:
    """PostgreSQL, stand-ins, API and jobs."""
    # Not a folder of pytest's: every session that starts closes their parent to other users, PostgreSQL's among them.
    folder = Path(tempfile.mkdtemp(prefix="pipeline-tests-"))
    postgres, world = stacks.Postgres(folder / "postgres"), World()
    (folder / "postgres").mkdir()
    postgres.start()
    async with stacks.served(Vendors(world).app()) as vendors:
        with stacks.post_office(world) as smtp_port:
            running = stacks.Stack(postgres, world, stacks.environment(postgres.url, vendors, smtp_port))
            await running.open()
            yield running
            await running.close()
    postgres.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def client(stack: stacks.Stack) -> AsyncIterator[httpx.AsyncClient]:
    """The API, in-process."""
    transport = httpx.ASGITransport(stack.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pipeline", timeout=20) as opened:
        yield opened


@pytest.fixture
def someone(stack: stacks.Stack, client: httpx.AsyncClient) -> Callable[[], Person]:
    """Makes people."""
    return lambda: Person(stack, client)


@pytest.fixture
async def person(someone: Callable[[], Person]) -> Person:
    """Somebody with an account that has been synced."""
    return await someone().sign_up()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The payment SDK hands its body to httpx in a way that httpx frowns upon; that is between the two of them."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning"))
