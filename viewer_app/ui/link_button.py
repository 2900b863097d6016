"""The button that says what of the viewports is linked, and its menu."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from viewer_app.session.links import Links
from viewer_app.ui import style
from viewer_app.ui.widgets.plain import tool_tip

_MENU = (("link_scroll", "link_pan_zoom", "link_window"), ("link_by_hand", "unlink_by_hand"), ("localizer_lines",))


class LinkButton(QToolButton):
    """Lit while anything is linked. The actions do the work; here they are checked as things are."""

    def __init__(self, actions: Mapping[str, QAction], icon_px: int) -> None:
        super().__init__()
        self._actions = actions
        self._icon_px = icon_px
        key = actions["link"].shortcut().toString()
        self.setToolTip(tool_tip(f"Link the views ({key} for scrolling, panning and zoom)"))
        self.setAccessibleName("Link the views")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # as the other buttons of a tool bar
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        for names in _MENU:
            menu.addSeparator()
            menu.addActions([actions[name] for name in names])
        self.setMenu(menu)
        self.show_links(Links(), False)

    def show_links(self, links: Links, lines_shown: bool) -> None:
        """Check what is on."""
        is_linked = links.scroll or links.pan_zoom or links.window
        self.setIcon(style.icon("link", style.current_palette(), size=self._icon_px, active=is_linked))
        states = {"link_scroll": links.scroll, "link_pan_zoom": links.pan_zoom, "link_window": links.window}
        for name, on in (states | {"localizer_lines": lines_shown}).items():
            self._actions[name].setChecked(on)
        self._actions["unlink_by_hand"].setEnabled(bool(links.offsets))
