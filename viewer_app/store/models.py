"""The tables. Queries name their database when run, so that several stores may be open at once.

A change here needs a new step in `migrations.py`; a test holds the two together.
"""

from __future__ import annotations

from peewee import AutoField, DoubleField, ForeignKeyField, IntegerField, Model, TextField

from viewer_app.store.fields import UtcField


class DicomStudy(Model):
    """A study of one patient. The same Study Instance UID under two patients is two rows."""

    id = AutoField()
    orthanc_study_id = TextField(default="", index=True)
    study_uid = TextField(index=True)
    patient_id = TextField(default="")
    patient_name = TextField(default="")
    study_description = TextField(default="")
    study_date = TextField(default="", index=True)
    modality = TextField(default="")
    accession_number = TextField(default="", index=True)
    num_series = IntegerField(null=True)
    num_instances = IntegerField(null=True)
    total_size_mb = DoubleField(null=True)
    imported_at = UtcField()
    last_accessed = UtcField()

    class Meta:
        """Table and identity."""

        table_name = "dicom_study"
        indexes = ((("study_uid", "patient_id", "patient_name"), True),)


class Measurement(Model):
    """A measurement with its main value. `measurement_data` is the JSON of `measure.serial`."""

    id = AutoField()
    uid = TextField(unique=True)
    study = ForeignKeyField(DicomStudy, on_delete="RESTRICT")
    author = TextField(default="")
    measurement_type = TextField()
    label = TextField(default="")
    description = TextField(default="")
    measurement_data = TextField()
    value = DoubleField(null=True)
    unit = TextField(default="")
    series_uid = TextField(default="")
    sop_instance_uid = TextField(default="")
    frame = IntegerField(null=True)
    series_index = IntegerField()
    slice_index = IntegerField()
    series_description = TextField(default="")
    series_number = IntegerField(null=True)
    modality = TextField(default="")
    created_at = UtcField(index=True)
    updated_at = UtcField()
    revision = IntegerField()
    digest = TextField()

    class Meta:
        """Table."""

        table_name = "measurement"


class ViewSession(Model):
    """One sitting at a study, and how its view was last left."""

    id = AutoField()
    study = ForeignKeyField(DicomStudy, on_delete="RESTRICT")
    author = TextField(default="")
    session_start = UtcField(index=True)
    session_end = UtcField(null=True)
    duration_seconds = DoubleField(null=True)
    last_series_uid = TextField(default="")
    last_stack_key = TextField(default="")
    last_slice_index = IntegerField(null=True)
    last_sop_instance_uid = TextField(default="")
    last_frame = IntegerField(null=True)
    last_mpr_position = TextField(null=True)
    zoom_level = DoubleField(null=True)
    pan_x = DoubleField(null=True)
    pan_y = DoubleField(null=True)
    window_level = DoubleField(null=True)
    window_width = DoubleField(null=True)
    view_state = TextField(null=True)
    measurements_created = IntegerField(default=0)
    exports_performed = IntegerField(default=0)

    class Meta:
        """Table."""

        table_name = "view_session"


class HistoryStep(Model):
    """A step of what was done to the measurements of a study. `changes` is the session's own JSON."""

    id = AutoField()
    uid = TextField(unique=True)
    study = ForeignKeyField(DicomStudy, on_delete="RESTRICT")
    title = TextField()
    made_at = UtcField()
    done = IntegerField()
    changes = TextField()
    digest = TextField()

    class Meta:
        """Table."""

        table_name = "history_step"


class UserCalibration(Model):
    """A line of known length. `calibration_data` is the JSON of `measure.calibration_serial`."""

    id = AutoField()
    uid = TextField(unique=True)
    study = ForeignKeyField(DicomStudy, on_delete="RESTRICT")
    author = TextField(default="")
    series_uid = TextField()
    sop_instance_uid = TextField()
    frame = IntegerField()
    whole_series = IntegerField()
    length_mm = DoubleField()
    calibration_data = TextField()
    created_at = UtcField()
    digest = TextField()

    class Meta:
        """Table."""

        table_name = "user_calibration"


MODELS = (DicomStudy, Measurement, ViewSession, HistoryStep, UserCalibration)
