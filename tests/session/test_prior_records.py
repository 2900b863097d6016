"""What the store knows of priors is read and nothing is entered."""

from __future__ import annotations

from pathlib import Path

from tests.ui.table_rows import row, value
from viewer_app.phantom import write_sample
from viewer_app.progress import Watch
from viewer_app.session.prior_records import prior_records
from viewer_app.session.remembering import known_as
from viewer_app.sources import FolderSource
from viewer_app.store import open_store


def test_only_studies_with_measurements_are_told_and_none_is_entered(tmp_path: Path) -> None:
    write_sample(tmp_path / "sample", coarse=True)
    source = FolderSource(tmp_path / "sample")
    one, other = source.find(Watch()).studies
    record = row(0, value(12.5)).record
    with open_store(tmp_path / "store") as store:
        assert prior_records(store, (one, other)) == ()
        assert store.studies() == ()
        study_id = known_as(store, one)
        assert prior_records(store, (one, other)) == ()
        store.add(study_id, record)
        (found,) = prior_records(store, (other, one))
        assert found.study is one
        assert found.records == (record,)
        assert found.doubtful == frozenset()
        assert len(store.studies()) == 1
    source.close()
