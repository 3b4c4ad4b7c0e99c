"""A look at drop/: no more is kept in mind than there is room for, and nothing is lost by it."""

from __future__ import annotations

import logging
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turnstream.settings import WatchSettings, load
from turnstream.watch import lookout as lookout_module
from turnstream.watch.backlog import Backlog, Place
from turnstream.watch.bell import Note
from turnstream.watch.lookout import Crowd, Look, Lookout
from turnstream.watch.scan import survey


def watch_settings(**values: Any) -> WatchSettings:
    return load().watch.model_copy(update=values)


class Post:
    """A lookout on a folder, and what the watcher does with it."""

    def __init__(self, drop: Path, **values: Any) -> None:
        self.drop = drop
        self.backlog = Backlog()
        self.lookout = Lookout(drop, self.backlog, watch_settings(**values))

    def lay(self, *names: str) -> None:
        for name in names:
            path = self.drop / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    def look(self, *heard: str) -> Look:
        notes = {path: Note(moved=True, at=time.monotonic()) for path in heard}
        self.lookout.begin(notes, time.monotonic())
        while (look := self.lookout.go_on()) is None:
            pass
        self.backlog.forget(look.gone)
        return look

    def send(self, count: int, *, newest: bool = False) -> list[str]:
        """Draw files, as those sent; return their paths."""
        paths: list[str] = []
        while len(paths) < count and (entry := self.backlog.draw(newest=newest)):
            self.backlog.sent(entry, "batch", time.monotonic())
            paths.append(entry.path)
        return paths

    def work(self, count: int) -> list[str]:
        """Send files and take them out of the folder."""
        paths = self.send(count)
        for path in paths:
            (self.drop / path).unlink()
        return paths


def numbered(count: int) -> list[str]:
    return [f"{number:03}.txt" for number in range(count)]


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path, window_files=10)


def test_what_there_is_room_for_is_taken_in_by_name(post: Post) -> None:
    post.lay(*numbered(10))
    look = post.look()
    assert (look.fresh, post.lookout.beyond, post.lookout.runs_dry) == (numbered(10), 0, False)
    assert post.send(10) == numbered(10)


def test_more_files_than_there_is_room_for_are_counted_and_taken_in_later(post: Post) -> None:
    post.lay(*numbered(35))
    post.look()
    assert (len(post.backlog), post.lookout.beyond) == (10, 25)
    assert not post.lookout.runs_dry
    done = []
    while post.lookout.beyond or len(post.backlog):
        done += post.work(10)
        assert post.lookout.runs_dry or not post.lookout.beyond
        post.look()
        assert len(post.backlog) <= 10
    assert sorted(done) == numbered(35)


def test_files_that_were_sent_take_no_room(post: Post) -> None:
    post.lay(*numbered(15))
    post.look()
    post.send(10)
    post.look()
    assert (post.backlog.count(Place.DUE), post.backlog.count(Place.SENT), post.lookout.beyond) == (5, 10, 0)


@pytest.mark.parametrize("way", ["noted", "seen", "heard"])
def test_a_file_that_comes_while_there_is_no_room_is_the_newest(post: Post, way: str) -> None:
    post.lay(*numbered(35))
    post.look()
    post.lay("999.txt")
    if way == "heard":
        post.lookout.hear(["999.txt"], {}, time.monotonic())
    look = post.look(*["999.txt"] if way == "noted" else [])
    post.work(2)
    post.look()  # the room that this made goes to the older ones
    assert look.fresh == ([] if way == "heard" else ["999.txt"])
    assert post.backlog.count(Place.DUE) == 10
    assert post.send(1, newest=True) == ["999.txt"]
    assert "999.txt" not in post.send(10)


def test_a_file_that_comes_during_the_first_look_at_many_is_the_newest(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout_module, "survey", partial(survey, names=3))
    monkeypatch.setattr(lookout_module, "_MOMENT_SECONDS", 0.0)
    post.lay(*(f"below/{name}" for name in numbered(35)))
    post.lookout.begin({}, time.monotonic())
    assert post.lookout.go_on() is None
    post.lay("999.txt")
    post.lookout.hear(["999.txt"], {}, time.monotonic())
    while post.lookout.go_on() is None:
        pass
    assert post.send(1, newest=True) == ["999.txt"]


def test_even_news_are_kept_in_mind_within_bounds(post: Post) -> None:
    post.lay(*numbered(30))
    post.look()
    post.lay(*(f"new-{name}" for name in numbered(30)))
    post.lookout.hear([f"new-{name}" for name in numbered(15)], {}, time.monotonic())
    post.look()
    assert (post.backlog.count(Place.DUE), post.lookout.beyond) == (20, 40)


def test_what_is_taken_in_late_is_not_told_as_new(post: Post) -> None:
    post.lay(*numbered(30))
    post.look()
    post.work(10)
    assert post.look().fresh == []


def test_what_is_gone_is_told_and_what_a_folder_hides_is_not(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.lay("a.txt", "b.txt", "below/c.txt")
    post.look()
    (post.drop / "a.txt").unlink()
    real = os.scandir

    def refusing(path: Path) -> Any:
        if path.name == "below":
            raise PermissionError(13, "Permission denied")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refusing)
        look = post.look()
    assert (look.gone, look.refused) == ({"a.txt"}, {"below": "Permission denied"})


def test_a_look_in_parts_finds_the_same(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookout_module, "survey", partial(survey, names=3))
    monkeypatch.setattr(lookout_module, "_MOMENT_SECONDS", 0.0)
    post.lookout.window = 20
    post.lay(*numbered(7), *(f"below/{name}" for name in numbered(3)))
    post.lookout.begin({}, time.monotonic())
    assert post.lookout.go_on() is None
    assert post.lookout.is_looking
    assert post.backlog.count(Place.DUE) == 3
    post.lay("zzz.txt")
    post.lookout.hear(["zzz.txt"], {}, time.monotonic())
    while (look := post.lookout.go_on()) is None:
        pass
    assert not look.gone
    assert not post.lookout.is_looking
    assert post.backlog.paths() == {*numbered(7), "zzz.txt", *(f"below/{name}" for name in numbered(3))}


def test_of_what_was_heard_only_files_that_are_to_be_taken_are(post: Post) -> None:
    post.lay("a.txt", ".git/b.txt", "c.part", "folder/d.txt")
    os.mkfifo(post.drop / "pipe")
    post.lookout.hear(["a.txt", ".git/b.txt", "c.part", "folder", "pipe", "gone.txt", "folder/d.txt"], {}, 0.0)
    assert post.backlog.paths() == {"a.txt", "folder/d.txt"}


def test_of_a_folder_that_was_heard_the_first_files_are_taken_in_at_once_and_none_twice(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout_module, "survey", partial(survey, names=5))
    post.lookout.window = 100
    post.lay("first.txt", *(f"came/{name}" for name in numbered(12)), "came/x.part")
    (post.drop / "link").symlink_to(post.drop / "came")
    post.look()
    assert len(post.backlog) == 13
    (post.drop / "came").rename(post.drop / "came again")
    post.lookout.hear(["came again", "link", "first.txt"], {}, time.monotonic())
    assert 4 <= len([path for path in post.backlog.paths() if path.startswith("came again/")]) <= 5
    assert post.look().gone == {f"came/{name}" for name in numbered(12)}
    assert post.backlog.paths() == {"first.txt", *(f"came again/{name}" for name in numbered(12))}
    assert sorted(post.send(20)) == sorted(post.backlog.paths())


def test_all_that_is_in_a_folder_that_came_is_news_though_it_looks_like_what_waits(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.lay(*numbered(35))
    post.look()
    monkeypatch.setattr(Crowd, "strangers", lambda *_: set())
    post.lay(*(f"came/below/{name}" for name in numbered(5)))
    folder = {"came": Note(moved=True, at=time.monotonic(), folder=True)}
    post.lookout.begin(folder, time.monotonic())
    while (look := post.lookout.go_on()) is None:
        pass
    assert look.fresh == [f"came/below/{name}" for name in numbered(5)]
    assert sorted(post.send(5, newest=True)) == look.fresh


def test_folders_that_are_heard_by_the_thousand_hold_nobody_up(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookout_module, "_MOMENT_SECONDS", 0.0)
    post.lookout.window = 100
    post.lay("a.txt", *(f"{number}/b.txt" for number in range(10)))
    post.lookout.hear([*map(str, range(10)), "a.txt"], {}, time.monotonic())
    assert post.backlog.paths() == {"a.txt"}
    post.look()
    assert len(post.backlog) == 11


def test_a_folder_that_is_ignored_is_not_entered_when_it_is_heard(post: Post) -> None:
    post.lay(".stfolder/a.txt", "below/.stfolder/b.txt")
    post.lookout.hear([".stfolder", "below"], {}, time.monotonic())
    assert not post.backlog.paths()


def test_a_file_waits_for_its_marker_and_is_let_go_without_it(tmp_path: Path) -> None:
    post = Post(tmp_path, done_marker=".done", window_files=10)
    post.lay("a.txt", "b.txt", "b.txt.done", "c.done")
    post.look()
    assert post.backlog.paths() == {"b.txt"}
    post.lay("a.txt.done")
    post.lookout.hear(["a.txt"], {}, time.monotonic())
    (tmp_path / "b.txt.done").unlink()
    assert post.look().gone == {"b.txt"}
    assert post.backlog.paths() == {"a.txt"}


def test_files_without_their_marker_take_no_room_from_those_that_have_it(tmp_path: Path) -> None:
    post = Post(tmp_path, done_marker=".done", window_files=10)
    post.lay(*numbered(30), "zzz.txt", "zzz.txt.done")
    post.look()
    assert post.backlog.paths() == {"zzz.txt"}


def test_names_that_are_passed_over_are_said_once_until_they_were_gone(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnstream.log._threshold", logging.DEBUG)
    post.lay(".hidden")
    (post.drop / "link").symlink_to("nowhere")
    with structlog.testing.capture_logs() as said:
        post.look()
        post.look()
        assert sorted(event["path"] for event in said) == [".hidden", "link"]
        (post.drop / "link").unlink()
        post.look()
        (post.drop / "link").symlink_to("nowhere")
        post.look()
    assert sorted(event["path"] for event in said) == [".hidden", "link", "link"]


def test_a_crowd_knows_all_its_members_and_hardly_a_stranger() -> None:
    crowd = Crowd()
    crowd.add([f"member {number}" for number in range(100_000)])
    assert len(crowd) == 100_000
    assert crowd.strangers(f"member {number}" for number in range(100_000)) == set()
    assert len(crowd.strangers(f"stranger {number}" for number in range(100_000))) > 99_000


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["lay", "hear", "look", "send", "work"]), max_size=40), st.integers(1, 5))
def test_whatever_happens_every_file_has_its_turn_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], window: int
) -> None:
    post = Post(tmp_path_factory.mktemp("drop"), window_files=window)
    laid: list[str] = []
    done: list[str] = []
    for step in [*steps, *["look", "work"] * 200]:
        match step:
            case "lay":
                names = [f"{len(laid) + number}.txt" for number in range(3)]
                post.lay(*names)
                laid += names
            case "hear":
                news = [path for path in laid if path not in post.backlog.paths()]
                post.lookout.hear(news, {}, time.monotonic())
            case "look":
                post.look()
            case "send":
                post.send(1)
            case "work":
                # What was sent before is done by now.
                sent = [entry.path for entry in post.backlog.sent_before(float("inf"))]
                for path in sent:
                    (post.drop / path).unlink(missing_ok=True)
                done += [path for path in sent if path not in done] + post.work(window)
    assert sorted(done) == sorted(laid)
    assert not list(post.drop.iterdir())
