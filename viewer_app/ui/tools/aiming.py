"""Where a point goes that the pointer asks for: there, or on the edge next to it, or where Shift lets it."""

from __future__ import annotations

from viewer_app.imaging.geometry import Vector, vector
from viewer_app.measure.edge_snap import SEEN, edge_near
from viewer_app.measure.kind import Kind
from viewer_app.session.reconstructed import image_about
from viewer_app.ui.tools.hand import Aid
from viewer_app.ui.tools.pointer import Pointer, Stage

ON_EDGE = "on the edge"


def aimed(stage: Stage, pointer: Pointer, kind: Kind, points: tuple[Vector, ...]) -> tuple[Vector, Aid]:
    """The patient point one more than `points` goes to, and what to show of that."""
    to, aid = found(stage, pointer, snaps=kind.max_points > 1)
    if pointer.shift and points:
        return kind.constrained((*points, points[-1]), len(points), to, stage.plane), aid
    return to, aid


def found(stage: Stage, pointer: Pointer, *, snaps: bool) -> tuple[Vector, Aid]:
    """The patient point under the pointer, or on the edge next to it where the hand snaps; with Shift, which has a
    rule of its own, it does not."""
    point = stage.patient_point(pointer.at)
    image = image_about(stage.tile, point, SEEN) if snaps and stage.hand.snaps and not pointer.shift else None
    if image is None:
        return point, Aid()
    ((column, row),) = image.plane.to_pixels([point]).tolist()
    edge = edge_near(image, (column, row))
    if edge is None:
        return point, Aid()
    on_edge = vector(image.plane.to_patient([edge])[0])
    return on_edge, Aid(spot=on_edge, words=ON_EDGE)


def look_closely(stage: Stage, pointer: Pointer) -> None:
    """The lens over the pointer, where it is wished while points are placed."""
    if stage.hand.shows_lens:
        stage.magnify(pointer.at)
