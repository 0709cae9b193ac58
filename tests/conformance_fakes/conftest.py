"""One running fake for each case, shared by all checks of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fakes.plugin import running
from fakes.serve import Options
from tests.conformance_fakes.cases import CASES
from tests.conformance_fakes.stand import Case, Stand


@contextmanager
def standing(case: Case, folder: Path, state: Path | None = None) -> Iterator[Stand]:
    """The fake of a case, running while inside; with a file it goes on from there, and keeps there what it holds."""
    options = Options(
        only=[] if case.declared else [case.module], declared={case.name: case.declared} if case.declared else {},
        seed=3, journal=folder / f"{case.name}.jsonl", settings={case.name: case.settings},
        state=state,
    )  # fmt: skip
    with running(options) as fakes:
        yield Stand(case, fakes, fakes.slice(case.name))


@pytest.fixture(scope="session", params=CASES, ids=[case.name for case in CASES])
def stand(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A fake and its case."""
    with standing(request.param, tmp_path_factory.mktemp("conformance")) as one:
        yield one
