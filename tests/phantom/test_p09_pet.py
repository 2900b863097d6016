"""P9, C36: the SUV of each PET slice, or none and a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.made import written
from viewer_app.phantom.pet import DECAYED, DOSE_BQ, HALF_LIFE_S, PET_CASES, STORED, UNDECAYED, WEIGHT_KG, PetCase

CASES: list[Any] = [pytest.param(case, id=case.name) for case in PET_CASES]


def test_factors_in_closed_form() -> None:
    assert pytest.approx(WEIGHT_KG * 1000 / (DOSE_BQ * 2 ** -(6600 / HALF_LIFE_S)), rel=1e-15) == DECAYED
    assert pytest.approx(WEIGHT_KG * 1000 / DOSE_BQ, rel=1e-15) == UNDECAYED
    assert {case.suv for case in PET_CASES} == {2.0, 1.0, 2.5, 4.0, 5000.0, None}


@pytest.mark.parametrize("case", CASES)
def test_the_suv_or_none_and_a_reason(tmp_path: Path, case: PetCase) -> None:
    with written(tmp_path, [case.image]) as study:
        (series,) = study.series
        image, frame = series.image(0), series.stack.images[0].frame
        values = image.modality_values()
    if case.suv is None:
        np.testing.assert_array_equal(values, STORED)
        assert "SUV" not in image.unit
        assert any("SUV" in doubt for doubt in frame.doubts)
    else:
        np.testing.assert_allclose(values, case.suv, rtol=1e-9)
        assert image.unit.startswith("SUV")


@pytest.mark.parametrize("case", PET_CASES, ids=lambda case: case.name)
def test_no_value_is_called_suv_that_is_none(tmp_path: Path, case: PetCase) -> None:
    """What holds before SUV is known as well: a value in another unit never carries that name."""
    with written(tmp_path, [case.image]) as study:
        image = study.series[0].image(0)
    is_suv = image.unit.startswith("SUV")
    assert not is_suv or image.value_at(3, 3) == pytest.approx(case.suv, rel=1e-9)
    assert is_suv or image.value_at(3, 3) == STORED
