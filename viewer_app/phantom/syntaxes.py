"""P12: the same pixels in every transfer syntax Caliper reads; where it is lossless, bit for bit (G14)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from viewer_app.imaging.headers import PixelFormat
from viewer_app.phantom.dicom import image_dataset
from viewer_app.phantom.encoders import (
    BASELINE,
    EXTENDED,
    HTJ2K_LOSSY,
    J2K_LOSSY,
    JPEG_LS_NEAR,
    LOSSLESS_ENCODERS,
    LOSSY_ENCODERS,
    NEAR,
    PROGRESSIVE,
    SPECTRAL,
)

NATIVE_SYNTAXES: tuple[str, ...] = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
LOSSLESS_SYNTAXES = (*NATIVE_SYNTAXES, *LOSSLESS_ENCODERS)
LOSSY_SYNTAXES = tuple(LOSSY_ENCODERS)
# How far a value may be off: near-lossless promises it, JPEG is at its best quality, the others were given a goal.
LARGEST_ERROR = dict.fromkeys(LOSSY_SYNTAXES, 64) | {
    JPEG_LS_NEAR: NEAR,
    **dict.fromkeys((BASELINE, EXTENDED, SPECTRAL, PROGRESSIVE), 4),
}
_8_BIT = frozenset({BASELINE, SPECTRAL, PROGRESSIVE})
_METHODS = {JPEG_LS_NEAR: "ISO_14495_1", J2K_LOSSY: "ISO_15444_1", HTJ2K_LOSSY: "ISO_15444_15"}
ROWS, COLUMNS = 48, 40


def pixels(syntax: str = ExplicitVRLittleEndian) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(48, 40) stored values: waves and steps that reach 0 and 4095; the upper 8 of 12 bits for 8-bit syntaxes."""
    row, column = np.indices((ROWS, COLUMNS))
    waves = 2048 + (900 * np.sin(row / 9) * np.cos(column / 7)).round() + (37 * row + 61 * column) % 23
    waves[20:28, 10:20], waves[30:34, 22:38] = 0, 4095
    stored = np.asarray(waves, dtype=np.uint16)
    return np.asarray(stored >> 4, dtype=np.uint8) if syntax in _8_BIT else stored


def in_syntax(syntax: str) -> FileDataset:
    """The image of `pixels` as a secondary capture in a transfer syntax; a KeyError for one that is not listed."""
    stored, lossy = pixels(syntax), syntax in LOSSY_ENCODERS
    given: dict[str, Any] = {"LossyImageCompression": "01" if lossy else "00"}
    if lossy:
        given |= {"LossyImageCompressionRatio": "2", "LossyImageCompressionMethod": _method(syntax)}
    image = image_dataset(stored, None, modality="SC", name=f"syntax {syntax}", **given)
    image.file_meta.TransferSyntaxUID = UID(syntax)
    if syntax in NATIVE_SYNTAXES:
        if syntax == ExplicitVRBigEndian:
            image.PixelData = stored.astype(">u2").tobytes()
        return image
    pixel_format = PixelFormat(
        ROWS, COLUMNS, 1, "MONOCHROME2", image.BitsAllocated, image.BitsStored, image.HighBit, is_signed=False
    )
    encode = LOSSY_ENCODERS[syntax] if lossy else LOSSLESS_ENCODERS[syntax]
    image.PixelData = encapsulate([encode(stored, pixel_format)])
    image["PixelData"].VR, image["PixelData"].is_undefined_length = "OB", True
    return image


def _method(syntax: str) -> str:
    """Lossy Image Compression Method (PS3.3 C.7.6.1.1.5.1)."""
    return _METHODS.get(syntax, "ISO_10918_1")
