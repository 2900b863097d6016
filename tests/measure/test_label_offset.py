"""Where a person put a label: written only where it was moved, read back to the last bit, refused where garbled."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from tests.store.samples import record
from viewer_app.measure.serial import data_to_json, record_from_json, record_to_json


@pytest.mark.parametrize("offset", [None, (0.0, 0.0), (0.1, -1e-12), (1e6, math.pi)])
def test_a_record_round_trips_with_the_place_of_its_label(offset: tuple[float, float] | None) -> None:
    made = record()
    made = replace(made, measurement=replace(made.measurement, label_offset=offset))
    assert record_from_json(json.loads(json.dumps(record_to_json(made)))) == made
    assert ("label_offset" in data_to_json(made)) == (offset is not None)


@pytest.mark.parametrize("offset", [7, "far", [1.0], [1.0, 2.0, 3.0], ["1", 2.0], [math.nan, 0.0], [0.0, math.inf], {}])
def test_a_garbled_place_is_refused(offset: object) -> None:
    data = record_to_json(record())
    data["data"]["label_offset"] = offset
    with pytest.raises(ValueError, match="label"):
        record_from_json(data)
