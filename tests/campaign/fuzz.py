"""Damaged DICOM files by the thousand: each is shown, or refused in words, and nothing dies or hangs."""

from __future__ import annotations

import io
import random
import time
from collections import Counter

from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID

from tests.imaging.pixels.encoders import ENCODERS
from tests.imaging.pixels.records import pixel_format
from viewer_app.errors import CaliperError
from viewer_app.imaging.pixels import read_frames, shutdown
from viewer_app.imaging.stacks import stacks_of
from viewer_app.imaging.study import assemble
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.blocks import ct_block
from viewer_app.progress import Watch
from viewer_app.sources.header import read_header

_LONGEST_S = 15.0
_FILES = 20_000


def fuzz(seed: int) -> None:
    """20,000 damaged files of every compression: each is shown or refused in words within 15 s."""
    print(dict(run_fuzz(_FILES, seed)))


def run_fuzz(files: int, seed: int) -> Counter[str]:
    """Open `files` damaged files; how often each outcome was met. Raises for any other outcome, naming the file."""
    chance = random.Random(seed)
    outcomes: Counter[str] = Counter()
    sound = _sound_files()
    try:
        for number in range(files):
            name = chance.choice(sorted(sound))
            damaged = _damaged(sound[name], chance)
            started = time.monotonic()
            try:
                outcomes[_open(damaged)] += 1
            except BaseException as error:
                raise AssertionError(f"file {number} ({name}), seed {seed}: {error!r}") from error
            assert time.monotonic() - started < _LONGEST_S, f"file {number} ({name}), seed {seed}: too slow"
    finally:
        shutdown()
    return outcomes


def _sound_files() -> dict[str, bytes]:
    """One CT slice, as it is and in every compression."""
    (image,) = ct_block(1)
    files = {"native": _written(image)}
    frame, pixels = image.pixel_array, pixel_format(image.Rows, image.Columns, bits_stored=image.BitsStored)
    for syntax, encode in ENCODERS.items():
        if not UID(syntax).is_transfer_syntax:  # pydicom does not write what it does not know
            continue
        image.file_meta.TransferSyntaxUID = UID(syntax)
        image.PixelData = encapsulate([encode(frame, pixels)])
        image["PixelData"].VR, image["PixelData"].is_undefined_length = "OB", True
        files[syntax] = _written(image)
    return files


def _written(image: FileDataset) -> bytes:
    file = io.BytesIO()
    image.save_as(file, enforce_file_format=True)
    return file.getvalue()


def _damaged(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        place = chance.randrange(len(data))
        what = chance.randrange(5)
        if what == 0:
            data[place] ^= 1 << chance.randrange(8)
        elif what == 1:
            data[place] = chance.choice((0x00, 0xFF, 0x7F, 0x80))
        elif what == 2:
            data[place : place + chance.randrange(1, 64)] = b""
        elif what == 3:
            data[place:place] = chance.randbytes(chance.randrange(1, 64))
        else:
            del data[max(place, 1) :]
        if not data:
            return b"\0"
    return bytes(data)


def _open(content: bytes) -> str:
    """As a source and a load do it: header, stack, volume, frames."""
    try:
        instance = read_header(io.BytesIO(content), Watch(), locator="fuzz", size_bytes=len(content))
        stacks = [stack for study in assemble([instance]) for series in study.series for stack in stacks_of(series)]
        for stack in stacks:
            volume = Volume(stack)
            for number, stored in read_frames(io.BytesIO(content), instance, Watch()):
                index = stack.index_of(instance.sop_instance_uid, number)
                if index is not None:
                    volume.put(index, stored)
                    volume.greys(index, volume.default_window(index))
    except CaliperError as error:
        assert error.what, "an error without words"
        return type(error).__name__
    return "shown" if stacks else "no image"
