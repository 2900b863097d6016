"""Measurements and sittings kept on this machine, in one SQLite file."""

from viewer_app.store.opening import FILE_NAME, open_store, open_store_in_memory
from viewer_app.store.records import (
    Batch,
    KindSummary,
    SavedView,
    StoredCalibration,
    StoredMeasurement,
    StoredStep,
    StoredStudy,
    StudyRecord,
)
from viewer_app.store.store import Store

__all__ = [
    "FILE_NAME",
    "Batch",
    "KindSummary",
    "SavedView",
    "Store",
    "StoredCalibration",
    "StoredMeasurement",
    "StoredStep",
    "StoredStudy",
    "StudyRecord",
    "open_store",
    "open_store_in_memory",
]
