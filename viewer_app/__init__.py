"""Caliper: a desktop DICOM viewer for clinicians who measure."""

__version__ = "0.1.0"
