"""What is no image is listed and read alike from a folder, an archive and a server."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.uid import RTStructureSetStorage, SegmentationStorage

from tests.imaging.documents import PDF, as_file, item, made, pdf_object, report_object
from tests.sources.series import zip_folder
from viewer_app.imaging.documents import read_report, write_pdf
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.reading.parse import OBJECT_TITLE
from viewer_app.imaging.tagtree import read_tags
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource, Source
from viewer_app.sources.orthanc import OrthancClient, OrthancSource
from viewer_app.sources.zip import ZipSource

TITLES = {"SR": "Measurement Report", "DOC": "Discharge letter", "RTSTRUCT": "Plan ü", "SEG": "Liver, Spleen"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study of a report, a document, a structure set and a segmentation."""
    labels = [Dataset() for _ in range(2)]
    labels[0].SegmentLabel, labels[1].SegmentLabel = "Liver", "Spleen"
    objects = [
        report_object(item("TEXT", "Finding", TextValue="none")),
        pdf_object(),
        made(RTStructureSetStorage, Modality="RTSTRUCT", SpecificCharacterSet="ISO_IR 100", StructureSetLabel="Plan ü"),
        made(SegmentationStorage, Modality="SEG", SegmentSequence=labels),
    ]
    place = tmp_path / "objects"
    place.mkdir()
    for number, dataset in enumerate(objects):
        (place / f"{number}.dcm").write_bytes(as_file(dataset))
    return place


def assert_told(source: Source) -> dict[str, Instance]:
    """Titles, a report's text, the tags and the document come out; the instances by modality."""
    (study,) = source.find(Watch()).studies
    found = {instance.series.modality: instance for instance in study.instances}
    assert {modality: instance.details[OBJECT_TITLE] for modality, instance in found.items()} == TITLES
    with source.open(found["SR"], Watch()) as file:
        assert [line.as_text() for line in read_report(file, Watch(), {}).lines] == ["Finding: none"]
    with source.open(found["DOC"], Watch()) as file:
        target = io.BytesIO()
        write_pdf(file, target, Watch())
        assert target.getvalue() == PDF
    with source.open(found["SEG"], Watch()) as file:
        assert len(read_tags(file, Watch()).find("SegmentLabel")) == 2
    return found


def test_from_a_folder(folder: Path) -> None:
    assert_told(FolderSource(folder))


def test_from_an_archive(folder: Path, tmp_path: Path) -> None:
    source = ZipSource(zip_folder(folder, tmp_path / "objects.zip"))
    try:
        assert_told(source)
    finally:
        source.close()


def test_from_a_server(folder: Path, client: OrthancClient) -> None:
    (study_id,) = {client.upload(path).study_id for path in folder.iterdir()}
    local = assert_told(FolderSource(folder))
    remote = assert_told(OrthancSource(client, study_id))
    for modality, instance in remote.items():
        assert dict(instance.details) == dict(local[modality].details)
