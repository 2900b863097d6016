"""One tile of an opened study: what its viewport shows, from the stack to the number of a pixel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import Extent, Plane, Vector, image_extent
from viewer_app.imaging.headers import Window
from viewer_app.imaging.mpr import VoxelSource, extent, plane_of
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.study import TWIN, Study
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.measure.measurement import Figure, Reconstruction, Reference
from viewer_app.measure.user_calibration import UserCalibration, calibrated_plane
from viewer_app.session.display import shown_window
from viewer_app.session.layout import ViewHolder
from viewer_app.session.reconstructed import voxels_of
from viewer_app.session.reconstructing import Mpr, alone_at, alone_scrolled, group, step_of
from viewer_app.session.view import View

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy


class Tile:
    """Tile `place` of the layout, or with None whichever is active. It keeps nothing but its `view`."""

    def __init__(self, opened: OpenStudy, place: int | None = None) -> None:
        self.opened = opened
        self.view = ViewHolder(opened.layout, place)

    @property
    def stack(self) -> Stack | None:
        """The stack on show."""
        return self.opened.stack_by_key(self.view.value.stack_key)

    @property
    def plane(self) -> Plane:
        """The plane on show; only asked for while there is a stack."""
        stack = self.stack
        assert stack is not None
        return plane_shown(self.opened, stack, self.view.value)

    @property
    def extent(self) -> Extent:
        """Where what there is to see lies in the plane; only asked for while there is a stack."""
        stack = self.stack
        assert stack is not None
        return extent_shown(self.opened, stack, self.view.value)

    @property
    def volume(self) -> Volume | None:
        """Its pixels, as far as they have arrived."""
        return self.opened.volume_by_key(self.view.value.stack_key)

    @property
    def is_resampled(self) -> bool:
        """True for a plane through an uneven stack: it is drawn from its even slices, and says so (C12)."""
        stack = self.stack
        return stack is not None and self.view.value.cut is not None and self.opened.resampling.is_needed(stack)

    @property
    def source(self) -> VoxelSource | None:
        """What its picture is made of; None where that is not there, or not allowed as it is."""
        return self.opened.resampling.of(self.view.value.stack_key) if self.is_resampled else self.volume

    @property
    def study(self) -> Study:
        """The study the stack belongs to: the opened one, or a prior of the same patient."""
        return self.opened.owner(self.view.value.stack_key)

    @property
    def is_prior(self) -> bool:
        """True where another study of the patient is shown: it can be looked at, not measured."""
        return self.study is not self.opened.study

    @property
    def is_loading(self) -> bool:
        """True while slices of the stack are on their way."""
        return self.opened.loads.is_loading(self.view.value.stack_key)

    def window(self) -> Window | None:
        """The window in force: the chosen one, from zero where it is clamped; None before the slice is there."""
        chosen, stack = self.chosen_window(), self.stack
        return chosen if chosen is None or stack is None else shown_window(chosen, self.view.value, stack)

    def chosen_window(self) -> Window | None:
        """The user's window, the file's, or an automatic one; None before the slice is there."""
        view, volume = self.view.value, self.volume
        if view.window is not None or volume is None:
            return view.window
        index = self.opened.wanted_index(view)
        return volume.default_window(index) if volume.has(index) else None

    def current_image(self) -> PlanarImage | None:
        """The slice on show as numbers; None before it has arrived, and on a reconstructed plane."""
        volume, view = self.volume, self.view.value
        is_there = volume is not None and view.cut is None and volume.has(view.index)
        return volume.image(view.index) if is_there and volume is not None else None

    def current_reference(self) -> Reference | None:
        """The image on show, for marks to belong to; None for a prior, a reconstructed plane and a twin (H46)."""
        return None if self.is_prior else self.image_reference

    @property
    def image_reference(self) -> Reference | None:
        """The image on show, whichever study it is of; None for a reconstructed plane and a twin (H46)."""
        stack, view = self.stack, self.view.value
        if stack is None or view.cut is not None:
            return None
        image = stack.images[view.index]
        if image.instance.is_twin:
            return None
        return Reference(stack.info.series_uid, image.sop_instance_uid, image.frame.number)

    @property
    def calibration(self) -> UserCalibration | None:
        """The user's calibration that lengths on the image on show follow."""
        reference = self.current_reference()
        return None if reference is None else self.opened.calibrations.of(reference)

    @property
    def lengths(self) -> Plane:
        """The plane whose pixels say how long something is: `plane`, or what a user's calibration makes of it."""
        return calibrated_plane(self.plane, self.calibration)

    @property
    def why_no_mark(self) -> CaliperError | None:
        """Why nothing can be measured here now; None where it can."""
        stack = self.stack
        if self.is_prior:
            return other_study()
        if stack is None:
            return CaliperError("There is no image here.", "Show a series to measure on it.")
        cut = self.view.value.cut
        if stack.images[self.view.value.index].instance.is_twin:
            return CaliperError(TWIN, "Marks of the other file are left as they are.")
        if cut is not None and voxels_of(self.opened, stack.key) is None:
            told = "Not all images of this series are here."
            return CaliperError(
                told, "A reconstructed plane is measured once they are; the images that are here can be."
            )
        return None

    def new_figure(self, points: tuple[Vector, ...]) -> Figure:
        """Patient points as a figure on what is on show; only where `why_no_mark` has nothing to say."""
        stack, cut = self.stack, self.view.value.cut
        if stack is None or cut is None:
            return Figure(self.plane, points, self.current_reference())
        made = Reconstruction(stack.info.series_uid, stack.number, cut.slab_mm, cut.slab_mode)
        return Figure(self.plane, points, None, made)

    @property
    def mpr(self) -> Mpr | None:
        """The MPR this tile is one of three views of; None for any other."""
        layout, stack = self.opened.layout.value, self.stack
        places = group(layout, self.view.place)
        return (
            None if places is None or stack is None else Mpr(layout, self.view.place, places, self.opened.grid(stack))
        )

    @property
    def position(self) -> tuple[int, int]:
        """Which of how many images or steps is on show, from 0."""
        view, stack = self.view.value, self.stack
        if stack is None:
            return view.index, 0
        return (view.index, len(stack.images)) if view.cut is None else step_of(view.cut, self.opened.grid(stack))

    def scroll_to(self, number: int) -> None:
        """Show image or step `number`, from 0, or the nearest there is."""
        mpr, view, stack, (_, count) = self.mpr, self.view.value, self.stack, self.position
        number = min(max(number, 0), count - 1)
        if mpr is not None:
            self.opened.layout.set(mpr.at(number))
        elif view.cut is not None and stack is not None:
            self.view.set(replace(view, cut=alone_at(view.cut, number, self.opened.grid(stack))))
        elif count:
            self.view.set(replace(view, index=number))

    def scroll_by(self, steps: int) -> None:
        """Show the image or step so many on; from between two steps, the next one counts first."""
        mpr, view, stack = self.mpr, self.view.value, self.stack
        if mpr is not None:
            self.opened.layout.set(mpr.scrolled(steps))
        elif view.cut is not None and stack is not None:
            self.view.set(replace(view, cut=alone_scrolled(view.cut, steps, self.opened.grid(stack))))
        else:
            self.scroll_to(self.position[0] + steps)

    def show(self, view: View) -> None:
        """Show exactly `view` here, and fetch what it needs."""
        layout = self.opened.layout.value
        if self.view.place < len(layout.views):
            self.opened.show_layout(layout.with_view(self.view.place, view))


def other_study() -> CaliperError:
    """Why a prior is not measured while it is looked at beside the opened study (C40)."""
    return CaliperError("This is another study.", "“Measure on this study” (Alt+M) turns to it; the views stay.")


def plane_shown(opened: OpenStudy, stack: Stack, view: View) -> Plane:
    """The plane that `view` of `stack` shows."""
    return stack.images[view.index].plane if view.cut is None else plane_of(view.cut, opened.grid(stack))


def extent_shown(opened: OpenStudy, stack: Stack, view: View) -> Extent:
    """Where what there is to see of it lies in that plane."""
    if view.cut is not None:
        return extent(view.cut, opened.grid(stack))
    image = stack.images[view.index]
    pixels = image.instance.pixel_format
    assert pixels is not None
    return image_extent(image.plane, (pixels.rows, pixels.columns))
