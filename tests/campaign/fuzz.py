"""Damaged DICOM files by the thousand: each is shown, or refused in words, and nothing dies or hangs."""

from __future__ import annotations

import io
import random
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydicom.dataset import FileDataset

from tests.campaign.damage import damaged
from tests.hostile.catalogue import catalogue
from tests.hostile.parts import CODED
from viewer_app.errors import CaliperError
from viewer_app.imaging.pixels import read_frames, shutdown
from viewer_app.imaging.stacks import stacks_of
from viewer_app.imaging.study import assemble
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.blocks import ct_block, grid, left_marker, thick_and_overlapping
from viewer_app.progress import Watch
from viewer_app.sources.header import read_header

_LONGEST_S = 15.0
_FILES = 20_000
_LARGEST_BYTES = 100_000
# Cases that are folders, archives, or large only by their length.
_NOT_FILES = frozenset({"H09", "H10", "H33", "H34", *(f"H{number}" for number in range(54, 61))})


def fuzz(seed: int, files: int = _FILES) -> None:
    """20,000 damaged files, sound and hostile before: each is shown or refused in words within 15 s."""
    print(dict(run_fuzz(files, seed)))


def run_fuzz(files: int, seed: int) -> Counter[str]:
    """Open `files` damaged files; how often each outcome was met. Raises for any other outcome, naming the file."""
    chance = random.Random(seed)
    outcomes: Counter[str] = Counter()
    corpus = _corpus()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as in the program: a warning of pydicom's ends no reading
            _run(corpus, files, chance, seed, outcomes)
    finally:
        shutdown()
    return outcomes


def _run(corpus: dict[str, bytes], files: int, chance: random.Random, seed: int, outcomes: Counter[str]) -> None:
    for number in range(files):
        name = _chosen(corpus, chance)
        content = damaged(corpus[name], chance)
        started = time.monotonic()
        try:
            outcomes[_open(content)] += 1
        except BaseException as error:
            raise AssertionError(f"file {number} ({name}), seed {seed}: {error!r}") from error
        assert time.monotonic() - started < _LONGEST_S, f"file {number} ({name}), seed {seed}: too slow"


def _chosen(corpus: dict[str, bytes], chance: random.Random) -> str:
    """A sound file as often as one of the catalogue, of which there are many."""
    from_catalogue = chance.random() < 0.5
    return chance.choice([name for name in corpus if (name[:1] == "H") == from_catalogue])


def _corpus() -> dict[str, bytes]:
    """Phantom slices, one file of every compression, and the small files of the hostile catalogue."""
    phantoms = {"block": ct_block(1), "grid": grid(1), "marker": left_marker(1), "thick": thick_and_overlapping(1)}
    found = {name: _written(images[0]) for name, images in phantoms.items()}
    found.update({name: coded.file() for name, coded in CODED.items()})
    for case in catalogue().values():
        if case.number not in _NOT_FILES:
            with tempfile.TemporaryDirectory(prefix="caliper-fuzz-") as folder:
                case.make(Path(folder))
                found.update(_small_files(case.id, Path(folder)))
    return found


def _small_files(name: str, folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.iterdir():
        if path.is_file() and 0 < path.stat().st_size <= _LARGEST_BYTES:
            yield f"{name}/{path.name}", path.read_bytes()


def _written(image: FileDataset) -> bytes:
    file = io.BytesIO()
    image.save_as(file, enforce_file_format=True)
    return file.getvalue()


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
