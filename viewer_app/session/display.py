"""How a stack is shown before anybody has said otherwise."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.imaging.headers import Window
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.values import clamping
from viewer_app.session.view import View

# The functions of which centre and width name two ends (PS3.3 C.11.2.1.2).
_WITH_ENDS = frozenset({"LINEAR", "LINEAR_EXACT"})


def first_view(stack: Stack) -> View:
    """How a stack is shown when it is first looked at: its middle, as its kind is read."""
    return View(stack.key, len(stack.images) // 2, inverted=starts_inverted(stack))


def reset_view(view: View, stack: Stack) -> View:
    """As it was first shown, at the same image or plane."""
    return replace(first_view(stack), index=view.index, cut=view.cut)


def starts_inverted(stack: Stack) -> bool:
    """PET is read black on white; what its file already shows so (MONOCHROME1), or in colour, is left alone."""
    pixel_format = stack.images[0].instance.pixel_format
    is_plain = pixel_format is not None and pixel_format.photometric_interpretation == "MONOCHROME2"
    return stack.info.modality == "PT" and is_plain


def is_clamped(view: View, stack: Stack) -> bool:
    """Is the lower end of the window held at zero: as the user wishes, else as suits the modality (BIR 17)?"""
    return clamping.starts_clamped(stack.info.modality) if view.clamped is None else view.clamped


def shown_window(window: Window, view: View, stack: Stack) -> Window:
    """What of a chosen window is shown: from zero where it is clamped. A VOI LUT and a sigmoid have no such end."""
    return clamping.clamped(window) if window.function in _WITH_ENDS and is_clamped(view, stack) else window
