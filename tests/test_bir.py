"""docs/bir.md has every requirement of Basic Image Review once, and names only actions and tests that exist."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from viewer_app.ui.actions import ACTIONS

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "bir.md"
STATES = ("met", "partly", "not")


@dataclass(frozen=True)
class Row:
    """A row of the page's table."""

    number: int
    requirement: str
    state: str
    how: str
    actions: tuple[str, ...]
    tests: tuple[str, ...]


def _names(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([^`]+)`", cell))


def _row(line: str) -> Row:
    number, requirement, state, how, actions, tests = (cell.strip() for cell in line.strip("|\n").split("|"))
    return Row(int(number), requirement, state, how, _names(actions), _names(tests))


ROWS = [_row(line) for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", line)]


def _exists(test: str) -> bool:
    path, _, name = test.partition("::")
    file = ROOT / path
    return file.is_file() and (not name or f"\ndef {name}(" in file.read_text(encoding="utf-8"))


def test_every_requirement_has_one_row() -> None:
    assert [row.number for row in ROWS] == list(range(1, 44))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_a_row_says_how_or_why_not(row: Row) -> None:
    assert row.requirement
    assert row.state in STATES
    if row.state in ("partly", "not"):
        assert row.how, "what is missing, or why it is left out"
    if row.state in ("met", "partly"):
        assert row.tests, "what shows it"


def test_the_actions_exist() -> None:
    known = {spec.name for spec in ACTIONS}
    assert [(row.number, action) for row in ROWS for action in row.actions if action not in known] == []


def test_the_tests_exist() -> None:
    assert [(row.number, test) for row in ROWS for test in row.tests if not _exists(test)] == []


def test_a_name_that_is_not_there_would_be_found() -> None:
    assert not _exists("tests/test_bir.py::test_that_nobody_wrote")
    assert not _exists("tests/test_nothing.py")
