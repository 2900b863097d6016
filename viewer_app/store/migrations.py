"""The schema, step by step: `STEPS[n]` brings a store from version n to n + 1.

Steps are frozen SQL: they never change once released. Why not peewee's own
runner: docs/decisions/0002-store-schema-version.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from peewee import SqliteDatabase

from viewer_app.errors import StoreDamaged, StoreTooNew
from viewer_app.store.boundary import boundary
from viewer_app.store.connection import connect_in_memory
from viewer_app.store.query import sql

APPLICATION_ID = 0x43414C49  # "CALI"

_FIRST = (
    """CREATE TABLE dicom_study (
        id INTEGER NOT NULL PRIMARY KEY,
        orthanc_study_id TEXT NOT NULL,
        study_uid TEXT NOT NULL,
        patient_id TEXT NOT NULL,
        patient_name TEXT NOT NULL,
        study_description TEXT NOT NULL,
        study_date TEXT NOT NULL,
        modality TEXT NOT NULL,
        accession_number TEXT NOT NULL,
        num_series INTEGER,
        num_instances INTEGER,
        total_size_mb REAL,
        imported_at TEXT NOT NULL,
        last_accessed TEXT NOT NULL
    )""",
    "CREATE INDEX dicomstudy_orthanc_study_id ON dicom_study (orthanc_study_id)",
    "CREATE INDEX dicomstudy_study_uid ON dicom_study (study_uid)",
    "CREATE INDEX dicomstudy_study_date ON dicom_study (study_date)",
    "CREATE INDEX dicomstudy_accession_number ON dicom_study (accession_number)",
    """CREATE UNIQUE INDEX dicomstudy_study_uid_patient_id_patient_name
        ON dicom_study (study_uid, patient_id, patient_name)""",
    """CREATE TABLE measurement (
        id INTEGER NOT NULL PRIMARY KEY,
        uid TEXT NOT NULL,
        study_id INTEGER NOT NULL REFERENCES dicom_study (id) ON DELETE RESTRICT,
        author TEXT NOT NULL,
        measurement_type TEXT NOT NULL,
        label TEXT NOT NULL,
        description TEXT NOT NULL,
        measurement_data TEXT NOT NULL,
        value REAL,
        unit TEXT NOT NULL,
        series_uid TEXT NOT NULL,
        sop_instance_uid TEXT NOT NULL,
        frame INTEGER,
        series_index INTEGER NOT NULL,
        slice_index INTEGER NOT NULL,
        series_description TEXT NOT NULL,
        series_number INTEGER,
        modality TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        revision INTEGER NOT NULL,
        digest TEXT NOT NULL
    )""",
    "CREATE UNIQUE INDEX measurement_uid ON measurement (uid)",
    "CREATE INDEX measurement_study_id ON measurement (study_id)",
    "CREATE INDEX measurement_created_at ON measurement (created_at)",
    """CREATE TABLE view_session (
        id INTEGER NOT NULL PRIMARY KEY,
        study_id INTEGER NOT NULL REFERENCES dicom_study (id) ON DELETE RESTRICT,
        author TEXT NOT NULL,
        session_start TEXT NOT NULL,
        session_end TEXT,
        duration_seconds REAL,
        last_series_uid TEXT NOT NULL,
        last_stack_key TEXT NOT NULL,
        last_slice_index INTEGER,
        last_sop_instance_uid TEXT NOT NULL,
        last_frame INTEGER,
        last_mpr_position TEXT,
        zoom_level REAL,
        pan_x REAL,
        pan_y REAL,
        window_level REAL,
        window_width REAL,
        view_state TEXT,
        measurements_created INTEGER NOT NULL,
        exports_performed INTEGER NOT NULL
    )""",
    "CREATE INDEX viewsession_study_id ON view_session (study_id)",
    "CREATE INDEX viewsession_session_start ON view_session (session_start)",
    f"PRAGMA application_id = {APPLICATION_ID}",
)

_HISTORY = (
    """CREATE TABLE history_step (
        id INTEGER NOT NULL PRIMARY KEY,
        uid TEXT NOT NULL,
        study_id INTEGER NOT NULL REFERENCES dicom_study (id) ON DELETE RESTRICT,
        title TEXT NOT NULL,
        made_at TEXT NOT NULL,
        done INTEGER NOT NULL,
        changes TEXT NOT NULL,
        digest TEXT NOT NULL
    )""",
    "CREATE UNIQUE INDEX historystep_uid ON history_step (uid)",
    "CREATE INDEX historystep_study_id ON history_step (study_id)",
)

_CALIBRATIONS = (
    """CREATE TABLE user_calibration (
        id INTEGER NOT NULL PRIMARY KEY,
        uid TEXT NOT NULL,
        study_id INTEGER NOT NULL REFERENCES dicom_study (id) ON DELETE RESTRICT,
        author TEXT NOT NULL,
        series_uid TEXT NOT NULL,
        sop_instance_uid TEXT NOT NULL,
        frame INTEGER NOT NULL,
        whole_series INTEGER NOT NULL,
        length_mm REAL NOT NULL,
        calibration_data TEXT NOT NULL,
        created_at TEXT NOT NULL,
        digest TEXT NOT NULL
    )""",
    "CREATE UNIQUE INDEX usercalibration_uid ON user_calibration (uid)",
    "CREATE INDEX usercalibration_study_id ON user_calibration (study_id)",
)

Steps = Sequence[Sequence[str]]
STEPS: Steps = (_FIRST, _HISTORY, _CALIBRATIONS)


def schema_version(database: SqliteDatabase, steps: Steps = STEPS) -> int:
    """The version of an open file, 0 for a new one.

    StoreTooNew for a version beyond `steps`; StoreDamaged for a database of
    another program.
    """
    with boundary():
        version = int(database.pragma("user_version"))
        ours = database.pragma("application_id") == APPLICATION_ID
        empty = not sql(database, "SELECT 1 FROM sqlite_master LIMIT 1")
    if not ours and not (empty and version == 0):
        raise StoreDamaged("The file is not a store of Caliper.", "It belongs to another program or is damaged.")
    if version > len(steps):
        raise StoreTooNew(
            f"The store was written by a newer Caliper (version {version}, this one knows {len(steps)}).",
            "Open it with the newer Caliper; nothing was changed.",
        )
    return version


_COLUMNS = """SELECT tables.name, columns.name, columns.type, columns."notnull", columns.pk
    FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns"""


def check_schema(database: SqliteDatabase, version: int, steps: Steps = STEPS) -> None:
    """StoreDamaged unless the file has every column that its version has; SQLite does not see a changed name."""
    pattern = connect_in_memory()
    with closing(pattern):
        migrate(pattern, steps[:version])
        wanted = set(sql(pattern, _COLUMNS))
    with boundary():
        found = set(sql(database, _COLUMNS))
    if not wanted <= found:
        raise StoreDamaged("The tables of the store of measurements are damaged.", "Restore the store from a backup.")


def migrate(database: SqliteDatabase, steps: Steps = STEPS) -> None:
    """Bring the schema up to date in one transaction: all of it or nothing, also for two windows at once."""
    with boundary(), database.atomic("IMMEDIATE"):
        for step in steps[schema_version(database, steps) :]:
            for statement in step:
                sql(database, statement)
        sql(database, f"PRAGMA user_version = {len(steps)}")
