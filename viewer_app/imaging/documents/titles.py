"""The title an object that is no image gives itself."""

from __future__ import annotations

from functools import lru_cache

from pydicom import Dataset
from pydicom.config import IGNORE
from pydicom.uid import UID

from viewer_app.imaging.reading import tags

# The first that says something: document (PS3.3 C.24.2), radiotherapy (C.8.8), content identification (10.9).
_TEXTS = ("DocumentTitle", "StructureSetLabel", "RTPlanLabel", "ContentDescription", "ContentLabel")
_CONCEPT, _SEGMENTS = "ConceptNameCodeSequence", "SegmentSequence"
_MOST_SEGMENTS = 3

TITLE_TAGS = (*_TEXTS, _CONCEPT, _SEGMENTS)
"""What `object_title` reads."""


def object_title(dataset: Dataset) -> str:
    """Title of a report or document, labels of the segments, label of a plan ...; "" for an image."""
    if _is_image_class(tags.text(dataset, "SOPClassUID")):
        return ""
    concepts = (tags.text(item, "CodeMeaning") for item in tags.items(dataset, _CONCEPT))
    texts = (tags.text(dataset, name) for name in _TEXTS)
    return _segments(dataset) or next(filter(None, texts), "") or next(concepts, "")


def _segments(dataset: Dataset) -> str:
    labels = [label for item in tags.items(dataset, _SEGMENTS) if (label := tags.text(item, "SegmentLabel"))]
    named = ", ".join(dict.fromkeys(labels[:_MOST_SEGMENTS]))
    more = len(labels) - _MOST_SEGMENTS
    return f"{named} and {more} more" if more > 0 else named


@lru_cache(maxsize=256)
def _is_image_class(uid: str) -> bool:
    return "Image Storage" in UID(uid, validation_mode=IGNORE).name
