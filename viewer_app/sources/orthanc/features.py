"""What came to Orthanc with which version. Older servers ignore what they do not know, and answer otherwise."""

from __future__ import annotations

from enum import Enum

Version = tuple[int, int, int]


class Feature(Enum):
    """What must not be asked of an older server."""

    REQUESTED_TAGS = "`RequestedTags` in tools/find; before, they are missing"
    LABELS = "`Labels` in tools/find; before, the list is unfiltered"
    TRANSCODED_FILES = "`?transcode=` on a file; before, the stored bytes come"
    PLAIN_LISTS = "`?expand=false`; before, the list is expanded"
    ORDER = "`OrderBy` in tools/find; before, there is no order"
    PARENT = "`ParentSeries` in tools/find; before, the instances of all series come"
    CHANGES_BY_TYPE = "`/changes?type=`; before, changes of every type come"
    RANGES = "`Range` on the data of an attachment; before, the whole file comes"


SINCE: dict[Feature, Version] = {
    Feature.REQUESTED_TAGS: (1, 11, 0),
    Feature.LABELS: (1, 12, 0),
    Feature.TRANSCODED_FILES: (1, 12, 2),
    Feature.PLAIN_LISTS: (1, 12, 2),
    Feature.ORDER: (1, 12, 5),
    Feature.PARENT: (1, 12, 5),
    Feature.CHANGES_BY_TYPE: (1, 12, 5),
    Feature.RANGES: (1, 12, 5),
}
