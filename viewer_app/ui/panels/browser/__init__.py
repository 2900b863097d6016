"""The study browser: studies of a server to search, to look at and to open."""

from viewer_app.ui.panels.browser.window import StudyBrowser

__all__ = ["StudyBrowser"]
