"""Files for the tag browser's tests: one data set in every way of writing, and raw elements."""

from __future__ import annotations

import io

import pydicom
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import (
    UID,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from viewer_app.imaging.tagtree import TagTree, read_tags
from viewer_app.progress import Watch

SYNTAXES = {
    "explicit": ExplicitVRLittleEndian,
    "implicit": ImplicitVRLittleEndian,
    "big endian": ExplicitVRBigEndian,
    "deflated": DeflatedExplicitVRLittleEndian,
}


def data_set() -> Dataset:
    """Two levels of sequences, a private block, signed and unsigned numbers, pixels."""
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID = CTImageStorage
    made.SOPInstanceUID = "2.25.7"
    made.PatientName = "Müller^Jürgen"
    made.PatientID = "4711"
    made.PatientBirthDate = "19610512"
    made.PixelRepresentation = 1
    made.SmallestImagePixelValue = -1024
    made.PixelSpacing = [0.5, 0.25]
    made.RealWorldValueSlope = 1.5
    made.ImageComments = "first line\r\nsecond"
    inner = Dataset()
    inner.CodeValue, inner.CodeMeaning = "T-1", "Lung"
    outer = Dataset()
    outer.ReferencedSOPInstanceUID = "2.25.8"
    outer.PurposeOfReferenceCodeSequence = [inner]
    made.SourceImageSequence = [outer, Dataset()]
    block = made.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x08, "CS", "IMAGE NUM 4")
    made.Rows = made.Columns = 2
    made.BitsAllocated = 16
    made.add_new("PixelData", "OW", bytes(8))
    return made


def written(made: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The bytes of a whole file."""
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = UID(syntax)
    made.file_meta.MediaStorageSOPClassUID = CTImageStorage
    made.file_meta.MediaStorageSOPInstanceUID = UID("2.25.7")
    target = io.BytesIO()
    pydicom.dcmwrite(target, made, enforce_file_format=True)
    return target.getvalue()


def tree_of(data: bytes, **options: int) -> TagTree:
    """The tree of a file in memory."""
    return read_tags(io.BytesIO(data), Watch(), **options)


def file_of(elements: bytes, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """A file meta with raw `elements` behind it."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(syntax)
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = UID("2.25.7")
    target = DicomBytesIO()
    write_file_meta_info(target, meta)
    return bytes(128) + b"DICM" + target.getvalue() + elements


def told(tree: TagTree) -> list[tuple[int, str, str, str]]:
    """Depth, number, VR and value of the data set, file meta left out."""
    return [(node.depth, node.number, node.vr, node.value) for node in tree.nodes if node.tag >> 16 != 2]
