"""What a tool is: a generator that follows the pointer from press to release.

    def zoom(stage, press):
        pointer = yield          # the next event
        while pointer.kind is not PointerKind.RELEASE: ...

A gesture reads in the order in which it happens. It ends by returning; when it
is cancelled (Esc, another study), `GeneratorExit` is raised at its `yield`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from viewer_app.imaging.geometry import Plane, Vector
from viewer_app.measure.measurement import Measurement
from viewer_app.session.study import OpenStudy
from viewer_app.session.tile import Tile
from viewer_app.session.workspace import Workspace
from viewer_app.ui.tools.hand import Aid, Hand
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.marks import Hit

if TYPE_CHECKING:
    from viewer_app.ui.tools.brush import Brush

ScreenPoint = tuple[float, float]


class PointerKind(Enum):
    """What happened; the last three are keys, which only a gesture is sent that says so by `Hand.drawing`.

    `BACK` takes the last point back, `END` ends a kind that a person ends, `LENGTH` sets that of a line.
    """

    PRESS = "press"
    MOVE = "move"
    RELEASE = "release"
    BACK = "back"
    END = "end"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Pointer:
    """One event: `at` in logical pixels of the viewport; `pressed` while any button is down; a `length` as typed."""

    kind: PointerKind
    at: tuple[float, float]
    pressed: bool = True
    shift: bool = False
    control: bool = False
    alt: bool = False
    length: float = 0.0


class Stage(Protocol):
    """What a gesture may touch: the viewport it happens in, and what is open there."""

    @property
    def workspace(self) -> Workspace:
        """All that is open."""

    @property
    def study(self) -> OpenStudy:
        """The study on show."""

    @property
    def tile(self) -> Tile:
        """The tile of the study on show here."""

    @property
    def plane(self) -> Plane:
        """The plane on show."""

    @property
    def camera(self) -> Camera:
        """From the plane to the screen."""

    @property
    def brush(self) -> Brush:
        """How volumes are painted."""

    @property
    def selected(self) -> str:
        """UID of the selected measurement, "" for none."""

    def patient_point(self, at: tuple[float, float]) -> Vector:
        """The patient point under a screen point."""

    def hit(self, at: tuple[float, float]) -> Hit | None:
        """The mark or volume under a screen point."""

    def point_out(self, at: tuple[float, float]) -> None:
        """Show the place under a screen point in the other views too (3D cursor)."""

    def select(self, uid: str) -> None:
        """Select a measurement; "" selects none."""

    @property
    def selection(self) -> Collection[str]:
        """UIDs of the selected measurements."""

    def toggle(self, uid: str) -> None:
        """Select a measurement beside others, or no more."""

    def label_middle(self, uid: str) -> ScreenPoint | None:
        """The middle of the label of a measurement; None where there is none."""

    def volume_middle(self, uid: str) -> Vector | None:
        """The middle of all voxels of a volume that is seen here; None for other measurements."""

    def preview(self, *measurements: Measurement | None) -> None:
        """Show measurements as they would become, in the place of those with their UIDs; none, or None, ends it."""

    def magnify(self, at: ScreenPoint | None) -> None:
        """Hold the lens over a screen point; None takes it away."""

    @property
    def hand(self) -> Hand:
        """What the hand holds, and how it places points."""

    def aid(self, aid: Aid | None) -> None:
        """Show what helps to place a point; None takes it away."""

    def outline(self, points: Sequence[ScreenPoint] | None) -> None:
        """Draw a closed line through screen points while a tool asks for a region; None takes it away."""


Gesture = Generator[None, Pointer, None]
Tool = Callable[[Stage, Pointer], Gesture]


def distance_px(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Distance of two screen points."""
    return float(((start[0] - end[0]) ** 2 + (start[1] - end[1]) ** 2) ** 0.5)
