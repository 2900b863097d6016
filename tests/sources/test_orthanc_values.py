"""Lookup tables and private values that Orthanc's JSON leaves out reach us all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.imaging.luts import lut_item
from tests.imaging.test_c36_suv import GE, LATE, PHILIPS, pet
from tests.made import image
from viewer_app.imaging.headers import Instance
from viewer_app.phantom.dicom import write_series
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource, Source
from viewer_app.sources.orthanc import OrthancClient, OrthancSource
from viewer_app.sources.orthanc.tags import left_out, with_value

TABLE = [(7 * entry) % 4096 for entry in range(4096)]
UNSCALED: dict[str, Any] = dict.fromkeys(("RescaleSlope", "RescaleIntercept", "RescaleType"))


def modality_lut(vr: str) -> Any:
    item = lut_item(TABLE, -2048, 12, vr=vr)
    item.ModalityLUTType = "HU"
    return image(ModalityLUTSequence=[item], PixelRepresentation=1, **UNSCALED)


def voi_luts(vr: str) -> Any:
    return image(VOILUTSequence=[lut_item(TABLE, 0, 12, vr=vr, name="A"), lut_item([0, 9, 4095], 5, 12, vr=vr)])


MADE: dict[str, Callable[[], Any]] = {
    "modality LUT of words": lambda: modality_lut("OW"),
    "modality LUT of numbers": lambda: modality_lut("US"),
    "VOI LUTs of words": lambda: voi_luts("OW"),
    "VOI LUTs of numbers": lambda: voi_luts("US"),
    "PET of Philips": lambda: pet(private=[(0x7053, PHILIPS, 0, "DS", "0.00055")], Units="CNTS"),
    "PET of Philips, unknown": lambda: pet(private=[(0x7053, PHILIPS, 0, "UN", b"0.00055 ")], Units="CNTS"),
    "PET of GE": lambda: pet(private=[(9, GE, 0xD, "UN", b"20260110103000")], **LATE),
    "floating padding": lambda: image(FloatPixelPaddingValue=-1.1),
}


def only(source: Source) -> Instance:
    (study,) = source.find(Watch()).studies
    (instance,) = study.instances
    return instance


@pytest.mark.orthanc
@pytest.mark.parametrize("name", MADE)
def test_the_same_values_as_from_the_file(name: str, client: OrthancClient, tmp_path: Path) -> None:
    (path,) = write_series(tmp_path, [MADE[name]()])
    local = only(FolderSource(tmp_path))
    source = OrthancSource(client, client.upload(path).study_id)
    remote = only(source)
    assert remote.frames == local.frames
    source.open(remote, Watch()).close()
    (frame,) = local.frames
    assert frame.rescale.lookup or frame.rescale.unit == "SUVbw" or frame.windows or name == "floating padding"


def test_only_what_is_needed_is_asked_for() -> None:
    header: dict[str, Any] = {
        "0028,3010": [{"0028,3002": "3\\0\\16", "0028,3006": None}, {"0028,3006": "1\\2"}, {"0028,3006": None}],
        "7053,1000": None,
        "0029,1010": None,
        "../..": [{"0028,3006": None}],
    }
    places = list(left_out(header))
    assert places == [("0028,3010", 0, "0028,3006"), ("0028,3010", 2, "0028,3006"), ("7053,1000",)]
    filled = with_value(header, places[1], b"\1\0")
    assert filled["0028,3010"] == [header["0028,3010"][0], {"0028,3006": "1\\2"}, {"0028,3006": b"\1\0"}]
    assert header["0028,3010"][2] == {"0028,3006": None}
