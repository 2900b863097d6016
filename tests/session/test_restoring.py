"""The last layout comes back to the last bit; what is damaged falls back tile by tile, never with an error."""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from tests.session.sitting import Sitting
from tests.session.test_study import several
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.headers import Window
from viewer_app.imaging.mpr import VoxelGrid, moved, rotated, start_cuts, why_no_mpr, with_slab
from viewer_app.imaging.stacks import Stack
from viewer_app.phantom import write_sample
from viewer_app.session.layout import Layout
from viewer_app.session.reconstructing import group, mpr_layout
from viewer_app.session.restoring import saved_view, shown_layout
from viewer_app.session.study import OpenStudy
from viewer_app.session.view import View
from viewer_app.store import FILE_NAME, SavedView, open_store_in_memory
from viewer_app.store.records import StudyRecord

VALUE = st.floats(-1e30, 1e30)
PLACE = st.floats(-1e4, 1e4)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "sample"
    write_sample(folder, coarse=True)
    return folder


@pytest.fixture
def opened(sitting: Sitting, sample: Path) -> OpenStudy:
    """The sample study, its prior within reach."""
    return sitting.open(sample)


def reread(saved: SavedView) -> SavedView:
    """As it comes out of the store."""
    with open_store_in_memory() as store:
        study_id = store.remember_study(StudyRecord("2.25.1"))
        store.save_view(store.start_session(study_id, ""), saved)
        found = store.last_view(study_id)
    assert found is not None
    return found


def windows(stack: Stack, index: int) -> st.SearchStrategy[Window | None]:
    """None, one of the file's, or the user's."""
    made = st.builds(
        Window,
        VALUE,
        st.floats(1e-30, 1e30),
        st.text(max_size=64),
        st.sampled_from(("LINEAR", "LINEAR_EXACT", "SIGMOID")),
    )
    return st.none() | st.sampled_from((None, *stack.images[index].frame.windows)) | made


@st.composite
def views(draw: st.DrawFn, opened: OpenStudy) -> View:
    """An image as it was taken, of the study or the prior, looked at in any way; or an empty tile."""
    stack = draw(st.sampled_from([None, *(stack for stack, _ in opened.within_reach)]))
    if stack is None:
        return View()
    index = draw(st.integers(0, len(stack.images) - 1))
    return View(
        stack.key,
        index,
        window=draw(windows(stack, index)),
        inverted=draw(st.booleans()),
        scale=draw(st.none() | st.floats(1e-3, 1e3)),
        center=draw(st.none() | st.tuples(PLACE, PLACE)),
        flipped=draw(st.booleans()),
        quarter_turns=draw(st.integers(0, 3)),
        smooth=draw(st.booleans()),
        color_map=draw(st.sampled_from(("", "hot-iron", "viridis"))),
        clamped=draw(st.sampled_from((None, True, False))),
    )


@st.composite
def layouts(draw: st.DrawFn, opened: OpenStudy) -> Layout:
    """Any grid of any views, with an MPR among them where it has room."""
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    found = [draw(views(opened)) for _ in range(rows * columns)]
    stacks = [stack for stack, _ in opened.within_reach if not why_no_mpr(stack)]
    if len(found) >= 3 and draw(st.booleans()):
        stack, grid = draw(st.sampled_from(stacks)), None
        grid = VoxelGrid.of(stack)
        share = draw(st.tuples(*[st.floats(0, 1)] * 3))
        cuts = moved(start_cuts(grid), grid.place([a * b for a, b in zip(share, grid.last, strict=True)]), grid)
        cuts = rotated(cuts, draw(st.integers(0, 2)), draw(st.floats(-math.pi, math.pi)))
        cuts = with_slab(
            cuts, draw(st.integers(0, 2)), draw(st.floats(0, 40)), draw(st.sampled_from(list(SlabMode))), grid
        )
        for place, cut in zip(sorted(draw(st.permutations(range(len(found))))[:3]), cuts, strict=True):
            look = found[place] if found[place].stack_key else View()
            index = min(look.index, len(stack.images) - 1)
            window = look.window if look.window is None or look.window.lookup is None else None
            found[place] = replace(look, stack_key=stack.key, index=index, window=window, cut=cut)
    active = draw(st.integers(0, len(found) - 1))
    return Layout(rows, columns, tuple(found), active, bool(found[active].stack_key) and draw(st.booleans()))


def test_any_layout_comes_back_to_the_last_bit(opened: OpenStudy) -> None:
    @settings(deadline=None, max_examples=100)
    @given(layouts(opened))
    def comes_back(layout: Layout) -> None:
        opened.layout.set(layout, exactly=True)
        found = shown_layout(opened, reread(saved_view(opened)))
        assert found == (layout if any(view.stack_key for view in layout.views) else None)

    comes_back()


def full(opened: OpenStudy) -> Layout:
    """Sixteen tiles: an MPR and images of everything."""
    stack = next(stack for stack in opened.stacks if not why_no_mpr(stack))
    three = mpr_layout(stack, View(stack.key, 2, Window(40.1, 400.2, "x" * 5000), scale=1.5, center=(1.25, -3.5)))
    others = [View(stack.key, 1, scale=2.0, center=(0.1, 0.2)) for stack, _ in opened.within_reach]
    return Layout(4, 4, (*three.views, *others * 12)[:16], 3)


def test_sixteen_tiles_are_kept_in_little_room(opened: OpenStudy) -> None:
    opened.layout.set(full(opened))
    state = json.dumps(dict(saved_view(opened).view_state))
    assert len(state) < 30_000  # of a million
    found = shown_layout(opened, reread(saved_view(opened)))
    assert found is not None
    assert found.views[4:] == full(opened).views[4:]
    assert [view.cut for view in found.views] == [view.cut for view in full(opened).views]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from((10**400, -(10**400), 1e300, math.nan, math.inf, -1.0, 0.0, "", "LUT", "MIP", "mean"))
    | st.floats()
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=6,
)


def places_in(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in inner for place in places_in(value, (*path, key)))]


def damaged(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """`data` with another value in one place."""
    if not path:
        return value
    copy = data.copy()
    copy[path[0]] = damaged(copy[path[0]], path[1:], value)
    return copy


def is_sound(opened: OpenStudy, layout: Layout | None) -> bool:
    """Every tile shows an image there is, on a plane that can be moved, with numbers that can be drawn."""
    opened.show_layout(layout or Layout())
    for view in opened.layout.value.views:
        stack = opened.stack_by_key(view.stack_key)
        assert (stack is None) == (view == View())
        assert stack is None or 0 <= view.index < len(stack.images)
        assert view.scale is None or 0 < view.scale < math.inf
        assert view.center is None or all(map(math.isfinite, view.center))
        assert view.window is None or (math.isfinite(view.window.center) and view.window.width > 0)
        assert stack is None or view.cut is None or not why_no_mpr(stack)
    saved_view(opened)
    return True


def test_damaged_states_never_raise(opened: OpenStudy) -> None:
    opened.layout.set(full(opened))
    good = saved_view(opened)
    state = json.loads(json.dumps(dict(good.view_state)))
    everywhere = places_in(state["layout"])

    @settings(deadline=None, max_examples=300)
    @given(st.lists(st.tuples(st.sampled_from(everywhere), JSON), min_size=1, max_size=4))
    def is_read(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
        layout = state["layout"]
        for path, value in changes:
            try:
                layout = damaged(layout, path, value)
            except (AttributeError, KeyError, IndexError, TypeError):
                continue  # another change took this place away
        assert is_sound(opened, shown_layout(opened, replace(good, view_state=state | {"layout": layout})))

    @settings(deadline=None, max_examples=100)
    @given(st.dictionaries(st.sampled_from(("layout", "window", "inverted", "clamped", "cut")), JSON))
    def garbage_is_read(state: dict[str, Any]) -> None:
        assert is_sound(opened, shown_layout(opened, replace(good, view_state=state)))

    is_read()
    garbage_is_read()


def test_one_damaged_tile_is_that_tile_alone(opened: OpenStudy) -> None:
    layout = full(opened)
    opened.layout.set(layout)
    good = saved_view(opened)
    state = json.loads(json.dumps(dict(good.view_state)))
    state["layout"]["tiles"][5]["image"] = "2.25.404"
    state["layout"]["tiles"][6] = ["no tile"]
    state["layout"]["tiles"][7]["center"] = [math.nan, 1.0]
    found = shown_layout(opened, replace(good, view_state=state))
    assert found is not None
    stack = opened.stack_by_key(layout.views[5].stack_key)
    assert stack is not None
    assert found.views[5] == View(stack.key, len(stack.images) // 2)
    assert found.views[6] == View()
    assert found.views[7] == replace(layout.views[7], center=None)
    assert (found.views[4], found.views[8:]) == (layout.views[4], layout.views[8:])
    assert found.active == layout.active


def test_a_damaged_plane_becomes_an_image_and_the_others_move_alone(opened: OpenStudy) -> None:
    stack = next(stack for stack in opened.stacks if not why_no_mpr(stack))
    grid = VoxelGrid.of(stack)
    point = grid.place([1, 2, 3])
    opened.layout.set(mpr_layout(stack, View(stack.key, len(stack.images) - 1, scale=3.0, center=(1.0, 1.0)), point))
    good = saved_view(opened)
    for damage in ({"slab_mode": "median"}, {"point": [1e6, 0.0, 0.0]}, {"row_direction": [1.0, 1.0, 0.0]}):
        state = json.loads(json.dumps(dict(good.view_state)))
        state["layout"]["tiles"][1]["cut"] |= damage
        found = shown_layout(opened, replace(good, view_state=state))
        assert found is not None
        assert found.views[1].cut is None
        assert (found.views[1].scale, found.views[1].center) == (None, None)
        assert [found.views[place] for place in (0, 2, 3)] == [opened.layout.value.views[place] for place in (0, 2, 3)]
        assert group(found, 0) is None


def test_three_planes_through_several_points_become_the_images_at_their_places(opened: OpenStudy) -> None:
    """They would be drawn as an MPR, and are none."""
    stack = next(stack for stack in opened.stacks if not why_no_mpr(stack))
    grid = VoxelGrid.of(stack)
    opened.layout.set(mpr_layout(stack, View(stack.key, 0, scale=3.0), grid.place([1, 2, 3])))
    state = json.loads(json.dumps(dict(saved_view(opened).view_state)))
    state["layout"]["tiles"][1]["cut"]["point"] = list(grid.place([2, 2, 3]))
    found = shown_layout(opened, replace(saved_view(opened), view_state=state))
    assert found is not None
    assert [view.cut for view in found.views] == [None] * 4
    assert [view.index for view in found.views[:3]] == [1, 2, 1]
    assert (found.views[0].scale, found.views[0].center) == (None, None)


def test_where_it_may_not_be_reconstructed_any_more_images_of_the_same_places_are_shown(
    sitting: Sitting, tmp_path: Path
) -> None:
    place = several(tmp_path / "images", 1)
    opened = sitting.open(place)
    (stack,) = opened.stacks
    assert not why_no_mpr(stack)
    opened.show_layout(mpr_layout(stack, opened.view.value, VoxelGrid.of(stack).place([3, 9, 9])))
    wanted = stack.images[3].sop_instance_uid
    gone = next(
        file for file in place.rglob("*.dcm") if dcmread(file).SOPInstanceUID == stack.images[1].sop_instance_uid
    )
    sitting.workspace.close()
    gone.unlink()
    again = sitting.open(place)
    (found,) = again.stacks
    assert why_no_mpr(found)
    layout = again.layout.value
    assert (layout.rows, layout.columns) == (2, 2)
    assert [view.cut for view in layout.views] == [None] * 4
    assert {found.images[view.index].sop_instance_uid for view in layout.views[:3]} == {wanted}


def test_a_series_that_is_gone_leaves_its_tile_empty_and_the_others_as_they_were(
    sitting: Sitting, tmp_path: Path
) -> None:
    place = several(tmp_path / "images", 3)
    opened = sitting.open(place)
    views = tuple(View(stack.key, 1, inverted=True) for stack in opened.stacks)
    opened.show_layout(Layout(1, 3, views, 2))
    sitting.settle()
    sitting.workspace.close()
    for file in (place / "2").iterdir():
        file.unlink()
    layout = sitting.open(place).layout.value
    assert (layout.rows, layout.columns, layout.active) == (1, 3, 2)
    assert layout.views == (views[0], View(), views[2])


def test_images_are_found_though_the_series_is_sorted_into_other_stacks(opened: OpenStudy) -> None:
    stack = opened.stacks[0]
    opened.layout.set(Layout(views=(View(stack.key, 3, inverted=True, scale=2.0),)))
    good = saved_view(opened)
    state = json.loads(json.dumps(dict(good.view_state)))
    state["layout"]["tiles"][0]["stack"] = f"{stack.series_key}/7"
    found = shown_layout(opened, replace(good, view_state=state))
    assert found == opened.layout.value


def test_a_prior_is_found_in_its_own_study_only(opened: OpenStudy) -> None:
    ((stack, prior),) = [item for item in opened.within_reach if item[1] is not opened.study]
    opened.layout.set(Layout(1, 2, (View(opened.stacks[0].key), View(stack.key, 2))))
    good = saved_view(opened)
    tile = json.loads(json.dumps(dict(good.view_state)))["layout"]["tiles"][1]
    assert (tile["study"], tile["series"]) == (prior.info.study_uid, stack.info.series_uid)
    assert shown_layout(opened, good) == opened.layout.value
    state = json.loads(json.dumps(dict(good.view_state)))
    state["layout"]["tiles"][1]["study"] = opened.study.info.study_uid
    found = shown_layout(opened, replace(good, view_state=state))
    assert found is not None
    assert found.views[1] == View()


@pytest.mark.parametrize("layout", [None, {"version": 2, "rows": 1}, {"version": 1, "rows": 9}, "2x2"])
def test_states_of_other_versions_still_give_the_active_view(opened: OpenStudy, layout: object) -> None:
    left = View(opened.stacks[0].key, 3, Window(1.5, 2.5), scale=2.0, center=(1.0, 2.0), clamped=True)
    opened.layout.set(Layout(1, 2, (View(), left), 1))
    good = saved_view(opened)
    state = {name: value for name, value in good.view_state.items() if name != "layout"} | {"layout": layout}
    assert shown_layout(opened, replace(good, view_state=state)) == Layout(views=(left,))


def test_going_to_another_study_and_back_keeps_each_layout(sitting: Sitting, opened: OpenStudy, tmp_path: Path) -> None:
    """Though the store does not know it, as one that cannot be written."""

    def forget() -> None:
        sitting.settle()
        with closing(sqlite3.connect(tmp_path / "store" / FILE_NAME)) as database, database:
            database.execute("UPDATE view_session SET view_state = NULL")

    current, prior = sitting.workspace.contents.studies
    stack = next(stack for stack in opened.stacks if not why_no_mpr(stack))
    opened.show_layout(replace(mpr_layout(stack, opened.view.value), active=1))
    left = opened.layout.value
    sitting.workspace.choose(prior)
    forget()
    sitting.study.show_layout(Layout(1, 2, (sitting.study.view.value, View()), 0))
    other = sitting.study.layout.value
    sitting.workspace.choose(current)
    forget()
    assert sitting.study.layout.value == left
    sitting.workspace.choose(prior)
    sitting.settle()
    assert sitting.study.layout.value == other


def test_a_series_that_is_asked_for_is_shown_in_the_layout_that_shows_it(sitting: Sitting, opened: OpenStudy) -> None:
    current, prior = sitting.workspace.contents.studies
    first, second = opened.stacks[:2]
    opened.show_layout(Layout(1, 2, (View(first.key, 1), View(second.key, 2)), 0))
    left = opened.layout.value
    sitting.workspace.choose(prior)
    sitting.settle()
    sitting.workspace.choose(current, second.key)
    sitting.settle()
    assert sitting.study.layout.value == replace(left, active=1)


def test_views_that_never_rest_are_saved_every_second(sitting: Sitting, opened: OpenStudy) -> None:
    study_id = next(
        item.study_id for item in sitting.store.studies() if item.study.study_uid == opened.study.info.study_uid
    )
    seen = set()

    def runs() -> bool:
        opened.view.set(replace(opened.view.value, index=(opened.view.value.index + 1) % 5))
        found = sitting.store.last_view(study_id)
        seen.add(found.slice_index if found is not None else None)
        return len(seen - {None}) > 1

    sitting.qtbot.waitUntil(runs, timeout=6000)
