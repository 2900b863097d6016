"""Objects that are no images: what they are called, what they say, and the document inside."""

from viewer_app.imaging.documents.kinds import Opens, opens_as
from viewer_app.imaging.documents.pdf import write_pdf
from viewer_app.imaging.documents.report import Line, LineKind, StructuredReport, read_report, report_of
from viewer_app.imaging.documents.titles import TITLE_TAGS, object_title

__all__ = [
    "TITLE_TAGS",
    "Line",
    "LineKind",
    "Opens",
    "StructuredReport",
    "object_title",
    "opens_as",
    "read_report",
    "report_of",
    "write_pdf",
]
