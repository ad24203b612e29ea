"""A file is written whole or not at all."""

import os
import stat
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from poolviz.errors import OutputError
from poolviz.output import writing

OLD, NEW = b"old bytes", b"new bytes, more of them"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file that is there already."""
    path = tmp_path / "picture.png"
    path.write_bytes(OLD)
    return path


@pytest.fixture
def umask() -> Iterator[int]:
    """A umask that is not the usual one."""
    before = os.umask(0o027)
    yield 0o027
    os.umask(before)


def permissions(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("step", ["open", "fdopen", "fsync", "chmod", "replace"])
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_failure_at_any_step_leaves_the_old_file_alone(
    step: str, failure: BaseException, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails or interrupts, the old bytes stay and nothing lies beside them."""

    def fail(*_: object, **__: object) -> NoReturn:
        raise failure

    monkeypatch.setattr(os, step, fail)
    expected = OutputError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        writing.write(target, NEW)
    assert target.read_bytes() == OLD
    assert list(target.parent.iterdir()) == [target]


def test_failure_has_its_cause(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the file, what the system said, and what to do."""

    def fail(_: int) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match="cannot be written") as caught:
        writing.write(target, NEW)
    assert caught.value.subject == str(target)
    assert "no space left on device" in caught.value.cause
    assert caught.value.exit_code == 1


def test_new_bytes_replace_the_old(target: Path) -> None:
    """After a write the file holds exactly what was given."""
    writing.write(target, NEW)
    assert target.read_bytes() == NEW
    assert list(target.parent.iterdir()) == [target]


def test_readers_keep_the_file_that_they_have_open(target: Path) -> None:
    """A file that is open while it is replaced is still the whole old one."""
    with target.open("rb") as file:
        writing.write(target, NEW)
        assert file.read() == OLD


def test_missing_folders_are_made(tmp_path: Path) -> None:
    """A path in folders that are not there yet is written."""
    path = tmp_path / "a" / "b" / "c.png"
    writing.write(path, NEW)
    assert path.read_bytes() == NEW


def test_new_file_has_ordinary_permissions(tmp_path: Path, umask: int) -> None:
    """A new file may be read as the umask says, not by its owner alone."""
    path = tmp_path / "new.png"
    writing.write(path, NEW)
    assert permissions(path) == 0o666 & ~umask


def test_umask_is_left_as_it_was(tmp_path: Path, umask: int) -> None:
    """Asking for the umask does not change it."""
    writing.write(tmp_path / "new.png", NEW)
    now = os.umask(umask)
    assert now == umask


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_replaced_file_keeps_its_permissions(mode: int, target: Path) -> None:
    """Who could read the old file can read the new one."""
    target.chmod(mode)
    writing.write(target, NEW)
    assert permissions(target) == mode


def test_symbolic_link_is_followed(target: Path) -> None:
    """Through a link its target is replaced; the link stays a link."""
    link = target.parent / "link.png"
    link.symlink_to(target.name)
    writing.write(link, NEW)
    assert link.is_symlink()
    assert target.read_bytes() == NEW


def test_dangling_link_makes_its_target(tmp_path: Path) -> None:
    """A link to a file that is not there yet gets that file."""
    link = tmp_path / "link.png"
    (tmp_path / "later").mkdir()
    link.symlink_to(tmp_path / "later" / "target.png")
    writing.write(link, NEW)
    assert link.is_symlink()
    assert (tmp_path / "later" / "target.png").read_bytes() == NEW


@pytest.mark.parametrize("typed", ["link.png", "folder/new.png", "folder/deep/new.png"])
def test_folders_are_made_only_for_the_typed_path(typed: str, tmp_path: Path) -> None:
    """A link into a folder that does not exist is refused, and that folder is not made."""
    (tmp_path / "link.png").symlink_to(tmp_path / "lost" / "target.png")
    (tmp_path / "folder").symlink_to(tmp_path / "lost" / "folder")
    for write in (writing.check, lambda path: writing.write(path, NEW)):
        with pytest.raises(OutputError, match="is a link into a folder that does not exist"):
            write(tmp_path / typed)
    assert not (tmp_path / "lost").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "link.png"]


def test_folders_behind_a_sound_link_are_made(tmp_path: Path) -> None:
    """Where the link leads to a folder, the rest of the typed path is made in it."""
    (tmp_path / "real").mkdir()
    (tmp_path / "folder").symlink_to("real")
    writing.write(tmp_path / "folder/deep/new.png", NEW)
    assert (tmp_path / "real/deep/new.png").read_bytes() == NEW


@pytest.mark.parametrize("names", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_loop_of_links_is_refused(names: list[str], tmp_path: Path) -> None:
    """Links that lead nowhere are an error with a cause, and stay as they are."""
    for name, other in zip(names, [*names[1:], names[0]], strict=True):
        (tmp_path / name).symlink_to(other)
    for path in (tmp_path / "a", tmp_path / "a" / "below.png"):
        for write in (writing.check, lambda path: writing.write(path, NEW)):
            with pytest.raises(OutputError, match=r"symbolic links.*not a link"):
                write(path)
    assert all((tmp_path / name).is_symlink() for name in names)
    assert len(list(tmp_path.iterdir())) == len(names)


def test_folder_as_target_is_refused(tmp_path: Path) -> None:
    """A folder is never replaced by a file."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OutputError, match="it is a folder"):
        writing.write(folder, NEW)
    assert folder.is_dir()
    assert list(tmp_path.iterdir()) == [folder]


def test_file_as_a_parent_folder_is_refused(target: Path) -> None:
    """A path below a file cannot be written, and the file stays."""
    with pytest.raises(OutputError, match="cannot be written") as caught:
        writing.write(target / "below.png", NEW)
    assert caught.value.subject == str(target / "below.png")
    assert target.read_bytes() == OLD


def test_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """A name that the system cannot hold is an error that leaves nothing behind."""
    with pytest.raises(OutputError, match="name too long"):
        writing.write(tmp_path / ("n" * 300), NEW)
    assert list(tmp_path.iterdir()) == []


def test_folder_is_tidied_before_the_first_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch writes thousands of files into one folder."""
    seen: list[Path] = []
    monkeypatch.setattr(writing, "_tidy_once", cache(seen.append))
    for name in ("a", "b"):
        writing.write(tmp_path / name, NEW)
    writing.write(tmp_path / "sub" / "c", NEW)
    assert seen == [tmp_path, tmp_path / "sub"]
