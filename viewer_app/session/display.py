"""How a stack is shown before anybody has said otherwise."""

from __future__ import annotations

from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.values import clamping
from viewer_app.session.view import View


def starts_inverted(stack: Stack) -> bool:
    """PET is read black on white; what its file already shows so (MONOCHROME1), or in colour, is left alone."""
    pixel_format = stack.images[0].instance.pixel_format
    is_plain = pixel_format is not None and pixel_format.photometric_interpretation == "MONOCHROME2"
    return stack.info.modality == "PT" and is_plain


def is_clamped(view: View, stack: Stack) -> bool:
    """Is the lower end of the window held at zero: as the user wishes, else as suits the modality (BIR 17)?"""
    return clamping.starts_clamped(stack.info.modality) if view.clamped is None else view.clamped
