"""Bottom: one line of truth. Saved or not, what is loading, where from, how much memory."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from viewer_app.progress import Step
from viewer_app.session import whence
from viewer_app.session.arriving import Arriving
from viewer_app.session.speed import Amount, Speed
from viewer_app.session.study import OpenStudy
from viewer_app.session.veil import Veil
from viewer_app.session.workspace import Workspace
from viewer_app.ui.arrived_text import amount_text, loading_text, missing_text, waiting_text
from viewer_app.ui.widgets import ElidedLabel
from viewer_app.ui.widgets.plain import one_line, restyle

_BAR_PX = 120
_LONGEST_TITLE = 60
_MEGABYTE = 1_000_000
_BETWEEN_STEPS_MS = 100  # ten times a second: a person reads no faster
_SECOND_MS = 1000


class StatusLine(QStatusBar):
    """Tells the state of saving and loading.

    `cancelled` when the user stops what is under way, `missing_wanted` when what has not arrived is to be read.
    """

    cancelled = Signal()
    retry_wanted = Signal()
    missing_wanted = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._veil = Veil(workspace)
        self._step: Step | None = None
        self._news = ""
        self.saved, self.loading = QLabel(), ElidedLabel("secondary")
        self.source, self.memory = QLabel(), QLabel()
        self.source.setTextFormat(Qt.TextFormat.PlainText)
        self._retry, self._cancel, self._bar = QPushButton("Try again"), QPushButton("Cancel"), QProgressBar()
        self._again, self._try = QPushButton("Load missing"), QPushButton("Try now")
        self._speed = Speed()
        self._pause = QTimer(self, singleShot=True, interval=_BETWEEN_STEPS_MS)
        self._pause.timeout.connect(self._say)
        self._seconds = QTimer(self, interval=_SECOND_MS)
        self._seconds.timeout.connect(self._say)
        self._arrange()
        workspace.study_changed.connect(self._study_changed)
        workspace.saving_changed.connect(self._show_saving)
        workspace.busy.connect(self.show_step)
        self._study_changed()

    def hide_patient(self, hidden: bool) -> None:
        """Leave the place out, which may be named after the patient, or show it again."""
        self._veil.hidden = hidden
        self._show_source()
        self.show_step(self._step)

    def show_step(self, step: Step | None) -> None:
        """What is under way, with a way to stop it; None when nothing is. Steps are said ten times a second at most."""
        is_next = step is not None and self._step is not None and self._pause.isActive()
        self._step = step
        if not is_next:
            self._say()
            self._pause.start()

    def follow(self, arriving: Arriving) -> None:
        """Say from now on beside the server what may be otherwise there, whatever message is over the image."""
        self.cancelled.connect(arriving.cancel)
        arriving.changed.connect(lambda: self._show_source(arriving.now.brief))

    def _say(self) -> None:
        step, study = self._step, self._workspace.study
        waiting = waiting_text(study) if study is not None else ""
        is_moving = step is not None or bool(waiting)
        if is_moving != self._seconds.isActive():  # what stands still is said to
            (self._seconds.start if is_moving else self._seconds.stop)()
        for widget in (self._bar, self._cancel):
            widget.setVisible(step is not None)
        self._try.setVisible(bool(waiting))
        self._again.setVisible(step is None and not waiting and study is not None and bool(study.missing))
        self.loading.set_full_text(self._veil.sentence(self._told(step, study, waiting)))
        if step is not None:
            self._bar.setRange(0, step.total)
            self._bar.setValue(step.done)

    def _told(self, step: Step | None, study: OpenStudy | None, waiting: str) -> str:
        if study is None or (step is not None and step.text):
            return step.text if step is not None else ""
        if waiting or step is None:
            self._speed.reset()
            return " · ".join(filter(None, (waiting, missing_text(study))))
        if not study.is_loading:
            return ""
        amount = Amount.of(study.loads.volumes)
        return f"{loading_text(study, step)} · {amount_text(amount, self._speed.tell(amount.done))}"

    def _try_now(self) -> None:
        if self._workspace.study is not None:
            self._workspace.study.loads.try_now()
        self._say()

    def _show_source(self, news: str | None = None) -> None:
        """The place, unless the patient is hidden after whom it may be named; and `news` of it, or those there were."""
        self._news = self._news if news is None else news
        title = "" if self._veil.hidden else one_line(whence.title(self._workspace))[:_LONGEST_TITLE]
        self.source.setText(" · ".join(filter(None, (title, self._news))))

    def _arrange(self) -> None:
        self.setSizeGripEnabled(False)
        for button in (self._retry, self._cancel, self._again, self._try):
            button.setProperty("role", "quiet")
            button.hide()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_BAR_PX)
        self._bar.hide()
        self._retry.clicked.connect(self.retry_wanted)
        self._cancel.clicked.connect(self.cancelled)
        self._again.clicked.connect(self.missing_wanted)
        self._try.clicked.connect(self._try_now)
        for widget, stretch in (
            (self.saved, 0),
            (self._retry, 0),
            (self._bar, 0),
            (self._cancel, 0),
            (self._again, 0),
            (self._try, 0),
            (self.loading, 1),
        ):
            self.addWidget(widget, stretch)
        self.addPermanentWidget(self.source)
        self.addPermanentWidget(self.memory)

    def _study_changed(self) -> None:
        study = self._workspace.study
        self._show_source()
        self._speed.reset()
        if study is not None:
            study.loading.connect(self._show_loading)
            study.loads.waiting_changed.connect(self._say)
        self.show_step(None)
        self._show_saving()
        self._show_memory()

    def _show_loading(self, step: Step | None) -> None:
        self.show_step(step)
        self._show_memory()

    def _show_saving(self) -> None:
        text, role = self._saving()
        self.saved.setText(text)
        self.saved.setProperty("role", role)
        restyle(self.saved)
        self._retry.setVisible(self._workspace.saving_error is not None)

    def _saving(self) -> tuple[str, str]:
        workspace = self._workspace
        if workspace.store.forgets or not workspace.store.writable:
            return "● Not saved: the store cannot be written", "error"
        unsaved = workspace.unsaved
        if workspace.saving_error is not None:
            return f"● {unsaved} not saved" if unsaved else "● Not saved: the store does not answer", "error"
        if workspace.study is None:
            return "", "secondary"
        return ("● Saving …", "warning") if unsaved else ("● All saved", "good")

    def _show_memory(self) -> None:
        study = self._workspace.study
        held = study.volume_bytes / _MEGABYTE if study is not None else 0
        amount = f"{held:.0f}" if held >= 1 else "under 1"
        self.memory.setText(f"{amount} MB of images" if held else "")
