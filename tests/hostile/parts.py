"""A sound DICOM file and its elements as bytes, to be taken apart and put together wrongly."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID

from tests.imaging.pixels.encoders import DEFLATED_FRAME, ENCODERS
from tests.imaging.pixels.records import pixel_format, ramp
from viewer_app.imaging.geometry import Plane, Vector
from viewer_app.imaging.headers import PixelFormat
from viewer_app.phantom.dicom import image_dataset, uid

NAME = "hostile.dcm"
ROWS, COLUMNS = 18, 14
TRUTH = ramp((ROWS, COLUMNS), "u2", 0, 4095)
PIXELS = pixel_format(ROWS, COLUMNS, bits_stored=12)
PREAMBLE = bytes(128) + b"DICM"
PIXEL_DATA = 0x7FE00010
_LONG = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
_UNDEFINED = 0xFFFFFFFF

BASELINE, EXTENDED, NEAR, J2K_LOSSY = (f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 81, 91))
EIGHT = pixel_format(ROWS, COLUMNS, bits_allocated=8)


@dataclass(frozen=True)
class Element:
    """One explicit VR little endian element; `length` is what it claims where that is a lie."""

    tag: int
    vr: str
    value: bytes
    length: int | None = None

    def encoded(self) -> bytes:
        length = len(self.value) if self.length is None else self.length
        head = struct.pack("<HH2s", self.tag >> 16, self.tag & 0xFFFF, self.vr.encode())
        return head + (struct.pack("<HL", 0, length) if self.vr in _LONG else struct.pack("<H", length)) + self.value


def plane(origin: Vector = (0.0, 0.0, 0.0)) -> Plane:
    """Axial, 0.5 mm between rows and 0.25 mm between columns."""
    return Plane(origin, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.5, 0.25, frame_of_reference_uid=uid("hostile", "frame"))


def dataset(
    stored: NDArray[Any] = TRUTH, *, number: int = 1, origin: Vector = (0.0, 0.0, 0.0), **values: Any
) -> FileDataset:
    """A sound CT image of the hostile study; `values` by keyword, None leaves one out."""
    identity: dict[str, Any] = {"PatientID": "HOSTILE"}
    return image_dataset(stored, plane(origin), name="hostile", number=number, **identity | values)


def content(image: Dataset) -> bytes:
    """The file as bytes."""
    file = io.BytesIO()
    image.save_as(file, enforce_file_format=True)
    return file.getvalue()


def compressed(syntax: str, frames: Iterable[bytes], pixels: PixelFormat = PIXELS, **values: Any) -> bytes:
    """A file of these compressed frames."""
    pieces = list(frames)
    image = dataset(**values)
    _describe(image, pixels)
    known = UID(syntax).is_transfer_syntax
    image.file_meta.TransferSyntaxUID = UID(syntax if known else "1.2.840.10008.1.2.5")
    if len(pieces) > 1:
        image.NumberOfFrames = len(pieces)
    image.PixelData = encapsulate(pieces)
    image["PixelData"].VR, image["PixelData"].is_undefined_length = "OB", True
    whole = content(image)
    return whole if known else changed(whole, 0x00020010, value=_even(syntax.encode()))


def _describe(image: FileDataset, pixels: PixelFormat) -> None:
    image.Rows, image.Columns = pixels.rows, pixels.columns
    image.SamplesPerPixel = pixels.samples_per_pixel
    image.PhotometricInterpretation = pixels.photometric_interpretation
    if pixels.samples_per_pixel > 1:
        image.PlanarConfiguration = pixels.planar_configuration
    image.BitsAllocated, image.BitsStored, image.HighBit = pixels.bits_allocated, pixels.bits_stored, pixels.high_bit
    image.PixelRepresentation = int(pixels.is_signed)


@dataclass(frozen=True)
class Coded:
    """One sound frame: its syntax, its bytes, what its header must say and what it decodes to."""

    name: str
    syntax: str
    frame: bytes
    pixels: PixelFormat
    truth: NDArray[Any]

    def file(self, frame: bytes | None = None, **pixels: Any) -> bytes:
        """The file of this frame, or of another one under the same header; `pixels` change the header."""
        return compressed(self.syntax, [self.frame if frame is None else frame], replace(self.pixels, **pixels))


_NAMES = {
    "57": "jpeg-lossless", "70": "jpeg-sv1", "80": "jpeg-ls", "90": "j2k", "201": "htj2k",
    "202": "htj2k-rpcl", "5": "rle", "1": "deflate",
}  # fmt: skip


def _smooth() -> NDArray[Any]:
    y, x = np.mgrid[:ROWS, :COLUMNS]
    return np.asarray(2000 + 900 * np.sin(y / 9) * np.cos(x / 7), np.uint16)


def _lossy() -> list[Coded]:
    eight, twelve = (_smooth() >> 4).astype(np.uint8), _smooth()
    made: list[tuple[str, str, Any, PixelFormat, Callable[[bytes], Any]]] = [
        ("jpeg-baseline", BASELINE, imagecodecs.jpeg8_encode(eight, level=90), EIGHT, imagecodecs.jpeg8_decode),
        (
            *("jpeg-extended", EXTENDED, imagecodecs.jpeg8_encode(twelve, level=90, bitspersample=12), PIXELS),
            imagecodecs.jpeg8_decode,
        ),
        ("jpeg-ls-near", NEAR, imagecodecs.jpegls_encode(twelve, level=2), PIXELS, imagecodecs.jpegls_decode),
        (
            *("j2k-lossy", J2K_LOSSY),
            *(imagecodecs.jpeg2k_encode(twelve, level=40, codecformat="J2K", bitspersample=12), PIXELS),
            imagecodecs.jpeg2k_decode,
        ),
    ]
    return [
        Coded(name, syntax, bytes(frame), pixels, np.asarray(decode(bytes(frame))))
        for name, syntax, frame, pixels, decode in made
    ]


def _lossless() -> list[Coded]:
    return [
        Coded(_NAMES[syntax.rpartition(".")[2]], syntax, encode(TRUTH, PIXELS), PIXELS, TRUTH)
        for syntax, encode in ENCODERS.items()
    ]


CODED: dict[str, Coded] = {coded.name: coded for coded in (*_lossless(), *_lossy())}
assert CODED["deflate"].syntax == DEFLATED_FRAME


def elements(file: bytes) -> list[Element]:
    """Of an explicit VR little endian file without sequences; the last takes what is left."""
    found, at = [], len(PREAMBLE)
    while at < len(file):
        group, number, vr = struct.unpack_from("<HH2s", file, at)
        word = vr.decode()
        (length,) = struct.unpack_from("<L", file, at + 8) if word in _LONG else struct.unpack_from("<H", file, at + 6)
        begin = at + (12 if word in _LONG else 8)
        undefined = length == _UNDEFINED
        at = len(file) if undefined else begin + length
        found.append(Element(group << 16 | number, word, file[begin:at], length if undefined else None))
    return found


def joined(parts: Iterable[Element], preamble: bytes = PREAMBLE) -> bytes:
    """A file of these elements, in their order."""
    return preamble + b"".join(part.encoded() for part in parts)


def changed(file: bytes, tag: int, **changes: Any) -> bytes:
    """The file with one element's vr, value or claimed length changed."""
    return joined(replace(part, **changes) if part.tag == tag else part for part in elements(file))


def without(file: bytes, tag: int) -> bytes:
    """The file without one element."""
    return joined(part for part in elements(file) if part.tag != tag)


def added(file: bytes, *parts: Element, before: int | None = None) -> bytes:
    """The file with more elements: before element `before`, else where their tags belong."""
    found = elements(file)
    for part in parts:
        limit = part.tag if before is None else before - 1
        at = next((index for index, other in enumerate(found) if other.tag > limit), len(found))
        found.insert(at, part)
    return joined(found)


def _even(value: bytes) -> bytes:
    return value + b"\0" * (len(value) % 2)


def puts(file: bytes | Callable[[], bytes], name: str = NAME) -> Callable[[Path], object]:
    """A `make` that writes one file."""
    return lambda folder: (folder / name).write_bytes(file if isinstance(file, bytes) else file())


def puts_all(images: Callable[[], Iterable[FileDataset]]) -> Callable[[Path], object]:
    """A `make` that writes several data sets, one file each."""

    def make(folder: Path) -> None:
        for number, image in enumerate(images(), start=1):
            (folder / f"hostile{number:03d}.dcm").write_bytes(content(image))

    return make
