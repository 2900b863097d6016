"""What the pages say is true: their examples run, their tables are the program's, their messages exist."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import types
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import manual
from tests.shots.__main__ import LARGEST_BYTES, SHOTS
from viewer_app import cli, scripting
from viewer_app.folders import data_folder
from viewer_app.measure import evaluate as evaluation
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Measurement, Place, Reference
from viewer_app.phantom import SAMPLE_STUDY_UID, write_sample
from viewer_app.store import StudyRecord, open_store

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PRINT = re.compile(r"print\(.*\)  # (.*)$", re.M)


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), flags=re.S | re.M)


def run(code: str, names: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """Run an example; what it prints must be what the comments beside its prints say, `;` standing for a new line."""
    capsys.readouterr()
    exec(compile(code, "example", "exec"), names)  # noqa: S102 - our own pages
    printed = capsys.readouterr().out.splitlines()
    told = [line for comment in PRINT.findall(code) for line in comment.split("; ")]
    if told:
        assert printed == told


@pytest.fixture(scope="module")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the coarse sample study."""
    folder = tmp_path_factory.mktemp("docs")
    write_sample(folder / "Sample study", coarse=True)
    return folder


@pytest.fixture
def here(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder, as the current one."""
    monkeypatch.chdir(sample_folder)
    return sample_folder


def test_scripting_examples_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    examples = blocks("scripting.md", "python")
    assert len(examples) >= 5
    for code in examples:
        run(code, names, capsys)


def store_a_measurement(series: scripting.Series, study: scripting.Study) -> None:
    """As the window would store a distance drawn on the first image."""
    now, image = datetime.now(UTC), series.stack.images[0]
    reference = Reference(series.info.series_uid, image.sop_instance_uid, image.frame.number)
    points = ((0.0, 0.0, 118.0), (30.0, 40.0, 118.0))
    drawn = Measurement("1", "distance", (Figure(image.plane, points, reference),), "", "", "", now, now)
    record = evaluation.record(drawn, {reference: series.image(0)}, Place(0, 0))
    patient = study.patient
    with open_store(data_folder()) as store:
        row = StudyRecord(study.info.study_uid, patient_id=patient.patient_id, patient_name=patient.name)
        store.add(store.remember_study(row), record)


@pytest.fixture
def measured(here: Path) -> Iterator[None]:
    """The sample study has one measurement in the user's store, for this test alone."""
    with scripting.open_study("Sample study", SAMPLE_STUDY_UID) as study:
        store_a_measurement(study.series[0], study)
    yield
    with open_store(data_folder()) as store:
        store.delete("1")


def test_commands_say_what_the_page_shows(measured: None, capsys: pytest.CaptureFixture[str]) -> None:
    (session,) = blocks("scripting.md", "console")
    for part in session.split("$ viewer-app ")[1:]:
        command, _, told = part.partition("\n")
        capsys.readouterr()
        with contextlib.suppress(SystemExit):  # argparse's way to end --version
            assert cli.main(shlex.split(command)) == 0
        assert capsys.readouterr().out == told


KIND, VOLUME = "cardiothoracic_ratio", "box_volume"


def test_a_new_kind_measures_once_it_is_in_the_table(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kind, use, _ = blocks("adding-a-measurement.md", "python")
    module = types.ModuleType(KIND)
    exec(compile(kind, f"{KIND}.py", "exec"), module.__dict__)  # noqa: S102
    table = {**KINDS, KIND: module.CardiothoracicRatio()}
    monkeypatch.setattr(evaluation, "KINDS", table)
    monkeypatch.setattr(scripting.measuring, "KINDS", table)
    with scripting.open_study("Sample study") as study:
        series = study.series[0]
        names: dict[str, Any] = {"measure": scripting.measure, "series": series}
        run(use, names, capsys)
        assert names["values"]["ratio"].number == pytest.approx(108 / 240, rel=1e-15)
        unfinished = scripting.measure(KIND, series, [(0, 0, 38), (3, 4, 38)])
        assert (unfinished["ratio"].number, unfinished["heart"].number) == (None, 5.0)


def program_with(added: Mapping[str, tuple[str, str]], folder: Path) -> Path:
    """A copy of the program with one file and one line more for each kind, and the import the line needs."""
    for name in ("viewer_app", "resources", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    kinds = folder / "viewer_app" / "measure" / "kinds"
    table = (kinds / "__init__.py").read_text(encoding="utf-8")
    begin = "_ALL: tuple[Kind, ...] = (\n"
    assert begin in table
    for name, (kind, line) in added.items():
        (kinds / f"{name}.py").write_text(kind, encoding="utf-8")
        imported = f"from viewer_app.measure.kinds.{name} import {line.strip(' (),')}\n\n"
        table = table.replace(begin, imported + begin + line + "\n")
    (kinds / "__init__.py").write_text(table, encoding="utf-8")
    return folder


def test_a_new_kind_is_one_file_and_one_line(sample_folder: Path, tmp_path: Path) -> None:
    """In a copy of the program: tool row, hand, table, undo, store and workbook have it, and a volume likewise."""
    (line,) = (text.rstrip() for text in blocks("adding-a-measurement.md", "text"))
    kind, _, volume = blocks("adding-a-measurement.md", "python")
    added = {KIND: (kind, line), VOLUME: ("from __future__ import annotations\n\n" + volume, "    BoxVolume(),")}
    program = program_with(added, tmp_path / "program")
    command = [sys.executable, "-m", "tests.new_kind", KIND, VOLUME, str(sample_folder), str(tmp_path / "store")]
    done = subprocess.run(command, cwd=program, env=os.environ | {"PYTHONPATH": str(program)}, check=False)
    assert done.returncode == 0


def test_every_kind_is_on_the_scripting_page() -> None:
    page = (DOCS / "scripting.md").read_text(encoding="utf-8")
    for kind in KINDS.values():
        values = ", ".join(f"`{quantity.key}`" for quantity in kind.quantities) or "none"
        assert f"| `{kind.name}` |" in page
        assert f"| {values} |" in page


def test_tables_of_the_manual_are_up_to_date() -> None:
    page = manual.PAGE.read_text(encoding="utf-8")
    assert page == manual.filled(page), "please run: python -m tests.manual"


def test_messages_of_the_manual_exist() -> None:
    page = (DOCS / "manual.md").read_text(encoding="utf-8").partition("| message |")[2]
    messages = [line.split(" | ")[0].strip("| ") for line in page.splitlines()[2:] if line.startswith("| ")]
    assert len(messages) > 10
    program = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "viewer_app").rglob("*.py"))
    parts = [part.strip() for message in messages for part in message.split("…") if part.strip()]
    assert [part for part in parts if part not in program] == []


def test_pictures_are_used_and_small() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in [*ROOT.glob("*.md"), *DOCS.glob("*.md")])
    pictures = {path.name: path.stat().st_size for path in (DOCS / "pictures").iterdir()}
    assert set(re.findall(r"pictures/(\w+\.png)\)", text)) == set(pictures) == {f"{name}.png" for name in SHOTS}
    assert max(pictures.values()) <= LARGEST_BYTES
