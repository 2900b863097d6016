"""Between the store's records and the session: what was measured, and where the user left off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from viewer_app.imaging.headers import Window
from viewer_app.imaging.study import Study
from viewer_app.measure.measurement import Record
from viewer_app.session.study import OpenStudy
from viewer_app.session.view import View
from viewer_app.store import SavedView, Store, StudyRecord

_MEGABYTE = 1_000_000
_ALL = 1_000_000

# Fields of a `View` that are stored as they are, and which values can be right.
_LOOK: Mapping[str, Callable[[object], bool]] = {
    "inverted": lambda value: isinstance(value, bool),
    "flipped": lambda value: isinstance(value, bool),
    "quarter_turns": lambda value: type(value) is int and 0 <= value < 4,
    "smooth": lambda value: isinstance(value, bool),
    "color_map": lambda value: isinstance(value, str),
    "clamped": lambda value: value is None or isinstance(value, bool),
}
_TURN = {"flipped", "quarter_turns"}


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the store knows of a study. `session_id` is None where nothing can be written."""

    study_id: int
    session_id: int | None
    records: tuple[Record, ...]
    uids: tuple[str, ...]
    doubtful: tuple[str, ...]
    view: SavedView | None


def remember(store: Store, study: Study, author: str) -> Remembered:
    """Enter the study into the store and fetch what is there; for the store lane.

    A store that cannot be written is only read. Raises an error of the StoreError
    family, StoreReadOnly too where such a store does not know the study.
    """
    study_id = known_as(store, study)
    stored = store.list(study_id)
    view = store.last_view(study_id)
    return Remembered(
        study_id=study_id,
        session_id=store.start_session(study_id, author) if store.writable else None,
        records=tuple(item.record for item in stored if item.record is not None),
        uids=tuple(item.uid for item in stored),
        doubtful=tuple(item.uid for item in stored if item.doubt),
        view=view,
    )


def known_as(store: Store, study: Study) -> int:
    """The study's id in the store, which learns of it unless it cannot be written; for the store lane."""
    wanted = _study_record(study)
    if not store.writable:
        for known in store.studies(limit=_ALL):
            if _identity(known.study) == _identity(wanted):
                return known.study_id
    return store.remember_study(wanted)


def same_study(one: Study, other: Study) -> bool:
    """One Study Instance UID of one patient, though it may have been read twice."""
    return _identity(_study_record(one)) == _identity(_study_record(other))


def _identity(study: StudyRecord) -> tuple[str, str, str]:
    return study.study_uid, study.patient_id, study.patient_name


def _study_record(study: Study) -> StudyRecord:
    return StudyRecord(
        study_uid=study.info.study_uid,
        patient_id=study.patient.patient_id,
        patient_name=study.patient.name,
        orthanc_study_id=study.server_id,
        study_description=study.info.description,
        study_date=study.info.date,
        modality="\\".join(study.modalities),
        accession_number=study.info.accession_number,
        num_series=len(study.series),
        num_instances=len(study.instances),
        total_size_mb=sum(instance.size_bytes for instance in study.instances) / _MEGABYTE,
    )


def saved_view(opened: OpenStudy) -> SavedView:
    """How `opened` is looked at now, for the store."""
    view, stack, window = opened.view.value, opened.stack, opened.window()
    if stack is None:
        return SavedView()
    image = stack.images[view.index]
    return SavedView(
        series_uid=stack.info.series_uid,
        stack_key=stack.key,
        sop_instance_uid=image.sop_instance_uid,
        frame=image.frame.number,
        slice_index=view.index,
        zoom_level=view.scale,
        pan_x=view.center[0] if view.center else None,
        pan_y=view.center[1] if view.center else None,
        window_level=window.center if window else None,
        window_width=window.width if window else None,
        view_state={"window": _window_to_json(view.window)} | {name: getattr(view, name) for name in _LOOK},
    )


def shown_view(opened: OpenStudy, saved: SavedView | None) -> View | None:
    """The view to begin with; None where the saved image is not in the study any more."""
    if saved is None or not saved.sop_instance_uid:
        return None
    for stack in sorted(opened.stacks, key=lambda stack: stack.key != saved.stack_key):
        index = stack.index_of(saved.sop_instance_uid, saved.frame)
        if index is not None:
            return View(
                stack_key=stack.key,
                index=index,
                window=_window_from_json(saved.view_state.get("window"), stack.images[index].frame.windows),
                scale=saved.zoom_level,
                center=None if saved.pan_x is None or saved.pan_y is None else (saved.pan_x, saved.pan_y),
                **_look_from_json(saved.view_state),
            )
    return None


def _look_from_json(state: Mapping[str, Any]) -> dict[str, Any]:
    """What of the look was saved and can be; what is missing or damaged is as in a new view."""
    found = {name: state[name] for name, is_right in _LOOK.items() if name in state and is_right(state[name])}
    # A picture is restored with all of its turn or with none of it.
    return found if found.keys() >= _TURN else {name: found[name] for name in found.keys() - _TURN}


def _window_to_json(window: Window | None) -> dict[str, Any] | None:
    """A VOI LUT is kept by its name and range: its table stands in the file."""
    return None if window is None else {name: value for name, value in asdict(window).items() if name != "lookup"}


def _window_from_json(data: object, proposed: Sequence[Window]) -> Window | None:
    if not isinstance(data, Mapping):
        return None
    center, width = data.get("center"), data.get("width")
    if not isinstance(center, int | float) or not isinstance(width, int | float) or width <= 0:
        return None
    saved = Window(float(center), float(width), str(data.get("explanation", "")), str(data.get("function", "LINEAR")))
    if saved.function != "LUT":
        return saved
    return next((window for window in proposed if replace(window, lookup=None) == saved), None)
