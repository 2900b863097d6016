"""H40 to H42, H45, H47 to H50: scales and places that cannot be trusted, and series that are no volume."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.hostile.case import Case, doubted, in_pixels, no_volume, shown, split
from tests.hostile.parts import TRUTH, changed, content, dataset, puts, puts_all
from tests.imaging.test_h41_headers import ORIENTATIONS, POSITIONS
from viewer_app.phantom.dicom import uid

_SPACING, _ORIENTATION, _POSITION = 0x00280030, 0x00200037, 0x00200032

_SPACINGS = {
    "zero": b"0\\0 ", "negative": b"-0.5\\-0.5 ", "one-negative": b"0.5\\-0.5", "nan": b"nan\\nan ",
    "infinite": b"inf\\inf ", "one-value": b"0.5 ", "three-values": b"0.5\\0.5\\0.5 ", "commas": b"0,5\\0,7 ",
    "text": b"small\\small ", "tiny": b"1e-30\\1e-30 ", "huge": b"1e30\\1e30 ", "empty": b"", "blank": b"  \\  ",
    "hex": b"0x1\\0x1 ", "one-zero": b"0.5\\0 ", "underscores": b"1_0\\1_0 ", "utf8-digits": "٠.٥\\٠.٥".encode(),
}  # fmt: skip


def cases(thorough: bool) -> Iterator[Case]:
    """Every case of these numbers."""
    whole = content(dataset(SOPClassUID="1.2.840.10008.5.1.4.1.1.7", Modality="OT"))
    ct = content(dataset())
    for name, written in _SPACINGS.items():
        value = written + b" " * (len(written) % 2)
        yield Case(f"H40-{name}", puts(changed(ct, _SPACING, value=value)), in_pixels("spacing"), (TRUTH,))
        secondary = puts(changed(whole, _SPACING, value=value))
        yield Case(f"H40-secondary-{name}", secondary, in_pixels("spacing"), (TRUTH,))
    yield from _places()
    yield from _mixed()
    yield from _irregular()


def _places() -> Iterator[Case]:
    """The values of `tests/imaging/test_h41_headers.py`, through files."""
    for number, tag, listed in ((41, _ORIENTATION, ORIENTATIONS), (42, _POSITION, POSITIONS)):
        for index, value in enumerate(listed):
            words = "orientation" if number == 41 else "position"
            make = puts_all(lambda tag=tag, value=value: [_without(tag, value, k) for k in (1, 2)])  # type: ignore[misc]  # a default binds the value of this turn
            yield Case(f"H{number}-{index}", make, no_volume(words, count=2), (TRUTH,))
    same = puts_all(lambda: [dataset(number=k) for k in (1, 2, 3)])
    yield Case("H42-all-at-one-place", same, no_volume("same place", count=3), (TRUTH,))


def _without(tag: int, value: Sequence[Any] | None, number: int) -> Any:
    image = dataset(number=number, origin=(0.0, 0.0, 2.0 * number))
    del image[tag]
    if value is not None:
        image.add_new(tag, "LO", [str(part) for part in value])
    return image


def _slices(count: int, start: int = 1, **values: Any) -> list[Any]:
    return [dataset(number=k, origin=(0.0, 0.0, 2.0 * k), **values) for k in range(start, start + count)]


_OTHERS: dict[str, dict[str, Any]] = {
    "orientations": {"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]},
    "spacings": {"PixelSpacing": ["0.5", "0.26"]},
    "frames-of-reference": {"FrameOfReferenceUID": uid("hostile", "other")},
    "no-place": {"ImagePositionPatient": None},
    "scout": {"ImageOrientationPatient": [1, 0, 0, 0, 0, -1], "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]},
    "all-of-them": {"ImageOrientationPatient": [0, 1, 0, 0, 0, -1], "PixelSpacing": ["0.5", "0.26"]},
}


def _mixed() -> Iterator[Case]:
    for name, values in _OTHERS.items():
        make = puts_all(lambda values=values: [*_slices(5), *_slices(2, 11, **values)])  # type: ignore[misc]  # bound here
        yield Case(f"H45-{name}", make, split(5, 2), (TRUTH,))
    half = TRUTH[::2]
    sizes = puts_all(lambda: [*_slices(5), *(dataset(half, number=k, origin=(0.0, 0.0, 2.0 * k)) for k in (11, 12))])
    yield Case("H45-sizes", sizes, split(5, 2), (TRUTH, half))
    colour = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "BitsAllocated": 8, "BitsStored": 8}
    values = colour | {"HighBit": 7, "PlanarConfiguration": 0, "PixelData": _RGB.tobytes()}
    mixed = puts_all(lambda: [*_slices(5), *_slices(2, 11, **values)])
    yield Case("H45-grey-and-colour", mixed, split(5, 2), (TRUTH, _RGB))


_RGB = (TRUTH[..., None] >> [0, 2, 4] & 255).astype("u1")


def _irregular() -> Iterator[Case]:
    yield Case("H47-one-slice", puts_all(lambda: _slices(1)), no_volume("", count=1), (TRUTH,))
    yield Case("H47-two-slices", puts_all(lambda: _slices(2)), shown(count=2), (TRUTH,))
    missing = puts_all(lambda: [image for image in _slices(20) if image.InstanceNumber not in (7, 8)])
    yield Case("H48-slices-7-and-8-of-20", missing, no_volume("2 slices missing", count=18), (TRUTH,))
    one = puts_all(lambda: [image for image in _slices(20) if image.InstanceNumber != 13])
    yield Case("H48-slice-13-of-20", one, no_volume("1 slice missing", count=19), (TRUTH,))
    tilted = puts_all(lambda: [dataset(number=k, origin=(0.0, 0.535898 * k, 2.0 * k)) for k in range(1, 9)])
    yield Case("H49-tilt-of-15-degrees", tilted, shown("tilt 15.0", count=8), (TRUTH,))
    small = puts_all(lambda: [dataset(number=k, origin=(0, 0, 2.0 * k + 0.005 * (-1) ** k)) for k in range(1, 9)])
    yield Case("H50-jitter-of-0.01-mm", small, shown(count=8), (TRUTH,))
    large = puts_all(lambda: [dataset(number=k, origin=(0, 0, 2.0 * k + 0.2 * (-1) ** k)) for k in range(1, 9)])
    yield Case("H50-jitter-of-0.4-mm", large, no_volume("uneven", count=8), (TRUTH,))
    repeated = puts_all(lambda: [*_slices(6), *(_moved(image) for image in _slices(3))])
    yield Case("H50-positions-repeat", repeated, doubted("repeats? a position|stacks"), (TRUTH,))


def _moved(image: Any) -> Any:
    image.SOPInstanceUID = uid("hostile", "again", str(image.InstanceNumber))
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    return image
