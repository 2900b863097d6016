"""Measurements of a JSON report come into the open study as one step, or not at all, and numbers are the images'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.session.sitting import Sitting
from tests.sources.places import write_study
from viewer_app.measure.measurement import Measurement
from viewer_app.report import Report, read_json, write_report
from viewer_app.session.edits import remove_all
from viewer_app.session.importing import Imported, import_file
from viewer_app.session.reporting import export

Spoil = Callable[[Report], Report]


@pytest.fixture
def exported(sitting: Sitting, tmp_path: Path) -> Path:
    """A report of a distance and a probe of the open study, which is left without them."""
    opened = sitting.open(write_study(tmp_path / "images", "one"))
    sitting.draw("distance", label="Liver")
    sitting.draw("probe")
    target = tmp_path / "report.json"
    export(sitting.workspace, target, lambda: None)
    sitting.settle()
    remove_all(opened)
    return target


def imported(sitting: Sitting, path: Path) -> Imported | None:
    """What became of it; None after an error."""
    found: list[Imported] = []
    import_file(sitting.workspace, path, found.append)
    sitting.settle()
    return found[0] if found else None


def test_all_come_back_as_one_step_and_again_as_none(sitting: Sitting, exported: Path) -> None:
    opened, records = sitting.study, read_json(exported).records
    made = imported(sitting, exported)
    assert made is not None
    assert made.words == "2 measurements imported."
    assert opened.measurements.records == records
    assert opened.history.listed[-1].title == "Import 2 measurements"
    again = imported(sitting, exported)
    assert again is not None
    assert (again.made, again.known) == ((), 2)
    opened.history.undo()
    assert opened.measurements.records == ()
    opened.history.redo()
    assert opened.measurements.records == records
    sitting.settle()
    assert (sitting.stored(), sitting.trouble, sitting.errors) == (records, None, [])


def test_a_number_that_the_image_does_not_yield_is_told_and_not_taken(sitting: Sitting, exported: Path) -> None:
    report = read_json(exported)
    first, other = report.records
    main = replace(first.values[0], number=123.0)
    wrong = replace(first, values=(main, *first.values[1:]))
    exported.unlink()
    write_report(replace(report, records=(wrong, other)), exported)
    made = imported(sitting, exported)
    assert made is not None
    assert made.differing == (first.measurement.uid,)
    assert "Numbers of 1 measurement differ" in made.words
    assert sitting.study.measurements.records == report.records


def other_study(report: Report) -> Report:
    return replace(report, study=replace(report.study, info=replace(report.study.info, study_uid="2.25.9")))


def other_patient(report: Report) -> Report:
    return replace(report, study=replace(report.study, patient=replace(report.study.patient, patient_id="X")))


def with_mark(change: Callable[[Measurement], Measurement]) -> Spoil:
    """The last measurement of a report spoiled."""

    def spoil(report: Report) -> Report:
        *others, last = report.records
        return replace(report, records=(*others, replace(last, measurement=change(last.measurement))))

    return spoil


def elsewhere(mark: Measurement) -> Measurement:
    (figure,) = mark.figures
    assert figure.reference is not None
    return replace(mark, figures=(replace(figure, reference=replace(figure.reference, sop_instance_uid="2.25.3")),))


def moved_image(mark: Measurement) -> Measurement:
    (figure,) = mark.figures
    return replace(mark, figures=(replace(figure, plane=replace(figure.plane, origin=(0.0, 0.0, 999.0))),))


def without_points(mark: Measurement) -> Measurement:
    return replace(mark, figures=(replace(mark.figures[0], points=()),))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (other_study, "another study"),
        (other_patient, "another patient"),
        (with_mark(elsewhere), "not here"),
        (with_mark(moved_image), "not as it was"),
        (with_mark(without_points), "damaged"),
        (with_mark(lambda mark: replace(mark, kind="distance")), "damaged"),
        (with_mark(lambda mark: replace(mark, kind="ratio_of_tomorrow")), "does not know"),
    ],
)
def test_what_does_not_belong_here_is_refused_whole(sitting: Sitting, exported: Path, spoil: Spoil, told: str) -> None:
    report = spoil(read_json(exported))
    exported.unlink()
    write_report(report, exported)
    steps = sitting.study.history.listed
    assert imported(sitting, exported) is None
    assert told in sitting.errors[-1].what
    assert sitting.errors[-1].advice
    assert sitting.study.measurements.records == ()
    assert sitting.study.history.listed == steps


@pytest.mark.parametrize("content", [b"", b"{}", b"[1, 2]", b'{"format": "caliper-report"}', b"\xff\x00"])
def test_a_bad_file_is_told_and_loses_nothing(sitting: Sitting, exported: Path, content: bytes) -> None:
    exported.write_bytes(content)
    kept = sitting.draw("probe")
    assert imported(sitting, exported) is None
    assert "is not a report" in sitting.errors[-1].what
    assert sitting.study.measurements.records == (kept,)
