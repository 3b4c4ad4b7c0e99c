"""A data root is tested before anything is taken from it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.station import OTHER_FILE_SYSTEM
from turnstream.errors import BadConfiguration
from turnstream.root import FOLDERS, MOVING, prepare


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system."""
    with tempfile.TemporaryDirectory(dir=OTHER_FILE_SYSTEM) as folder:
        assert Path(folder).stat().st_dev != tmp_path.stat().st_dev
        yield Path(folder)


def test_a_new_root_has_its_folders_and_an_identity_that_stays(tmp_path: Path) -> None:
    root = prepare(tmp_path / "root")
    assert all((root.path / name).is_dir() for name in FOLDERS)
    assert not [left for name in MOVING for left in (root.path / name).iterdir()]
    assert prepare(root.path).state() == root.state()


@pytest.mark.parametrize("name", MOVING)
def test_folders_on_several_file_systems_are_refused(tmp_path: Path, elsewhere: Path, name: str) -> None:
    (tmp_path / name).symlink_to(elsewhere)
    with pytest.raises(BadConfiguration, match="must lie on one file system") as refused:
        prepare(tmp_path)
    assert refused.value.exit_code == 78
    assert not any(elsewhere.iterdir())


def test_the_state_may_lie_elsewhere(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "state").symlink_to(elsewhere)
    assert prepare(tmp_path).state().root_id


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "archive").touch()
    with pytest.raises(BadConfiguration, match="cannot be used"):
        prepare(tmp_path)
