"""C23: MONOCHROME1 inverts once, after the window; DCMTK is the second opinion."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests import cases
from tests.imaging import dcmtk
from tests.imaging.luts import lut_item
from tests.imaging.staircase import staircase
from tests.made import frame, written
from viewer_app.scripting import measure, open_study


@pytest.mark.parametrize("shape", [None, "INVERSE"])
@pytest.mark.parametrize("lut", [False, True])
def test_inverted_once_after_the_voi(tmp_path: Path, shape: str | None, lut: bool) -> None:
    """Presentation LUT Shape INVERSE says what MONOCHROME1 says (PS3.3 C.11.6): not twice."""
    made = staircase(PhotometricInterpretation="MONOCHROME1", PresentationLUTShape=shape)
    made.WindowCenter, made.WindowWidth = "1000", "800"
    if lut:
        made.VOILUTSequence = [lut_item([min(entry // 4, 255) for entry in range(4096)], 0, 8)]
    with written(tmp_path, [made]) as study:
        (series,) = study.series
        volume = series.volume()
        shown = volume.greys(0, volume.default_window(0)).astype(int)
        value = measure("probe", series, (5, 20, 0))["value"].number
    (path,) = tmp_path.iterdir()
    assert np.abs(shown - dcmtk.greys(path, *(("+Wl", "1") if lut else ("+Wi", "1")))).max() <= 1
    assert (shown[0, 0], shown[-1, -1]) == (255, 0)
    assert value == 20 * 64 + 5
    assert frame(made).doubts == frame(staircase()).doubts


@pytest.mark.parametrize(("kind", "shape"), [("MONOCHROME2", "INVERSE"), ("MONOCHROME1", "IDENTITY")])
def test_a_contradiction_is_told(kind: str, shape: str) -> None:
    found = frame(staircase(PhotometricInterpretation=kind, PresentationLUTShape=shape))
    assert any("contradict" in doubt for doubt in found.doubts)


@pytest.mark.real_data
def test_a_chest_radiograph(tmp_path: Path) -> None:
    source = cases.case("seg-sr-highdicom") / "dx_image.dcm"
    copied = tmp_path / source.name
    copied.write_bytes(source.read_bytes())
    with open_study(tmp_path) as study:
        volume = study.series[0].volume()
        shown = volume.greys(0, volume.default_window(0))
    np.testing.assert_array_equal(shown, dcmtk.greys(copied, "+Wi", "1"))
