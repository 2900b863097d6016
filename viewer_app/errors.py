"""Every error a person may see, as one family.

CaliperError                 what happened, and what to do next
├── ImageError               a file or a frame that cannot be shown
│   ├── NotDicom             no DICOM data set in the file
│   ├── Unreadable           a DICOM file whose header cannot be trusted
│   ├── NotAnImage           a DICOM object without pixels (report, plan, ...)
│   ├── UnsupportedPixels    pixels in a form Caliper does not show
│   └── DamagedPixels        pixels that are cut short or contradict the header
├── SourceError              a place studies come from that does not answer
│   ├── NotFound             the path, archive, study or instance is not there
│   ├── AccessDenied         the operating system or the server says no
│   ├── NothingToShow        the place holds no DICOM image
│   └── OrthancError         the server family, see sources/orthanc
├── StoreError               the local store of measurements and sessions
│   ├── StoreReadOnly        nothing can be saved at the moment
│   ├── StoreBusy            another program holds the store
│   ├── StoreDamaged         the file is not a store any more
│   ├── StoreTooNew          written by a newer Caliper
│   └── StoreConflict        the row was changed elsewhere in the meantime
├── BadTable                 a table of settings that is not understood
├── ReportError              a report that could not be written
├── VolumeError              a region of voxels that cannot be used, or a volume that cannot be measured
└── Cancelled                the user, or a newer wish, ended the work
"""

from __future__ import annotations


class CaliperError(Exception):
    """An error in two plain sentences.

    `what` says what happened and to what; `advice` says what to do next.
    Neither holds patient data beyond what the caller put into `what`.
    """

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what, advice)
        self.what = what
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.what} {self.advice}".strip()


class ImageError(CaliperError):
    """A file or a frame that cannot be shown."""


class NotDicom(ImageError):
    """No DICOM data set in the file."""


class Unreadable(ImageError):
    """A DICOM file whose header cannot be trusted."""


class NotAnImage(ImageError):
    """A DICOM object without pixels."""


class UnsupportedPixels(ImageError):
    """Pixels in a form Caliper does not show."""


class DamagedPixels(ImageError):
    """Pixels that are cut short or contradict the header."""


class SourceError(CaliperError):
    """A place studies come from that does not answer.

    `ends_source`: nothing else will come from the place either, so a load stops
    instead of going through the other files. `passes`: it may answer again by itself; what it keeps at hand still
    comes, and the rest is asked for again after a while.
    """

    ends_source = False
    passes = False


class NotFound(SourceError):
    """The path, archive, study or instance is not there."""


class AccessDenied(SourceError):
    """The operating system or the server says no."""


class NothingToShow(SourceError):
    """The place holds no DICOM image."""


class StoreError(CaliperError):
    """The local store of measurements and sessions."""


class StoreReadOnly(StoreError):
    """Nothing can be saved at the moment."""


class StoreBusy(StoreError):
    """Another program holds the store."""


class StoreDamaged(StoreError):
    """The file is not a store any more."""


class StoreTooNew(StoreError):
    """Written by a newer Caliper."""


class StoreConflict(StoreError):
    """The row was changed elsewhere in the meantime."""


class BadTable(CaliperError):
    """A table of settings, Caliper's own or the user's, that is not understood."""


class ReportError(CaliperError):
    """A report that could not be written."""


class VolumeError(CaliperError):
    """A region of voxels that cannot be used, or a volume that cannot be measured."""


class Cancelled(CaliperError):
    """The user, or a newer wish, ended the work."""

    def __init__(self) -> None:
        super().__init__("Cancelled.")
