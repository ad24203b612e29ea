"""load(): what a source may be, and which options go with it."""

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loading import refusal
from PIL import Image

from poolviz import SpecError, load
from poolviz.memory import Budget
from poolviz.sources._origin import stream_origin


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, Path]:
    """One file of each kind."""
    paths = {kind: tmp_path / f"x.{kind}" for kind in ("npy", "npz", "csv", "png")}
    np.save(paths["npy"], np.zeros((2, 2)))
    np.savez(paths["npz"], a=np.zeros((2, 2)))
    paths["csv"].write_text("1,2\n3,4\n", encoding="utf-8")
    Image.new("L", (2, 2)).save(paths["png"])
    return paths


@pytest.mark.parametrize(
    ("kind", "option", "value"),
    [
        ("npy", "key", "a"),
        ("npy", "frame", 0),
        ("npz", "frame", 0),
        ("csv", "key", "a"),
        ("csv", "index", 0),
        ("csv", "frame", 0),
        ("csv", "complex_part", "abs"),
        ("csv", "layout", "chw"),
        ("png", "key", "a"),
        ("png", "index", 0),
        ("png", "complex_part", "abs"),
        ("png", "layout", "chw"),
    ],
)
def test_options_that_do_not_apply_are_refused(
    kind: str, option: str, value: Any, sources: dict[str, Path]
) -> None:
    """An option that a kind of source has no use for is an error of usage, not ignored."""
    message = refusal(sources[kind], SpecError, **{option: value})
    assert message.startswith(f"{option}: ")
    assert str(sources[kind]) in message
    assert message.endswith("; omit it")


def test_path_and_text_are_the_same(sources: dict[str, Path]) -> None:
    """A source is given as a path or as text."""
    assert np.array_equal(load(sources["csv"]).values, load(str(sources["csv"])).values)


def test_map_is_named_by_the_stem(sources: dict[str, Path]) -> None:
    """The name is the file's without its suffix, the source as the user named it."""
    feature_map = load(sources["csv"])
    assert feature_map.name == "x"
    assert feature_map.source == str(sources["csv"])


def test_missing_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there is refused by its name."""
    assert "there is no such file; check the name" in refusal(tmp_path / "missing.npy")


@pytest.mark.parametrize("url", ["https://example.org/x.png", "http://example.org/x.npy"])
def test_address_is_refused(url: str) -> None:
    """No address is opened: the remedy is to download it."""
    assert "is a URL, which poolviz does not open; download the file first" in refusal(url)


def test_folder_is_refused(tmp_path: Path) -> None:
    """A folder is refused, with the advice to name a file."""
    assert "is a folder; give the name of a file in it" in refusal(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_named_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    """A named pipe, on which reading would wait for ever, is refused at once."""
    path = tmp_path / "pipe.npy"
    os.mkfifo(path)
    assert "is not a regular file" in refusal(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="the system has no such device")
def test_device_is_refused() -> None:
    """A device, which may never end, is refused."""
    assert "is not a regular file" in refusal("/dev/zero")


def test_file_as_a_folder_is_refused(sources: dict[str, Path]) -> None:
    """A path below a file cannot be read."""
    assert "cannot be read" in refusal(sources["csv"] / "below.npy")


def test_name_with_a_null_is_refused() -> None:
    """A name that no system can hold is an error as any other."""
    from poolviz import SourceError

    with pytest.raises(SourceError, match="no such file"):
        load("a\0b.npy")


@pytest.mark.parametrize("name", ["x", "x.unknown", "x.npy.gz"])
def test_unknown_kind_is_refused(name: str, tmp_path: Path) -> None:
    """A kind that is neither known by content nor by suffix is refused, with those that are."""
    (tmp_path / name).write_bytes(b"\x00\x01 something else")
    message = refusal(tmp_path / name)
    assert "; use one of .avif, .bmp" in message


def test_content_is_known_without_a_suffix(sources: dict[str, Path]) -> None:
    """A file without a suffix is read by its first bytes."""
    bare = sources["npy"].rename(sources["npy"].with_name("bare"))
    assert load(bare).shape == (2, 2)


def test_content_goes_before_the_suffix(sources: dict[str, Path]) -> None:
    """An array that is named as text is an array."""
    misnamed = sources["npy"].rename(sources["npy"].with_name("misnamed.csv"))
    assert load(misnamed).values.dtype == np.float64


@pytest.mark.parametrize("name", ["a\nb.npy", "a\x1b[31mb.npy", "a\u202eb.npy", "a\udcffb.npy"])
def test_names_are_shown_escaped(name: str, tmp_path: Path) -> None:
    """What a terminal would act on in a name is shown as an escape, in errors and as the source."""
    from poolviz import SourceError

    path = tmp_path / name
    with pytest.raises(SourceError) as caught:
        load(path)
    assert str(caught.value).isprintable()
    np.save(path, np.zeros((2, 2)))
    assert load(path).source.isprintable()


def test_empty_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing on standard input is refused."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert "standard input: is empty" in refusal("-")


def test_unknown_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no known kind on standard input is refused."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\x00\x01\x02\x03")))
    message = refusal("-")
    assert message.startswith("standard input: ")
    assert "not an image, an array or rows of numbers" in message


def test_closed_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any standard input ``-`` is refused, not a crash."""
    monkeypatch.setattr("sys.stdin", None)
    assert "standard input" in refusal("-")


class Terminal(io.BytesIO):
    """Standard input on a terminal, where each end of input has to be typed."""

    ended = False

    def read(self, size: int | None = -1) -> bytes:
        """Part of it; less than asked for means that the end was typed."""
        assert not self.ended, "the end would have to be typed again"
        data = super().read(size)
        self.ended = len(data) < (size or 0)
        return data


def test_end_of_terminal_input_is_typed_once() -> None:
    """What is shorter than asked for was the last."""
    assert stream_origin(Terminal(b"1 2\n3 4\n"), Budget(1 << 20)).data == b"1 2\n3 4\n"
