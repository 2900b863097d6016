"""The manual's pictures: `python3 dev.py shots`. The real window on the sample study, driven by real events.

Nothing of the machine is seen: the study, the store and the settings lie in a folder that is thrown away.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.shots.hand import Hand
from tests.shots.orthanc import orthanc_with
from viewer_app.imaging.pixels import shutdown
from viewer_app.phantom import SAMPLE_TRUTH, write_sample
from viewer_app.phantom.catalogue import PHANTOMS
from viewer_app.phantom.dicom import write_series
from viewer_app.session.workspace import Workspace
from viewer_app.sources import FolderSource
from viewer_app.store import open_store
from viewer_app.tasks import Tasks
from viewer_app.ui.main_window import MainWindow
from viewer_app.ui.panels.about_window import AboutWindow
from viewer_app.ui.panels.server_dialog import ServerDialog
from viewer_app.ui.panels.tag_window import TagWindow
from viewer_app.ui.style import DARK, apply_style

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
LARGEST_BYTES = 400_000
SIZE = (1600, 1000)
POINTS = {truth.key: truth.points_mm for truth in SAMPLE_TRUTH}


class Studio:
    """The folder, the window and the hand that all pictures share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sample = folder / "Sample study"
        write_sample(self.sample)
        self.tasks, self.store = Tasks(), open_store(folder / "store")
        workspace = Workspace(self.tasks, self.store, "Reader")
        settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(workspace, lambda watch: FolderSource(self.sample), settings)
        self.window.resize(*SIZE)
        self.window.move(0, 0)
        self.hand = Hand(self.window)

    def begin(self) -> None:
        """Show the window with nothing open."""
        self.window.show()
        self.window.activateWindow()
        self.hand.wait()

    def close(self) -> None:
        """As the application does."""
        self.window.close()
        self.tasks.close()
        self.store.close()
        shutdown()


def empty(studio: Studio) -> QWidget:
    """Nothing is open."""
    return studio.window


def main_window(studio: Studio) -> QWidget:
    """The CT at nodule A, with a distance over it and a probe in a rod of the insert."""
    hand, nodule = studio.hand, POINTS["ct-nodule-a-diameter"]
    (x, y, _), _ = POINTS["ct-rod-200"]
    hand.press("open_sample")
    hand.go_to(nodule[0])
    hand.press("window_preset_4")
    hand.enlarge((0.0, 10.0, nodule[0][2]), 2.0)
    hand.draw("distance", nodule, "Nodule A")
    hand.draw("probe", [(x, y, nodule[0][2])], "Rod 200")
    hand.press("cancel_or_reset")  # nothing is selected any more
    hand.point_at((0.0, -60.0, nodule[0][2]))
    return studio.window


def lung(studio: Studio) -> QWidget:
    """Nodule B in the lung window, enlarged."""
    hand, nodule = studio.hand, POINTS["ct-nodule-b-diameter"]
    center, _ = POINTS["ct-nodule-b-area"]
    hand.go_to(center)
    hand.press("window_preset_7")
    hand.enlarge(center, 7.0)
    hand.draw("distance", nodule, "Nodule B")
    hand.point_at((center[0] - 20, center[1], center[2]))
    return studio.window


def prior(studio: Studio) -> QWidget:
    """The same nodule a year before."""
    hand, nodule = studio.hand, POINTS["prior-nodule-b-diameter"]
    center, _ = POINTS["prior-nodule-b-area"]
    hand.card("Chest 2 mm, contrast")
    hand.go_to(center)
    hand.press("window_preset_7")
    hand.enlarge(center, 7.2)
    hand.draw("distance", nodule, "Nodule B")
    hand.point_at((center[0] - 20, center[1], center[2]))
    return studio.window


def mr(studio: Studio) -> QWidget:
    """The oblique MR, the pointer on the liver lesion."""
    hand = studio.hand
    lesion, _ = POINTS["mr-lesion-area"]
    hand.press("previous_study")
    hand.card("Upper abdomen T1, oblique")
    hand.go_to(lesion)
    hand.press("fit")
    hand.point_at(lesion)
    return studio.window


def planes(studio: Studio) -> QWidget:
    """The CT in three planes through nodule A, turned, with a slab."""
    hand, window = studio.hand, studio.window
    hand.card("Chest and abdomen 1 mm, contrast")
    hand.press("mpr")
    opened = window.viewport.study
    mpr = opened.active.mpr
    assert mpr is not None
    opened.layout.set(mpr.centred(POINTS["ct-nodule-a-diameter"][0]))
    mpr = opened.active.mpr
    assert mpr is not None
    opened.layout.set(mpr.rotated(0.35))
    window.viewports.activate(1)
    hand.press("slab_mode")
    hand.wait()
    return window


def compared(studio: Studio) -> QWidget:
    """The CT beside its prior, linked by hand."""
    hand = studio.hand
    hand.press("mpr")
    hand.press("compare")
    hand.press("link_by_hand")
    studio.window.message.hide()
    hand.wait()
    return studio.window


def tags(studio: Studio) -> QWidget:
    """The tags of the image: searched for, found, and seen among the others."""
    studio.hand.press("tags")
    window = studio.window.findChild(TagWindow)
    assert isinstance(window, TagWindow)
    QTest.keyClicks(window.search, "pixel spacing")
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    window.search.clear()
    window.view.setFocus()
    studio.hand.wait()
    return window


def message(studio: Studio) -> QWidget:
    """A folder that holds no DICOM file."""
    letters = studio.folder / "Letters"
    letters.mkdir()
    (letters / "letter.txt").write_text("Dear colleague", encoding="utf-8")
    studio.window.commands.opening.place(str(letters))
    studio.hand.wait()
    return studio.window


def server(studio: Studio) -> QWidget | None:
    """The dialog with what a search found; None without Orthanc."""
    with orthanc_with(studio.folder, studio.sample) as running:
        if running is None:
            return None
        studio.window.ask_server()
        dialog = studio.window.findChild(ServerDialog)
        assert isinstance(dialog, ServerDialog)
        dialog.address.setText(running.url)
        dialog.user.setText(running.user)
        dialog.password.setText(running.password)
        dialog.search.click()
        studio.hand.wait()
        dialog.address.setText("http://localhost:8042")  # the port of this run is chance
        return dialog


def about(studio: Studio) -> QWidget:
    """All that is told of a series with gaps: a phantom."""
    folder = studio.folder / "Phantom"
    write_series(folder, PHANTOMS["P6 gap"]())
    studio.window.commands.opening.place(str(folder))
    studio.hand.wait()
    studio.hand.press("about_series")
    window = studio.window.findChild(AboutWindow)
    assert isinstance(window, AboutWindow)
    return window


SHOTS: Mapping[str, Callable[[Studio], QWidget | None]] = {
    "empty": empty,
    "main": main_window,
    "lung": lung,
    "prior": prior,
    "mr": mr,
    "planes": planes,
    "compared": compared,
    "tags": tags,
    "message": message,
    "server": server,
    "about": about,
}


def save(widget: QWidget, path: Path) -> None:
    """Write the picture of a widget; ValueError where it is too large to keep in the repository."""
    picture = QBuffer()
    if not widget.grab().toImage().save(picture, "PNG"):  # type: ignore[call-overload]  # the stub lacks QIODevice
        raise ValueError(f"{path.name} cannot be written")
    image = Image.open(BytesIO(picture.data().data())).convert("RGB")
    image.save(path, optimize=True)
    if path.stat().st_size > LARGEST_BYTES:
        # Noise in several views at once; 256 colours are enough for greys and a few lines.
        image.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError(f"{path.name} has {path.stat().st_size} bytes, more than {LARGEST_BYTES}")


@contextmanager
def studio() -> Iterator[Studio]:
    """The studio in a folder of its own, put away at the end."""
    with tempfile.TemporaryDirectory(prefix="caliper-shots-", ignore_cleanup_errors=True) as folder:
        made = Studio(Path(folder))
        try:
            made.begin()
            yield made
        finally:
            made.close()


def main() -> int:
    """Take all pictures, in the order of the table: each begins where the one before it ended."""
    application = QApplication(sys.argv[:1])
    apply_style(application, DARK)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with studio() as made:
        for name, take in SHOTS.items():
            shown = take(made)
            if shown is None:
                print(f"{name}: left as it is, Orthanc is not installed")
                continue
            save(shown, PICTURES / f"{name}.png")
            print(f"{name}: {(PICTURES / f'{name}.png').stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
