"""Zip archives, honest and hostile."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.sources.series import SLICES, write_series, zip_folder
from viewer_app.errors import AccessDenied, CaliperError, DamagedPixels, NotFound, NothingToShow, SourceError
from viewer_app.progress import Watch
from viewer_app.sources import Listing, ZipSource, open_source


def find(archive: Path) -> Listing:
    source = ZipSource(archive)
    try:
        return source.find(Watch())
    finally:
        source.close()


def test_names_that_climb_are_only_names(tmp_path: Path, series_folder: Path) -> None:
    archive = tmp_path / "in" / "bad.zip"
    archive.parent.mkdir()
    names = ("../../climb.dcm", "/tmp/absolute.dcm", "C:\\drive.dcm", "same", "same", "ok/\u202edcm.exe")
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(archive, "w") as target:
        for name, path in zip(names, sorted(series_folder.iterdir()), strict=True):
            target.write(path, name)
    before = sorted(tmp_path.rglob("*"))
    source = ZipSource(archive)
    instances = [instance for study in source.find(Watch()).studies for instance in study.instances]
    assert len(instances) == SLICES
    for instance in instances:
        source.open(instance, Watch()).close()
    source.close()
    assert sorted(tmp_path.rglob("*")) == before


def test_a_bomb_is_told_and_not_opened(tmp_path: Path, series_folder: Path) -> None:
    archive = zip_folder(series_folder, tmp_path / "bomb.zip")
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr("bomb.dcm", b"\0" * (50 << 20))
        target.writestr("inner.zip", archive.read_bytes())
    listing = find(archive)
    assert len(listing.studies[0].instances) == SLICES
    assert {problem.where: problem.why.split(".")[0] for problem in listing.problems} == {
        "bomb.dcm": "It would unpack to more than a thousand times its size and is not opened",
        "inner.zip": "Archives inside an archive are not opened; unpack it first",
    }


def test_an_encrypted_archive(tmp_path: Path, series_folder: Path) -> None:
    archive = zip_folder(series_folder, tmp_path / "locked.zip")
    data = bytearray(archive.read_bytes())
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1  # general purpose bit 0 in the central directory
    archive.write_bytes(data)
    with pytest.raises(AccessDenied, match="password"):
        find(archive)


def test_damaged_bytes_are_told(tmp_path: Path, series_folder: Path) -> None:
    archive = zip_folder(series_folder, tmp_path / "damaged.zip")
    data = bytearray(archive.read_bytes())
    data[200:230] = b"\xff" * 30
    archive.write_bytes(data)
    listing = find(archive)
    assert len(listing.problems) == 1
    assert len(listing.studies[0].instances) == SLICES - 1


def test_a_wrong_checksum_is_refused_on_open(tmp_path: Path, series_folder: Path) -> None:
    archive = tmp_path / "crc.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("one.dcm", (series_folder / "000.dcm").read_bytes() + bytes(1 << 20))
    data = bytearray(archive.read_bytes())
    data[-10_000 - 200] ^= 1
    archive.write_bytes(data)
    source = ZipSource(archive)
    (instance,) = source.find(Watch()).studies[0].instances
    with pytest.raises(DamagedPixels, match="damaged"):
        source.open(instance, Watch())
    source.close()


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, series_folder: Path) -> None:
    monkeypatch.setattr("viewer_app.sources.zip._MOST_MEMBERS", SLICES - 1)
    with pytest.raises(SourceError, match="larger than Caliper opens"):
        find(zip_folder(series_folder, tmp_path / "many.zip"))


def test_no_archive_empty_archive_missing_archive(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("this is no archive")
    with pytest.raises(CaliperError, match="no zip archive"):
        ZipSource(tmp_path / "text.zip")
    zipfile.ZipFile(tmp_path / "empty.zip", "w").close()
    with pytest.raises(NothingToShow):
        find(tmp_path / "empty.zip")
    with pytest.raises(NotFound):
        ZipSource(tmp_path / "gone.zip")


def test_an_archive_is_known_by_its_content(tmp_path: Path) -> None:
    archive = zip_folder(write_series(tmp_path / "ct"), tmp_path / "export.bin")
    source = open_source(str(archive))
    assert isinstance(source, ZipSource)
    source.close()
