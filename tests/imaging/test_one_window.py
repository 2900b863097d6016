"""A stack is windowed as one: grey means the same on every slice."""

from __future__ import annotations

from pathlib import Path

from viewer_app.imaging.headers import Window
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.blocks import ct_block
from viewer_app.phantom.dicom import write_series
from viewer_app.scripting import open_study


def volume_of(folder: Path, centers: list[float] | None) -> Volume:
    images = ct_block(3)
    for number, image in enumerate(images):
        for keyword in ("WindowCenter", "WindowWidth", "WindowCenterWidthExplanation"):
            image.pop(keyword, None)
        if centers is not None:
            image.WindowCenter, image.WindowWidth = centers[number], 400
    write_series(folder, images)
    with open_study(folder) as study:
        return study.series[0].volume()


def test_the_window_of_the_middle_image_is_every_slices(tmp_path: Path) -> None:
    volume = volume_of(tmp_path, [10.0, 20.0, 30.0])
    assert {volume.default_window(index) for index in range(3)} == {Window(20.0, 400.0)}


def test_so_is_an_automatic_one(tmp_path: Path) -> None:
    volume = volume_of(tmp_path, None)
    (window,) = {volume.default_window(index) for index in range(3)}
    assert window.explanation == "automatic"


def test_pictures_without_a_place_have_their_own(tmp_path: Path) -> None:
    """Two views of a radiograph in one series: each was windowed by its technician."""
    images = ct_block(3)
    for number, image in enumerate(images):
        del image.ImagePositionPatient, image.ImageOrientationPatient
        image.WindowCenter, image.WindowWidth = number, 400
    write_series(tmp_path, images)
    with open_study(tmp_path) as study:
        volume = study.series[0].volume()
    assert [volume.default_window(index).center for index in range(3)] == [0.0, 1.0, 2.0]
