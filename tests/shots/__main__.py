"""The manual's pictures: `python3 dev.py shots`, or some: `python3 dev.py shots grid cursor`.

The real window on the sample study, driven by real events. Nothing of the machine is seen, and nothing of the picture
before: window, store and settings are new for each, in a folder that is thrown away.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.shots.layouts import LAYOUTS, compared, planes
from tests.shots.measured import MEASURED, lung, main_window
from tests.shots.served import SERVED
from tests.shots.studio import POINTS, Studio, studio
from viewer_app.imaging.pixels import shutdown
from viewer_app.phantom import write_sample
from viewer_app.phantom.catalogue import PHANTOMS
from viewer_app.phantom.dicom import write_series
from viewer_app.ui.panels.about_window import AboutWindow
from viewer_app.ui.panels.tag_window import TagWindow
from viewer_app.ui.style import DARK, apply_style

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
LARGEST_BYTES = 500_000


def empty(studio: Studio) -> QWidget:
    """Nothing is open."""
    return studio.window


def prior(studio: Studio) -> QWidget:
    """The same nodule a year before."""
    hand, nodule = studio.hand, POINTS["prior-nodule-b-diameter"]
    center, _ = POINTS["prior-nodule-b-area"]
    hand.press("open_sample")
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
    hand.press("open_sample")
    hand.card("Upper abdomen T1, oblique")
    hand.go_to(lesion)
    hand.press("fit")
    hand.point_at(lesion)
    return studio.window


def tags(studio: Studio) -> QWidget:
    """The tags of the image: searched for, found, and seen among the others."""
    mr(studio)
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
    """A folder that holds no DICOM file: what was open stays."""
    lung(studio)
    letters = studio.folder / "Letters"
    letters.mkdir()
    (letters / "letter.txt").write_text("Dear colleague", encoding="utf-8")
    studio.window.commands.opening.place(str(letters))
    studio.hand.wait()
    return studio.window


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
    **SERVED,
    "about": about,
    **LAYOUTS,
    **MEASURED,
}


def save(widget: QWidget, path: Path) -> None:
    """Write the picture of a widget; ValueError where it is too large to keep in the repository."""
    picture = QBuffer()
    if not widget.grab().toImage().save(picture, "PNG"):  # type: ignore[call-overload]  # the stub lacks QIODevice
        raise ValueError(f"{path.name} cannot be written")
    image = Image.open(BytesIO(picture.data().data())).convert("RGB")
    image.save(path, optimize=True)
    if path.stat().st_size > LARGEST_BYTES:
        # Noise in several views at once. A palette that covers all colours keeps those of a few lines among the greys.
        image.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError(f"{path.name} has {path.stat().st_size} bytes, more than {LARGEST_BYTES}")


def main() -> int:
    """Take all pictures, or those that are named."""
    names = sys.argv[1:] or list(SHOTS)
    if unknown := set(names) - set(SHOTS):
        print(f"There is no picture {', '.join(sorted(unknown))}. There are: {', '.join(SHOTS)}.", file=sys.stderr)
        return 2
    application = QApplication(sys.argv[:1])
    apply_style(application, DARK)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="caliper-shots-", ignore_cleanup_errors=True) as folder:
        sample = Path(folder) / "Sample study"
        write_sample(sample)
        for name in names:
            take(name, sample)
    shutdown()
    return 0


def take(name: str, sample: Path) -> None:
    """One picture, from a new window in an empty folder to its file."""
    with studio(sample) as made:
        shown = SHOTS[name](made)
        if shown is None:
            print(f"{name}: left as it is, Orthanc is not installed", flush=True)
            return
        save(shown, PICTURES / f"{name}.png")
    print(f"{name}: {(PICTURES / f'{name}.png').stat().st_size} bytes", flush=True)


if __name__ == "__main__":
    sys.exit(main())
