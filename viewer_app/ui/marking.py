"""What is done to marks that are there: selecting, copying, colouring, hiding. The numbers are the session's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from viewer_app.imaging.headers import Patient
from viewer_app.measure.coloring import ColorBy
from viewer_app.measure.measurement import Measurement
from viewer_app.session.edits import duplicate, move_label, paste, propagate, remove_many, restyle
from viewer_app.session.study import OpenStudy
from viewer_app.session.workspace import Workspace
from viewer_app.ui.going import Going
from viewer_app.ui.views.viewports import Viewports

_COLORS_TOLD = {
    ColorBy.NOTHING: "Marks are coloured alike.",
    ColorBy.KIND: "Marks are coloured by kind.",
    ColorBy.LABEL: "Marks are coloured by label.",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The images of the current mark's stack: how many there are, and the number of its own, from 1."""

    images: int
    own: int


class Marking:
    """Each action takes the selected marks; `copy_picture` is what copying does where none is selected."""

    def __init__(
        self, workspace: Workspace, viewports: Viewports, going: Going, copy_picture: Callable[[], object]
    ) -> None:
        self._workspace = workspace
        self._viewports = viewports
        self._manner = viewports.manner
        self._going = going
        self._copy_picture = copy_picture
        self._copied: tuple[Measurement, ...] = ()
        self._copied_of: Patient | None = None

    @property
    def has_copied(self) -> bool:
        """True while there is something to paste."""
        return bool(self._copied)

    @property
    def marks(self) -> tuple[Measurement, ...]:
        """The selected ones, the current one last."""
        study = self._workspace.study
        found = [study.measurements.get(uid) for uid in self._in_order()] if study is not None else []
        return tuple(record.measurement for record in found if record is not None)

    @property
    def stretch(self) -> Stretch | None:
        """Where copies of the current mark may lie; None where it lies on no image that is here."""
        study, marks = self._workspace.study, self.marks
        reference = marks[-1].reference if marks else None
        place = study.find_image(reference) if study is not None and reference is not None else None
        return None if place is None else Stretch(len(place[0].images), place[1] + 1)

    def delete(self) -> None:
        """Delete them; undo brings them back."""
        study, uids = self._begun()
        if study is None or not uids:
            return
        remove_many(study, uids)
        self._manner.select("")
        if len(uids) > 1:
            self._tell(f"{len(uids)} measurements are deleted; Ctrl+Z brings them back.")

    def select_all(self) -> None:
        """Select all marks and volumes that are seen on the image in the active view."""
        self._begun()
        viewport = self._viewports.active
        if not viewport.has_image_place:
            return
        if self._manner.marks_hidden:
            self._manner.update(marks_hidden=False)
        self._manner.select_many(mark.uid for mark in (*viewport.volumes(), *viewport.marks()))

    def copy(self) -> None:
        """Keep them to be pasted; where none is selected, copy the picture of the view."""
        if not self._manner.selected:
            self._copy_picture()
            return
        study = self._workspace.study
        self._copied, self._copied_of = self.marks, None if study is None else study.study.patient
        self._tell(f"{_counted(len(self._copied))} copied; Ctrl+V puts {_them(len(self._copied))} on another image.")

    def paste(self) -> None:
        """Put what was copied on the image in the active view, at the same place in the patient."""
        study, _ = self._begun()
        if study is None:
            return
        if not self._copied:
            self._tell("Nothing to paste: select marks and copy them with Ctrl+C.")
            return
        if study.study.patient != self._copied_of:
            self._tell("The marks that were copied are of another patient.")
            return
        told = partial(self._show_made, "pasted at the same place in the patient")
        paste(study, self._copied, self._workspace.author, told)

    def duplicate(self, by: int) -> None:
        """Put copies on the image that is `by` further in their stacks, and go there."""
        study, uids = self._begun()
        if study is not None and uids:
            duplicate(study, uids, self._workspace.author, by, partial(self._show_next, by))

    def propagate(self, first: int, last: int) -> None:
        """Put copies on the images of those numbers of their stacks, counted from 1."""
        study, uids = self._begun()
        if study is not None and uids:
            low, high = min(first, last), max(first, last)

            def told(made: tuple[str, ...]) -> None:
                if made:
                    self._tell(f"{_counted(len(made))} added on images {low} to {high}.")

            propagate(study, uids, range(low - 1, high), self._workspace.author, told)

    def restyle(self, color: str) -> None:
        """Give them one of `measure.coloring.COLORS`; "" leaves it to the rule."""
        study, uids = self._begun()
        if study is not None:
            restyle(study, uids, color)

    def labels_back(self) -> None:
        """Let the view place their labels again."""
        study, uids = self._begun()
        if study is not None:
            move_label(study, uids, None)

    def jump(self, figure: int = 0) -> None:
        """Show where the current one was drawn; of several figures the one of that number."""
        self._begun()
        if self._manner.current:
            self._going.go_to(self._manner.current, figure)

    def toggle_hidden(self) -> None:
        """Show no marks, or all again; none is deleted by it."""
        self._begun()
        self._manner.update(marks_hidden=not self._manner.marks_hidden)

    def ask_lying(self) -> None:
        """Let the user say how far from its plane a mark is shown."""
        self._manner.lying_wanted.emit()

    def next_text_size(self) -> None:
        """Larger words and numbers over images; after the largest the smallest."""
        size = self._manner.text_size.next
        self._manner.update(text_size=size)
        self._workspace.noticed.emit(f"Text on images: {size.value}.")

    def next_colors(self) -> None:
        """What decides the colours of marks for which nobody chose one: nothing, their kind, their label."""
        rules = list(ColorBy)
        chosen = rules[(rules.index(self._manner.color_by) + 1) % len(rules)]
        self._manner.update(color_by=chosen)
        self._tell(_COLORS_TOLD[chosen])

    def _begun(self) -> tuple[OpenStudy | None, tuple[str, ...]]:
        """What is under way in a view is ended; the study on show, and what is selected in it."""
        self._viewports.cancel_gesture()
        return self._workspace.study, self._in_order()

    def _in_order(self) -> tuple[str, ...]:
        current = self._manner.current
        return tuple(sorted(self._manner.selected, key=lambda uid: (uid == current, uid)))

    def _show_next(self, by: int, uids: tuple[str, ...]) -> None:
        if uids:
            self._going.go_to(uids[-1])
        self._show_made("copied to the next image" if by > 0 else "copied to the image before", uids)

    def _show_made(self, what: str, uids: tuple[str, ...]) -> None:
        if uids:
            self._manner.select_many(uids)
            self._tell(f"{_counted(len(uids))} {what}.")

    def _tell(self, words: str) -> None:
        self._workspace.noticed.emit(words)


def _counted(count: int) -> str:
    return "1 measurement is" if count == 1 else f"{count} measurements are"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"
