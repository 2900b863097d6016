"""What the window measures, a script can measure: the public door without a window.

    from viewer_app.scripting import measure, open_study

    study = open_study("chest")
    series = study.series[0]
    values = measure("distance", series, [(0, 0, -20), (30, 40, -20)])
    print(values["length"].number, values["length"].unit)

Points are patient coordinates: x, y, z in LPS mm (pixels for an image without
a scale). Numbers come from the same rooms as those on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, TracebackType

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.errors import CaliperError, DamagedPixels, NothingToShow
from viewer_app.imaging.cuts import Cut, SlabMode, plane_through
from viewer_app.imaging.geometry import Vector, vector
from viewer_app.imaging.headers import Instance, Patient, Problem, SeriesInfo, StudyInfo
from viewer_app.imaging.mpr import VoxelSource, may_be_resampled, mpr_grid, plane_of, resampled, why_no_mpr
from viewer_app.imaging.objects import is_image
from viewer_app.imaging.report import GeometryReport
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.imaging.study import Study as StudyRecord
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.kind import OPEN_ENDED, Gesture, Images
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.lying import OF_A_VOXEL, onto
from viewer_app.measure.measurement import DrawnOn, Figure, Measurement, Reconstruction, Reference
from viewer_app.measure.quantity import Value
from viewer_app.measure.sections import section
from viewer_app.progress import Watch
from viewer_app.sources import open_source
from viewer_app.sources.base import Listing, Source
from viewer_app.sources.loading import load, read_slice

__all__ = ["Series", "SlabMode", "Studies", "Study", "measure", "open_studies", "open_study", "plane_through"]


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

    `password` is asked for the password of (server, user). Raises an error of
    the SourceError family where there is nothing to show.
    """
    source = open_source(str(place), password=password)
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


def measure(
    kind: str,
    series: Series,
    points_mm: ArrayLike,
    *,
    index: int | None = None,
    cut: Cut | None = None,
    watch: Watch | None = None,
) -> Mapping[str, Value]:
    """Measure as the window does; the values by quantity key, in the kind's order.

    Args:
        kind: stored name of a kind ("distance", "probe", "cobb"): the keys of `viewer_app.measure.kinds.KINDS`.
        series: where to measure.
        points_mm: patient points (n, 3), LPS mm, as many as the kind takes.
        index: the slice to measure on, from 0; where it is left out, the one nearest to the first point, and
            for a kind that joins places on several slices the one nearest to each point.
        cut: a plane through the volume to measure on instead (`plane_through`), with a slab if it has one. All
            points lie on it, within half of the smallest edge of a voxel.
        watch: progress and cancel.

    Raises:
        ValueError: no such kind, not the number of points it takes, points beside the plane, or no plane allowed.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind {kind!r}; there are {', '.join(KINDS)}")
    if KINDS[kind].gesture is Gesture.STACK:
        raise ValueError(f"{kind!r} is not measured by points: see viewer_app.measure.volumes")
    points = tuple(vector(point) for point in np.asarray(points_mm, dtype=np.float64).reshape(-1, 3))
    fewest, most = KINDS[kind].min_points, KINDS[kind].max_points
    if not fewest <= len(points) <= most:
        range_ = f"{fewest} or more" if most == OPEN_ENDED else f"{fewest} to {most}"
        raise ValueError(f"{kind} takes {range_} points, not {len(points)}")
    if cut is not None and index is not None:
        raise ValueError("a slice and a plane through the volume are two places: name one of them")
    parts = [(point,) for point in points] if KINDS[kind].gesture is Gesture.PLACES else [points]
    now = datetime.now(UTC)
    drawn = Measurement("", kind, (), "", "", "", now, now)
    drawn, images = (
        _on_images(drawn, series, parts, index) if cut is None else _on_cut(drawn, series, parts, cut, watch or Watch())
    )
    return MappingProxyType({value.key: value for value in evaluate(drawn, images)})


def _on_images(
    drawn: Measurement, series: Series, parts: Sequence[tuple[Vector, ...]], index: int | None
) -> tuple[Measurement, Images]:
    """With figures through the points on their slices, and the pixels there."""
    figures = list[Figure]()
    images = dict[DrawnOn, PlanarImage]()
    for part in parts:
        place = series.nearest_index(part[0]) if index is None else index
        image = series.stack.images[place]
        reference = Reference(series.info.series_uid, image.sop_instance_uid, image.frame.number)
        figures.append(Figure(image.plane, part, reference))
        images[reference] = series.image(place)
    return replace(drawn, figures=tuple(figures)), images


def _on_cut(
    drawn: Measurement, series: Series, parts: Sequence[tuple[Vector, ...]], cut: Cut, watch: Watch
) -> tuple[Measurement, Images]:
    """With figures on the plane, and its pixels about them."""
    voxels, grid = series.voxels(watch), mpr_grid(series.stack)
    plane = plane_of(cut, grid)
    if any(np.abs(plane.height(part)).max() > OF_A_VOXEL * grid.smallest_edge_mm for part in parts):
        raise ValueError("not all points lie on that plane")
    made = Reconstruction(series.info.series_uid, series.stack.number, cut.slab_mm, cut.slab_mode)
    figures = tuple(Figure(plane, tuple(onto(plane, point) for point in part), None, made) for part in parts)
    drawn = replace(drawn, figures=figures)
    return drawn, {(made, plane): section(voxels, drawn, made, plane)}
