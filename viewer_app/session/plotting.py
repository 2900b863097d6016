"""Plots of the measurements of an opened study and of its priors, worked out beside the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from viewer_app.imaging.sampler import plane_image
from viewer_app.imaging.study import Study
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.measure.evaluate import evaluate
from viewer_app.measure.histogram import Histogram
from viewer_app.measure.kinds import counts_voxels
from viewer_app.measure.measurement import DrawnOn, Figure, Measurement, Place, Record
from viewer_app.measure.plotting import Plot, is_plotted, plot_of
from viewer_app.measure.region import RULE_VERSION
from viewer_app.measure.sections import spans
from viewer_app.progress import Watch
from viewer_app.session.reconstructed import acquired_image, voxels_of
from viewer_app.session.study import OpenStudy

_OF_A_PRIOR = (
    "a prior's lines, and what is drawn on its reconstructed planes, are plotted once it is measured on (Alt+M)"
)


@dataclass(frozen=True, slots=True)
class Plotted:
    """A plot and whose it is: a record with the numbers that go with it, of the study itself or of a prior.

    `is_painted` while the voxels are those of a stroke that is not over.
    """

    record: Record
    plot: Plot
    prior: Study | None = None
    is_painted: bool = False


Work = Callable[[Watch], Plotted]


def plot_work(opened: OpenStudy, record: Record) -> Work | None:
    """The work that plots a record, for any thread, on the pixels that are there now; None for a kind without a plot.

    Pixels of a reconstructed plane are sampled by the work, where the mark lies on it.
    """
    kind, figure = record.measurement.kind, record.measurement.figures[0]
    source = figure.source
    if not is_plotted(kind) or source is None:
        return None
    if counts_voxels(record.measurement):
        volume = _volume(opened, opened.measuring.stack_key(figure))
        return lambda watch: Plotted(record, plot_of(record, {}, volume=volume, watch=watch))
    image, scales = _image(opened, kind, figure), opened.calibrations.scales(record.measurement)

    def work(watch: Watch) -> Plotted:
        found = image()
        watch.check()
        images: dict[DrawnOn, PlanarImage] = {} if found is None else {source: found}
        return Plotted(record, plot_of(record, images, scales))

    return work


def painted_work(opened: OpenStudy, painted: Measurement) -> Work:
    """The work that measures and plots a volume as it is while it is painted."""
    volume = _volume(opened, opened.measuring.stack_key(painted.figures[0]))

    def work(watch: Watch) -> Plotted:
        values = evaluate(painted, {}, volume=volume, watch=watch)
        record = Record(painted, values, Place(-1, -1), RULE_VERSION)
        return Plotted(record, plot_of(record, {}, volume=volume, watch=watch), is_painted=True)

    return work


def prior_work(opened: OpenStudy, prior: Study, record: Record) -> Work | None:
    """The work that plots an area or a volume of a prior, on those of its pixels that are there; None for other kinds.

    A prior's own scales and planes are not at hand here: what would need them is not plotted.
    """
    figure = record.measurement.figures[0]
    source, stack = figure.source, opened.prior_marks.stack(prior, figure)
    if not is_plotted(record.measurement.kind) or source is None:
        return None
    volume = opened.volume_by_key(stack.key) if stack is not None else None
    if counts_voxels(record.measurement):
        whole = volume if volume is not None and volume.is_complete else None
        return lambda watch: _of_prior(record, plot_of(record, {}, volume=whole, watch=watch), prior)
    image = _slice(volume, figure)
    images: dict[DrawnOn, PlanarImage] = {} if image is None else {source: image}
    return lambda watch: _of_prior(record, plot_of(record, images), prior)


def _of_prior(record: Record, plot: Plot, prior: Study) -> Plotted:
    if not isinstance(plot.found, Histogram) or record.measurement.figures[0].reconstruction is not None:
        return Plotted(record, Plot(Histogram(), None, _OF_A_PRIOR), prior)
    return Plotted(record, plot, prior)


def _slice(volume: Volume | None, figure: Figure) -> PlanarImage | None:
    """The pixels of the image a figure was drawn on; None before they arrive, and on a reconstructed plane."""
    on = figure.reference
    if volume is None or on is None:
        return None
    index = volume.stack.index_of(on.sop_instance_uid, on.frame)
    return volume.image(index) if index is not None and volume.has(index) else None


def _volume(opened: OpenStudy, key: str) -> Volume | None:
    """The volume of the stack of that key once all of its images are there."""
    found = opened.volume_by_key(key)
    return found if found is not None and found.is_complete else None


def _image(opened: OpenStudy, kind: str, figure: Figure) -> Callable[[], PlanarImage | None]:
    """What gives the pixels of a figure; the study itself is asked here and now, on its own thread."""
    made = figure.reconstruction
    if made is None:
        found = acquired_image(opened, figure)
        return lambda: found
    voxels = voxels_of(opened, opened.measuring.stack_key(figure))
    if voxels is None:
        return lambda: None
    about = np.concatenate(list(spans(kind, figure)))
    return lambda: plane_image(voxels, figure.plane, made.slab_mm, made.slab_mode, about)
