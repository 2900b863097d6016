"""The file: its settings, its schema, its versions, and who may read it."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from peewee import SqliteDatabase
from playhouse import schema_diff

from tests.store.samples import record, study_of
from viewer_app.errors import StoreBusy, StoreDamaged, StoreError, StoreTooNew
from viewer_app.store import FILE_NAME, Store, open_store, open_store_in_memory
from viewer_app.store.backups import back_up, back_up_before_migration, backup_folder
from viewer_app.store.connection import connect_for_writing
from viewer_app.store.migrations import STEPS, migrate, schema_version
from viewer_app.store.models import MODELS
from viewer_app.store.opening import _open_for_writing

NOW = len(STEPS)
NEXT = (*STEPS, ("ALTER TABLE measurement ADD COLUMN colour TEXT NOT NULL DEFAULT ''",))


@pytest.fixture
def database(folder: Path) -> Iterator[SqliteDatabase]:
    """A store with one measurement, opened below the door."""
    with open_store(folder) as store:
        store.add(study_of(store), record())
    opened = connect_for_writing(folder / FILE_NAME)
    yield opened
    opened.close()


def test_the_settings_are_the_durable_ones(database: SqliteDatabase) -> None:
    found = {name: database.pragma(name) for name in ("journal_mode", "synchronous", "foreign_keys", "user_version")}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "user_version": len(STEPS)}


def test_the_models_and_the_steps_agree(database: SqliteDatabase) -> None:
    difference: Callable[..., object] = schema_diff.diff_models
    assert not difference(database, MODELS)


def test_indexes(database: SqliteDatabase) -> None:
    indexed = {
        (table, tuple(index.columns)) for table in database.get_tables() for index in database.get_indexes(table)
    }
    wanted = {
        *(("dicom_study", (name,)) for name in ("study_uid", "orthanc_study_id", "study_date", "accession_number")),
        *(("measurement", (name,)) for name in ("study_id", "created_at", "uid")),
        *(("history_step", (name,)) for name in ("study_id", "uid")),
        *(("user_calibration", (name,)) for name in ("study_id", "uid")),
        *(("view_session", (name,)) for name in ("study_id", "session_start")),
    }
    assert wanted <= indexed


def test_only_the_user_may_read(folder: Path) -> None:
    with open_store(folder) as store:
        study_of(store)
        assert folder.stat().st_mode & 0o777 == 0o700
        for path in folder.glob(f"{FILE_NAME}*"):
            assert path.stat().st_mode & 0o077 == 0, path
    with open_store(folder):
        for path in backup_folder(folder / FILE_NAME).iterdir():
            assert path.stat().st_mode & 0o077 == 0, path


def test_a_newer_store_is_refused_untouched(folder: Path, database: SqliteDatabase) -> None:
    migrate(database, NEXT)
    database.close()
    before = hashlib.sha256((folder / FILE_NAME).read_bytes()).digest()
    with pytest.raises(StoreTooNew, match="newer Caliper"):
        open_store(folder)
    assert hashlib.sha256((folder / FILE_NAME).read_bytes()).digest() == before
    assert list(folder.glob("*damaged*")) == []


def test_a_migration_keeps_the_rows(folder: Path, database: SqliteDatabase) -> None:
    back_up_before_migration(database, folder / FILE_NAME, NOW, datetime.now(UTC))
    migrate(database, NEXT)
    assert schema_version(database, NEXT) == NOW + 1
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw:
        assert raw.execute("SELECT uid, colour FROM measurement").fetchall() == [("m1", "")]
    (kept,) = backup_folder(folder / FILE_NAME).glob(f"before-migration-from-{NOW}-*")
    with closing(sqlite3.connect(kept)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (NOW,)
        assert raw.execute("SELECT uid FROM measurement").fetchall() == [("m1",)]


def test_an_older_store_is_backed_up_and_brought_up_to_date(folder: Path) -> None:
    with open_store(folder) as store:
        store.add(study_of(store), record())
    opened = _open_for_writing(folder / FILE_NAME, alone=True, steps=NEXT)
    with closing(opened.database):
        assert schema_version(opened.database, NEXT) == NOW + 1
    assert len(list(backup_folder(folder / FILE_NAME).glob(f"before-migration-from-{NOW}-*.sqlite"))) == 1


def test_a_failing_migration_changes_nothing(database: SqliteDatabase) -> None:
    broken = (*STEPS, ("CREATE TABLE extra (id INTEGER)", "ALTER TABLE no_such_table ADD COLUMN x"))
    with pytest.raises(StoreError):
        migrate(database, broken)
    assert schema_version(database) == NOW
    assert "extra" not in database.get_tables()


def test_windows_that_migrate_at_once_do_it_once(folder: Path, database: SqliteDatabase) -> None:
    others = [connect_for_writing(folder / FILE_NAME) for _ in range(3)]
    failures: list[BaseException] = []

    def work(other: SqliteDatabase) -> None:
        try:
            migrate(other, NEXT)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()
    assert failures == []
    assert schema_version(database, NEXT) == NOW + 1


def test_the_database_of_another_program_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE moz_places (id INTEGER)")
    before = path.read_bytes()
    with open_store(tmp_path) as store:
        assert "damaged" in store.notices[0]
        study_of(store)
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes() == before


def test_a_backup_that_fails_its_check_is_not_kept(tmp_path: Path) -> None:
    other = SqliteDatabase(str(tmp_path / "x.sqlite"), thread_safe=False)
    target = tmp_path / "backups" / "copy.sqlite"
    with other.connection_context():
        other.pragma("user_version", 3)
        with pytest.raises(StoreDamaged):
            back_up(other, target)
        with other.atomic("IMMEDIATE"), pytest.raises(StoreBusy):
            back_up(other, target)
    assert not target.exists()


def test_one_store_used_from_thread_to_thread(folder: Path) -> None:
    opened: list[Store] = []
    uids: list[str] = []
    study = []

    def run(work: object) -> None:
        thread = threading.Thread(target=work)  # type: ignore[arg-type]  # a plain lambda
        thread.start()
        thread.join()

    run(lambda: opened.append(open_store(folder)))
    run(lambda: study.append(study_of(opened[0])))
    run(lambda: uids.append(opened[0].add(study[0], record()).uid))
    run(opened[0].close)
    assert uids == ["m1"]


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.list(1)
    with pytest.raises(StoreError, match="closed"):
        study_of(store)


def test_in_memory_works_and_tells() -> None:
    with open_store_in_memory() as store:
        study_id = study_of(store)
        store.add(study_id, record())
        assert store.list(study_id)[0].record == record()
        assert store.writable
        assert "not saved" in store.notices[0]
