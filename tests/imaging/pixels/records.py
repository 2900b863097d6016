"""Data sets of known pixels, and the header record that goes with them."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, RLELossless, generate_uid

from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.headers import Frame, Instance, Patient, PixelFormat, SeriesInfo, StudyInfo
from viewer_app.imaging.pixels import read_frames
from viewer_app.imaging.pixels.door import NATIVE
from viewer_app.progress import Watch

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


def pixel_format(rows: int, columns: int, **changes: Any) -> PixelFormat:
    values: dict[str, Any] = {
        "samples_per_pixel": 1,
        "photometric_interpretation": "MONOCHROME2",
        "bits_allocated": 16,
        "is_signed": False,
    } | changes
    values.setdefault("bits_stored", values["bits_allocated"])
    values.setdefault("high_bit", values["bits_stored"] - 1)
    return PixelFormat(rows=rows, columns=columns, **values)


def instance(pixels: PixelFormat | None, syntax: str, uid: str, frames: int = 1) -> Instance:
    return Instance(
        locator="",
        sop_class_uid=SECONDARY_CAPTURE,
        sop_instance_uid=uid,
        transfer_syntax_uid=syntax,
        patient=Patient(),
        study=StudyInfo("1.2.3"),
        series=SeriesInfo("1.2.3.4"),
        instance_number=1,
        pixel_format=pixels,
        frames=tuple(Frame(n, PLANE) for n in range(1, frames + 1)),
    )


PLANE = Plane.in_pixels()


def stored_file(
    pixels: PixelFormat,
    value: bytes,
    syntax: str = ExplicitVRLittleEndian,
    *,
    frames: int = 1,
    vr: str = "",
    **extra: Any,
) -> tuple[BinaryIO, Instance]:
    """A DICOM file whose pixel element is `value`, and its record."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    # pydicom writes no syntax it does not know; the reader goes by the record.
    dataset.file_meta.TransferSyntaxUID = UID(syntax if UID(syntax).is_transfer_syntax else RLELossless)
    dataset.SOPClassUID, dataset.SOPInstanceUID = SECONDARY_CAPTURE, generate_uid()
    dataset.Rows, dataset.Columns = pixels.rows, pixels.columns
    for keyword, element in extra.items():
        setattr(dataset, keyword, element)
    keyword = {(True, 32): "FloatPixelData", (True, 64): "DoubleFloatPixelData"}.get(
        (pixels.is_float, pixels.bits_allocated), "PixelData"
    )
    setattr(dataset, keyword, value)
    if keyword == "PixelData":
        dataset["PixelData"].VR = vr or ("OW" if pixels.bits_allocated > 8 else "OB")
        dataset["PixelData"].is_undefined_length = syntax not in NATIVE
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    file.seek(0)
    return file, instance(pixels, syntax, dataset.SOPInstanceUID, frames)


def compressed_file(
    pixels: PixelFormat, frames: list[bytes], syntax: str, *, per_frame: int = 1, has_bot: bool = True
) -> tuple[BinaryIO, Instance]:
    """A file of encapsulated `frames`, `per_frame` fragments each."""
    value = encapsulate(frames, fragments_per_frame=per_frame, has_bot=has_bot)
    return stored_file(pixels, value, syntax, frames=len(frames))


def only_frame(file: BinaryIO, record: Instance) -> NDArray[Any]:
    ((number, values),) = read_frames(file, record, Watch())
    assert number == 1
    return values


def ramp(shape: tuple[int, ...], dtype: str, low: int, high: int) -> NDArray[Any]:
    """Values from `low` to `high`, both reached, without a pattern that a shift would hide."""
    values = np.random.default_rng(7).integers(low, high, size=shape, endpoint=True)
    values.flat[0], values.flat[-1] = low, high
    return values.astype(dtype)
