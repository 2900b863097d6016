"""The checks hold the rooms apart: a wrong import in a copy of the package fails them, the copy itself does not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout that may be spoiled."""
    shutil.copytree(ROOT / "viewer_app", tmp_path / "viewer_app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for door in ("__main__", "cli", "app"):  # a door that is still to be built counts as an empty one
        (tmp_path / "viewer_app" / f"{door}.py").touch()
    return tmp_path


def run(folder: Path, *command: str) -> tuple[int, str]:
    """Exit code and output of a tool of this environment in `folder`."""
    words = [str(BIN / command[0]), *command[1:]]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"}
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    return done.returncode, done.stdout + done.stderr


def lint_imports(folder: Path) -> tuple[int, str]:
    """The import contracts of pyproject.toml on the copy in `folder`."""
    return run(folder, "lint-imports", "--no-cache")


def write(folder: Path, files: dict[str, str]) -> None:
    """Add files to the package, or lines to those that are there."""
    for name, text in files.items():
        path = folder / "viewer_app" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")


def test_contracts_hold(copy: Path) -> None:
    code, output = lint_imports(copy)
    assert code == 0, output
    assert "0 broken" in output


WRONG_IMPORTS = {
    "upwards": ({"store/wrong.py": "import viewer_app.ui"}, "Rooms import only the rooms below them BROKEN"),
    "sideways": ({"store/wrong.py": "import viewer_app.sources"}, "Rooms import only the rooms below them BROKEN"),
    "undeclared room": ({"misc/__init__.py": ""}, "Rooms import only the rooms below them BROKEN"),
    "Qt below tasks": ({"measure/wrong.py": "import PySide6.QtCore"}, "No Qt below tasks BROKEN"),
    "httpx in a view": ({"ui/wrong.py": "import httpx"}, "openpyxl only in report BROKEN"),
    "kind and kind": (
        {"measure/kinds/one.py": "import viewer_app.measure.kinds.other", "measure/kinds/other.py": ""},
        "A measurement kind imports no other kind BROKEN",
    ),
}


@pytest.mark.parametrize(("files", "verdict"), WRONG_IMPORTS.values(), ids=WRONG_IMPORTS)
def test_a_wrong_import_breaks_its_contract(copy: Path, files: dict[str, str], verdict: str) -> None:
    write(copy, files)
    code, output = lint_imports(copy)
    assert code == 1, output
    assert verdict in output


OUTSIDE_UI = (
    "import PySide6.QtWidgets",
    "from PySide6 import QtGui",
    "from PySide6.QtWidgets import QLabel",
    "import pyqtgraph",
)
INSIDE_UI = (
    "import pyqtgraph\n\nr = pyqtgraph.ROI",
    "from pyqtgraph import EllipseROI",
    "from pyqtgraph.graphicsItems.ROI import ROI",
)
FINE_IN_UI = (
    "from PySide6 import QtGui",
    "from PySide6.QtWidgets import QLabel",
    "import pyqtgraph\n\nv = pyqtgraph.ViewBox",
)


def banned(folder: Path, room: str, line: str) -> bool:
    """Ruff refuses `line` in a new file of `room` as a banned name."""
    write(folder, {f"{room}/wrong.py": line})
    code, output = run(folder, "ruff", "check", "--no-cache", "--select", "TID251", f"viewer_app/{room}/wrong.py")
    assert code == ("TID251" in output), output
    return bool(code)


@pytest.mark.parametrize("line", OUTSIDE_UI)
@pytest.mark.parametrize("room", ["session", "tasks", "measure"])
def test_drawing_is_refused_outside_ui(copy: Path, room: str, line: str) -> None:
    assert banned(copy, room, line)


@pytest.mark.parametrize("line", INSIDE_UI)
@pytest.mark.parametrize("room", ["ui", "ui/views"])
def test_pyqtgraph_regions_are_refused_inside_ui(copy: Path, room: str, line: str) -> None:
    assert banned(copy, room, line)


@pytest.mark.parametrize("line", FINE_IN_UI)
def test_drawing_is_allowed_inside_ui(copy: Path, line: str) -> None:
    assert not banned(copy, "ui/views", line)


def test_ui_keeps_the_other_rules(copy: Path) -> None:
    write(copy, {"ui/wrong.py": "import os"})
    code, output = run(copy, "ruff", "check", "--no-cache", "viewer_app/ui/wrong.py")
    assert code == 1
    assert {"F401", "D100"} <= set(output.split())
