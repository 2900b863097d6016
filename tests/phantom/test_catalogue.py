"""Every phantom is valid DICOM, the same at every call, small, opened without a complaint, and on the page."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from viewer_app import scripting
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.catalogue import PHANTOMS
from viewer_app.phantom.dicom import image_dataset, write_series
from viewer_app.phantom.encoders import DEFLATED_FRAME, HTJ2K, HTJ2K_LOSSY, HTJ2K_RPCL
from viewer_app.phantom.modalities import MODALITIES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "phantoms.md"
LARGEST_BYTES = 400_000
# dicom3tools is older than these, or was built without zlib.
UNKNOWN_TO_DCIODVFY = frozenset(
    {f"P12 {syntax}" for syntax in (DeflatedExplicitVRLittleEndian, DEFLATED_FRAME, HTJ2K, HTJ2K_LOSSY, HTJ2K_RPCL)}
)
# Spacing Between Slices must not be negative, but scanners write it so: that is what this one is for.
WRONG_ON_PURPOSE = frozenset({"P6 thick and overlapping"})


def rows() -> dict[str, list[str]]:
    """The cells of the page's rows by the number of the phantom."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| P")]
    return {cells[0]: cells for cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)}


def test_numbers_of_the_table_and_the_page() -> None:
    numbers = list(dict.fromkeys(name.split(" ")[0] for name in PHANTOMS))
    assert numbers == [f"P{number}" for number in range(1, 13)]
    assert list(rows()) == numbers


def test_what_the_page_names_exists() -> None:
    for cells in rows().values():
        assert re.fullmatch(r"C\d\d(, C\d\d)*", cells[3])
        for module, name in re.findall(r"`(\w+)(?:\.(\w+))?`", cells[4]):
            found = __import__(f"viewer_app.phantom.{module}", fromlist=[module])
            assert not name or hasattr(found, name)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (dicom3tools) is not installed")
@pytest.mark.parametrize("name", sorted(PHANTOMS.keys() - UNKNOWN_TO_DCIODVFY - WRONG_ON_PURPOSE))
def test_dciodvfy_finds_no_error(tmp_path: Path, name: str) -> None:
    paths = write_series(tmp_path, PHANTOMS[name]())
    for path in {paths[0], paths[-1]}:
        said = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False).stderr
        assert "Error" not in said, said
        assert "Image" in said


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (dicom3tools) is not installed")
def test_dciodvfy_finds_no_error_in_a_nuclear_medicine_image(tmp_path: Path) -> None:
    assert "NM" in MODALITIES
    plane = axial_plane((0.0, 0.0, 0.0), 4.0, 4.0)
    (path,) = write_series(tmp_path, [image_dataset(np.zeros((1, 8, 8), dtype=np.uint16), plane, modality="NM")])
    said = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False).stderr
    assert "Error" not in said, said
    assert "NMImage" in said


@pytest.mark.parametrize("name", PHANTOMS)
def test_small_the_same_twice_and_readable(tmp_path: Path, name: str) -> None:
    first, again = (
        [path.read_bytes() for path in write_series(tmp_path / folder, PHANTOMS[name]())] for folder in ("one", "two")
    )
    assert first == again
    assert sum(map(len, first)) < LARGEST_BYTES
    with scripting.open_studies(tmp_path / "one") as studies:
        assert studies.problems == ()
        (study,) = studies
        assert study.record.problems == ()
        images = [series.image(k) for series in study.series for k in range(len(series.stack.images))]
        assert sum(len(instance.frames) for instance in study.record.instances) == len(images)
        assert study.other_objects == ()


def test_uids_are_apart() -> None:
    uids = [str(image.SOPInstanceUID) for make in PHANTOMS.values() for image in make()]
    assert len(set(uids)) == len(uids)
