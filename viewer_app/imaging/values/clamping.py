"""Windows whose lower end stays at zero, as nuclear medicine is read (IHE BIR 17), and the ends of any window."""

from __future__ import annotations

from viewer_app.imaging.headers import Window

# Counts and uptake begin at nothing: what is below zero there is noise.
_FROM_ZERO = frozenset({"NM", "PT"})


def starts_clamped(modality: str) -> bool:
    """Is the lower end of the window held at zero for this modality, as long as nobody wishes otherwise?"""
    return modality in _FROM_ZERO


def ends(window: Window) -> tuple[float, float]:
    """The modality values, in their unit, that centre and width name as the darkest and the brightest."""
    return window.center - window.width / 2, window.center + window.width / 2


def clamped(window: Window) -> Window:
    """The window from zero to the upper end of `window`; unchanged where it begins there, or ends below.

    It is LINEAR_EXACT: the half unit of LINEAR (PS3.3 C.11.2.1.2) would put the lower end beside zero.
    """
    low, top = ends(window)
    if top <= 0 or (low == 0 and window.lookup is None):
        return window
    return Window(top / 2, top, window.explanation if window.lookup is None else "", "LINEAR_EXACT")
