"""Volumes as measurements: their numbers, their JSON, and what is refused."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.measure.volumes.made import loaded
from viewer_app.imaging.volume import Volume
from viewer_app.measure import evaluate as evaluation
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement, Place, Record
from viewer_app.measure.region import RULE_VERSION
from viewer_app.measure.serial import record_from_json, record_to_json
from viewer_app.measure.volumes import StackGrid, ValueRange, VoxelRegion, grow, voxel_at
from viewer_app.phantom.solids import SOLID_HU, SOLIDS, solid
from viewer_app.session.volumetry import with_region

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def painted(volume: Volume, region: VoxelRegion) -> Record:
    """A volume of these voxels with its numbers."""
    made = with_region(
        None, region, volume.stack, lambda kind, figure: Measurement("2.25.1", kind, (figure,), "", "", "R", NOW, NOW)
    )
    return Record(made, evaluate(made, {}, volume=volume), Place(0, 0), RULE_VERSION)


def grown(name: str) -> Record:
    """The solid of a phantom, grown from its middle."""
    volume = loaded(solid(name))
    seed = voxel_at(volume.stack, StackGrid.of(volume.stack), (0.3, -0.3, 0.4))
    assert seed is not None
    return painted(volume, grow(volume, seed, ValueRange(500)))


@pytest.mark.parametrize("name", SOLIDS)
def test_c33_a_solid_has_its_closed_volume_within_the_bound(name: str) -> None:
    numbers = {value.key: value.number for value in grown(name).values}
    exact = SOLIDS[name].volume_mm3 / 1000.0
    volume, bound = numbers["volume"], numbers["bound"]
    assert volume is not None
    assert bound is not None
    assert abs(volume - exact) <= (1e-9 if SOLIDS[name].is_exact else bound)
    assert {numbers[key] for key in ("mean", "minimum", "maximum", "median", "percentile_95")} == {float(SOLID_HU)}


def test_c29_the_values_are_those_of_the_voxels() -> None:
    volume = loaded(solid("sphere"))
    mask = np.zeros(StackGrid.of(volume.stack).shape, dtype=np.bool_)
    mask[10:20, 20:40, 10:30] = True
    made = painted(volume, VoxelRegion.of_mask(StackGrid.of(volume.stack), mask))
    inside = np.stack([volume.image(k).modality_values() for k in range(len(mask))])[mask]
    numbers = {value.key: value.number for value in made.values}
    assert numbers["count"] == inside.size
    assert numbers["mean"] == pytest.approx(inside.mean(), rel=1e-12)
    assert numbers["sd"] == pytest.approx(inside.std(ddof=1), rel=1e-12)
    assert numbers["percentile_25"] == pytest.approx(np.percentile(inside, 25), rel=1e-12)


def test_c41_json_keeps_every_voxel_and_rows_without_any_stay_as_they_were() -> None:
    made = grown("sphere")
    written = json.loads(json.dumps(record_to_json(made)))
    assert record_from_json(written) == made
    copy = replace(made, measurement=replace(made.measurement, made_of=("2.25.5", "2.25.6")))
    assert record_from_json(json.loads(json.dumps(record_to_json(copy)))) == copy
    bare = replace(made, measurement=replace(made.measurement, region=None))
    assert "region" not in record_to_json(bare)["data"]
    written["data"]["region"]["bits"] = "AAAA"
    with pytest.raises(ValueError, match="damaged"):
        record_from_json(written)


def test_a_volume_of_other_images_has_no_number() -> None:
    made, other = grown("sphere"), loaded(solid("sphere")[1:])
    values = evaluate(made.measurement, {}, volume=other)
    assert [value.key for value in values] == [quantity.key for quantity in KINDS["volume"].quantities]
    assert all(value.number is None and "other images" in value.note for value in values)


def test_a_new_kind_of_a_stack_is_one_class_and_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one of docs/adding-a-measurement.md, as it stands there."""
    page = Path(__file__).resolve().parents[3] / "docs" / "adding-a-measurement.md"
    code = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.S | re.M)[-1]
    names: dict[str, Any] = {"__name__": "box_volume"}
    exec(compile("from __future__ import annotations\n" + code, "example", "exec"), names)  # noqa: S102 - our own page
    monkeypatch.setattr(evaluation, "KINDS", {**KINDS, "box_volume": names["BoxVolume"]()})
    volume, made = loaded(solid("sphere")), grown("sphere")
    region = made.measurement.region
    assert region is not None
    assert region.box is not None
    voxels = math.prod(high - low for low, high in zip(*region.box, strict=True))
    values = evaluate(replace(made.measurement, kind="box_volume"), {}, volume=volume)
    numbers = {value.key: value.number for value in values}
    assert numbers["count"] == voxels
    assert numbers["volume"] == pytest.approx(voxels * 0.7 * 0.5 * 1.25 / 1000.0, rel=1e-12)
    assert values[0].unit == "ml"
    missing = evaluate(replace(made.measurement, kind="box_volume"), {})
    assert [value.key for value in missing] == [value.key for value in values]
    assert all(value.number is None and "not all images" in value.note for value in missing)


def test_the_voxel_at_a_place_is_the_one_that_holds_it() -> None:
    volume = loaded(solid("tilted box"))
    stack, grid = volume.stack, StackGrid.of(volume.stack)
    random = np.random.default_rng(5)
    for _ in range(200):
        index = tuple(int(random.integers(0, size)) for size in grid.shape)
        plane = stack.images[index[0]].plane
        inside = random.uniform(-0.49, 0.49, 2)
        x, y, z = plane.to_patient([(index[2] + inside[0], index[1] + inside[1])])[0].tolist()
        assert voxel_at(stack, grid, (x, y, z)) == index
    beside = plane.to_patient([(-2.0, 3.0)])[0].tolist()
    assert voxel_at(stack, grid, (beside[0], beside[1], beside[2])) is None
