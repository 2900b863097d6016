"""Text from files is shown as it is: never as markup, never as a second line it brought along."""

from __future__ import annotations

import html
import unicodedata

from PySide6.QtWidgets import QStyle, QWidget


def one_line(text: str) -> str:
    """`text` on one line: runs of white space become one space, control characters vanish."""
    spaced = " ".join(text.split())
    return "".join(letter for letter in spaced if unicodedata.category(letter) != "Cc")


def tool_tip(text: str) -> str:
    """`text` in the form in which Qt's tool tips, which guess at markup, show exactly it; "" stays ""."""
    if not text:
        return ""
    return f"<span>{html.escape(text).replace(chr(10), '<br>')}</span>"


def restyle(widget: QWidget) -> None:
    """Let the style sheet look again at the widget's properties."""
    style: QStyle = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
