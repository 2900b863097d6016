"""Regions of voxels go to JSON and back to the last bit; what is damaged is refused, and never unpacked."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.measure.volumes.made import region
from viewer_app.errors import VolumeError
from viewer_app.measure.region import Mask
from viewer_app.measure.volumes import region_from_json, region_to_json

MASKS = arrays(np.bool_, st.tuples(*[st.integers(1, 12)] * 3), elements=st.booleans(), fill=st.just(False))


@given(MASKS)
def test_a_round_trip_loses_nothing(mask: Mask) -> None:
    before = region(mask)
    after = region_from_json(json.loads(json.dumps(region_to_json(before))))
    assert after == before
    assert np.array_equal(after.mask(), mask)


def test_a_large_smooth_region_is_small() -> None:
    z, y, x = np.mgrid[-60:60, -120:120, -120:120]
    ball = region((z / 55) ** 2 + (y / 110) ** 2 + (x / 110) ** 2 < 1)
    assert ball.count > 2_500_000
    assert len(json.dumps(region_to_json(ball))) < 120_000


def _bits(text: bytes) -> str:
    return base64.b64encode(zlib.compress(text)).decode()


ONE = region_to_json(region([[[1, 0, 1], [0, 1, 0]]]))
DAMAGE: dict[str, dict[str, Any]] = {
    "another format": {"format": 2},
    "no shape": {"shape": [1, 2]},
    "a shape that is none": {"shape": [1, 2, -3]},
    "a shape of words": {"shape": ["1", "2", "3"]},
    "larger than any": {"shape": [1, 1 << 17, 3]},
    "more voxels than any": {"shape": [1 << 16, 1 << 16, 1 << 16]},
    "a box outside": {"boxes": [[0, 0, 1, 2, 3]]},
    "a box that is none": {"boxes": [[0, 0, 0, 2]]},
    "an empty box": {"boxes": [[0, 0, 0, 0, 3]]},
    "a fraction": {"boxes": [[0, 0, 0, 2, 3.0]]},
    "true for 1": {"boxes": [[False, 0, 0, 2, 3]]},
    "a box too large": {"boxes": [[0, 0, 0, 1 << 16, 1 << 16]]},
    "a box that is not tight": {"boxes": [[0, 0, 0, 2, 3]], "bits": _bits(b"\x80")},
    "bits behind the last": {"bits": _bits(b"\xab")},
    "too few bits": {"bits": _bits(b"")},
    "too many bits": {"bits": _bits(bytes(1 << 20))},
    "cut short": {"bits": ONE["bits"][:-4]},
    "no base64": {"bits": "§"},
    "no zlib": {"bits": "AAAA"},
    "no bits": {"bits": None},
    "something behind": {"bits": base64.b64encode(zlib.compress(b"\xa8") + b"x").decode()},
}


def test_the_whole_one_is_read() -> None:
    assert region_from_json(ONE | {"bits": _bits(b"\xa8")}).count == 3


@pytest.mark.parametrize("change", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(VolumeError) as caught:
        region_from_json(ONE | change)
    assert "region of voxels" in caught.value.what
    assert caught.value.advice


@pytest.mark.parametrize("key", ONE)
def test_what_is_missing_is_refused(key: str) -> None:
    with pytest.raises(VolumeError):
        region_from_json({name: value for name, value in ONE.items() if name != key})


@settings(max_examples=200)
@given(st.data())
def test_a_changed_letter_is_refused_or_another_region(data: st.DataObject) -> None:
    text = json.dumps(ONE)
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.characters(codec="ascii")) + text[place + 1 :]
    try:
        found = region_from_json(json.loads(changed))
    except (VolumeError, json.JSONDecodeError):
        return
    assert found.count == found.mask().sum()
