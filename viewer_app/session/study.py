"""One opened study: its stacks and volumes, what is shown of them, its measurements."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import zip_longest

from PySide6.QtCore import QObject, Signal

from viewer_app.errors import CaliperError
from viewer_app.imaging.headers import Window
from viewer_app.imaging.mpr import VoxelGrid, mpr_grid, why_no_mpr
from viewer_app.imaging.slices import SlicePlaces
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.imaging.study import Study
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.measure.measurement import Reference
from viewer_app.session.calibrations import Calibrations
from viewer_app.session.display import first_view
from viewer_app.session.finding import image_in
from viewer_app.session.layout import Layout, LayoutHolder
from viewer_app.session.loads import Loads
from viewer_app.session.measurements import Measurements
from viewer_app.session.measuring import Measuring
from viewer_app.session.prior_records import PriorMarks
from viewer_app.session.resampling import Resampling
from viewer_app.session.tile import Tile
from viewer_app.session.together import Together
from viewer_app.session.view import View
from viewer_app.session.volumes import Volumes
from viewer_app.sources.base import Source
from viewer_app.tasks import Tasks


class OpenStudy(QObject):
    """A study that is open. Everything in it belongs to one patient and one Study Instance UID (C40)."""

    arrived = Signal(str)
    """More slices of the stack of that key are there, or are known to be missing."""

    loading = Signal(object)
    """A `Step` while slices arrive; None when the load is over."""

    failed = Signal(object)
    """The load ended with a CaliperError; what has arrived stays."""

    def __init__(
        self, study: Study, source: Source, tasks: Tasks, volumes: Volumes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.study = study
        self.source = source
        self.calibrations = Calibrations(self.find_image, self)
        self.together = Together(self)
        self.layout = LayoutHolder(self, self.together.completed)
        self.active = Tile(self)
        self.view = self.active.view
        self.measurements = Measurements(self)
        self.prior_marks = PriorMarks(self)
        self.loads = Loads(source, tasks, self)
        self.resampling = Resampling(tasks, volumes, self.loads, self)
        self.measuring = Measuring(self, tasks)
        self.history = self.measuring.history
        self._volumes = volumes
        self._views: dict[str, View] = {}
        self._grids: dict[str, VoxelGrid] = {}
        self._ahead = ""
        self._places: dict[str, SlicePlaces] = {}
        self.layout.changed.connect(self._follow)
        self.loads.progressed.connect(self._progressed)
        self.loads.ended.connect(self._loaded)
        self.resampling.stepped.connect(self._tell_step)
        self.resampling.made.connect(self.arrived)
        self.resampling.failed.connect(self.failed)

    @cached_property
    def stacks(self) -> tuple[Stack, ...]:
        """All stacks, in series order."""
        return _stacks(self.study)

    @property
    def all_stacks(self) -> tuple[Stack, ...]:
        """The same, and those of the priors that may be looked at beside them."""
        return tuple(stack for stack, _ in self._all_stacks.values())

    @property
    def stack(self) -> Stack | None:
        """The stack in the active tile."""
        return self.active.stack

    @property
    def volume(self) -> Volume | None:
        """The pixels of the stack in the active tile, as far as they have arrived."""
        return self.active.volume

    @property
    def is_loading(self) -> bool:
        """True while slices of any stack are on their way."""
        return self.loads.step is not None

    @property
    def is_shown(self) -> bool:
        """True once something of it is in a tile: what the store knows of it is known."""
        return any(view.stack_key for view in self.layout.value.views)

    @property
    def missing(self) -> int:
        """How many slices of the stacks on show have not arrived; `resume_load` fetches them."""
        return sum(len(volume.stack.images) - volume.present for volume in self._shown_volumes())

    @property
    def volume_bytes(self) -> int:
        """Memory held by the volumes of this study."""
        return self._volumes.size_bytes

    def stack_by_key(self, key: str) -> Stack | None:
        """The stack of that key, of the study or of a prior."""
        return self._all_stacks[key][0] if key in self._all_stacks else None

    def grid(self, stack: Stack) -> VoxelGrid:
        """The voxels of a stack that may be reconstructed, if need be once it is resampled."""
        if stack.key not in self._grids:
            self._grids[stack.key] = mpr_grid(stack)
        return self._grids[stack.key]

    def volume_by_key(self, key: str) -> Volume | None:
        """The pixels of the stack of that key, as far as they have arrived; None for one that is not held."""
        return self._volumes.get(key)

    def owner(self, key: str) -> Study:
        """The study a stack belongs to."""
        return self._all_stacks[key][1] if key in self._all_stacks else self.study

    @property
    def within_reach(self) -> tuple[tuple[Stack, Study], ...]:
        """All stacks that can be shown, those of priors too, each with the study it belongs to."""
        return tuple(self._all_stacks.values())

    def add_priors(self, priors: Iterable[Study]) -> None:
        """Let other studies of the same patient be looked at beside this one (C40); others are left out."""
        for prior in priors:
            if prior.patient == self.study.patient and prior is not self.study:
                self._all_stacks |= {stack.key: (stack, prior) for stack in _stacks(prior)} | self._all_stacks

    def find_image(self, reference: Reference) -> tuple[Stack, int] | None:
        """The stack and slice index of an image, None if the study does not hold it."""
        return image_in(self.stacks, reference)

    def show(self, stack: Stack, index: int | None = None) -> None:
        """Show a stack in the active tile as it was last looked at, or its middle; at slice `index` if given."""
        self._views[self.view.value.stack_key] = self.view.value
        self.show_view(self._views.get(stack.key, first_view(stack)))
        if index is not None and self.view.value.stack_key == stack.key:
            # Linked views have brought the stack to themselves; the slice that was asked for brings them to it.
            self.show_view(self.view.value.acquired(index))

    def show_view(self, view: View) -> None:
        """Show exactly `view` in the active tile, and fetch what it needs; nothing for a stack that is not here."""
        if self.stack_by_key(view.stack_key) is not None:
            self.active.show(view)

    def show_layout(self, layout: Layout, *, anew: bool = True) -> None:
        """Arrange the tiles and show exactly these views, and fetch what they need; `anew` also what had failed.

        Tiles whose stack is not here are left empty. Where there is no room for a stack
        all stays as it is, which is told by `failed`.
        """
        views = tuple(self._sound(view) for view in layout.views)
        wanted = dict.fromkeys(view.stack_key for view in views if view.stack_key)
        try:
            for stack in filter(None, map(self.stack_by_key, wanted)):
                self._volumes.show(stack, keep=set(wanted))
        except CaliperError as error:
            self._show_again()
            self.failed.emit(error)
            return
        self.layout.set(replace(layout, views=views))
        if anew:
            self.resume_load()

    def fetch_ahead(self, stacks: Iterable[Stack]) -> None:
        """Fetch the first that lacks slices of `stacks`, which are soon on show; none beyond the memory for images."""
        shown = {volume.stack.key: volume.stack for volume in self._shown_volumes()}
        for stack in stacks:
            shown[stack.key] = stack
            if not self._volumes.fit(shown.values()):
                return
            volume = self._volumes.get(stack.key)
            if volume is None or volume.present + len(volume.failed) < len(stack.images):
                self._ahead = stack.key
                self.loads.want_all(self._volumes.show(stack, keep=set(shown)))
                return

    def resample(self, stack: Stack) -> None:
        """Bring an uneven stack on show to even slices in the background, from all its images."""
        self.resume_load()
        self.resampling.want(stack, {view.stack_key for view in self.layout.value.views})

    def window(self) -> Window | None:
        """The window in force in the active tile."""
        return self.active.window()

    def current_image(self) -> PlanarImage | None:
        """The slice in the active tile as numbers."""
        return self.active.current_image()

    def current_reference(self) -> Reference | None:
        """The image in the active tile, for marks to belong to."""
        return self.active.current_reference()

    def wanted_index(self, view: View) -> int:
        """The slice a view needs first: its own, or the one nearest to where it cuts."""
        stack = self.stack_by_key(view.stack_key)
        if view.cut is None or stack is None:
            return view.index
        if stack.key not in self._places:
            self._places[stack.key] = SlicePlaces.of(stack)
        return self._places[stack.key].nearest(view.cut.point)

    def cancel_load(self) -> None:
        """Stop fetching; what has arrived stays, and looking at what has not fetches the rest."""
        self.resampling.keep(set())
        self.loads.keep(set())
        self.loading.emit(None)

    def resume_load(self) -> None:
        """Fetch what is still missing of the stacks on show, that of the active tile first."""
        layout = self.layout.value
        for view in sorted(layout.views, key=lambda view: view is not layout.view):
            volume = self.volume_by_key(view.stack_key)
            if volume is not None:
                self.loads.want(volume, self.wanted_index(view), anew=True)
        self.measuring.check_stored_numbers()
        self._tell_step()

    def close(self) -> None:
        """Stop the load and let go of the pixels."""
        self.cancel_load()
        self.prior_marks.close()
        self._volumes.clear()

    @cached_property
    def _all_stacks(self) -> dict[str, tuple[Stack, Study]]:
        return {stack.key: (stack, self.study) for stack in self.stacks}

    def _shown_volumes(self) -> tuple[Volume, ...]:
        keys = dict.fromkeys(view.stack_key for view in self.layout.value.views)
        return tuple(volume for volume in map(self.volume_by_key, keys) if volume is not None)

    def _show_again(self) -> None:
        """Hold what is on show, though some of it was let go for what then found no room."""
        shown = dict.fromkeys(view.stack_key for view in self.layout.value.views)
        with suppress(CaliperError):
            for stack in filter(None, map(self.stack_by_key, shown)):
                self._volumes.show(stack, keep=set(shown))
        self.resume_load()

    def _sound(self, view: View) -> View:
        """The view with a slice there is and a plane there may be; an empty one for a stack that is not here."""
        stack = self.stack_by_key(view.stack_key)
        if stack is None:
            return View()
        refused = view.cut is not None and why_no_mpr(stack) and not self.resampling.is_needed(stack)
        return replace(view, index=min(max(view.index, 0), len(stack.images) - 1), cut=None if refused else view.cut)

    def _follow(self, before: Layout, after: Layout) -> None:
        """What is on show is fetched; what is no more is not."""
        was_loading = self.is_loading
        shown = {view.stack_key for view in after.views}
        self.loads.keep(shown | {self._ahead})
        self.resampling.keep(shown)
        for old, view in zip_longest(before.views, after.views[: len(before.views)]):
            volume = self.volume_by_key(view.stack_key) if view is not None and view != old else None
            if volume is not None:
                self.loads.want(volume, self.wanted_index(view))
        if was_loading or self.is_loading:
            self._tell_step()

    def _tell_step(self) -> None:
        self.loading.emit(self.loads.step or self.resampling.step)

    def _progressed(self, key: str) -> None:
        self.arrived.emit(key)
        self._tell_step()
        self.measuring.check_stored_numbers()

    def _loaded(self, key: str, error: CaliperError | None) -> None:
        self.arrived.emit(key)
        self._tell_step()
        self.measuring.check_stored_numbers()
        if error is not None:
            self.failed.emit(error)


def _stacks(study: Study) -> tuple[Stack, ...]:
    return tuple(stack for series in study.series for stack in stacks_of(series))
