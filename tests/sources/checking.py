"""What `Fetching` checks of many answers, for one that a client is to judge by itself."""

from viewer_app.sources.orthanc.errors import Integrity
from viewer_app.sources.orthanc.integrity import check_length, checked_sums
from viewer_app.sources.orthanc.transport import Answer


def check_file(answer: Answer, size_bytes: int) -> None:
    """Integrity unless length and MD5 are those of the file on the server."""
    check_length(answer, size_bytes)
    (found,) = checked_sums([answer])
    if isinstance(found, Integrity):
        raise found
