"""Studies, series and their pixels, opened without a window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.errors import CaliperError, DamagedPixels, NothingToShow
from viewer_app.folders import config_folder
from viewer_app.imaging.headers import Instance, Patient, Problem, SeriesInfo, StudyInfo
from viewer_app.imaging.mpr import VoxelSource, may_be_resampled, resampled, why_no_mpr
from viewer_app.imaging.objects import is_image
from viewer_app.imaging.report import GeometryReport
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.imaging.study import Study as StudyRecord
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.progress import Watch
from viewer_app.sources import open_source
from viewer_app.sources.base import Listing, Source
from viewer_app.sources.loading import load, read_slice


class Series:
    """One stack of a series: images of one size and orientation, in reading order."""

    def __init__(self, stack: Stack, source: Source) -> None:
        self.stack = stack
        self._source = source
        self._images: dict[int, PlanarImage] = {}
        self._volume: Volume | None = None
        self._voxels: VoxelSource | None = None

    @property
    def info(self) -> SeriesInfo:
        """General Series Module attributes."""
        return self.stack.info

    @property
    def geometry(self) -> GeometryReport:
        """What the positions of the slices say, in words."""
        return self.stack.report

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The instances of the stack, each once, in reading order."""
        return tuple({image.instance.identity: image.instance for image in self.stack.images}.values())

    def volume(self, watch: Watch | None = None) -> Volume:
        """All slices, read at the first call; raises an ImageError if one cannot be shown."""
        if self._volume is None:
            volume = Volume(self.stack)
            load(self._source, volume, watch or Watch())
            if volume.failed:
                index, why = min(volume.failed.items())
                raise DamagedPixels(f"Image {index + 1} cannot be shown: {why}")
            self._volume = volume
        return self._volume

    def image(self, index: int) -> PlanarImage:
        """Slice `index` (from 0) as numbers, read alone when the volume is not there."""
        if self._volume is not None:
            return self._volume.image(index)
        if index not in self._images:
            image = self.stack.images[index]
            stored = read_slice(self._source, self.stack, index, Watch())
            self._images[index] = PlanarImage.of(image, stored)
        return self._images[index]

    def voxels(self, watch: Watch | None = None) -> VoxelSource:
        """What planes through the stack are sampled from: its volume, or of an uneven one its even slices (C12).

        Raises an ImageError if a slice cannot be shown; ValueError for a stack that allows no planes, with the reason.
        """
        if self._voxels is None:
            why, volume = why_no_mpr(self.stack), self.volume(watch)
            if why and not may_be_resampled(self.stack):
                raise ValueError(why)
            self._voxels = resampled(volume, watch) if why else volume
        return self._voxels

    def nearest_index(self, point_mm: ArrayLike) -> int:
        """The slice whose plane is nearest to a patient point; ValueError for several images without a place."""
        if len(self.stack.images) > 1 and not self.stack.images[0].plane.located:
            raise ValueError("these images have no place in the patient: name the slice by its index")
        heights = [abs(float(image.plane.height(point_mm)[0])) for image in self.stack.images]
        return int(np.argmin(heights))


class Study:
    """One study of one patient; close it (or use `with`) when done."""

    def __init__(self, record: StudyRecord, source: Source) -> None:
        self.record = record
        self._source = source

    @property
    def patient(self) -> Patient:
        """Whose study it is."""
        return self.record.patient

    @property
    def info(self) -> StudyInfo:
        """General Study Module attributes."""
        return self.record.info

    @cached_property
    def series(self) -> tuple[Series, ...]:
        """All stacks of images, in series order."""
        return tuple(Series(stack, self._source) for series in self.record.series for stack in stacks_of(series))

    @property
    def other_objects(self) -> tuple[Instance, ...]:
        """Instances that are no images: reports, plans, segmentations."""
        return tuple(instance for instance in self.record.instances if not is_image(instance))

    def close(self) -> None:
        """Let go of the source."""
        self._source.close()

    def __enter__(self) -> Study:
        """The study itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


class Studies(Sequence[Study]):
    """All studies of a source, newest first, and what could not be read."""

    def __init__(self, listing: Listing, source: Source) -> None:
        self._studies = tuple(Study(record, source) for record in listing.studies)
        self.problems: tuple[Problem, ...] = listing.problems
        self.source = source

    def __len__(self) -> int:
        """How many."""
        return len(self._studies)

    def __getitem__(self, index: int) -> Study:  # type: ignore[override]  # no slices: a study, not a list
        """The study at `index`, newest first."""
        return self._studies[index]

    def close(self) -> None:
        """Let go of the source."""
        self.source.close()

    def __enter__(self) -> Studies:
        """The studies themselves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


Password = Callable[[str, str], str | None]


def open_studies(place: str | Path, *, password: Password | None = None, watch: Watch | None = None) -> Studies:
    """Everything in a folder, a file, a zip archive or an Orthanc study address.

    A server on the user's list is trusted as it says there, and may be named instead: `NAME#study=UID`. `password` is
    asked for the password of (server, user); left out, the keyring is. Raises an error of the SourceError family where
    there is nothing to show.
    """
    from viewer_app.sources.orthanc.passwords import kept_password
    from viewer_app.sources.orthanc.server_list import address_by_name, known_among, rows_in

    rows = rows_in(config_folder())
    source = open_source(
        address_by_name(str(place), rows),
        password=password or kept_password,
        known=lambda server: known_among(rows, server),
    )
    try:
        return Studies(source.find(watch or Watch()), source)
    except CaliperError:
        source.close()
        raise


def open_study(
    path: str | Path, study_uid: str = "", *, password: Password | None = None, watch: Watch | None = None
) -> Study:
    """The study of that Study Instance UID in `path`, or the newest one there."""
    studies = open_studies(path, password=password, watch=watch)
    for study in studies:
        if study_uid in ("", study.info.study_uid):
            return study
    studies.close()
    raise NothingToShow(f"There is no study {study_uid} there.", "Leave the UID out to open the newest.")
