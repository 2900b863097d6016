"""H46: no mark lands on a twin, comes from one, or jumps to one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.made import image
from tests.session.sitting import Sitting
from viewer_app.imaging.study import TWIN
from viewer_app.measure.measurement import Figure


def written(folder: Path, series: str = "") -> Path:
    """Two files of one UID with other pixels; the second in `series` if given."""
    folder.mkdir()
    for number, name in enumerate(("a.dcm", "b.dcm")):
        made = image(1)
        made.PixelData = np.full((4, 4), number * 100, dtype=np.uint16).tobytes()
        made.SeriesInstanceUID = series if number and series else made.SeriesInstanceUID
        made.save_as(folder / name, enforce_file_format=True)
    return folder


def test_a_mark_of_the_first_is_not_on_its_twin(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(written(tmp_path / "images"))
    first, twin = opened.stacks
    drawn = sitting.draw("probe", (1.0, 1.0)).measurement
    assert drawn.reference is not None
    opened.show(twin)
    sitting.settle()
    assert opened.current_reference() is None
    shown = opened.current_image()
    assert shown is not None and float(shown.stored.max()) == 100.0
    assert opened.find_image(drawn.reference) == (first, 0)


def test_a_mark_on_a_twin_is_refused_in_words(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(written(tmp_path / "images"))
    opened.show(opened.stacks[1])
    sitting.settle()
    figure = Figure(opened.stacks[1].images[0].plane, ((1.0, 1.0, 0.0),), opened.current_reference())
    opened.measuring.put(sitting.workspace.new_measurement("probe", figure), "Draw probe")
    assert opened.measurements.records == ()
    assert [error.what for error in sitting.errors] == [TWIN]


def test_a_stored_mark_comes_back_to_the_first(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(written(tmp_path / "images"))
    drawn = sitting.draw("probe", (1.0, 1.0))
    opened.show(opened.stacks[1])
    sitting.settle()
    again = sitting.open(tmp_path / "images")
    (found,) = again.measurements.records
    assert (found.values, again.measurements.differs(drawn.measurement.uid)) == (drawn.values, False)
    assert again.stack == again.stacks[0]


def test_one_uid_in_two_series_is_measured_where_it_is_drawn(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(written(tmp_path / "images", "2.25.99"))
    numbers = []
    for stack in opened.stacks:
        opened.show(stack)
        sitting.settle()
        numbers.append(sitting.draw("probe", (1.0, 1.0)).values[0].number)
    assert sorted(number for number in numbers if number is not None) == [-1024.0, -924.0]
