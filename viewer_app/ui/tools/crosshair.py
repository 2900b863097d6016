"""The crosshair: moving the point, turning the planes, thickening a slab; in a stack, showing a point everywhere."""

from __future__ import annotations

import numpy as np

from viewer_app.imaging.geometry import Vector
from viewer_app.session.layout import Layout
from viewer_app.session.reconstructing import Mpr
from viewer_app.ui.tools.pointer import Gesture, Pointer, PointerKind, Stage
from viewer_app.ui.views.crosshair import Crosshair, Grip


def crosshair(stage: Stage, press: Pointer) -> Gesture:
    """Bring the point of the MPR under the pointer; in a stack, show the place in every view (BIR 23)."""
    if stage.tile.mpr is None:
        stage.point_out(press.at)
    while True:
        mpr = stage.tile.mpr
        if mpr is not None:
            stage.study.layout.set(mpr.moved(stage.patient_point(press.at)))
        press = yield
        if mpr is None:
            stage.point_out(press.at)
        if press.kind is PointerKind.RELEASE:
            return


def take(stage: Stage, press: Pointer, grip: Grip) -> Gesture:
    """Drag what was taken of the crosshair; with Shift one plane turns alone."""
    gestures = {"point": _carry, "end": _turn, "face": _thicken}
    yield from gestures[grip.part](stage, press, grip)


def _carry(stage: Stage, press: Pointer, grip: Grip) -> Gesture:
    while (pointer := (yield)).kind is not PointerKind.RELEASE:
        mpr = stage.tile.mpr
        if mpr is not None:
            stage.study.layout.set(mpr.moved(stage.patient_point(pointer.at)))


def _turn(stage: Stage, press: Pointer, grip: Grip) -> Gesture:
    """By the angle the pointer has gone round the point since the press, from the planes as they were then."""
    start = stage.tile.mpr
    if start is None:
        return
    seen = Crosshair(start, stage.camera)
    # A mirrored picture turns the other way round.
    sense = -1.0 if stage.camera.flipped else 1.0
    while (pointer := (yield)).kind is not PointerKind.RELEASE:
        angle = sense * (seen.angle(pointer.at) - seen.angle(press.at))
        stage.study.layout.set(start.rotated(angle, grip.which if pointer.shift else None))


def _thicken(stage: Stage, press: Pointer, grip: Grip) -> Gesture:
    """The faces follow the pointer: the slab is twice as thick as it is far from the plane."""
    while (pointer := (yield)).kind is not PointerKind.RELEASE:
        mpr = stage.tile.mpr
        if mpr is not None:
            stage.study.layout.set(_thick(mpr, stage.patient_point(pointer.at), grip.which))


def _thick(mpr: Mpr, point: Vector, which: int) -> Layout:
    cut = mpr.cuts[which]
    far = abs(float(np.dot(np.subtract(point, cut.point), cut.normal)))
    return mpr.with_slab(2.0 * far, cut.slab_mode, which)
