"""Opens what is no image: reports as text, documents with the system's viewer, everything as tags."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, QPoint, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QMenu, QWidget

from viewer_app.imaging.documents import Opens, opens_as
from viewer_app.imaging.headers import Instance, Patient
from viewer_app.imaging.objects import family_name
from viewer_app.session.documents import (
    DocumentFolder,
    instance_name,
    save_document,
    series_name,
    want_document,
    want_report,
    want_tags,
)
from viewer_app.session.veil import Veil
from viewer_app.session.workspace import Workspace
from viewer_app.ui.panels.report_window import ReportWindow
from viewer_app.ui.panels.tag_window import TagWindow
from viewer_app.ui.views.corner_text import date_text, patient_line, person_name
from viewer_app.ui.widgets import Message

_FOLLOWS_AFTER_MS = 120
_HIDDEN = "The patient is hidden, and a document shows who it is. Show the patient first (Hide patient, Ctrl+Shift+H)."
_NO_IMAGE = "No image is shown. The menu of each object at the left has its tags."
_SAVE = "Save as …"


Answer = TypeVar("Answer")


class Host(Protocol):
    """What of the main window is needed."""

    def show_message(
        self, kind: Message, text: str, button: str = "", call: Callable[[], object] | None = None
    ) -> None:
        """Tell one sentence over the image."""


class Objects(QObject):
    """Owns the windows beside the main one, and closes them when another patient is shown."""

    def __init__(self, workspace: Workspace, window: QWidget, host: Host, step: Callable[[int], object]) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._window = window
        self._host = host
        self._step = step
        self._documents = DocumentFolder()
        self._windows: dict[TagWindow | ReportWindow, Instance] = {}
        self._image_tags: TagWindow | None = None
        self._followed: Instance | None = None
        self._veil = Veil(workspace)
        self._timer = QTimer(self, singleShot=True, interval=_FOLLOWS_AFTER_MS)
        self._timer.timeout.connect(self._read_image)
        workspace.study_changed.connect(self._study_changed)

    # -- opening --------------------------------------------------------------------------------------

    def open(self, instance: Instance) -> None:
        """Show an object as what it is."""
        way = opens_as(instance)
        if way is Opens.TEXT:
            self._show_report(instance)
        elif way is Opens.PDF:
            self._open_document(instance)
        else:
            self._host.show_message(Message.INFO, f"{family_name(instance)}: not drawn yet. Its tags are shown.")
            self.show_tags(instance)

    def show_tags(self, instance: Instance) -> None:
        """All attributes of one object."""
        window = TagWindow(self._window, follows=False)
        self._keep(window, instance)
        want_tags(
            self._workspace, instance, "", _if_open(window, window.show_tree), _if_open(window, window.show_error)
        )

    def show_image_tags(self) -> None:
        """All attributes of the image on show, and from then on of the one that is scrolled to."""
        if self._image_on_show() is None:
            self._host.show_message(Message.INFO, _NO_IMAGE)
            return
        if self._image_tags is None:
            window = self._image_tags = TagWindow(self._window, follows=True)
            window.step_wanted.connect(self._step)
            window.hide_patient(self._veil.hidden)
            window.finished.connect(self._forget_image_tags)
            self._read_image()
        self._image_tags.show()
        self._image_tags.activateWindow()

    def show_menu(self, instance: Instance, at: QPoint) -> None:
        """What can be done with an object."""
        menu = QMenu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction("Open", lambda: self.open(instance))
        menu.addAction("Tags", lambda: self.show_tags(instance))
        if opens_as(instance) is Opens.PDF:
            menu.addAction(_SAVE.replace("Save", "Save document"), lambda: self._unpack(instance, self._ask_where))
        menu.popup(at)

    def hide_patient(self, hidden: bool) -> None:
        """Leave out who it is in every window, or show it again."""
        self._veil.hidden = hidden
        for window, instance in self._windows.items():
            window.hide_patient(hidden)
            window.entitle(*self._titles(instance))
        if self._image_tags is not None:
            self._image_tags.hide_patient(hidden)
            if self._followed is not None:
                self._image_tags.entitle(self._place_on_show(), self._titles(self._followed)[1])

    def close(self) -> None:
        """Close all windows and remove all documents that were unpacked."""
        for window in (*self._windows, *filter(None, [self._image_tags])):
            window.close()
        self._timer.stop()
        self._documents.close()

    # -- reports --------------------------------------------------------------------------------------

    def _show_report(self, instance: Instance) -> None:
        window = ReportWindow(self._window)
        self._keep(window, instance)
        window.tags_wanted.connect(lambda: self.show_tags(instance))
        want_report(
            self._workspace, instance, _if_open(window, window.show_report), _if_open(window, window.show_error)
        )

    # -- documents ------------------------------------------------------------------------------------

    def _open_document(self, instance: Instance) -> None:
        self._unpack(instance, self._hand_over)

    def _unpack(self, instance: Instance, done: Callable[[Path], None]) -> None:
        if self._veil.hidden:
            self._host.show_message(Message.WARNING, _HIDDEN)
            return
        failed = self._workspace.failed.emit
        want_document(self._workspace, instance, self._documents, done, failed)

    def _hand_over(self, path: Path) -> None:
        def save() -> None:
            self._ask_where(path)

        if QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            told = "The document is opened with this computer's PDF viewer."
            self._host.show_message(Message.INFO, told, _SAVE, save)
        else:
            told = "This computer has no program to show a PDF with. Save the document and open it elsewhere."
            self._host.show_message(Message.WARNING, told, _SAVE, save)

    def _ask_where(self, path: Path) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Save document", "document.pdf", "PDF (*.pdf)")
        if chosen:
            self.save(path, Path(chosen))

    def save(self, document: Path, target: Path) -> None:
        """Save a copy of an unpacked document."""
        target = target if target.suffix else target.with_suffix(".pdf")
        told = f"The document is saved: {target.name}"
        save_document(self._workspace, document, target, lambda: self._host.show_message(Message.INFO, told))

    # -- following ------------------------------------------------------------------------------------

    def _study_changed(self) -> None:
        opened = self._workspace.study
        if opened is not None:
            opened.view.changed.connect(lambda *_: self._timer.start())
        for window, instance in tuple(self._windows.items()):
            if opened is not None and instance.patient != opened.study.patient:
                window.close()
        if self._image_tags is not None:
            self._timer.start()

    def _read_image(self) -> None:
        """Read the image on show, unless its tags are there already."""
        window, instance = self._image_tags, self._image_on_show()
        if window is None or instance is None:
            return
        window.entitle(self._place_on_show(), self._titles(instance)[1])
        if instance is not self._followed:
            self._followed = instance
            window.begin()
            show, tell = _if_open(window, window.show_tree), _if_open(window, window.show_error)
            want_tags(self._workspace, instance, "image tags", show, tell)

    def _image_on_show(self) -> Instance | None:
        opened = self._workspace.study
        stack = opened.stack if opened is not None else None
        return stack.images[opened.view.value.index].instance if opened is not None and stack is not None else None

    def _place_on_show(self) -> str:
        """ "CT #2 Chest 1 mm, image 82 of 320"."""
        opened = self._workspace.study
        stack = opened.stack if opened is not None else None
        if opened is None or stack is None:
            return ""
        name = self._veil.sentence(series_name(stack.info))
        return f"{name}, image {opened.view.value.index + 1} of {len(stack.images)}"

    def _forget_image_tags(self) -> None:
        self._image_tags = None
        self._followed = None

    # -- windows --------------------------------------------------------------------------------------

    def _keep(self, window: TagWindow | ReportWindow, instance: Instance) -> None:
        self._windows[window] = instance
        window.finished.connect(lambda _: self._windows.pop(window, None))
        window.hide_patient(self._veil.hidden)
        window.entitle(*self._titles(instance))
        window.begin()
        window.show()

    def _titles(self, instance: Instance) -> tuple[str, str]:
        """What it is, and whose."""
        study = date_text(instance.study.date)
        return self._veil.sentence(instance_name(instance)), f"{self._person(instance.patient)} · {study}".strip(" ·")

    def _person(self, patient: Patient) -> str:
        if self._veil.hidden:
            return "Patient hidden"
        return " · ".join(filter(None, [person_name(patient.name) or "No patient name", patient_line(patient)]))


def _if_open(window: QDialog, call: Callable[[Answer], object]) -> Callable[[Answer], None]:
    """`call`, unless the window was closed while it was waited for."""
    closed: list[int] = []
    window.finished.connect(closed.append)

    def told(answer: Answer) -> None:
        if not closed:
            call(answer)

    return told
