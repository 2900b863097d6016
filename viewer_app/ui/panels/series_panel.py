"""Left: what there is. The series of the study on show, then the patient's priors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.imaging.study import Study
from viewer_app.measure.present import THIN_SPACE
from viewer_app.progress import Step
from viewer_app.session.layout import Layout
from viewer_app.session.phases import listed
from viewer_app.session.thumbnails import Thumbnails
from viewer_app.session.veil import Veil
from viewer_app.session.workspace import Workspace
from viewer_app.ui.arrived_text import lacking_text
from viewer_app.ui.dragging import drag_stack
from viewer_app.ui.panels.object_list import ObjectList, other_objects
from viewer_app.ui.series_facts import series_title
from viewer_app.ui.views.corner_text import date_text, person_name
from viewer_app.ui.views.qimages import to_qimage
from viewer_app.ui.widgets import ElidedChooser, SeriesCard, SeriesContent

_MARGIN_PX = 10
# Of a series of more parts than this, as in dynamic studies, only the first has a whole card.
_WHOLE_CARDS = 4
_WARNINGS_ON_CARD = 2


class SeriesPanel(QWidget):
    """Cards of all stacks of the patient in the opened source; a click shows one."""

    problems_wanted = Signal()
    """The user wants to read what could not be shown."""

    object_wanted = Signal(object)
    """An `Instance` that is no image is to be opened."""

    object_menu_wanted = Signal(object, QPoint)
    """The user asks what can be done with such an instance, at a place on the screen."""

    def __init__(self, workspace: Workspace, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._thumbnails = thumbnails
        self._cards: dict[str, SeriesCard] = {}
        self._stacks: dict[str, Stack] = {}
        self._further: set[str] = set()
        self._standing: dict[str, Stack] = {}
        self._veil = Veil(workspace)
        self._objects: list[ObjectList] = []
        self._arrange()
        workspace.contents_changed.connect(self._contents_changed)
        workspace.study_changed.connect(self._study_changed)
        thumbnails.ready.connect(self._show_thumbnail)

    def hide_patient(self, hidden: bool) -> None:
        """Leave names out, or show them again."""
        self._veil.hidden = hidden
        self._fill_chooser()
        self._show_loading(None)
        for objects in self._objects:
            objects.say(self._veil.free)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 6)
        self._chooser = ElidedChooser()
        self._chooser.setAccessibleName("Study")
        self._chooser.activated.connect(self._chosen)
        self._problems = QPushButton()
        self._problems.setProperty("role", "quiet")
        self._problems.clicked.connect(self.problems_wanted)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll = scroll
        chooser = QHBoxLayout()
        chooser.setContentsMargins(_MARGIN_PX, 0, _MARGIN_PX, 0)
        chooser.addWidget(self._chooser)
        column.addLayout(chooser)
        column.addWidget(scroll, 1)
        column.addWidget(self._problems)
        self._chooser.hide()
        self._problems.hide()

    def _contents_changed(self) -> None:
        self._thumbnails.forget()
        self._fill_chooser()
        count = len(self._workspace.contents.problems)
        self._problems.setText(f"{count} {'note' if count == 1 else 'notes'} on what is not shown")
        self._problems.setVisible(count > 0)

    def _fill_chooser(self) -> None:
        studies = self._workspace.contents.studies
        self._chooser.clear()
        for study in studies:
            name = "Patient hidden" if self._veil.hidden else person_name(study.patient.name) or "No name"
            self._chooser.addItem(f"{name} · {date_text(study.info.date)} · {' '.join(study.modalities)}")
        self._chooser.setVisible(len({study.patient for study in studies}) > 1)
        self._mark_chosen()

    def _mark_chosen(self) -> None:
        opened = self._workspace.study
        for index, study in enumerate(self._workspace.contents.studies):
            if opened is not None and study is opened.study:
                self._chooser.setCurrentIndex(index)

    def _chosen(self, index: int) -> None:
        self._workspace.choose(self._workspace.contents.studies[index])

    def _study_changed(self) -> None:
        opened = self._workspace.study
        self._cards.clear()
        self._stacks.clear()
        self._further.clear()
        self._standing.clear()
        self._objects.clear()
        content = QWidget()
        content.setProperty("role", "panel")
        column = QVBoxLayout(content)
        column.setContentsMargins(_MARGIN_PX, 2, _MARGIN_PX, 2)
        column.setSpacing(8)
        if opened is not None:
            self._mark_chosen()
            self._add_study(column, _standing(opened.study, self._workspace.priors()), opened.study)
            for prior in self._workspace.priors():
                self._add_study(column, _relation(prior, opened.study), prior)
            opened.layout.changed.connect(self._mark_shown)
            opened.loading.connect(self._show_loading)
        column.addStretch(1)
        self._scroll.setWidget(content)
        self._mark_shown()

    def _add_study(self, column: QVBoxLayout, title: str, study: Study) -> None:
        stacks = [stack for series in study.series for stack in stacks_of(series)]
        column.addLayout(_heading(f"{title} · {date_text(study.info.date) or 'no date'}", len(stacks)))
        standing = listed(stacks)
        self._standing |= standing
        further = _further(stacks)
        self._further |= further
        for stack in {one.key: one for one in standing.values()}.values():
            is_further = stack.key in further
            card = SeriesCard(self._content(stack), has_picture=not is_further)
            card.activated.connect(lambda stack=stack, study=study: self._show(study, stack))
            card.drag_started.connect(lambda card=card, key=stack.key: drag_stack(card, key))
            self._cards[stack.key] = card
            self._stacks[stack.key] = stack
            column.addWidget(card)
            if self._workspace.source is not None and not is_further:
                self._thumbnails.want(self._workspace.source, stack)
            self._show_thumbnail(stack.key)
        others = other_objects(study)
        if others:
            objects = ObjectList(others)
            objects.say(self._veil.free)
            self._objects.append(objects)
            objects.wanted.connect(self.object_wanted)
            objects.menu_wanted.connect(self.object_menu_wanted)
            column.addWidget(objects)

    def _show(self, study: Study, stack: Stack) -> None:
        opened = self._workspace.study
        if opened is not None and opened.study is study:
            opened.show(stack)
        else:
            self._workspace.choose(study, stack.key)

    def _show_thumbnail(self, key: str) -> None:
        picture, card = self._thumbnails.get(key), self._cards.get(key)
        if picture is not None and card is not None and key not in self._further:
            card.set_thumbnail(to_qimage(picture))

    def _mark_shown(self) -> None:
        opened, shown = self._workspace.study, self._shown()
        active = opened.view.value.stack_key if opened is not None else ""
        for key, card in self._cards.items():
            card.set_shown(shown=key in shown, active=key in shown and shown[key] == active)

    def _show_loading(self, _: Step | None) -> None:
        opened, shown = self._workspace.study, self._shown()
        for key, card in self._cards.items():
            of = shown.get(key, key)
            volume = opened.volume_by_key(of) if opened is not None and opened.loads.is_loading(of) else None
            share = volume.present / len(volume.stack.images) if volume is not None else None
            held = opened.volume_by_key(of) if opened is not None and share is None else None
            card.show_content(self._content(self._stacks[key], share, lacking_text(held)))

    def _shown(self) -> dict[str, str]:
        """By key of its card, the stack on show that a card stands for: that of the active tile before others."""
        layout = self._workspace.study.layout.value if self._workspace.study is not None else Layout()
        keys = [view.stack_key for view in (*layout.views, layout.view) if view.stack_key in self._standing]
        return {self._standing[key].key: key for key in keys}

    def _content(self, stack: Stack, loaded: float | None = None, lacking: str = "") -> SeriesContent:
        parts = sum(other is stack for other in self._standing.values())
        content = series_content(stack, loaded, is_further=stack.key in self._further, parts=parts, veil=self._veil)
        return replace(content, warning=f"{lacking} {content.warning}".strip())


def series_content(
    stack: Stack, loaded: float | None = None, *, is_further: bool = False, parts: int = 1, veil: Veil | None = None
) -> SeriesContent:
    """What the card of a stack says, which may stand for so many `parts` at the same places.

    The further parts of a series of many say only what tells them apart. What is not to be said goes through `veil`.
    """
    free, sentence = (str, str) if veil is None else (veil.free, veil.sentence)
    warning, report = sentence(_warning(stack)), sentence(stack.report.text)
    count = len(stack.images)
    number = f"{count} {'image' if count == 1 else 'images'}"
    if is_further:
        return SeriesContent(f"{free(stack.label)} · {number}", (), warning, loaded, report)
    label = f"{parts} parts by {stack.by}" if parts > 1 else free(stack.label)
    lines = (label, " · ".join(part for part in (stack.info.modality, number) if part), _sizes(stack))
    title = series_title(stack.info, free)
    return SeriesContent(title, tuple(filter(None, lines)), warning, loaded, report)


def _sizes(stack: Stack) -> str:
    """Pixel and slice distance, no distance where it is not one and the same; without a scale the size in pixels."""
    plane, pixels = stack.images[0].plane, stack.images[0].instance.pixel_format
    if plane.unit != "mm":
        return f"{pixels.columns}×{pixels.rows} pixels" if pixels is not None else ""
    steps = [stack.report.step_mm] if stack.report.is_volume else []
    return "×".join(f"{size:.2f}" for size in (plane.column_spacing, plane.row_spacing, *steps)) + f"{THIN_SPACE}mm"


def _warning(stack: Stack) -> str:
    """The most important warnings, and how many more there are."""
    warnings = stack.report.warnings
    more = len(warnings) - _WARNINGS_ON_CARD
    return " ".join((*warnings[:_WARNINGS_ON_CARD], *((f"{more} more …",) if more > 0 else ())))


def _further(stacks: Sequence[Stack]) -> set[str]:
    """Keys of the stacks that are parts of a series of many, but for the first part of each."""
    parts: dict[str, list[str]] = {}
    for stack in stacks:
        if stack.label:
            parts.setdefault(stack.series_key, []).append(stack.key)
    return {key for keys in parts.values() if len(keys) > _WHOLE_CARDS for key in keys[1:]}


def _relation(study: Study, current: Study) -> str:
    if study.info.date == current.info.date:
        return "Other study"
    return "Prior" if study.info.date < current.info.date else "Newer study"


def _standing(opened: Study, others: Sequence[Study]) -> str:
    """What the study on show is among the patient's: an older one is not called current."""
    if not others:
        return "Study"
    return "Current" if all(study.info.date <= opened.info.date for study in others) else "On show"


def _heading(text: str, count: int) -> QHBoxLayout:
    row = QHBoxLayout()
    title, number = QLabel(text.upper()), QLabel(str(count))
    for label in (title, number):
        label.setProperty("role", "section")
        label.setTextFormat(Qt.TextFormat.PlainText)
    row.addWidget(title)
    row.addStretch(1)
    row.addWidget(number)
    return row
