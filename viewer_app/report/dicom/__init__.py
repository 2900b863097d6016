"""A report as a DICOM structured report: `dicom_report` gives the bytes of the file.

`items` are the building blocks, `coding` the codes and units, `places` where a
mark lies, `groups` what is said of it, `document` the file around it.
"""

from viewer_app.report.dicom.document import dicom_report

__all__ = ["dicom_report"]
