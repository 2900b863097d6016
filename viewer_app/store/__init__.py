"""Measurements and sittings kept on this machine, in one SQLite file."""

from viewer_app.store.opening import FILE_NAME, open_store, open_store_in_memory
from viewer_app.store.records import (
    KindSummary,
    SavedView,
    StoredCalibration,
    StoredMeasurement,
    StoredStudy,
    StudyRecord,
)
from viewer_app.store.store import Store

__all__ = [
    "FILE_NAME",
    "KindSummary",
    "SavedView",
    "Store",
    "StoredCalibration",
    "StoredMeasurement",
    "StoredStudy",
    "StudyRecord",
    "open_store",
    "open_store_in_memory",
]
