"""Archives of arrays: members by name, never paths."""

import io
import pickle
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loading import refusal

from poolviz import SourceError, SpecError, load

FIRST, SECOND = np.arange(6).reshape(2, 3), np.arange(6).reshape(3, 2) * 10


def archive(path: Path, members: dict[str, bytes]) -> Path:
    """A zip archive with these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def npy(array: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> bytes:
    """An array as the bytes of an .npy."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_only_array_needs_no_key(save: object, tmp_path: Path) -> None:
    """Of an archive with one array that array is read."""
    path = tmp_path / "x.npz"
    assert callable(save)
    save(path, a=FIRST)
    feature_map = load(path)
    assert np.array_equal(feature_map.values[0], FIRST)
    assert feature_map.configuration == ()


@pytest.mark.parametrize(("key", "expected"), [("a", FIRST), ("b", SECOND)])
def test_key_chooses_an_array(
    key: str, expected: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]", tmp_path: Path
) -> None:
    """Of several arrays the key chooses one, and goes into the outputs' names."""
    np.savez(tmp_path / "x.npz", a=FIRST, b=SECOND)
    feature_map = load(tmp_path / "x.npz", key=key)
    assert np.array_equal(feature_map.values[0], expected)
    assert feature_map.configuration == (f"key-{key}",)


def test_several_arrays_need_a_key(tmp_path: Path) -> None:
    """Of several arrays without a key none is guessed: the keys are given."""
    np.savez(tmp_path / "x.npz", a=FIRST, b=SECOND)
    assert "holds 2 arrays; choose one with key=NAME: a, b" in refusal(tmp_path / "x.npz")


def test_unknown_key_is_refused(tmp_path: Path) -> None:
    """A key that is not there is refused, with the nearest that is."""
    np.savez(tmp_path / "x.npz", weights=FIRST, other=SECOND)
    assert "did you mean weights?" in refusal(tmp_path / "x.npz", key="weigths")


def test_empty_archive_is_refused(tmp_path: Path) -> None:
    """An archive without arrays is refused."""
    assert "contains no arrays" in refusal(archive(tmp_path / "x.npz", {}))


def test_names_never_become_paths(tmp_path: Path) -> None:
    """A member called as a path elsewhere is read by that name, and nothing is written."""
    name = "../../etc/x"
    path = archive(tmp_path / "x.npz", {f"{name}.npy": npy(FIRST)})
    assert np.array_equal(load(path, key=name).values[0], FIRST)
    assert list(tmp_path.iterdir()) == [path]


def test_signs_in_names_are_escaped(tmp_path: Path) -> None:
    """A member's name cannot drive a terminal through the error that lists it."""
    members = {"\x1b[31m.npy": npy(FIRST), "b.npy": npy(SECOND)}
    assert r"\x1b[31m, b" in refusal(archive(tmp_path / "x.npz", members))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x03\x04 and some more bytes", b"text"])
def test_damaged_archive_is_refused(data: bytes, tmp_path: Path) -> None:
    """What is no archive, or ends early, is refused."""
    path = tmp_path / "x.npz"
    path.write_bytes(data)
    assert "not a readable .npz archive" in refusal(path)


def test_damaged_member_is_refused(tmp_path: Path) -> None:
    """A member whose bytes were changed is refused, whichever check finds it."""
    path = tmp_path / "x.npz"
    np.savez(path, a=np.arange(1000))
    data = bytearray(path.read_bytes())
    data[400] ^= 0xFF
    path.write_bytes(data)
    assert "not a readable .npz archive" in refusal(path)


@pytest.mark.slow
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_changed_bit_gives_no_other_numbers(save: Any, tmp_path: Path) -> None:
    """Wherever a bit of an archive is changed: one line, or the numbers as they were saved."""
    array, path = np.arange(60.0).reshape(20, 3), tmp_path / "x.npz"
    save(path, a=array)
    data, messages = path.read_bytes(), set()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            feature_map = load(path)
        except SourceError as error:
            messages.add(str(error))
        else:
            assert np.array_equal(feature_map.values, array[None])
    assert all(message.isprintable() and "; " in message for message in messages)


@pytest.mark.parametrize("shape", ["(20, 2)", "(2, 3)", "(10,)"])
def test_member_whose_header_leaves_values_out_is_refused(shape: str, tmp_path: Path) -> None:
    """A shape of fewer values than there are, such as one bit makes, is not believed."""
    words = npy(np.arange(60.0).reshape(20, 3)).replace(b"(20, 3)", shape.encode().ljust(7))
    path = archive(tmp_path / "x.npz", {"a.npy": words})
    assert "not a readable .npz archive; save it again with numpy.savez" in refusal(path)


@pytest.mark.parametrize("shape", [b"(4611686018427387904, 0)", b"(0, 9223372036854775807)"])
def test_axis_of_0_in_a_member_hides_no_huge_one(shape: bytes, tmp_path: Path) -> None:
    """A 0 beside a length that no array has is refused, in an archive too."""
    words = npy(np.zeros((0, 3)))
    member = words.replace(b"(0, 3), }" + b" " * (len(shape) - 6), shape + b", }")
    assert len(member) == len(words)
    path = archive(tmp_path / "x.npz", {"a.npy": member})
    assert "impossible shape" in refusal(path)


@pytest.mark.slow
def test_packed_array_takes_its_own_room_only(tmp_path: Path) -> None:
    """Much that is packed into little is there once, as the budget has it, and soon."""
    size = 64 << 20
    np.savez_compressed(tmp_path / "x.npz", a=np.zeros((64, 1024, 1024), np.uint8))
    assert (tmp_path / "x.npz").stat().st_size < size / 500
    tracemalloc.start()
    start = time.monotonic()
    try:
        feature_map = load(tmp_path / "x.npz", max_memory="64M")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.monotonic() - start < 20
    assert size <= most < 1.2 * size
    assert not feature_map.values.any()
    assert "but the limit is" in refusal(tmp_path / "x.npz", max_memory="63M")


def test_member_that_is_no_array_is_refused(tmp_path: Path) -> None:
    """A member that is no .npy is refused."""
    assert ".npy header" in refusal(archive(tmp_path / "x.npz", {"a.txt": b"hello"}))


def test_pickled_objects_are_refused(tmp_path: Path) -> None:
    """Objects in an archive are refused and never loaded."""
    np.savez(tmp_path / "x.npz", allow_pickle=True, a=np.array([{1: 2}], dtype=object))
    message = refusal(tmp_path / "x.npz", key="a")
    assert "Python objects" in message


def test_header_that_claims_too_much_is_refused(tmp_path: Path) -> None:
    """A member that claims more than the archive says it holds is refused unread."""
    header = npy(np.zeros(4)).replace(b"(4,)", b"(9999999999,)")[:128]
    assert "header" in refusal(archive(tmp_path / "x.npz", {"a.npy": header}))


def test_zip_named_npy_is_read_as_what_it_is(tmp_path: Path) -> None:
    """An archive under the name of an array is read by its content."""
    np.savez(tmp_path / "x.npz", a=FIRST)
    path = (tmp_path / "x.npz").rename(tmp_path / "x.npy")
    assert np.array_equal(load(path).values[0], FIRST)


def test_pickle_is_refused(tmp_path: Path) -> None:
    """A pickle under any accepted name is refused and never loaded."""
    path = tmp_path / "x.npz"
    path.write_bytes(pickle.dumps({"a": 1}))
    assert "is a pickle, which can run code" in refusal(path)


def test_archive_takes_the_options_of_arrays(tmp_path: Path) -> None:
    """Batch, layout and complex part are chosen as for a single array."""
    np.savez(tmp_path / "x.npz", a=np.stack([FIRST[None], FIRST[None] + 10]))
    assert np.array_equal(load(tmp_path / "x.npz", index=1).values[0], FIRST + 10)


def test_frame_of_an_archive_is_refused(tmp_path: Path) -> None:
    """An option of images is refused for an archive."""
    np.savez(tmp_path / "x.npz", a=FIRST)
    assert refusal(tmp_path / "x.npz", SpecError, frame=0).startswith("frame: ")


def test_encrypted_member_is_refused(tmp_path: Path) -> None:
    """A member that asks for a password is refused."""
    path = archive(tmp_path / "x.npz", {"a.npy": npy(FIRST)})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    assert "not a readable .npz archive" in refusal(path)


def test_archive_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive that is piped in is known by its content."""
    buffer = io.BytesIO()
    np.savez(buffer, a=FIRST)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(buffer.getvalue())))
    assert np.array_equal(load("-").values[0], FIRST)


def test_many_keys_are_shortened(tmp_path: Path) -> None:
    """Of many keys, or long ones, ten are shown, each shortened, and how many more there are."""
    members = {f"{at}{'k' * 500}.npy": b"" for at in range(3000)}
    path = archive(tmp_path / "x.npz", members)
    message = refusal(path)
    assert "holds 3,000 arrays; choose one with key=NAME: 0kkk" in message
    assert message.endswith("or one of 2,990 more")
    assert len(message) < 1000
    wrong = refusal(path, key="q" * 65_000)
    assert wrong.endswith("and 2,990 more")
    assert len(wrong) < 1000


def test_nearest_of_many_keys_is_named(tmp_path: Path) -> None:
    """A slip is recognised among more keys than are shown."""
    members = {f"layer{at}.weight.npy": b"" for at in range(100)}
    path = archive(tmp_path / "x.npz", {**members, "offset.npy": b""})
    assert "did you mean offset?" in refusal(path, key="ofset")
