"""The table of actions: name, title, icon, group, and what each calls. Keys come from the resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from viewer_app import resources
from viewer_app.measure.kinds import DRAWN
from viewer_app.session.reconstructing import Mpr
from viewer_app.ui.commands import Commands
from viewer_app.ui.volumes import CLEANINGS

WINDOW_KEYS = range(2, 10)


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action. `group` orders the menu; a `checkable` one is a tool, on until another is, or a switch;
    keys `of_viewports` mean something else beside them."""

    name: str
    title: str
    call: Callable[[Commands], object]
    group: str
    icon: str = ""
    checkable: bool = False
    of_viewports: bool = False


def _tool(name: str, title: str, icon: str) -> ActionSpec:
    return ActionSpec(name, title, lambda commands: commands.take_tool(name), "Tools", icon, checkable=True)


def _switch(name: str, title: str, call: Callable[[Commands], object]) -> ActionSpec:
    return ActionSpec(name, title, call, "Link", checkable=True)


def _preset(key: int) -> ActionSpec:
    name = f"window_preset_{key}"
    return ActionSpec(name, f"Window preset {key}", lambda commands: commands.windowing.preset(str(key)), "Window")


def _cleaning(name: str, title: str) -> ActionSpec:
    return ActionSpec(name, title, lambda commands: commands.volumes.clean(name), "Volume")


VOLUME_TOOLS: tuple[ActionSpec, ...] = (
    _tool("volume_brush", "Volume: brush", "brush"),
    _tool("volume_grow", "Volume: grow from a seed", "grow"),
)

TOOLS: tuple[ActionSpec, ...] = (
    _tool("scroll", "Scroll", "scroll"),
    _tool("window", "Window", "window"),
    _tool("window_region", "Window from a region", "window-region"),
    _tool("zoom", "Zoom", "zoom"),
    _tool("pan", "Pan", "pan"),
    _tool("magnifier", "Magnifier", "magnifier"),
    _tool("crosshair", "Crosshair", "crosshair"),
    *(_tool(kind.name, kind.title, kind.icon) for kind in DRAWN.values()),
    *VOLUME_TOOLS,
)

MARKS: tuple[ActionSpec, ...] = (
    ActionSpec("paste", "Paste marks", lambda to: to.marking.paste(), "Edit"),
    ActionSpec("duplicate_next", "Copy marks to the next image", lambda to: to.marking.duplicate(1), "Edit"),
    ActionSpec("duplicate_previous", "Copy marks to the image before", lambda to: to.marking.duplicate(-1), "Edit"),
    ActionSpec("propagate", "Copy marks over slices …", lambda to: to.propagate(), "Edit"),
    ActionSpec(
        "select_all", "Select all marks of the image", lambda to: to.marking.select_all(), "Edit", of_viewports=True
    ),
    ActionSpec("rename", "Rename measurement", lambda to: to.rename(), "Edit"),
    ActionSpec("label_back", "Move labels back", lambda to: to.marking.labels_back(), "Edit"),
    ActionSpec("jump_to_mark", "Jump to the mark", lambda to: to.marking.jump(), "Edit"),
    ActionSpec("delete", "Delete measurements", lambda to: to.marking.delete(), "Edit", "trash"),
    ActionSpec("hide_marks", "Hide or show all marks", lambda to: to.marking.toggle_hidden(), "View"),
    ActionSpec(
        "mark_colors", "Colours of marks: alike, by kind, by label", lambda to: to.marking.next_colors(), "View"
    ),
    ActionSpec("marks_shown_on", "Where marks are shown …", lambda to: to.marking.ask_lying(), "View"),
)

OF_SELECTION = (
    "rename",
    "delete",
    "duplicate_next",
    "duplicate_previous",
    "propagate",
    "label_back",
    "jump_to_mark",
)
"""The actions that need a mark that is selected."""

LINKS: tuple[ActionSpec, ...] = (
    ActionSpec("link", "Link or unlink scrolling, panning and zoom", lambda to: to.linking.toggle(), "Link"),
    _switch("link_scroll", "Scroll together", lambda to: to.linking.toggle_scroll()),
    _switch("link_pan_zoom", "Pan and zoom together", lambda to: to.linking.toggle_pan_zoom()),
    _switch("link_window", "Window together", lambda to: to.linking.toggle_window()),
    ActionSpec("link_by_hand", "Link these slices by hand", lambda to: to.linking.by_hand(), "Link"),
    ActionSpec("unlink_by_hand", "Unlink by hand", lambda to: to.linking.not_by_hand(), "Link"),
    _switch("localizer_lines", "Lines where other views cut", lambda to: to.linking.toggle_lines()),
)

VOLUMES: tuple[ActionSpec, ...] = (
    ActionSpec("brush_larger", "Larger brush", lambda to: to.volumes.brush.resize(1), "Volume"),
    ActionSpec("brush_smaller", "Smaller brush", lambda to: to.volumes.brush.resize(-1), "Volume"),
    ActionSpec("new_volume", "Begin a new volume", lambda to: to.volumes.begin_new(), "Volume"),
    *(_cleaning(name, title) for name, (title, _) in CLEANINGS.items()),
    ActionSpec(
        "volume_contours",
        "Volume from the contours of this label",
        lambda to: to.volumes.of_contours(interpolated=False),
        "Volume",
    ),
    ActionSpec(
        "volume_between_contours",
        "Volume from the contours of this label, interpolated between",
        lambda to: to.volumes.of_contours(interpolated=True),
        "Volume",
    ),
    ActionSpec("volume_update", "Update from its marks", lambda to: to.volumes.remaking.update(), "Volume"),
    ActionSpec("volumes_side_by_side", "Volumes of this label …", lambda to: to.compare_volumes(), "Volume"),
    ActionSpec("ellipsoid", "Ellipsoid from the diameters of this label", lambda to: to.volumes.ellipsoid(), "Volume"),
)

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("open_folder", "Open folder …", lambda to: to.opening.ask_folder(), "File", "open-folder"),
    ActionSpec("open_file", "Open file or zip …", lambda to: to.opening.ask_file(), "File", "open-file"),
    ActionSpec("open_server", "Open from Orthanc …", lambda to: to.open_server(), "File", "server"),
    ActionSpec("server_priors", "Priors on the server …", lambda to: to.opening.priors(), "File"),
    ActionSpec("open_sample", "Open sample study", lambda to: to.opening.sample(), "File", "sample"),
    ActionSpec("load_missing", "Load missing images", lambda to: to.opening.missing(), "File"),
    ActionSpec("memory", "Memory for images …", lambda to: to.set_memory(), "File"),
    ActionSpec("kept", "Kept studies …", lambda to: to.opening.kept(), "File"),
    ActionSpec("report", "Export report …", lambda to: to.exporting.report(), "File", "report"),
    ActionSpec("send", "Send to server …", lambda to: to.exporting.send_wanted.emit(), "File"),
    ActionSpec("import_marks", "Import measurements …", lambda to: to.importing.ask(), "File"),
    ActionSpec("print", "Print view …", lambda to: to.exporting.print_view(), "File", "print"),
    ActionSpec("quit", "Quit", lambda to: to.quit(), "File"),
    ActionSpec("undo", "Undo", lambda to: to.undo(), "Edit", "undo"),
    ActionSpec("redo", "Redo", lambda to: to.redo(), "Edit", "redo"),
    ActionSpec(
        "copy_view", "Copy marks, or else the picture of the view", lambda to: to.marking.copy(), "Edit", "copy"
    ),
    *MARKS,
    ActionSpec("calibrate", "Calibrate by a known length …", lambda to: to.calibrating.ask(), "Edit"),
    ActionSpec("uncalibrate", "Remove user calibration", lambda to: to.calibrating.remove(), "Edit"),
    *TOOLS,
    *VOLUMES,
    ActionSpec(
        "placing_lens", "Lens while points are placed", lambda to: to.hand.toggle_lens(), "Tools", checkable=True
    ),
    ActionSpec("snap_to_edge", "Points snap to edges", lambda to: to.hand.toggle_snap(), "Tools", checkable=True),
    ActionSpec("fit", "Fit to viewport", lambda to: to.fit(), "View", "fit"),
    ActionSpec("actual_size", "One screen pixel for each image pixel", lambda to: to.actual_size(), "View"),
    ActionSpec("real_size", "Real size: 1 mm is 1 mm on the screen", lambda to: to.real_size(), "View"),
    ActionSpec("measure_screen", "Size of this screen …", lambda to: to.measure_screen(), "View"),
    ActionSpec("invert", "Invert", lambda to: to.invert(), "View", "invert"),
    ActionSpec("rotate_right", "Rotate right", lambda to: to.turning.right(), "View", "rotate-right"),
    ActionSpec("rotate_left", "Rotate left", lambda to: to.turning.left(), "View", "rotate-left"),
    ActionSpec("flip", "Flip left to right", lambda to: to.turning.flip(), "View", "flip"),
    ActionSpec("turn_reset", "Neither rotated nor flipped", lambda to: to.turning.reset(), "View"),
    ActionSpec("smooth", "Smooth between pixels", lambda to: to.display.toggle_smooth(), "View", checkable=True),
    ActionSpec("overlay_text", "Corner text: all, little, none", lambda to: to.next_density(), "View", "info"),
    ActionSpec("text_size", "Text on images: small, normal, large", lambda to: to.marking.next_text_size(), "View"),
    ActionSpec("margins", "Uncertainty on the image", lambda to: to.toggle_margins(), "View", checkable=True),
    ActionSpec("drawings", "Overlays and shutter of the file", lambda to: to.toggle_drawings(), "View"),
    ActionSpec("hide_patient", "Hide patient", lambda to: to.toggle_patient(), "View", "eye-off"),
    ActionSpec("about_series", "About this series …", lambda to: to.show_about(), "View", "info"),
    ActionSpec("tags", "Tags of the image", lambda to: to.show_tags(), "View", "tag"),
    ActionSpec("layout", "Layout …", lambda to: to.choose_layout(), "View", "layout"),
    ActionSpec("mpr", "Reconstruct in three planes (MPR)", lambda to: to.arranging.mpr(), "MPR", "mpr"),
    ActionSpec("mpr_reset", "Planes as at the start", lambda to: to.arranging.change(Mpr.reset), "MPR"),
    ActionSpec("snap_axial", "Axial plane", lambda to: to.arranging.snap("axial"), "MPR"),
    ActionSpec("snap_coronal", "Coronal plane", lambda to: to.arranging.snap("coronal"), "MPR"),
    ActionSpec("snap_sagittal", "Sagittal plane", lambda to: to.arranging.snap("sagittal"), "MPR"),
    ActionSpec("center_crosshair", "Crosshair into the middle of the views", lambda to: to.arranging.centre(), "MPR"),
    ActionSpec("hide_crosshair", "Hide or show the crosshair", lambda to: to.toggle_crosshair(), "MPR"),
    ActionSpec("slab_mode", "Slab: MIP, MinIP, mean", lambda to: to.arranging.next_slab_mode(), "MPR"),
    ActionSpec("slab_off", "No slab", lambda to: to.arranging.no_slab(), "MPR"),
    *LINKS,
    ActionSpec("compare", "Compare with prior", lambda to: to.arranging.compare(), "View"),
    ActionSpec("measure_here", "Measure on this study", lambda to: to.arranging.measure_here(), "View"),
    ActionSpec("maximize_view", "One view large", lambda to: to.maximize_view(), "View"),
    ActionSpec("table", "Go to the table of measurements", lambda to: to.table_wanted.emit(), "View"),
    ActionSpec("wide_table", "Wide table of measurements, or narrow", lambda to: to.wide_table_wanted.emit(), "View"),
    ActionSpec("panels", "Hide or show the panels", lambda to: to.toggle_panels(), "View"),
    ActionSpec("next_view", "Next view", lambda to: to.arranging.next_view(1), "Go", of_viewports=True),
    ActionSpec("previous_view", "Previous view", lambda to: to.arranging.next_view(-1), "Go", of_viewports=True),
    ActionSpec("cancel_or_reset", "Cancel, then reset the view", lambda to: to.cancel_or_reset(), "View"),
    ActionSpec("window_auto", "Automatic window", lambda to: to.windowing.automatic(), "Window"),
    ActionSpec("window_file", "Window of the file", lambda to: to.windowing.of_file(), "Window"),
    *(_preset(key) for key in WINDOW_KEYS),
    ActionSpec("clamped", "Window from zero", lambda to: to.display.toggle_clamped(), "Window", checkable=True),
    ActionSpec("presets", "Window presets …", lambda to: to.edit_presets(), "Window"),
    ActionSpec("next_image", "Next image", lambda to: to.going.scroll_by(1), "Go"),
    ActionSpec("previous_image", "Previous image", lambda to: to.going.scroll_by(-1), "Go"),
    ActionSpec("next_ten_images", "Ten images on", lambda to: to.going.scroll_by(10), "Go"),
    ActionSpec("previous_ten_images", "Ten images back", lambda to: to.going.scroll_by(-10), "Go"),
    ActionSpec("first_image", "First image", lambda to: to.going.scroll_to_end(first=True), "Go"),
    ActionSpec("last_image", "Last image", lambda to: to.going.scroll_to_end(first=False), "Go"),
    ActionSpec(
        "cine", "Cine: play or pause the active view, one at a time", lambda to: to.playing.toggle(), "Go", "cine"
    ),
    ActionSpec("next_phase", "Next phase, at the same place", lambda to: to.playing.step_phase(1), "Go"),
    ActionSpec("previous_phase", "Previous phase, at the same place", lambda to: to.playing.step_phase(-1), "Go"),
    ActionSpec("next_series", "Next series", lambda to: to.going.series_by(1), "Go"),
    ActionSpec("previous_series", "Previous series", lambda to: to.going.series_by(-1), "Go"),
    ActionSpec("next_study", "Older study", lambda to: to.going.study_by(1), "Go"),
    ActionSpec("previous_study", "Newer study", lambda to: to.going.study_by(-1), "Go"),
    ActionSpec("advanced", "Advanced mode", lambda to: to.toggle_advanced(), "Help", checkable=True),
    ActionSpec("help", "Keys and mouse", lambda to: to.show_help(), "Help", "keyboard"),
)


def shortcuts() -> Mapping[str, list[str]]:
    """Key sequences by action name; a measurement kind brings its own."""
    found: dict[str, list[str]] = resources.table("shortcuts.json")
    return {kind.name: [kind.shortcut] for kind in DRAWN.values()} | found


def make_actions(parent: QWidget, viewports: QWidget, commands: Commands) -> dict[str, QAction]:
    """A QAction for every row of the table, owned by `parent`, with keys that hold in it or in its `viewports`."""
    keys = shortcuts()
    made: dict[str, QAction] = {}
    for spec in ACTIONS:
        action = QAction(spec.title, parent)
        action.setObjectName(spec.name)
        action.setCheckable(spec.checkable)
        action.setShortcuts([QKeySequence(key) for key in keys.get(spec.name, [])])
        action.triggered.connect(lambda _=False, spec=spec: spec.call(commands))
        if spec.of_viewports:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        (viewports if spec.of_viewports else parent).addAction(action)
        made[spec.name] = action
    return made
