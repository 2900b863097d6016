"""The tables of docs/manual.md that are read off the program: `python -m tests.manual` writes them anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tests.measure.volumes import balls
from viewer_app import resources
from viewer_app.phantom import sample_table_markdown
from viewer_app.ui.actions import ACTIONS, shortcuts
from viewer_app.ui.dialogs import _MOUSE

PAGE = Path(__file__).resolve().parents[1] / "docs" / "manual.md"


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = (header, ("---",) * len(header), *rows)
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def keys() -> str:
    """Every action that has a key, in the order of the menu."""
    found = shortcuts()
    named = [(spec, " or ".join(f"`{key}`" for key in found.get(spec.name, []))) for spec in ACTIONS]
    return table(("Key", "Does", "Menu"), ((key, spec.title, spec.group) for spec, key in named if key))


def presets() -> str:
    """The window presets of CT."""
    rows = resources.table("window_presets.json")["CT"]
    return table(
        ("Key", "Preset", "Width", "Centre"),
        ((f"`{row['key']}`", row["name"], str(row["width"]), str(row["center"]).replace("-", "−")) for row in rows),
    )


TABLES: Mapping[str, Callable[[], str]] = {
    "mouse": lambda: table(("Mouse", "Does"), _MOUSE),
    "keys": keys,
    "presets": presets,
    "truths": sample_table_markdown,
    "balls": lambda: table(("Radius", "Slices apart", "By voxels", "By contours"), balls.rows()),
}


def filled(page: str) -> str:
    """The page with every table as the program has it now."""
    for name, made in TABLES.items():
        before, begin, rest = page.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        if not begin or not end:
            raise ValueError(f"the manual has no place for the table {name}")
        page = before + begin + made() + end + after
    return page


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
