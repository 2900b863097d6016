"""C18: each slice keeps its own slope; a window means modality values, or stored ones where only those make sense."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import cases
from tests.made import frame, image, written
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.headers import Window
from viewer_app.imaging.values.voi import apply_window
from viewer_app.phantom.dicom import ds, image_dataset
from viewer_app.scripting import measure, open_study

VALUE = 1200.0
SLOPES = [round(0.5 + 0.35 * k, 2) for k in range(20)]


def sloped() -> list[Any]:
    """20 slices with a slope each, all of one modality value but for the rounding of a stored value."""
    made = []
    for k, slope in enumerate(SLOPES):
        plane = Plane((0.0, 0.0, float(k)), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1.0, 1.0, frame_of_reference_uid="2.25.1")
        stored = np.full((16, 16), round(VALUE / slope), dtype=np.uint16)
        values: dict[str, Any] = {"RescaleSlope": ds(slope), "RescaleIntercept": "0", "RescaleType": "US"}
        window = {"WindowCenter": "1200", "WindowWidth": "400"}
        made.append(image_dataset(stored, plane, modality="MR", number=k + 1, **values, **window))
    return made


def test_twenty_slopes_give_one_value_and_one_grey(tmp_path: Path) -> None:
    with written(tmp_path, sloped()) as study:
        (series,) = study.series
        volume = series.volume()
        for index, one in enumerate(series.stack.images):
            slope = SLOPES[(one.instance.instance_number or 0) - 1]
            truth = round(VALUE / slope) * slope
            found = measure("probe", series, (8, 8, one.plane.origin[2]))["value"].number
            assert found == pytest.approx(truth, rel=1e-15)
            assert abs(truth - VALUE) <= slope / 2
            window = volume.default_window(index)
            assert window == Window(1200.0, 400.0)
            expected = apply_window(np.full((16, 16), truth), window)
            np.testing.assert_array_equal(volume.greys(index, window), expected)


WINDOWS = [
    # stored values of a map (12 bits, slope 0.01): its window cannot mean values up to 40.95
    ({"RescaleSlope": "0.01", "RescaleIntercept": "0"}, (2048, 4096), Window(20.475, 40.95, "", "LINEAR_EXACT")),
    # within reach of the modality values: taken as such
    ({"RescaleSlope": "0.5", "RescaleIntercept": "0"}, (1000, 2000), Window(1000.0, 2000.0)),
    ({"RescaleSlope": "3.774114", "RescaleIntercept": "0"}, (1000, 2000), Window(1000.0, 2000.0)),
    # beyond both: left as it is
    ({"RescaleSlope": "0.01", "RescaleIntercept": "0"}, (9000, 2000), Window(9000.0, 2000.0)),
]


@pytest.mark.parametrize(("rescale", "written_window", "found"), WINDOWS)
def test_a_window_of_mr(rescale: dict[str, Any], written_window: tuple[int, int], found: Window) -> None:
    center, width = written_window
    made = image(modality="MR", RescaleType="US", WindowCenter=str(center), WindowWidth=str(width), **rescale)
    (window,) = frame(made).windows
    assert (window.center, window.width) == pytest.approx((found.center, found.width), rel=1e-12)
    assert window.function == found.function


def test_a_window_for_stored_values_shows_the_same_picture(tmp_path: Path) -> None:
    stored = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    plane = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1.0, 1.0, frame_of_reference_uid="2.25.1")
    rescale: dict[str, Any] = {"RescaleSlope": "0.01", "RescaleIntercept": "-3", "RescaleType": "US"}
    made = image_dataset(stored, plane, modality="MR", WindowCenter="2000", WindowWidth="3000", **rescale)
    with written(tmp_path, [made]) as study:
        volume = study.series[0].volume()
        shown = volume.greys(0, volume.default_window(0))
    truth = apply_window(stored.astype(float), Window(2000.0, 3000.0))
    assert np.abs(shown.astype(int) - truth).max() <= 1


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "file", "window"),
    [
        # Philips: 8 bits stored, so 920 can only mean values after a slope of 41
        ("pr-lut-overlay-weasis", "org/dcm4che3/img/MR-JPEGLosslessSV1.dcm", Window(920.0, 1832.0)),
        # Siemens phase image: stored from 0, values from -4096; the window is about 0
        ("mr-brain-multiorient-siemens", "36747043", Window(29.0, 4959.0)),
    ],
)
def test_scanners_mean_modality_values(tmp_path: Path, name: str, file: str, window: Window) -> None:
    source = cases.case(name) / file
    (tmp_path / source.name).write_bytes(source.read_bytes())
    with open_study(tmp_path) as study:
        volume = study.series[0].volume()
        assert replace(volume.default_window(0), explanation="") == window
        shown = volume.greys(0, window)
    assert 20 < np.mean(shown) < 200
    assert len(np.unique(shown)) > 30
