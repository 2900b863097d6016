"""Plots of the measurements of an opened study, worked out beside the window."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from viewer_app.imaging.sampler import plane_image
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.measurement import DrawnOn, Figure, Record
from viewer_app.measure.plotting import Plot, is_plotted, plot_of
from viewer_app.measure.sections import spans
from viewer_app.progress import Watch
from viewer_app.session.reconstructed import acquired_image, voxels_of
from viewer_app.session.study import OpenStudy

Work = Callable[[Watch], Plot]


def plot_work(opened: OpenStudy, record: Record) -> Work | None:
    """The work that plots a record, for any thread, on the pixels that are there now; None for a kind without a plot.

    Pixels of a reconstructed plane are sampled by the work, where the mark lies on it.
    """
    kind, figure = record.measurement.kind, record.measurement.figures[0]
    source = figure.source
    if not is_plotted(kind) or source is None:
        return None
    image, scales = _image(opened, kind, figure), opened.calibrations.scales(record.measurement)

    def work(watch: Watch) -> Plot:
        found = image()
        watch.check()
        images: dict[DrawnOn, PlanarImage] = {} if found is None else {source: found}
        return plot_of(record, images, scales)

    return work


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
