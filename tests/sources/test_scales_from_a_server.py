"""C05-C08 from a server: regions, calibrations and places have the same numbers as from the file, to the last bit."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.sequence import Sequence

from tests.imaging.test_c07_isocentre import calibration, enhanced
from tests.imaging.test_c08_ultrasound_regions import LEFT, RIGHT, region, ultrasound
from tests.imaging.test_c11_nuclear_medicine import nuclear
from tests.made import image
from viewer_app.imaging.geometry import Calibration
from viewer_app.imaging.headers import Instance
from viewer_app.phantom.dicom import write_series
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource, Source
from viewer_app.sources.orthanc import OrthancClient, OrthancSource


def instances(source: Source) -> dict[str, Instance]:
    return {one.sop_instance_uid: one for study in source.find(Watch()).studies for one in study.instances}


@pytest.mark.orthanc
def test_c05_to_c08_a_server_tells_the_same_scales(tmp_path: Path, client: OrthancClient) -> None:
    frames = 200
    made = [
        ultrasound(region(LEFT, (0.0123456789012345, 1 / 30)), region(RIGHT, (-0.05, 1e-3)), number=1),
        enhanced(calibration(12.345, (0.1234567, 0.7654321))),
        nuclear(frames=frames, SliceVector=list(range(1, frames + 1)), spacing="-3.3333333"),
        image(4, Modality="MG", ImagerPixelSpacing=["0.07", "0.07"], PatientOrientation=["P", "FL"],
              EstimatedRadiographicMagnificationFactor="1.073", ImagePositionPatient=None),
        image(5, Modality="US", PixelAspectRatio=[4, 3], SequenceOfUltrasoundRegions=Sequence([])),
    ]  # fmt: skip
    for number, dataset in enumerate(made, start=1):
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"2.25.{number}"
    made[2].PixelData = bytes(2 * 16 * frames)
    paths = write_series(tmp_path / "scales", made)
    local = instances(FolderSource(tmp_path / "scales"))
    (study,) = {client.upload(path).study_id for path in paths}
    remote = instances(OrthancSource(client, study))
    assert remote.keys() == local.keys()
    for uid, one in remote.items():
        assert one.frames == local[uid].frames, uid
    first = {uid: one.frames[0] for uid, one in remote.items()}
    assert [len(first[f"2.25.{number}"].regions) for number in range(1, 6)] == [2, 0, 0, 0, 0]
    assert [first[f"2.25.{number}"].plane.calibration for number in range(2, 6)] == [
        Calibration.CENTER_OF_BEAM,
        Calibration.IMAGE_PLANE,
        Calibration.PROJECTION,
        Calibration.NONE,
    ]
    assert first["2.25.4"].orientation == ("A", "P", "HR", "FL")
    assert sum(frame.plane.located for one in remote.values() for frame in one.frames) == frames
