"""Reports as hypothesis makes them: any double, any text, any number of points."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from viewer_app.imaging.geometry import Calibration, Plane
from viewer_app.imaging.headers import Patient, StudyInfo
from viewer_app.measure.measurement import Figure, Measurement, Place, Record, Reference
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.report import Report, StudyHeader

# Two lone surrogates side by side that make a pair are one character to JSON; no decoder yields them.
texts = st.one_of(
    st.text(max_size=20),
    st.text(alphabet="=+-@＝＋－＠'\t\r\n \x00\x1b\x7f\ud800,\";_x0041", max_size=8),
    st.sampled_from(["#N/A", "1.5", "TRUE", "_x003D_1", "2026-01-01", "=1+1", "nan"]),
)
doubles = st.floats(allow_nan=False)
finite = st.floats(allow_nan=False, allow_infinity=False)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
vectors = st.tuples(finite, finite, finite)
planes = st.builds(
    Plane,
    origin=vectors,
    row_direction=vectors,
    column_direction=vectors,
    row_spacing=finite,
    column_spacing=finite,
    unit=st.sampled_from(["mm", "px"]),
    calibration=st.sampled_from(Calibration),
    frame_of_reference_uid=texts,
    located=st.booleans(),
)
figures = st.builds(
    Figure,
    plane=planes,
    points=st.lists(vectors, min_size=1, max_size=12).map(tuple),
    reference=st.none() | st.builds(Reference, texts, texts, st.integers(1, 999)),
)


def values(key: str) -> st.SearchStrategy[Value]:
    return st.builds(
        Value,
        key=st.just(key),
        title=texts,
        dimension=st.sampled_from(Dimension),
        number=st.none() | doubles,
        unit=texts,
        provenance=texts,
        note=texts,
    )


records = st.builds(
    Record,
    measurement=st.builds(
        Measurement,
        uid=texts,
        kind=texts,
        figures=st.lists(figures, min_size=1, max_size=3).map(tuple),
        label=texts,
        description=texts,
        author=texts,
        created_at=moments,
        updated_at=moments,
    ),
    values=st.just(()) | st.tuples(values("main"), values("sd"), values("n")),
    place=st.builds(
        Place,
        series_index=st.integers(0, 99),
        slice_index=st.integers(0, 5000),
        series_description=texts,
        series_number=st.none() | st.integers(-(2**31), 2**31 - 1),
        modality=texts,
    ),
    rule_version=st.integers(1, 99),
)
studies = st.builds(
    StudyHeader,
    st.builds(Patient, texts, texts, texts, texts),
    st.builds(StudyInfo, texts, texts, texts, texts, texts, texts, texts),
)
reports = st.builds(
    Report,
    study=studies,
    records=st.lists(records, max_size=3).map(tuple),
    author=texts,
    written_at=moments,
    software_version=texts,
    rule_version=st.integers(1, 99),
    source=texts,
    kind_titles=st.dictionaries(texts, texts, max_size=2),
)
