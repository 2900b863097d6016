"""Colours by role, dark and light."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by role, "#rrggbb". Text roles keep 4.5:1 on every surface role (a test computes it).

    Surfaces: `window`, `raised`, `hover`, `selection` (a chosen row or card), `active` (a tool that is on).
    Lines: `line`, `active_line`, `warn_line`. Text: `text`, `secondary`, `accent`, `warn`, `good`, `error`; `on_active`
    on `active` only. On an image, black in every theme: `viewport`, `overlay`, `mark`, `mark_selected`, `halo`,
    `drawing` (overlay planes of the file), `planes` (the three of an MPR), `localizer` and `localizer_active`
    (where other viewports cut this one, and the active one of them).
    """

    window: str
    raised: str
    hover: str
    selection: str
    active: str
    line: str
    active_line: str
    warn_line: str
    text: str
    on_active: str
    secondary: str
    accent: str
    warn: str
    good: str
    error: str
    viewport: str = "#000000"
    overlay: str = "#e6ebf0"
    mark: str = "#ffd54a"
    mark_selected: str = "#3fb6ff"
    halo: str = "#000000"
    drawing: str = "#7fe0c3"
    localizer: str = "#9d8fc4"
    localizer_active: str = "#d9c8ff"
    planes: tuple[str, str, str] = ("#ff8f6b", "#8fd46a", "#7db4ff")


DARK = Palette(
    window="#14181d",
    raised="#1b2027",
    hover="#20262e",
    selection="#14222e",
    active="#12364d",
    line="#262d36",
    active_line="#1f6c97",
    warn_line="#ffb454",
    text="#d9e0e7",
    on_active="#d3ecff",
    secondary="#8793a0",
    accent="#3fb6ff",
    warn="#ffb454",
    good="#67d391",
    error="#ff8a80",
)
LIGHT = replace(
    DARK,
    window="#f3f5f7",
    raised="#ffffff",
    hover="#e9edf1",
    selection="#e1eef9",
    active="#cfe5f7",
    line="#d3dae1",
    active_line="#5fa3d6",
    warn_line="#e08a00",
    text="#1a222b",
    on_active="#083f69",
    secondary="#515d69",
    accent="#085c9e",
    warn="#7f4a00",
    good="#136330",
    error="#a8231b",
)
