"""Small widgets the window is made of. They show every text as plain text, whatever it holds."""

from viewer_app.ui.widgets.cine_bar import CineBar
from viewer_app.ui.widgets.elided_chooser import ElidedChooser
from viewer_app.ui.widgets.elided_label import ElidedLabel
from viewer_app.ui.widgets.frame_slider import FrameSlider
from viewer_app.ui.widgets.line_field import LineField
from viewer_app.ui.widgets.measurement_list import ROW_ROLE, MeasurementDelegate, MeasurementRow
from viewer_app.ui.widgets.message_bar import Message, MessageBar
from viewer_app.ui.widgets.series_card import SeriesCard, SeriesContent
from viewer_app.ui.widgets.time_bar import TimeBar
from viewer_app.ui.widgets.tool_button import ToolButton

__all__ = [
    "ROW_ROLE",
    "CineBar",
    "ElidedChooser",
    "ElidedLabel",
    "FrameSlider",
    "LineField",
    "MeasurementDelegate",
    "MeasurementRow",
    "Message",
    "MessageBar",
    "SeriesCard",
    "SeriesContent",
    "TimeBar",
    "ToolButton",
]
