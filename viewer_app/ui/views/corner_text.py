"""The words in the corners of a viewport (IHE BIR, section 5.8). No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.headers import Patient, StudyInfo, Window
from viewer_app.imaging.places.projections import PANORAMIC
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.values.lossy import lossy_words
from viewer_app.ui.views.corner_fields import FIELDS, Shown, field_text
from viewer_app.ui.views.corner_table import CORNERS, CornerTable, Density, own_table
from viewer_app.ui.words import (
    SEPARATOR,
    date_text,
    identity_lines,
    joined,
    number_text,
    patient_line,
    person_name,
    pointer_text,
    time_text,
    window_text,
)

__all__ = [
    "SEPARATOR",
    "Corners",
    "Density",
    "corner_text",
    "date_text",
    "identity_lines",
    "number_text",
    "patient_line",
    "person_name",
    "pointer_text",
    "time_text",
    "window_text",
]


@dataclass(frozen=True, slots=True)
class Corners:
    """Lines of text from top to bottom. `badges` are warnings, shown in amber whatever the density.

    `kept_longest` are the lines of all corners, the last to go in a small viewport first.
    """

    top_left: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    bottom_left: tuple[str, ...] = ()
    bottom_right: tuple[str, ...] = ()
    badges: tuple[str, ...] = ()
    kept_longest: tuple[str, ...] = ()


def corner_text(
    patient: Patient,
    study: StudyInfo,
    stack: Stack,
    index: int,
    window: Window | None,
    zoom: float,
    density: Density,
    *,
    hidden: bool = False,
    cut: Cut | None = None,
    real_size: str = "",
    calibration: str = "",
    table: CornerTable | None = None,
) -> Corners:
    """What stands in the corners for slice `index` (from 0); `zoom` is screen pixels per image pixel.

    With a `cut` the stack is shown reconstructed on that plane. `table` None is Caliper's own.
    `real_size` is said instead of the zoom; `calibration` says who gave lengths their scale, where a user did.
    """
    shown = Shown(patient, study, stack, index, window, zoom, hidden, cut, real_size)
    table = table or own_table(frozenset(FIELDS))
    layout = table.layout(stack.info.modality, density)
    ranks: dict[str, int] = {}
    corners: dict[str, Sequence[str]] = {}
    for corner in CORNERS:
        written = [(joined(*(field_text(name, shown) for name in line)), table.rank(line)) for line in layout[corner]]
        corners[corner] = [text for text, _ in written if text]
        for text, rank in written:
            ranks[text] = min(rank, ranks.get(text, rank))
    return Corners(
        **{corner: tuple(lines) for corner, lines in corners.items()},
        badges=_badges(shown, calibration),
        kept_longest=tuple(sorted(filter(None, ranks), key=lambda text: ranks[text])),
    )


def _badges(shown: Shown, calibration: str) -> tuple[str, ...]:
    """What a reader must know before measuring, in amber on the screen; of a reconstruction, all its images' doubts."""
    frame = shown.image.frame
    doubts = frame.doubts
    if calibration:
        is_bent = shown.stack.info.modality == "PX"
        left = (doubt for doubt in doubts if doubt not in frame.scale_doubts)
        doubts = (calibration, *[PANORAMIC] * is_bent, *left)
    if shown.cut is not None:
        doubts = tuple(finding.what for finding in shown.stack.report.findings if finding.kind == "doubt")
    badges = (*doubts, lossy_words(shown.image.instance))
    return tuple(dict.fromkeys(badge for badge in badges if badge))
