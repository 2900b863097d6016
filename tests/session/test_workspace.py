"""One source, one patient, one study at a time; what is open stays until something better is found."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.imaging.luts import lut_item
from tests.session.sitting import Sitting
from tests.sources.places import HeldFolder, slices, write_study
from viewer_app.errors import NotFound
from viewer_app.imaging.headers import Window
from viewer_app.phantom.dicom import write_series
from viewer_app.progress import Watch
from viewer_app.session.reporting import export
from viewer_app.session.thumbnails import Thumbnails
from viewer_app.sources import FolderSource
from viewer_app.sources.base import Listing, Source


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    """What another program reads in the store's file; `folder` is the test's."""
    with closing(sqlite3.connect(folder / "store" / "caliper.sqlite")) as database:
        return database.execute(query).fetchall()


def test_the_newest_study_is_shown(sitting: Sitting, tmp_path: Path) -> None:
    write_study(tmp_path, "old", StudyDate="20250101")
    write_study(tmp_path, "new", StudyDate="20260101")
    changes: list[str] = []
    sitting.workspace.contents_changed.connect(lambda: changes.append("contents"))
    sitting.workspace.study_changed.connect(lambda: changes.append("study"))
    opened = sitting.open(tmp_path)
    assert opened.study.info.date == "20260101"
    assert [study.info.date for study in sitting.workspace.contents.studies] == ["20260101", "20250101"]
    assert sitting.workspace.contents.address == str(tmp_path)
    assert changes == ["contents", "study"]


def test_a_place_that_cannot_be_opened_leaves_what_was_open(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(write_study(tmp_path / "images", "one"))
    contents, source = sitting.workspace.contents, sitting.workspace.source
    sitting.workspace.open(lambda watch: FolderSource(tmp_path / "nowhere"))
    assert sitting.workspace.study is opened
    sitting.settle()
    assert sitting.workspace.study is opened
    assert sitting.workspace.contents is contents
    assert sitting.workspace.source is source
    assert [type(error) for error in sitting.errors] == [NotFound]
    assert opened.volume is not None and opened.volume.is_complete


class SlowFolder(HeldFolder):
    """A folder whose listing waits for the gate."""

    def find(self, watch: Watch) -> Listing:
        """The listing, later."""
        while not self.gate.wait(0.02):
            watch.check()
        return super().find(watch)


def test_opening_can_be_cancelled_and_the_source_is_let_go(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(write_study(tmp_path / "images", "one"))
    slow = SlowFolder(write_study(tmp_path / "slow", "two"))
    slow.gate.clear()
    told: list[object] = []
    sitting.workspace.busy.connect(told.append)
    sitting.workspace.open(lambda watch: slow)
    begun = time.monotonic()
    sitting.workspace.cancel_open()
    sitting.settle()
    assert time.monotonic() - begun < 0.3
    assert sitting.workspace.study is opened
    assert told[-1] is None
    assert sitting.errors == []


def test_the_source_that_was_wished_last_wins_and_others_are_closed(sitting: Sitting, tmp_path: Path) -> None:
    slow = SlowFolder(write_study(tmp_path / "slow", "two"))
    slow.gate.clear()
    started = threading.Event()

    def make(watch: Watch) -> Source:
        started.set()
        return slow

    sitting.workspace.open(make)
    assert started.wait(5)
    opened = sitting.open(write_study(tmp_path / "images", "one"))
    assert "images" in sitting.workspace.contents.address
    assert sitting.workspace.study is opened
    assert slow.closed == 1


def test_the_former_source_is_closed(sitting: Sitting, tmp_path: Path) -> None:
    first = HeldFolder(write_study(tmp_path / "first", "one"))
    sitting.open(first)
    assert first.closed == 0
    sitting.open(write_study(tmp_path / "second", "two"))
    assert first.closed == 1


def test_priors_are_of_the_same_patient_only(sitting: Sitting, tmp_path: Path) -> None:
    write_study(tmp_path, "now", StudyDate="20260101")
    write_study(tmp_path, "before", StudyDate="20250101")
    write_study(tmp_path, "long ago", StudyDate="20200101")
    write_study(tmp_path, "same number, other name", StudyDate="20250601", PatientName="Other^Name")
    write_study(tmp_path, "same name, other number", StudyDate="20250602", PatientID="OTHER")
    sitting.open(tmp_path)
    dates = [study.info.date for study in sitting.workspace.priors()]
    assert dates == ["20250101", "20200101"]
    sitting.workspace.choose(sitting.workspace.priors()[0])
    sitting.settle()
    assert sitting.study.study.info.date == "20250101"
    assert [study.info.date for study in sitting.workspace.priors()] == ["20260101", "20200101"]
    (other,) = [study for study in sitting.workspace.contents.studies if study.patient.patient_id == "OTHER"]
    sitting.workspace.choose(other)
    sitting.settle()
    assert sitting.workspace.priors() == ()


def test_measurements_stay_with_their_patient_though_two_share_a_study_uid(sitting: Sitting, tmp_path: Path) -> None:
    for patient in ("A", "B"):
        write_study(tmp_path, f"of {patient}", PatientID=patient, StudyInstanceUID="2.25.9", SeriesInstanceUID="2.25.8")
    sitting.open(tmp_path)
    first, second = sitting.workspace.contents.studies
    drawn = sitting.draw()
    sitting.workspace.choose(second)
    sitting.settle()
    assert not sitting.study.measurements.records
    other = sitting.draw()
    sitting.workspace.choose(first)
    sitting.settle()
    assert sitting.study.measurements.records == (drawn,)
    sitting.workspace.choose(second)
    sitting.settle()
    assert sitting.study.measurements.records == (other,)


def test_choosing_quickly_ends_at_the_last(sitting: Sitting, tmp_path: Path) -> None:
    for number in range(5):
        write_study(tmp_path, f"study {number}", StudyDate=f"2026010{number + 1}")
    sitting.open(tmp_path)
    for study in sitting.workspace.contents.studies:
        sitting.workspace.choose(study)
    sitting.settle()
    assert sitting.study.study.info.date == "20260101"
    assert sitting.study.missing == 0
    sitting.draw()
    sitting.settle()
    assert len(sitting.stored()) == 1


def left_at(sitting: Sitting, place: Path, index: int) -> str:
    """Open, look at a slice in a way of one's own, leave; the image's SOP Instance UID."""
    opened = sitting.open(place)
    assert opened.stack is not None
    view = replace(
        opened.view.value, index=index, window=Window(50.0, 300.0), inverted=True, scale=3.5, center=(7.0, 8.0)
    )
    opened.view.set(view)
    sitting.open(write_study(place.parent / "elsewhere", "elsewhere"))
    return opened.stack.images[index].sop_instance_uid


def test_a_study_opens_as_it_was_left(sitting: Sitting, tmp_path: Path) -> None:
    place = write_study(tmp_path / "images", "one", 9)
    left_at(sitting, place, 7)
    view = sitting.open(place).view.value
    assert (view.index, view.inverted, view.scale, view.center) == (7, True, 3.5, (7.0, 8.0))
    assert view.window == Window(50.0, 300.0)


def more_slices(place: Path) -> None:
    """Nine slices become fourteen, above and below, and the files have other names."""
    for path in (place / "one").iterdir():
        path.unlink()
    images = slices("one", 14)
    for image in images:  # the former nine keep their UIDs and places; five more lie at the head
        image.InstanceNumber = 100 - image.InstanceNumber
    write_series(place / "another name", reversed(images))


@pytest.mark.parametrize("change", [more_slices, lambda place: (place / "one" / "IM00001.dcm").unlink()])
def test_the_same_image_is_shown_though_the_copy_has_other_files(
    sitting: Sitting, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    place = write_study(tmp_path / "images", "one", 9)
    uid = left_at(sitting, place, 3)
    change(place)
    opened = sitting.open(place)
    reference = opened.current_reference()
    assert reference is not None
    assert reference.sop_instance_uid == uid
    assert opened.view.value.scale == 3.5


@pytest.mark.parametrize("number", [0, 1])
def test_a_voi_lut_comes_back_with_its_table(sitting: Sitting, tmp_path: Path, number: int) -> None:
    luts = [lut_item([0, 9, 255], 1020 + first, 8, name="Soft") for first in (0, 7)]
    place = write_study(tmp_path / "images", "one", VOILUTSequence=luts)
    opened = sitting.open(place)
    assert opened.stack is not None
    chosen = opened.stack.images[opened.view.value.index].frame.windows[number]
    assert chosen.lookup is not None
    opened.view.set(replace(opened.view.value, window=chosen))
    sitting.open(write_study(tmp_path / "elsewhere", "elsewhere"))
    assert sitting.open(place).view.value.window == chosen


def test_where_the_image_is_gone_the_study_opens_at_its_middle(sitting: Sitting, tmp_path: Path) -> None:
    place = write_study(tmp_path / "images", "one", 9)
    left_at(sitting, place, 0)
    (place / "one" / "IM00009.dcm").unlink()
    opened = sitting.open(place)
    assert opened.view.value.index == 4
    assert opened.view.value.window is None


def test_closing_saves_the_view_and_ends_the_sitting(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(write_study(tmp_path / "images", "one"))
    sitting.draw()
    opened.view.set(replace(opened.view.value, index=1))
    sitting.settle()
    time.sleep(0.01)
    sitting.workspace.close()
    sitting.settle()
    query = "SELECT author, last_slice_index, duration_seconds, measurements_created FROM view_session"
    ((author, index, seconds, made),) = rows(tmp_path, query)
    assert (author, index, made) == ("dr", 1, 1)
    assert isinstance(seconds, float)
    assert 0.01 <= seconds < 60
    assert sitting.workspace.study is None
    assert sitting.workspace.source is None


def test_the_view_is_saved_a_moment_after_the_last_change(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(write_study(tmp_path / "images", "one"))
    opened.view.set(replace(opened.view.value, index=4))
    query = "SELECT last_slice_index FROM view_session WHERE view_state IS NOT NULL"
    sitting.qtbot.waitUntil(lambda: not sitting.tasks.busy and rows(tmp_path, query) == [(4,)], timeout=4000)


def test_the_report_is_of_the_study_on_show_and_counted(sitting: Sitting, tmp_path: Path) -> None:
    sitting.open(write_study(tmp_path / "images", "one"))
    drawn = sitting.draw(label="nodule")
    written: list[bool] = []
    for suffix in ("xlsx", "csv", "json"):
        export(sitting.workspace, tmp_path / f"report.{suffix}", lambda: written.append(True))
    sitting.settle()
    assert written == [True] * 3
    assert rows(tmp_path, "SELECT exports_performed FROM view_session") == [(3,)]
    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert json.loads(text)
    assert drawn.measurement.uid in text
    assert sitting.study.study.patient.patient_id in text
    assert "nodule" in (tmp_path / "report.csv").read_text(encoding="utf-8-sig")
    assert load_workbook(tmp_path / "report.xlsx").sheetnames


def test_a_doubt_on_the_screen_is_a_doubt_in_the_report(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(write_study(tmp_path / "images", "one"))
    opened.measurements.flag(sitting.draw())
    export(sitting.workspace, tmp_path / "report.csv", lambda: None)
    sitting.settle()
    assert "does not agree with its image" in (tmp_path / "report.csv").read_text(encoding="utf-8-sig")


def test_a_report_that_cannot_be_written_is_told(sitting: Sitting, tmp_path: Path) -> None:
    export(sitting.workspace, tmp_path / "nothing.csv", lambda: None)
    sitting.open(write_study(tmp_path / "images", "one"))
    sitting.draw()
    export(sitting.workspace, tmp_path / "no folder" / "report.csv", lambda: None)
    sitting.settle()
    assert len(sitting.errors) == 1
    assert rows(tmp_path, "SELECT exports_performed FROM view_session") == [(0,)]
    assert not (tmp_path / "nothing.csv").exists()


def test_thumbnails_are_small_pictures_of_the_middle_image(sitting: Sitting, tmp_path: Path) -> None:
    write_series(tmp_path / "images", slices("one", 3, PixelSpacing="2\\1"))
    opened = sitting.open(tmp_path / "images")
    thumbnails = Thumbnails(sitting.tasks)
    ready: list[str] = []
    thumbnails.ready.connect(ready.append)
    (stack,) = opened.stacks
    for _ in range(3):
        thumbnails.want(opened.source, stack)
    sitting.settle()
    assert ready == [stack.key]
    picture = thumbnails.get(stack.key)
    assert picture is not None
    assert picture.shape == (160, 80)  # 64 x 32 mm
    thumbnails.forget()
    assert thumbnails.get(stack.key) is None


def test_a_thumbnail_of_a_source_that_was_left_does_not_come_any_more(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(write_study(tmp_path / "images", "one", 3))
    thumbnails = Thumbnails(sitting.tasks)
    (stack,) = opened.stacks
    gated = HeldFolder(tmp_path / "images")
    gated.opened.append(0)
    gated.gate.clear()
    thumbnails.want(gated, stack)
    sitting.qtbot.waitUntil(lambda: len(gated.opened) == 2)
    thumbnails.forget()
    gated.gate.set()
    sitting.settle()
    assert thumbnails.get(stack.key) is None
