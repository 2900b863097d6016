"""The rooms of docs/architecture.md are those of the import contracts and of the disk."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from viewer_app.tasks import Lane

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"

Row = tuple[frozenset[str], str]


def rooms() -> list[Row]:
    """The rows of the page's table of rooms, from the top: the rooms of a row, and what the row says of Qt."""
    table = PAGE.read_text(encoding="utf-8").partition("| room |")[2].partition("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    return [(frozenset(re.findall(r"`(\w+)`", cells[0])), cells[2]) for cells in rows]


def contracts() -> dict[str, dict[str, Any]]:
    """The import contracts of pyproject.toml by id."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract for contract in listed}


def test_the_rows_are_the_layers() -> None:
    layers = [frozenset(layer.split(" | ")) for layer in contracts()["rooms"]["layers"]]
    assert [names for names, _ in rooms()] == layers


def test_the_rooms_are_on_the_disk() -> None:
    package = ROOT / "viewer_app"
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    assert frozenset().union(*(names for names, _ in rooms())) == folders | modules


def test_rooms_without_qt_are_held_to_it() -> None:
    told = {name for names, qt in rooms() for name in names if qt == "none" or f"{name}: none" in qt}
    held = {name.removeprefix("viewer_app.") for name in contracts()["no-qt-below"]["source_modules"]}
    assert told == held


def test_the_lanes_are_those_of_the_program() -> None:
    told = re.findall(r"^\| lane `(\w+)` \| (\d+) \|", PAGE.read_text(encoding="utf-8"), flags=re.M)
    assert {name: int(threads) for name, threads in told} == {lane.name: lane.threads for lane in Lane}


def test_links_of_the_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.name}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert not broken


def test_decisions_are_numbered_once() -> None:
    numbers = [path.name.partition("-")[0] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
