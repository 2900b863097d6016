"""A file that says anything else than the listing about what is measured with is never shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydicom import Dataset

from tests.orthanc_server import RunningOrthanc
from tests.sources.relay import relayed
from tests.sources.series import STUDY_UID, ct_slice, file_of
from tests.sources.test_orthanc_hostile import DATA, made
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.reading import again
from viewer_app.progress import Watch
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.errors import Integrity

pytestmark = pytest.mark.orthanc

INDEX = 2
# Of the same length as what the server lists.
CHANGED: dict[str, Any] = {
    "RescaleSlope": "2.0",
    "RescaleIntercept": "-1025",
    "RescaleType": "OD",
    "PixelSpacing": ["0.703125", "0.80312500000001"],
    "ImagePositionPatient": ["-66.008080743032", "-131.33872823643", "2.5000000001"],
    "ImageOrientationPatient": ["1", "0", "0", "0", "0.9999999999", "2e-05"],
    "FrameOfReferenceUID": f"{STUDY_UID}.8",
    "PatientID": "P-2",
    "SOPInstanceUID": f"{STUDY_UID}.1.9",
    "StudyInstanceUID": STUDY_UID[:-1] + "9",
    "Rows": 15,
    "Columns": 25,
    "BitsStored": 15,
    "HighBit": 14,
    "PixelRepresentation": 0,
    "PhotometricInterpretation": "MONOCHROME1",
    "PixelPaddingValue": -2001,
    "WindowCenter": ["41", "-600"],
    "WindowWidth": ["400", "1500.6"],
    "WindowCenterWidthExplanation": ["SOFT", "BONE"],
}


class Exchanged:
    """The study behind a relay that sends `content` in place of one file."""

    def __init__(self) -> None:
        self.content = b""
        self.locator = ""

    def instead(self, number: int, line: str) -> bytes | None:
        """Without an ETag: no MD5 betrays it."""
        return made(self.content) if self.locator and self.locator in line and DATA in line else None


@pytest.fixture
def opened(orthanc: RunningOrthanc, study_id: str) -> Iterator[Callable[[Dataset], bytes]]:
    """Opens one instance of the study with another file in its place; the bytes that are shown."""
    exchanged = Exchanged()
    with relayed(orthanc.url, instead=exchanged.instead) as relay:
        source = OrthancSource(OrthancClient(Server(relay.url, orthanc.user, orthanc.password)), study_id)
        instances = source.find(Watch()).studies[0].instances
        wanted: Instance = next(one for one in instances if one.sop_instance_uid == f"{STUDY_UID}.1.{INDEX + 1}")

        def opened(dataset: Dataset) -> bytes:
            exchanged.content, exchanged.locator = file_of(dataset), wanted.locator
            assert len(exchanged.content) == wanted.size_bytes
            with source.open(wanted, Watch()) as body:
                return body.read()

        yield opened
        source.close()


@pytest.mark.parametrize("name", CHANGED)
def test_a_header_that_differs_is_refused(name: str, opened: Callable[[Dataset], bytes]) -> None:
    dataset = ct_slice(INDEX)
    if name == "PixelPaddingValue":
        dataset.add_new(name, "SS", CHANGED[name])
    else:
        setattr(dataset, name, CHANGED[name])
    with pytest.raises(Integrity):
        opened(dataset)


def test_the_very_file_is_not_parsed_again(opened: Callable[[Dataset], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """And a file with another name in it, which is only told, as before."""
    dataset = ct_slice(INDEX)
    dataset.PatientName = "Müller^Ina"
    monkeypatch.delattr(again, "parse_instance")
    assert opened(dataset) == file_of(dataset)
