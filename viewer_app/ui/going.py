"""Going to another image, series, study, or to where something was measured."""

from __future__ import annotations

from collections.abc import Iterable

from viewer_app.measure.measurement import Figure, Measurement, Reference
from viewer_app.session.arranging import tile_for
from viewer_app.session.beside import layout_beside, prior_figures_on
from viewer_app.session.phases import listed
from viewer_app.session.reconstructed import figures_on, layout_at
from viewer_app.session.seen_again import seen_again
from viewer_app.session.study import OpenStudy
from viewer_app.session.workspace import Workspace
from viewer_app.ui.views.camera import in_sight
from viewer_app.ui.views.viewports import Viewports

_NOT_HERE = "The image this was drawn on is not among those of the other study."


class Going:
    """Each action changes what is on show; at the ends it stays where it is."""

    def __init__(self, workspace: Workspace, viewports: Viewports) -> None:
        self._workspace = workspace
        self._viewports = viewports

    def scroll_by(self, steps: int) -> None:
        """So many images on."""
        study = self._workspace.study
        if study is not None and study.stack is not None:
            study.active.scroll_by(steps)

    def scroll_to_end(self, *, first: bool) -> None:
        """To the first or the last image."""
        study = self._workspace.study
        if study is not None and study.stack is not None:
            study.active.scroll_to(0 if first else study.active.position[1] - 1)

    def series_by(self, steps: int) -> None:
        """So many series on, in the order of the list; a prior, whose series are not in it, stays."""
        study = self._workspace.study
        if study is None or study.stack is None or study.active.is_prior:
            return
        standing = listed(study.stacks)
        order = list(dict.fromkeys(stack.key for stack in standing.values()))
        place = order.index(standing[study.stack.key].key) + steps
        if 0 <= place < len(order):
            study.show(standing[order[place]])

    def study_by(self, steps: int) -> None:
        """So many studies of the same patient on, newest first."""
        study = self._workspace.study
        if study is None:
            return
        same = [item for item in self._workspace.contents.studies if item.patient == study.study.patient]
        place = same.index(study.study) + steps
        if 0 <= place < len(same):
            self._workspace.choose(same[place])

    def go_to(self, uid: str, number: int = 0) -> None:
        """Show the image or plane a measurement was drawn on, slab, window and zoom, the mark in sight; select it.

        Of several figures it is the one of that number.
        """
        study = self._workspace.study
        found = study.measurements.get(uid) if study is not None else None
        if study is not None and found is None:
            self._go_beside(study, uid, number)
        if study is None or found is None:
            return
        figure = found.measurement.figures[number]
        if figure.reference is None:
            self._show_plane(study, figure)
        else:
            self._show_image(study, figure.reference)
        study.active.view.set(seen_again(study.active, found.measurement))
        self._bring_in_sight(study, found.measurement)
        self._viewports.manner.select(uid)

    def _go_beside(self, study: OpenStudy, uid: str, number: int) -> None:
        """The same for a measurement of a prior, which is shown beside the study."""
        found = study.prior_marks.get(uid)
        if found is None:
            return
        prior, record = found
        layout = layout_beside(study, prior, record.measurement.figures[number])
        if layout is None:
            self._workspace.noticed.emit(_NOT_HERE)
            return
        self._viewports.cancel_gesture()
        study.show_layout(layout)
        if study.view.value.stack_key != layout.view.stack_key:  # no room, which has been told
            return
        study.show_view(layout.view)  # Linked views have brought it to themselves; what was asked for leads.
        self._bring_figures_in_sight(study, prior_figures_on(study.active, record.measurement), record.measurement)
        study.prior_marks.point_out(uid)

    def _show_image(self, study: OpenStudy, reference: Reference) -> None:
        place = study.find_image(reference)
        if place is not None:
            stack, index = place
            self._viewports.activate(tile_for(study.layout.value, stack.key, index))
            study.show(stack, index)

    def _show_plane(self, study: OpenStudy, figure: Figure) -> None:
        layout = layout_at(study, figure)
        if layout is not None:
            self._viewports.cancel_gesture()  # it would go on over another plane
            study.show_layout(layout)

    def _bring_in_sight(self, study: OpenStudy, measurement: Measurement) -> None:
        self._bring_figures_in_sight(study, figures_on(study.active, measurement), measurement)

    def _bring_figures_in_sight(self, study: OpenStudy, numbers: Iterable[int], measurement: Measurement) -> None:
        tile, viewport = study.active, self._viewports.active
        figures = [measurement.figures[number] for number in numbers]
        if figures:
            points = tile.plane.in_plane([point for figure in figures for point in figure.points])
            size = (float(viewport.width()), float(viewport.height()))
            tile.view.set(in_sight(tile.view.value, tile.extent, size, points))
