"""Going to another image, series, study, or to where something was measured."""

from __future__ import annotations

from viewer_app.measure.measurement import Measurement
from viewer_app.session.arranging import tile_for
from viewer_app.session.phases import listed
from viewer_app.session.study import OpenStudy
from viewer_app.session.workspace import Workspace
from viewer_app.ui.views.camera import in_sight
from viewer_app.ui.views.viewports import Viewports


class Going:
    """Each action changes what is on show; at the ends it stays where it is."""

    def __init__(self, workspace: Workspace, viewports: Viewports) -> None:
        self._workspace = workspace
        self._viewports = viewports

    def scroll_by(self, steps: int) -> None:
        """So many images on."""
        study = self._workspace.study
        if study is not None and study.stack is not None:
            study.active.scroll_to(study.active.position[0] + steps)

    def scroll_to_end(self, *, first: bool) -> None:
        """To the first or the last image."""
        study = self._workspace.study
        if study is not None and study.stack is not None:
            study.active.scroll_to(0 if first else study.active.position[1] - 1)

    def series_by(self, steps: int) -> None:
        """So many series on, in the order of the list."""
        study = self._workspace.study
        if study is None or study.stack is None:
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

    def go_to(self, uid: str) -> None:
        """Show the image a measurement was drawn on, the mark in sight, and select it."""
        study = self._workspace.study
        found = study.measurements.get(uid) if study is not None else None
        if study is None or found is None or found.measurement.reference is None:
            return
        place = study.find_image(found.measurement.reference)
        if place is not None:
            stack, index = place
            self._viewports.activate(tile_for(study.layout.value, stack.key, index))
            study.show(stack, index)
            self._bring_in_sight(study, found.measurement)
        self._viewports.manner.select(uid)

    def _bring_in_sight(self, study: OpenStudy, measurement: Measurement) -> None:
        tile, viewport = study.active, self._viewports.active
        if tile.current_reference() == measurement.reference:
            figures = [figure for figure in measurement.figures if figure.reference == measurement.reference]
            points = tile.plane.in_plane([point for figure in figures for point in figure.points])
            size = (float(viewport.width()), float(viewport.height()))
            tile.view.set(in_sight(tile.view.value, tile.extent, size, points))
