"""P7, C05, C06, C09: what a length on each projection and capture is, and how it is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made import frame, written
from viewer_app import scripting
from viewer_app.phantom.projections import LINE, PROJECTIONS, Projection


def test_the_table_has_every_modality_and_label() -> None:
    assert len(PROJECTIONS) >= 12
    assert {row.modality for row in PROJECTIONS} == {"CR", "DX", "MG", "XA", "RF", "SC"}
    assert len({row.label for row in PROJECTIONS}) == 5
    assert len({row.name for row in PROJECTIONS}) == len(PROJECTIONS)


def test_the_line_in_closed_form() -> None:
    lengths = {row.label: row.length for row in PROJECTIONS}
    assert lengths["not calibrated"] == 50.0
    # 30 columns of 0.16 and 40 rows of 0.15 mm; 30 of 0.21 and 40 of 0.2 mm
    assert lengths["calibrated projection"] == pytest.approx((4.8**2 + 6.0**2) ** 0.5, abs=1e-12)
    assert lengths["at detector"] == pytest.approx((6.3**2 + 8.0**2) ** 0.5, abs=1e-12)
    (scaled,) = {round(row.estimated_mm, 9) for row in PROJECTIONS if row.estimated_mm is not None}
    assert scaled == round(lengths["at detector"] / 1.25, 9)


@pytest.mark.parametrize("row", PROJECTIONS, ids=lambda row: row.name)
def test_length_and_label(tmp_path: Path, row: Projection) -> None:
    found = frame(row.image)
    assert found.plane.calibration.value == row.label
    assert not found.plane.located
    with written(tmp_path, [row.image]) as study:
        (series,) = study.series
        points = series.stack.images[0].plane.to_patient(LINE)
        length = scripting.measure("distance", series, points, index=0)["length"]
    assert length.number == pytest.approx(row.length, abs=1e-9)
    assert length.unit == ("mm" if row.spacing_mm else "px")
    assert length.provenance == row.label
    for words in row.told:
        assert any(words in doubt for doubt in found.doubts)


@pytest.mark.parametrize("row", [row for row in PROJECTIONS if row.magnification], ids=lambda row: row.name)
def test_a_magnification_is_told_and_not_applied(row: Projection) -> None:
    found = frame(row.image)
    assert found.plane.spacing == row.spacing_mm
    assert any("stimate" in doubt and f"{row.magnification:g}" in doubt for doubt in found.doubts)
