"""Work shared out over the cores: all of it once, errors told, and nobody waits for a helper who is busy elsewhere."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from tests.imaging.sampler.made import centre, noisy, plane_about, volume_of
from viewer_app.errors import Cancelled
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.sampler import plane_image, sample_ahead, samples_missing
from viewer_app.imaging.sampler.workers import cores, over_parts, over_rows
from viewer_app.phantom.ramp import ramp
from viewer_app.progress import Watch


def test_every_part_is_done_once() -> None:
    done: list[int] = []
    over_parts(done.append, 500)
    assert sorted(done) == list(range(500))
    over_parts(done.append, 0)
    assert len(done) == 500


def test_what_a_part_raises_is_raised() -> None:
    def work(number: int) -> None:
        if number == 7:
            raise ValueError("seven")

    with pytest.raises(ValueError, match="seven"):
        over_parts(work, 20)


def test_a_picture_does_not_wait_for_helpers_at_work_on_something_long() -> None:
    free, everyone = threading.Event(), threading.Barrier(cores() + 1)

    def long(number: int) -> None:
        if number < cores():
            everyone.wait(10)
            assert free.wait(10)

    busy = threading.Thread(target=over_parts, args=(long, 4 * cores()))
    busy.start()
    everyone.wait(10)
    rows: list[int] = []
    drawn = threading.Thread(target=over_rows, args=(lambda first, last: rows.extend(range(first, last)), 1000, 1000))
    drawn.start()
    drawn.join(5)
    was_drawn = not drawn.is_alive()
    free.set()
    for thread in (busy, drawn):
        thread.join()
    assert was_drawn
    assert sorted(rows) == list(range(1000))


def test_sampling_ahead_ends_with_a_cancel_and_goes_on_from_there() -> None:
    volume = volume_of(noisy(ramp().images))
    plane = plane_about(centre(volume), np.eye(3), 0.02, (8, 8))
    wanted = (volume, plane, 0.0, SlabMode.MEAN, np.array([(0.0, 0.0), (8.0, 8.0)]))
    watch, before = Watch(), samples_missing(*wanted)
    watch.cancel()
    with pytest.raises(Cancelled):
        sample_ahead(*wanted, watch)
    assert samples_missing(*wanted) == before > 0
    sample_ahead(*wanted, Watch())
    assert samples_missing(*wanted) == 0
    assert not np.isnan(plane_image(*wanted).stored).all()
