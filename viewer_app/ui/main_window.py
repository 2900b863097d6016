"""The main window: it places panels and passes messages on, nothing more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from viewer_app.measure.present import within
from viewer_app.session.thumbnails import Thumbnails
from viewer_app.session.veil import Veil
from viewer_app.session.workspace import Workspace
from viewer_app.ui.about import About
from viewer_app.ui.actions import OF_SELECTION, make_actions
from viewer_app.ui.arriving import ArrivingBar
from viewer_app.ui.browsing import Browsing
from viewer_app.ui.commands import Commands
from viewer_app.ui.controls import Controls
from viewer_app.ui.dialogs import help_dialog, problems_dialog
from viewer_app.ui.empty_state import EmptyState
from viewer_app.ui.hand_keys import HandKeys
from viewer_app.ui.image_menu import ImageMenu
from viewer_app.ui.mark_settings import keep_mark_settings
from viewer_app.ui.memory_setting import ask_image_budget
from viewer_app.ui.objects import Objects
from viewer_app.ui.opening import MakeSource, Opening
from viewer_app.ui.panels.measurement_panel import MeasurementPanel
from viewer_app.ui.panels.plot_panel import PlotPanel
from viewer_app.ui.panels.series_panel import SeriesPanel
from viewer_app.ui.playing import with_bar
from viewer_app.ui.real_size import RealSize
from viewer_app.ui.serving import Serving
from viewer_app.ui.sides import Sides
from viewer_app.ui.status_line import StatusLine
from viewer_app.ui.tabling import Tabling
from viewer_app.ui.telling import Telling
from viewer_app.ui.top_bar import TopBar
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.viewport import Viewport
from viewer_app.ui.views.viewports import Viewports
from viewer_app.ui.volume_bar import VolumeBar
from viewer_app.ui.widgets import Message, MessageBar
from viewer_app.ui.words import date_text, joined, person_name

_SIZE = (1600, 1000)
_SMALLEST = (1024, 700)
_WOULD_LOSE = "Some measurements are not saved. Export them as a report, or close again to leave without them."


class MainWindow(QMainWindow):
    """Docks and menus. `sample` makes the source of the sample study, in the background."""

    def __init__(self, workspace: Workspace, sample: MakeSource, settings: QSettings, serving: Serving) -> None:
        super().__init__()
        self._workspace = workspace
        self._settings = settings
        self.browsing = Browsing(workspace, serving, settings, self)
        self.manner = Manner(self)
        self.viewports = Viewports(workspace, self.manner)
        self.commands = Commands(workspace, self.viewports, Opening(workspace, sample, serving, self), self)
        self.commands.panels = self
        self.commands.opening.settings = settings
        self.actions_by_name = make_actions(self, self.viewports, self.commands)
        thumbnails = Thumbnails(workspace.tasks, self)
        self.series = SeriesPanel(workspace, thumbnails)
        self.measurements = MeasurementPanel(workspace, thumbnails, settings)
        self.plot = PlotPanel(workspace, self.manner)
        self.measurements.add_tab(self.plot, "Plot")
        self.top = TopBar(self.actions_by_name, self)
        self.status = StatusLine(workspace, self)
        self._center = QStackedWidget()
        self.message = MessageBar(self._center)
        self.telling = Telling(workspace, self.message, self.commands.exporting.report, self)
        self.arriving = ArrivingBar(workspace, self.manner, self.telling, self.message, self).arriving
        self.status.follow(self.arriving)
        self.objects = Objects(workspace, self, self.telling, self.commands.going.scroll_by)
        self.about = About(workspace, self, self.commands.show_tags)
        self._real_size = RealSize(self.viewports, settings, self, self.telling.error)
        self._veil = Veil(workspace)
        self._warned = False
        self._arrange()
        self.controls = Controls(
            workspace, self.commands, self.actions_by_name, settings, self.manner, self.top.menus["View"], self
        )
        self.image_menu = ImageMenu(
            workspace,
            self.manner,
            self.actions_by_name,
            self.commands.windowing,
            self.controls,
            self._veil.sentence,
            self.commands.marking,
            self,
        )
        keep_mark_settings(workspace, self.manner, settings, self)
        self.hand_keys = HandKeys(workspace, self.viewports, self.actions_by_name, settings, self)
        self._connect()
        self.commands.take_tool("window")
        self.actions_by_name["window"].setChecked(True)
        self._show_study()

    @property
    def viewport(self) -> Viewport:
        """The viewport that takes keys."""
        return self.viewports.active

    # -- what the commands ask for (`Panels`) -------------------------------------------------------

    def rename(self, uid: str) -> None:
        """Let the user type another label, in the list, wherever that is."""
        self._sides.show_measurements()
        self.measurements.rename(uid)

    def toggle_panels(self) -> None:
        """Show the image alone, or all again."""
        self._sides.toggle()

    def hide_patient(self, hidden: bool) -> None:
        """Leave the patient out of titles and lists."""
        for part in (self.series, self.status, self.objects, self.about, self.measurements, self.browsing):
            part.hide_patient(hidden)
        self._veil.hidden = hidden
        self.message.say(self._veil.sentence)
        self._show_identity()

    def show_help(self) -> None:
        """Show keys and mouse."""
        help_dialog(self).open()

    def ask_server(self) -> None:
        """Let the user choose a study on a server."""
        self.browsing.show()

    def edit_presets(self) -> None:
        """Let the user change the window presets."""
        self.controls.edit_presets()

    def ask_memory(self) -> None:
        """Let the user say how much memory images may take."""
        budget = ask_image_budget(self._settings, self)
        if budget is not None:
            self._workspace.volumes.budget_bytes = budget

    def real_size(self) -> None:
        """Show the active view in real size."""
        self._real_size.show()

    def measure_screen(self) -> None:
        """Let the user measure the screen."""
        self._real_size.measure()

    def show_tags(self) -> None:
        """Show the tags of the image on show."""
        self.objects.show_image_tags()

    def show_about(self) -> None:
        """Tell all that is known of the series on show."""
        self.about.show()

    def tell(self, text: str, button: str = "", call: Callable[[], object] | None = None, /) -> None:
        """Tell what is no problem."""
        self.telling.tell(text, button, call)

    # -- building -----------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_SIZE)
        self.setAcceptDrops(True)
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks)
        self.addToolBar(self.top)
        self.setStatusBar(self.status)
        self._center.addWidget(EmptyState(self.actions_by_name))
        self.volume_bar = VolumeBar(self._workspace, self.manner, self.commands.volumes, self.actions_by_name)
        self._center.addWidget(with_bar(self.viewports, self.commands.playing.bar))
        self.setCentralWidget(self._center)
        self._sides = Sides(self, with_bar(self.series, self.volume_bar), self.measurements)
        self._sides.let_float(self.volume_bar, self.viewports, self.manner.brush)
        self._center.currentChanged.connect(lambda _: self.message.raise_())
        self.message.float_over()
        for key, restore in (("geometry", self.restoreGeometry), ("layout", self.restoreState)):
            stored = self._settings.value(key)
            if isinstance(stored, QByteArray):
                restore(stored)

    def _connect(self) -> None:
        workspace = self._workspace
        workspace.study_changed.connect(self._show_study)
        self.status.cancelled.connect(self._cancel)
        self.status.retry_wanted.connect(workspace.retry_saving)
        self.status.missing_wanted.connect(self.commands.opening.missing)
        Tabling(self.measurements, self.viewports, self.commands, self._sides, self)
        self.measurements.history.wanted.connect(self.commands.go_in_history)
        self.measurements.export_wanted.connect(self.commands.exporting.report)
        self.manner.selected_changed.connect(self._show_selected)
        self.viewports.menu_wanted.connect(self.image_menu.show)
        self.series.problems_wanted.connect(self._show_problems)
        self.series.object_wanted.connect(self.objects.open)
        self.series.object_menu_wanted.connect(self.objects.show_menu)
        self.commands.exporting.report_written.connect(self.telling.written)
        self.commands.linking.changed.connect(self.top.link.show_links)

    # -- passing on ---------------------------------------------------------------------------------

    def _show_study(self) -> None:
        opened = self._workspace.study
        self._center.setCurrentIndex(0 if opened is None and not self._workspace.is_joining else 1)
        if opened is not None:
            opened.history.changed.connect(self._show_history)
            opened.measurements.changed.connect(self._keep_selection)
            opened.measurements.reset.connect(self._keep_selection)
        self._show_identity()
        self._show_history()
        self._keep_selection()

    def _show_identity(self) -> None:
        opened, hidden = self._workspace.study, self.manner.patient_hidden
        if opened is None:
            self.top.show_identity(None, None, "", hidden=hidden)
            self.setWindowTitle("Caliper")
            return
        study = opened.study
        self.top.show_identity(study.patient, study.info, " ".join(study.modalities), hidden=hidden)
        name = "Patient hidden" if hidden else person_name(study.patient.name)
        self.setWindowTitle(f"{joined(name, date_text(study.info.date))} — Caliper")

    def _show_history(self) -> None:
        opened = self._workspace.study
        undo, redo = (opened.history.next_undo, opened.history.next_redo) if opened is not None else (None, None)
        for name, change in (("undo", undo), ("redo", redo)):
            action = self.actions_by_name[name]
            action.setEnabled(change is not None)
            action.setText(f"{name.capitalize()} {within(change.title)}" if change else name.capitalize())

    def _keep_selection(self) -> None:
        """The list has been read anew; the selected row stays selected."""
        opened = self._workspace.study
        selected = self.manner.selected
        left = [uid for uid in selected if opened is not None and opened.measurements.get(uid) is not None]
        if len(left) < len(selected):
            self.manner.select_many(sorted(left, key=lambda uid: uid == self.manner.current))
        self._choose_rows()
        self.actions_by_name["report"].setEnabled(bool(opened and opened.measurements.records))

    def _show_selected(self, uid: str) -> None:
        self._choose_rows()
        for name in OF_SELECTION:
            self.actions_by_name[name].setEnabled(bool(uid))

    def _choose_rows(self) -> None:
        current = self.manner.current
        self.measurements.choose(sorted(self.manner.selected, key=lambda uid: (uid == current, uid)))

    def _would_lose(self) -> int:
        """How many measurements are on the screen only."""
        opened = self._workspace.study
        if self._workspace.store.forgets and opened is not None:
            return len(opened.measurements.records)
        return self._workspace.unsaved if self._workspace.saving_error is not None else 0

    def _show_problems(self) -> None:
        problems_dialog(self._workspace.contents.problems, self, self._veil.sentence).open()

    def _cancel(self) -> None:
        self._workspace.cancel_open()
        if self._workspace.study is not None:
            self._workspace.study.cancel_load()

    # -- Qt -----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped: the first file or folder."""
        for url in event.mimeData().urls():
            if url.isLocalFile():
                event.acceptProposedAction()
                self.commands.opening.place(str(Path(url.toLocalFile())))
                return

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window, store what is left to store; at first stay where measurements would be lost."""
        if self._would_lose() and not self._warned:
            self._warned = True
            self.telling.show_message(Message.ERROR, _WOULD_LOSE, "Export report …")
            event.ignore()
            return
        self._settings.setValue("geometry", self.saveGeometry())
        self._settings.setValue("layout", self.saveState())
        self.viewports.cancel_gesture()
        for part in (self.objects, self.about, self.browsing):
            part.close()
        self._workspace.close()
        super().closeEvent(event)
