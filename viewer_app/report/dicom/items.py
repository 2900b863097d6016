"""The content items of a structured report (PS3.3 C.17.3), as plain data sets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum

from pydicom import DataElement, Dataset, config
from pydicom.datadict import dictionary_VR
from pydicom.sr.coding import Code
from pydicom.tag import Tag
from pydicom.valuerep import format_number_as_ds

from viewer_app.report.text import in_utc, visible

_LONGEST_MEANING = 64


class Relationship(Enum):
    """How an item relates to the one above it (PS3.3 C.17.3.2.4)."""

    CONTAINS = "CONTAINS"
    HAS_OBS_CONTEXT = "HAS OBS CONTEXT"
    HAS_CONCEPT_MOD = "HAS CONCEPT MOD"
    HAS_PROPERTIES = "HAS PROPERTIES"
    INFERRED_FROM = "INFERRED FROM"
    SELECTED_FROM = "SELECTED FROM"


def put(dataset: Dataset, keyword: str, value: object) -> None:
    """Set an element as it is: what identifies a patient is copied, whatever it is."""
    value = visible(value) if isinstance(value, str) else value
    dataset.add(DataElement(Tag(keyword), dictionary_VR(keyword), value, validation_mode=config.IGNORE))


def coded(code: Code) -> Dataset:
    """The item of a code sequence (PS3.3 8.8)."""
    item = Dataset()
    item.CodeValue = code.value
    item.CodingSchemeDesignator = code.scheme_designator
    item.CodeMeaning = visible(code.meaning)[:_LONGEST_MEANING]
    return item


def item(value_type: str, relationship: Relationship, concept: Code | None, *below: Dataset) -> Dataset:
    """An item without its value, and the items under it."""
    made = Dataset()
    made.RelationshipType = relationship.value
    made.ValueType = value_type
    if concept is not None:
        made.ConceptNameCodeSequence = [coded(concept)]
    if below:
        made.ContentSequence = list(below)
    return made


def container(relationship: Relationship, concept: Code, template: str, *below: Dataset) -> Dataset:
    """A heading over the items `below`, by a template of PS3.16; "" for none of its own."""
    made = item("CONTAINER", relationship, concept, *below)
    made.ContinuityOfContent = "SEPARATE"
    if template:
        made.ContentTemplateSequence = [template_of(template)]
    return made


def template_of(number: str) -> Dataset:
    """The item that names a template of PS3.16."""
    made = Dataset()
    made.MappingResource = "DCMR"
    made.TemplateIdentifier = number
    return made


def text(relationship: Relationship, concept: Code, words: str, *below: Dataset) -> Dataset:
    """Words of a person."""
    made = item("TEXT", relationship, concept, *below)
    put(made, "TextValue", words)
    return made


def code(relationship: Relationship, concept: Code, value: Code) -> Dataset:
    """A coded answer."""
    made = item("CODE", relationship, concept)
    made.ConceptCodeSequence = [coded(value)]
    return made


def person(relationship: Relationship, concept: Code, name: str) -> Dataset:
    """A person's name."""
    made = item("PNAME", relationship, concept)
    put(made, "PersonName", name)
    return made


def uid(relationship: Relationship, concept: Code, value: str) -> Dataset:
    """A UID."""
    made = item("UIDREF", relationship, concept)
    made.UID = value
    return made


def number(relationship: Relationship, concept: Code, value: float, unit: Code, *below: Dataset) -> Dataset:
    """A number in its unit: all of it as a double, and in the 16 characters that every reader knows."""
    measured = Dataset()
    measured.MeasurementUnitsCodeSequence = [coded(unit)]
    measured.NumericValue = format_number_as_ds(value)
    measured.FloatingPointValue = value
    made = item("NUM", relationship, concept, *below)
    made.MeasuredValueSequence = [measured]
    return made


def image(relationship: Relationship, concept: Code | None, sop_class: str, sop_instance: str, frame: int) -> Dataset:
    """A reference to an image, and to frame `frame` of it where that is not 0."""
    referenced = Dataset()
    put(referenced, "ReferencedSOPClassUID", sop_class)
    put(referenced, "ReferencedSOPInstanceUID", sop_instance)
    if frame:
        referenced.ReferencedFrameNumber = frame
    made = item("IMAGE", relationship, concept)
    made.ReferencedSOPSequence = [referenced]
    return made


def in_image(concept: Code, graphic: str, data: Sequence[float], of: Dataset) -> Dataset:
    """Coordinates (column, row, column, row ...) in the image `of`; (0, 0) is the corner of its first pixel."""
    made = item("SCOORD", Relationship.INFERRED_FROM, concept, of)
    made.GraphicType = graphic
    made.GraphicData = list(data)
    return made


def in_patient(concept: Code, graphic: str, data: Sequence[float], frame_of_reference: str) -> Dataset:
    """Coordinates (x, y, z, x, y, z ...) in patient mm."""
    made = item("SCOORD3D", Relationship.INFERRED_FROM, concept)
    made.GraphicType = graphic
    made.GraphicData = list(data)
    put(made, "ReferencedFrameOfReferenceUID", frame_of_reference)
    return made


def moment(when: datetime) -> str:
    """A time as DT with its zone (PS3.5 6.2)."""
    return in_utc(when).astimezone(UTC).strftime("%Y%m%d%H%M%S.%f+0000")
