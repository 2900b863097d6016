"""The layouts: one large, a grid, three planes, a prior. Some open a phantom of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtWidgets import QPushButton, QWidget

from tests.shots import drawn
from tests.shots.studio import POINTS, Studio
from viewer_app.imaging.cuts import SlabMode
from viewer_app.session.reconstructing import Change

_SIZE = (1280, 800)
_LESION = POINTS["mr-lesion-area"][0]
_NODULE = POINTS["ct-nodule-a-area"][0]


def planes(studio: Studio) -> QWidget:
    """The CT in three planes through nodule A, turned, with a slab."""
    hand, window = studio.hand, studio.window
    hand.press("open_sample")
    hand.card("Chest and abdomen 1 mm, contrast")
    hand.press("mpr")
    _change(studio, lambda mpr: mpr.centred(_NODULE))
    _change(studio, lambda mpr: mpr.rotated(0.35))
    window.viewports.activate(3)
    hand.go_to(_NODULE)
    window.viewports.activate(1)
    hand.press("slab_mode")
    return window


def compared(studio: Studio) -> QWidget:
    """Nodule B now and a year before, in one window, linked by hand."""
    hand, window = studio.hand, studio.window
    hand.press("open_sample")
    hand.press("compare")
    for place, series in enumerate(("ct", "prior")):
        window.viewports.activate(place)
        nodule = POINTS[f"{series}-nodule-b-area"][0]
        hand.press("window_preset_7")
        hand.go_to(nodule)
        hand.enlarge(nodule, 3.0)
    window.viewports.activate(0)
    hand.press("link_by_hand")
    window.message.hide()
    hand.leave()
    return window


def cine(studio: Studio) -> QWidget:
    """A clip alone, paused on its way, the panels away."""
    _open(studio, drawn.clip(studio.folder / "Clip"))
    studio.hand.press("panels")
    for _ in range(17):
        studio.hand.press("next_image")
    return studio.window


def grid(studio: Studio) -> QWidget:
    """Four planes of one study, linked, with the lines where they cut."""
    _four(studio)
    studio.hand.press("localizer_lines")
    return studio.window


def cursor(studio: Studio) -> QWidget:
    """The same without lines, the liver lesion pointed at in the first."""
    hand, window = studio.hand, studio.window
    _four(studio)
    hand.press("crosshair")
    hand.click(_LESION)
    hand.press("window")
    hand.wait()
    return window


def resampled(studio: Studio) -> QWidget:
    """Three planes through slices that are not evenly spaced, once they were brought to even ones."""
    _open(studio, drawn.uneven_ct(studio.folder / "Uneven", studio.sample))
    hand, window = studio.hand, studio.window
    hand.press("mpr")
    offer = window.message.findChild(QPushButton)
    assert isinstance(offer, QPushButton)
    offer.click()
    hand.wait()
    _change(studio, lambda mpr: mpr.centred(_NODULE))
    window.viewports.activate(3)
    hand.go_to(_NODULE)
    return window


def colors(studio: Studio) -> QWidget:
    """PET in three planes through the liver lesion, in hot iron."""
    _open(studio, drawn.pet(studio.folder / "PET"))
    studio.hand.press("mpr")
    _change(studio, lambda mpr: mpr.centred(_LESION))
    hand, window = studio.hand, studio.window
    window.commands.display.color("hot-iron")
    window.viewports.activate(3)
    hand.go_to(_LESION)
    return window


def slab(studio: Studio) -> QWidget:
    """The lung vessels in a thick slab that leans two ways."""
    hand, window, lower = studio.hand, studio.window, POINTS["ct-nodule-c-area"][0]
    _open(studio, studio.sample)
    hand.press("fit")
    hand.press("window_preset_7")
    hand.press("mpr")
    _change(studio, lambda mpr: mpr.centred(lower))
    _change(studio, lambda mpr: mpr.rotated(0.4))
    window.viewports.activate(2)
    _change(studio, lambda mpr: mpr.rotated(-0.3))
    window.viewports.activate(3)
    hand.go_to(lower)
    window.viewports.activate(1)
    _change(studio, lambda mpr: mpr.with_slab(25.0, SlabMode.MAXIMUM))
    return window


def _four(studio: Studio) -> None:
    _open(studio, drawn.mr_study(studio.folder / "MR"))
    studio.hand.press("panels")
    studio.hand.go_to(_LESION)


def _change(studio: Studio, change: Change) -> None:
    studio.window.commands.arranging.change(change)
    studio.hand.wait()


def _open(studio: Studio, folder: Path) -> None:
    studio.window.resize(*_SIZE)
    studio.window.commands.opening.place(str(folder))
    studio.hand.wait()
    studio.hand.press("window")
    studio.window.viewport.setFocus()


LAYOUTS: Mapping[str, Callable[[Studio], QWidget]] = {
    "cine": cine,
    "grid": grid,
    "cursor": cursor,
    "resampled": resampled,
    "colors": colors,
    "slab": slab,
}
