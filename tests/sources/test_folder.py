"""Folders as people have them: other files, damaged files, links, pipes, no permission."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest
from pydicom import DataElement, Dataset, dcmwrite
from pydicom.config import IGNORE
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    UID,
    BasicTextSRStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from tests.sources.series import SLICES, ct_slice, write_series
from viewer_app.errors import AccessDenied, CaliperError, DamagedPixels, ImageError, NotFound, NothingToShow
from viewer_app.imaging.headers import Instance
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource, Listing, open_source


def find(path: Path) -> Listing:
    return FolderSource(path).find(Watch())


def instances(listing: Listing) -> list[Instance]:
    return [instance for study in listing.studies for instance in study.instances]


def test_other_files_are_counted_and_the_rest_opens(tmp_path: Path) -> None:
    write_series(tmp_path)
    (tmp_path / "empty.dcm").touch()
    (tmp_path / "random.dcm").write_bytes(bytes((i * 7919) % 251 for i in range(100_000)))
    (tmp_path / "report.dcm").write_bytes(b"%PDF-1.7 ...")
    listing = find(tmp_path)
    assert len(instances(listing)) == SLICES
    assert [(problem.where, problem.why) for problem in listing.problems] == [(tmp_path.name, "3 files are not DICOM.")]


@pytest.mark.parametrize("length", [132, 140, 200, 400, 700])
def test_a_truncated_header_is_told_or_read(tmp_path: Path, length: int) -> None:
    write_series(tmp_path)
    whole = (tmp_path / "000.dcm").read_bytes()
    (tmp_path / "cut.dcm").write_bytes(whole[:length])
    listing = find(tmp_path)
    told = [problem.where for problem in listing.problems]
    repeated = [problem for study in listing.studies for problem in study.problems]
    assert told == ["cut.dcm"] or repeated or len(instances(listing)) == SLICES + 1


def test_missing_preamble_and_file_meta(tmp_path: Path) -> None:
    dataset = ct_slice(0)
    del dataset.file_meta
    dcmwrite(tmp_path / "bare", dataset, implicit_vr=True, little_endian=True, enforce_file_format=False)
    (instance,) = instances(find(tmp_path))
    assert instance.sop_instance_uid == dataset.SOPInstanceUID
    assert instance.transfer_syntax_uid == ""
    with FolderSource(tmp_path).open(instance, Watch()) as stream:
        assert stream.read() == (tmp_path / "bare").read_bytes()


def test_an_object_without_pixels_is_an_instance(tmp_path: Path) -> None:
    dataset = ct_slice(0)
    for keyword in ("PixelData", "Rows", "Columns"):
        delattr(dataset, keyword)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = BasicTextSRStorage
    dataset.save_as(tmp_path / "report.dcm", enforce_file_format=True)
    (instance,) = instances(find(tmp_path))
    assert instance.pixel_format is None
    assert instance.frames == ()


def write_dicomdir(path: Path, referenced: list[str]) -> None:
    """A DICOMDIR with one record, which names the file `referenced` by its parts."""
    record = Dataset()
    record.DirectoryRecordType = "IMAGE"
    record.add(DataElement("ReferencedFileID", "CS", referenced, validation_mode=IGNORE))
    directory = Dataset()
    directory.file_meta = FileMetaDataset()
    directory.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    directory.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    directory.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    directory.DirectoryRecordSequence = [record]
    dcmwrite(path, directory, enforce_file_format=True)
    assert b"..\\other" in path.read_bytes()


def test_a_dicomdir_stands_for_its_folder_and_leads_nowhere_else(tmp_path: Path) -> None:
    write_series(tmp_path / "other", patient_id="P-2")
    media = write_series(tmp_path / "media")
    write_dicomdir(media / "DICOMDIR", ["..", "other", "000.dcm"])
    for listing in (find(media), open_source(str(media / "DICOMDIR")).find(Watch())):
        assert {instance.patient.patient_id for instance in instances(listing)} == {"P-1"}
        assert len(instances(listing)) == SLICES
        assert listing.problems == ()


def test_pipes_sockets_and_loops_do_not_hold_the_scan(tmp_path: Path) -> None:
    write_series(tmp_path / "study")
    os.mkfifo(tmp_path / "pipe.dcm")
    (tmp_path / "study" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "dangling.dcm").symlink_to(tmp_path / "gone")
    (tmp_path / "itself.dcm").symlink_to(tmp_path / "itself.dcm")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(tmp_path)  # a socket's path has 108 characters at most
        try:
            listener.bind("socket.dcm")
        finally:
            os.chdir(here)
        listing = find(tmp_path)
    assert len(instances(listing)) == SLICES
    assert listing.problems == ()
    assert [problem for study in listing.studies for problem in study.problems] == []


def test_a_link_to_a_file_outside_is_not_followed(tmp_path: Path) -> None:
    write_series(tmp_path / "other")
    write_series(tmp_path / "study", slices=1)
    (tmp_path / "study" / "link.dcm").symlink_to(tmp_path / "other" / "005.dcm")
    assert len(instances(find(tmp_path / "study"))) == 1


def test_a_pipe_that_took_a_files_place_is_not_waited_for(tmp_path: Path) -> None:
    source = FolderSource(write_series(tmp_path, slices=1))
    (instance,) = instances(source.find(Watch()))
    (tmp_path / "000.dcm").unlink()
    os.mkfifo(tmp_path / "000.dcm")
    with pytest.raises(NotFound, match="not a regular file"):
        source.open(instance, Watch())


def test_nothing_to_show(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear colleague")
    with pytest.raises(NothingToShow, match="1 file is not DICOM"):
        find(tmp_path)


def test_a_missing_path(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="gone is not there"):
        find(tmp_path / "gone")


@pytest.mark.parametrize("name", ["x" * 4000, "a\0b"])
def test_an_impossible_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(CaliperError) as caught:
        FolderSource(f"{tmp_path}/{name}").find(Watch())
    assert len(str(caught.value)) < 500


def test_permission_denied(tmp_path: Path) -> None:
    write_series(tmp_path / "study")
    (tmp_path / "study" / "000.dcm").chmod(0)
    if os.access(tmp_path / "study" / "000.dcm", os.R_OK):
        pytest.skip("nothing is forbidden to this user (root)")
    listing = find(tmp_path)
    assert [problem.where for problem in listing.problems] == ["study/000.dcm"]
    (tmp_path / "study").chmod(0)
    try:
        with pytest.raises(AccessDenied):
            find(tmp_path / "study")
    finally:
        (tmp_path / "study").chmod(0o700)


def test_an_undecodable_file_name(tmp_path: Path) -> None:
    write_series(tmp_path, slices=1)
    os.rename(tmp_path / "000.dcm", os.fsencode(tmp_path) + b"/\xff\xfe.dcm")  # noqa: PTH104 - bytes
    source = FolderSource(tmp_path)
    (instance,) = instances(source.find(Watch()))
    source.open(instance, Watch()).close()


def test_a_file_that_changed_is_refused(tmp_path: Path) -> None:
    source = FolderSource(write_series(tmp_path, slices=2))
    first, second = instances(source.find(Watch()))
    with (tmp_path / first.locator).open("ab") as stream:
        stream.write(b"more")
    with pytest.raises(DamagedPixels, match="has changed"):
        source.open(first, Watch())
    (tmp_path / second.locator).unlink()
    with pytest.raises(NotFound):
        source.open(second, Watch())


def test_another_patients_file_of_the_same_size_is_refused(tmp_path: Path) -> None:
    source = FolderSource(write_series(tmp_path / "mine", slices=1))
    write_series(tmp_path / "other", slices=1, patient_id="P-2")
    (instance,) = instances(source.find(Watch()))
    shutil.copy(tmp_path / "other" / "000.dcm", tmp_path / "mine" / "000.dcm")
    with pytest.raises(ImageError, match="another image"):
        source.open(instance, Watch())


def test_a_file_is_known_by_the_bytes_before_its_pixels(tmp_path: Path) -> None:
    source = FolderSource(write_series(tmp_path, slices=1))
    (instance,) = instances(source.find(Watch()))
    content = (tmp_path / "000.dcm").read_bytes()
    assert instance.mark is not None
    assert content[instance.mark.size :].startswith(b"\xe0\x7f\x10\x00OW")
    (tmp_path / "000.dcm").write_bytes(content[:-1] + b"?")  # pixels are not the header's
    with source.open(instance, Watch()) as stream:
        assert stream.tell() == 0


@pytest.mark.parametrize(("old", "new"), [(b"0.703125\\", b"0.803125\\"), (b"-1024 ", b"-1000 ")])
def test_a_header_that_changed_by_a_byte_is_refused(tmp_path: Path, old: bytes, new: bytes) -> None:
    source = FolderSource(write_series(tmp_path, slices=1))
    (instance,) = instances(source.find(Watch()))
    content = (tmp_path / "000.dcm").read_bytes()
    assert old in content
    (tmp_path / "000.dcm").write_bytes(content.replace(old, new))
    with pytest.raises(DamagedPixels, match="has changed since it was listed"):
        source.open(instance, Watch())


def test_a_file_only_pydicom_reads_has_no_mark_and_opens(tmp_path: Path) -> None:
    dataset = ct_slice(0)
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(tmp_path / "deflated.dcm", enforce_file_format=True)
    source = FolderSource(tmp_path)
    (instance,) = instances(source.find(Watch()))
    assert instance.mark is None
    assert instance.frames[0].plane.row_spacing == 0.703125
    source.open(instance, Watch()).close()


def test_two_patients_under_one_study_uid_stay_apart(tmp_path: Path) -> None:
    write_series(tmp_path / "a", slices=2)
    write_series(tmp_path / "b", slices=3, patient_id="P-2")
    listing = find(tmp_path)
    assert sorted(len(study.instances) for study in listing.studies) == [2, 3]
    assert all(study.problems for study in listing.studies)
