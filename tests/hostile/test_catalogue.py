"""The quick form of the hostile catalogue (G1, G18): each case in one of two watched processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from tests.hostile.case import Case
from tests.hostile.catalogue import catalogue
from tests.hostile.driver import Crew, Result

CASES = list(catalogue().values())


@pytest.fixture(scope="module")
def results() -> Iterator[dict[str, Future[Result]]]:
    """All cases under way at once on two processes; each test waits for its own."""
    crew = Crew()
    yield {case.id: crew.submit(case) for case in CASES}
    crew.close()


def _parameter(case: Case) -> object:
    marks = [pytest.mark.xfail(reason=case.reason_not_yet, strict=True)] if case.reason_not_yet else []
    return pytest.param(case, id=case.id, marks=marks)


@pytest.mark.parametrize("case", [_parameter(case) for case in CASES])
def test_hostile(results: dict[str, Future[Result]], case: Case) -> None:
    assert not results[case.id].result().fault


def test_every_number_has_a_case() -> None:
    numbers = {f"H{number:02d}" for number in range(1, 61)}
    assert {case.number for case in CASES} == numbers
    assert len(CASES) >= 300
