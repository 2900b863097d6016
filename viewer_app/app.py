"""Builds the rooms and joins them: the window with its store, its background and its sample study."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from viewer_app import __version__, digests, resources
from viewer_app.errors import StoreError
from viewer_app.folders import cache_folder, config_folder, data_folder, user_name
from viewer_app.imaging import sampler
from viewer_app.imaging.pixels import shutdown
from viewer_app.phantom import write_sample
from viewer_app.progress import Watch
from viewer_app.session.servers import Servers
from viewer_app.session.workspace import Workspace
from viewer_app.sources import FolderSource
from viewer_app.sources.base import Source
from viewer_app.sources.orthanc.cache import user_cache
from viewer_app.sources.orthanc.passwords import Passwords
from viewer_app.store import Store, open_store, open_store_in_memory
from viewer_app.tasks import Lane, Tasks
from viewer_app.ui.garbage import GarbageCollector
from viewer_app.ui.kept_setting import kept_limit_bytes
from viewer_app.ui.main_window import MainWindow
from viewer_app.ui.memory_setting import image_budget_bytes
from viewer_app.ui.sending import SendingToServer
from viewer_app.ui.serving import Serving
from viewer_app.ui.style import DARK, apply_style
from viewer_app.ui.widgets import Message

_SAMPLE_FOLDER = "Sample study"
_LOOK_EVERY_MS = 100
# The first image comes first; until it is done, views are drawn by plain numpy.
_COMPILE_AFTER_MS = 700
_SCREENSHOT_AFTER_S = 240.0


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start. `place` "" opens the sample study; `store_folder` None means the user's data folder."""

    place: str = ""
    store_folder: Path | None = None
    password: Callable[[str, str], str | None] | None = None
    screenshot: Path | None = None


def settings() -> QSettings:
    """Window layout and the like, in an INI file of the user's configuration folder."""
    return QSettings(str(config_folder() / "window.ini"), QSettings.Format.IniFormat)


def sample_source(watch: Watch) -> Source:
    """The sample study, written at the first time."""
    folder = cache_folder() / _SAMPLE_FOLDER
    write_sample(folder, watch)
    return FolderSource(folder)


def open_user_store(folder: Path) -> tuple[Store, tuple[str, ...]]:
    """The store in `folder` and what to tell about it; where there can be none, one that forgets."""
    try:
        store = open_store(folder)
    except StoreError as error:
        return open_store_in_memory(), (f"Nothing will be saved: {error}",)
    return store, store.notices


class Application:
    """The window and all it stands on; `close` puts everything away in order."""

    def __init__(self, launch: Launch) -> None:
        self._garbage = GarbageCollector()
        self.tasks = Tasks()
        self.store, notices = open_user_store(launch.store_folder or data_folder())
        self.workspace = Workspace(self.tasks, self.store, user_name())
        kept = settings()
        self._prepare_cache(kept)
        self.workspace.volumes.budget_bytes = image_budget_bytes(kept)
        servers = Servers(config_folder(), kept)
        self.serving = Serving(servers, Passwords(), self.tasks, asks=launch.screenshot is None)
        self.serving.noticed.connect(self.workspace.noticed)
        self.window = MainWindow(self.workspace, sample_source, kept, self.serving)
        self.sending = self._joined_sending()
        self._launch = launch
        self._tell_about_store(notices)
        if servers.problem is not None:
            self.window.telling.error(servers.problem, stays=True)

    def _joined_sending(self) -> SendingToServer:
        window = self.window
        made = SendingToServer(self.workspace, self.serving, window.telling, window.manner, window.status, window)
        window.commands.exporting.send_wanted.connect(made.ask)
        return made

    def start(self) -> None:
        """Show the window and open what was asked for."""
        self.window.show()
        QTimer.singleShot(_COMPILE_AFTER_MS, _compile)
        if self._launch.place:
            self.window.commands.opening.place(self._launch.place, self._launch.password)
        else:
            self.workspace.open(sample_source)

    def close(self) -> None:
        """Store what is left to store; end threads and worker processes."""
        if not self.window.close():
            self.window.close()  # it warned of what is not saved; there is nobody left to heed it
        self.tasks.close()
        self.store.close()
        shutdown()
        self._garbage.stop()

    def _prepare_cache(self, kept: QSettings) -> None:
        """One for the whole program; what it tells, in any thread, is told on the UI thread."""
        noticed = self.workspace.noticed
        cache = user_cache(tell=lambda text: self.tasks.call_home(lambda: noticed.emit(text)))
        limit = kept_limit_bytes(kept)
        if limit is not None:
            self.tasks.run(Lane.BROWSE, lambda watch: setattr(cache, "limit_bytes", limit))

    def _tell_about_store(self, notices: tuple[str, ...]) -> None:
        if self.store.shared_with_other_window:
            told = "Caliper is open in another window. Both keep their measurements; reopen a study to see the other's."
            self.window.telling.show_message(Message.INFO, told, stays=True)
        for notice in notices:
            self.window.telling.show_message(Message.WARNING, notice, stays=True)


def run(launch: Launch) -> int:
    """Open the window and stay until it is closed; the exit code."""
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(qt, QApplication)
    qt.setApplicationName("Caliper")
    qt.setApplicationVersion(__version__)
    qt.setWindowIcon(QIcon(str(resources.path("icons/caliper.svg"))))
    apply_style(qt, DARK)
    application = Application(launch)
    application.start()
    photographer = _Photographer(application, launch.screenshot) if launch.screenshot else None
    code = qt.exec()
    application.close()
    return photographer.code if photographer is not None else code


def _compile() -> None:
    """In the background: what is on show first."""
    digests.warm_up(after=sampler.warm_up())


class _Photographer:
    """Waits until the study is on the screen, takes the picture and ends the application."""

    def __init__(self, application: Application, target: Path) -> None:
        self.code = 1
        self._application = application
        self._target = target
        self._ticks_left = int(_SCREENSHOT_AFTER_S * 1000 / _LOOK_EVERY_MS)
        self._quiet_ticks = 0
        application.workspace.failed.connect(lambda error: print(f"viewer-app: {error}", file=sys.stderr))
        self._timer = QTimer(interval=_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        self._ticks_left -= 1
        self._quiet_ticks = 0 if self._application.tasks.busy else self._quiet_ticks + 1
        if self._quiet_ticks >= 3 or self._ticks_left <= 0:
            self._timer.stop()
            saved = self._application.window.grab().save(str(self._target))
            self.code = 0 if saved and self._application.workspace.study is not None else 1
            QApplication.quit()
