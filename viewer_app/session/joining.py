"""A study from elsewhere beside the open one, as its prior: of the same patient, or not at all (C40, H75)."""

from __future__ import annotations

from dataclasses import fields

from PySide6.QtCore import QObject, QTimer, Signal

from viewer_app.errors import CaliperError
from viewer_app.imaging.headers import Patient
from viewer_app.imaging.objects import is_image
from viewer_app.imaging.study import Study
from viewer_app.session.arranging import show_beside
from viewer_app.session.carrying import Carried, with_windows_kept
from viewer_app.session.remembering import same_study
from viewer_app.session.workspace import Workspace
from viewer_app.sources.base import Listing, NoticeKind, Source
from viewer_app.sources.joined import joined

_WORDS = {"patient_id": "ID", "name": "name", "birth_date": "date of birth", "sex": "sex"}


class OtherPatient(CaliperError):
    """What is to be put beside the open study is not of its patient."""


class Joining(QObject):
    """Takes what `Workspace.open` has found and, instead of opening it, puts it beside the open study."""

    refused = Signal(object)
    """The CaliperError why it cannot be."""

    shown = Signal()
    """A prior is beside the open study."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._wanted: Study | None = None
        workspace.study_changed.connect(self._study_changed)

    def take(self, source: Source, listing: Listing) -> None:
        """Let the studies of `listing` be priors of the open study; why they cannot be is told by `refused`.

        The open study stays as it is, with marks, views, links, undo and the pixels that have arrived.
        """
        try:
            prior, known = self._checked(listing)
        except CaliperError as error:
            source.close()
            self.refused.emit(error)
            return
        if known is not None:
            source.close()
            self._show(known)
            return
        self._join(source, listing, prior)

    def _checked(self, listing: Listing) -> tuple[Study, Study | None]:
        """The study that is to be shown, and as what it is known already, if it is."""
        opened = self._workspace.study
        if opened is None:
            raise CaliperError("No study is open that another could be put beside.", "Open it alone.")
        for study in listing.studies:
            if study.patient != opened.study.patient:
                raise _another(opened.study.patient, study.patient)
        with_images = (study for study in listing.studies if any(map(is_image, study.instances)))
        prior = next(with_images, None)
        if prior is None:
            raise CaliperError("This study has no images that could be put beside the open one.", "Open it alone.")
        if same_study(prior, opened.study):
            raise CaliperError("This study is the one that is open.", "Choose another study of the patient.")
        return prior, next((one for one in self._workspace.priors() if same_study(one, prior)), None)

    def _join(self, source: Source, listing: Listing, prior: Study) -> None:
        workspace, opened = self._workspace, self._workspace.study
        assert opened is not None and workspace.source is not None
        contents = workspace.contents
        both, listed = joined(
            workspace.source, Listing(contents.studies, contents.problems, contents.notices), source, listing
        )
        held = workspace.volumes.held
        opened.layout.set(with_windows_kept(opened.layout.value, held))
        self._wanted = prior
        workspace.join(opened.study, listed, Carried(held, frozenset()), both)
        for notice in listing.notices:
            if notice.kind is NoticeKind.SERVER_DOWN:
                workspace.noticed.emit(notice.text)

    def _study_changed(self) -> None:
        prior = self._wanted
        if prior is not None and self._workspace.study is not None and not self._workspace.is_joining:
            self._wanted = None
            if prior in self._workspace.priors():
                QTimer.singleShot(0, self, lambda: self._show(prior))  # after it is shown as it was

    def _show(self, prior: Study) -> None:
        opened = self._workspace.study
        if opened is not None and not show_beside(opened, prior):
            self._workspace.noticed.emit("Nothing of this study can be shown beside the open one.")
        self.shown.emit()


def _another(here: Patient, there: Patient) -> OtherPatient:
    """Which parts of the identity differ, without saying who it is."""
    other = [_WORDS[one.name] for one in fields(Patient) if getattr(here, one.name) != getattr(there, one.name)]
    listed = other[0] if len(other) == 1 else f"{', '.join(other[:-1])} and {other[-1]}"
    return OtherPatient(
        f"This study is of another patient than the one that is open: {listed} differ{'s' if len(other) == 1 else ''}."
        " Studies of two patients are never shown together.",
        "Open it alone; or have the patient's data corrected where the study is kept.",
    )
