"""The command line as a person uses it: its words, its numbers, its exit codes."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook

from tests.cases import case, folder
from tests.sources.places import slices, write_study
from tests.store.samples import STUDY, record
from viewer_app import __version__
from viewer_app.cli import main
from viewer_app.imaging.pixels import shutdown
from viewer_app.phantom.dicom import write_series
from viewer_app.store import open_store
from viewer_app.store.opening import FILE_NAME

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(path.name for path in folder().iterdir() if path.is_dir()) if folder().is_dir() else []
REFUSED = {
    "JPEG2000-embedded-sequence-delimiter.dcm": "compressed frame",
    "MR_truncated.dcm": "only 8130 are there",
    "meta_missing_tsyntax.dcm": "no SOP Instance UID",
    "nested_priv_SQ.dcm": "no SOP Instance UID",
}
SERIES_KEYS = {
    *("series_uid", "stack", "number", "modality", "description", "images", "rows", "columns"),
    *("transfer_syntaxes", "value_unit", "geometry", "label", "rescale", "doubts", "lossy"),
    *("suv", "regions", "overlay_groups", "shutters", "cine"),
}
STUDY_KEYS = {"study_uid", "date", "description", "accession_number", "series", "not_images"}
GEOMETRY_KEYS = {
    *("plane", "located", "unit", "calibration", "pixel_spacing", "step_mm", "tilt_deg"),
    *("is_volume", "warnings", "notes", "report", "affine", "calibrations", "frame_of_reference_uid"),
    *("first_position", "last_position", "row_direction", "column_direction"),
}


@pytest.fixture(scope="module", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    yield
    shutdown()


def run(*words: str, timeout: float = 60, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program, as from a terminal without a display."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    bare = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-m", "viewer_app", *words]
    return subprocess.run(
        command,
        env=bare | {"PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
        cwd=ROOT,
    )


# -- info ----------------------------------------------------------------------------------------------------


@pytest.mark.real_data
@pytest.mark.parametrize("name", CASES or ["any"])
def test_info_of_every_real_case(name: str) -> None:
    done = run("info", str(case(name)), "--json")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"place", "patients", "problems"}
    assert found["patients"] or found["problems"]
    for patient in found["patients"]:
        assert set(patient) == {"id", "name", "birth_date", "sex", "studies"}
        for study in patient["studies"]:
            assert set(study) == STUDY_KEYS
            for series in study["series"]:
                assert set(series) == SERIES_KEYS
                assert set(series["geometry"]) == GEOMETRY_KEYS
                assert series["images"] > 0
                check_geometry(series["geometry"], series["images"])
    for problem in found["problems"]:
        assert problem["where"]
        assert problem["why"]


def check_geometry(geometry: Any, images: int) -> None:
    """The affine leads from the first position to the last, and every warning says what it means."""
    assert (geometry["affine"] is not None) == geometry["is_volume"]
    assert geometry["located"] == (geometry["first_position"] is not None)
    assert geometry["warnings"] == [entry["what"] for entry in geometry["report"] if entry["is_warning"]]
    assert all(entry["meaning"] for entry in geometry["report"] if entry["is_warning"])
    if geometry["affine"]:
        affine = np.array(geometry["affine"])
        np.testing.assert_allclose(affine @ (0, 0, 0, 1), (*geometry["first_position"], 1), atol=1e-9)
        np.testing.assert_allclose(affine @ (images - 1, 0, 0, 1), (*geometry["last_position"], 1), atol=1e-6)


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "words"), REFUSED.items())
def test_what_cannot_be_decoded_is_named_with_a_reason(name: str, words: str) -> None:
    found = json.loads(run("info", str(case("odd-files-pydicom") / "test_files" / name), "--json").stdout)
    (problem,) = found["problems"]
    assert words in problem["why"]


@pytest.mark.real_data
def test_in_the_folder_of_all_every_bad_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """MR_truncated.dcm repeats the SOP Instance UID of a good file that is shown in its place, and says so."""
    found = info(capsys, str(case("odd-files-pydicom")))
    why = {Path(problem["where"]).name: problem["why"] for problem in found["problems"]}
    repeats = [problem["why"] for problem in found["problems"] if "repeat" in problem["why"]]
    assert set(REFUSED) - set(why) <= {"MR_truncated.dcm"}
    assert any("SOP Instance UID" in one and "not its content" in one for one in repeats)


@pytest.mark.real_data
def test_odd_files_that_are_no_problem(capsys: pytest.CaptureFixture[str]) -> None:
    """12 bit JPEG is decoded; a dose with a wrong VR is no image."""
    files = case("odd-files-pydicom") / "test_files"
    ((study,),) = [patient["studies"] for patient in info(capsys, str(files / "JPEG-lossy.dcm"))["patients"]]
    assert [series["images"] for series in study["series"]] == [1]
    ((study,),) = [patient["studies"] for patient in info(capsys, str(files / "badVR.dcm"))["patients"]]
    assert study["not_images"] == {"RT Dose": 1}


def info(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["info", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_info_says_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_study(tmp_path, "one", 5, PatientName="Muster^Änne", SeriesDescription="Thin")
    found = info(capsys, str(tmp_path))
    (patient,) = found["patients"]
    (study,) = patient["studies"]
    (series,) = study["series"]
    assert patient["name"] == "Muster^Änne"
    assert (series["images"], series["rows"], series["columns"]) == (5, 32, 32)
    assert series["value_unit"] == "HU"
    assert (series["geometry"]["step_mm"], series["geometry"]["unit"]) == (2.0, "mm")
    assert found["problems"] == []
    assert main(["info", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "Patient Muster^Änne" in text
    assert "CT Thin: 5 images of 32 × 32" in text


def test_info_decodes_unless_told_not_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    images = slices("one", 3)
    images[1].PixelData = images[1].PixelData[:-100]
    write_series(tmp_path, images)
    (problem,) = info(capsys, str(tmp_path))["problems"]
    assert problem["where"] == "IM00002.dcm"
    assert info(capsys, str(tmp_path), "--headers-only")["problems"] == []


def test_info_of_nothing_and_of_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("no image")
    found = info(capsys, str(tmp_path))
    assert found["patients"] == []
    assert found["problems"][0]["why"]
    assert main(["info", str(tmp_path / "nowhere")]) == 1
    assert "not there" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a file name is always text")
def test_a_name_that_is_no_text_ends_nothing(tmp_path: Path) -> None:
    images = slices("one", 1, PatientName="猫^Änne")
    images[0].PixelData = images[0].PixelData[:-100]
    (path,) = write_series(tmp_path, images)
    path.rename(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.dcm"))
    for encoding in ("utf-8", "cp1252"):
        for form in ((), ("--json",)):
            done = subprocess.run(
                [sys.executable, "-m", "viewer_app", "info", str(tmp_path), *form],
                env=os.environ | {"PYTHONIOENCODING": encoding},
                capture_output=True,
                check=False,
                cwd=ROOT,
            )
            assert done.returncode == 0, done.stderr
            if form:
                assert json.loads(done.stdout.decode(encoding))["problems"]


def test_info_needs_no_qt(tmp_path: Path) -> None:
    write_study(tmp_path, "one", 1)
    script = (
        "import sys; from viewer_app.cli import main\n"
        f"assert main(['info', {str(tmp_path)!r}]) == 0\n"
        "assert 'PySide6' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr


# -- report --------------------------------------------------------------------------------------------------


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    """The folder of a store with two measurements of one study, and none of another."""
    with open_store(tmp_path / "store") as store:
        study_id = store.remember_study(STUDY)
        store.add(study_id, record("m1", label="nodule"))
        store.add(study_id, record("m2", number=77.5))
        store.remember_study(replace(STUDY, study_uid="2.25.5"))
    return tmp_path / "store"


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "json"])
def test_a_report_of_what_is_stored(
    measured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    target = tmp_path / f"report.{suffix}"
    assert main(["report", STUDY.study_uid, "--to", str(target), "--store", str(measured)]) == 0
    assert capsys.readouterr().out == f"2 measurements written to {target}\n"
    if suffix == "xlsx":
        cells = [cell for sheet in load_workbook(target) for row in sheet.iter_rows(values_only=True) for cell in row]
    elif suffix == "csv":
        cells = [cell for row in csv.reader(target.read_text(encoding="utf-8-sig").splitlines()) for cell in row]
    else:
        cells = [target.read_text(encoding="utf-8")]
    said = "\n".join(str(cell) for cell in cells)
    assert "77.5" in said
    assert "nodule" in said
    assert STUDY.patient_id in said


@pytest.mark.parametrize(
    ("uid", "name", "words"),
    [
        ("2.25.404", "report.csv", "no study of that UID"),
        ("2.25.5", "report.csv", "Nothing has been measured"),
        (STUDY.study_uid, "report.doc", "cannot be written as report.doc"),
        (STUDY.study_uid, "no folder/report.csv", "report.csv"),
    ],
)
def test_what_cannot_be_reported_is_told(
    measured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], uid: str, name: str, words: str
) -> None:
    assert main(["report", uid, "--to", str(tmp_path / name), "--store", str(measured)]) == 1
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""
    assert not (tmp_path / name).exists()


def test_two_patients_of_one_uid_are_never_in_one_report(
    measured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(measured) as store:
        store.remember_study(replace(STUDY, patient_id="P2"))
    assert main(["report", STUDY.study_uid, "--to", str(tmp_path / "r.csv"), "--store", str(measured)]) == 1
    assert "mix" in capsys.readouterr().err


def test_a_number_changed_outside_is_left_out(
    measured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import sqlite3

    database = sqlite3.connect(measured / FILE_NAME)
    database.execute("UPDATE measurement SET measurement_data = replace(measurement_data, '77.5', '7.75')")
    database.commit()
    database.close()
    target = tmp_path / "report.csv"
    assert main(["report", STUDY.study_uid, "--to", str(target), "--store", str(measured)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("1 measurement written")
    assert told.err.startswith("1 left out")
    text = target.read_text(encoding="utf-8-sig")
    assert "77.5" not in text
    assert "7.75" not in text


# -- the rest --------------------------------------------------------------------------------------------------


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"Caliper {__version__}\n")


@pytest.mark.parametrize("words", [["info"], ["report", "1.2"], ["--no-such-option"], ["a", "b"]])
def test_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux alone has machines without a display")
@pytest.mark.parametrize("words", [[], ["somewhere"], ["--screenshot", "window.png"]])
def test_without_a_display_it_says_so(words: list[str]) -> None:
    done = run(*words)
    assert done.returncode == 1
    assert "no display" in done.stderr
    assert "DISPLAY" in done.stderr
    assert "dev.py run --screenshot" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
