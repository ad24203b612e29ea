"""Faults 1 to 43: images, arrays and texts that are damaged, lie, or want to run code."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus import IMAGES
from PIL import Image

pytestmark = pytest.mark.faults
PROGRAM = Path(sys.executable).with_name("poolviz")

# The fault's number, the source, further arguments, and words of the refusal.
REFUSED = [
    *((1, f"truncated.{end}", [], "; save it again") for end in IMAGES),
    (2, "empty.png", [], "is not an image"),
    (3, "text.png", [], "is not an image"),
    (5, "eps.png", [], "is not an image that poolviz can read; use one of PNG"),
    (6, "over.png", [], "pixels; use an image of at most"),
    (7, "bomb.png", ["--max-memory", "256M"], "but the limit is"),
    (8, "wide.png", [], "has too many pixels"),
    (9, "flat.png", [], "is not an image"),
    (15, "empty.npy", [], ".npy header is invalid"),
    (16, "magic.npy", [], ".npy header is invalid"),
    (17, "short.npy", [], "its header specifies 288 bytes of data, but the file has 72"),
    (19, "claims.npy", [], "its header specifies 8,000,000,000,000 bytes"),
    (20, "overflow.npy", [], "its header specifies an impossible shape"),
    (20, "digits.npy", [], "impossible shape"),
    (20, "beyond.npy", [], "impossible shape"),
    (21, "negative.npy", [], "impossible shape"),
    (22, "bool.npy", [], "impossible shape"),
    (23, "axes.npy", [], "impossible shape"),
    (24, "long.npy", [], ".npy header is invalid"),
    (25, "nested.npy", [], ".npy header is invalid"),
    (26, "code.npy", [], ".npy header is invalid"),
    (27, "objects.npy", [], "Python objects, which can run code"),
    (27, "pickle.npy", [], "is a pickle, which can run code"),
    (29, "bomb.npz", ["--max-memory", "16M"], "but the limit is"),
    (29, "broken.npz", [], "not a readable .npz archive"),
    (29, "packed.npz", ["--max-memory", "16M"], "a compression that NumPy does not support"),
    (31, "structured.npy", [], "not numbers"),
    (31, "words.npy", [], "not numbers"),
    (31, "dates.npy", [], "not numbers"),
    (32, "complex.npy", [], "use --complex abs, real or imag"),
    (40, "scalar.npy", [], "a single number"),
    (40, "five.npy", [], "2×2×2×2×2"),
    (41, "none.npy", [], "0×4"),
    (41, "zero.npy", [], "impossible shape"),
    (41, "zeros.npy", [], "impossible shape"),
    (29, "keys.npz", [], "holds 3,000 arrays; choose one with --key NAME: 0kkk"),
    (
        14,
        "directories.tif",
        ["--frame", "1000"],
        "has many frames, but only the first 1,000 can be read",
    ),
    (1, "samples.tif", [], "is a damaged TIFF"),
    (1, "rubbish.tif", [], "the image is damaged"),
    (16, "brace.safetensors", [], "header is invalid"),
    (25, "nested.safetensors", [], "header is invalid"),
    (19, "long.safetensors", [], "header is invalid"),
    (19, "claims.safetensors", [], "does not match the tensor's shape or the file's size"),
    (20, "overflow.safetensors", [], "header"),
    (31, "kind.safetensors", [], "the unknown type 'F8_E5M2'"),
    (17, "short.mat", [], "damaged"),
    (19, "claims.mat", ["--max-memory", "1G"], "but the limit is"),
    (16, "other.mat", [], "save it again with save -v7"),
    (19, "claims.pgm", [], "fewer pixels"),
    (12, "levels.pgm", [], "65536)"),
    (42, "abridged.txt", [], 'contains "...", so it was truncated'),
    (42, "ragged.json", [], "its lists differ in length"),
    (25, "deep.json", [], "do not form one array"),
    (42, "ragged.csv", [], "row 2 has 2 cells, but row 1 has 3"),
    (42, "text.csv", [], "row 2, cell 2 is 'x', not a number"),
    (43, "model.pt", [], "numpy.save('map.npy', tensor.numpy())"),
    (43, "zipped.pth", [], "numpy.save('map.npy', tensor.numpy())"),
]


@pytest.mark.parametrize(("number", "source", "arguments", "words"), REFUSED)
def test_refused(
    number: int, source: str, arguments: list[str], words: str, poolviz: Any, folder: Path
) -> None:
    """One line, exit 1, nothing written, nothing run."""
    del number
    before = sorted(folder.iterdir())
    line = poolviz("run", source, *arguments).refused()
    assert line.startswith((f"poolviz: {source}: ", f"poolviz: --frame: {source} "))
    assert words in line
    assert sorted(folder.iterdir()) == before


ACCEPTED = [
    (4, "jpeg.png", "the file contains JPEG data, despite its name"),
    (18, "junk.npy", "4 bytes after the array ignored"),
    (28, "zip.npy", ""),
    (30, "up.npz", ""),
    (42, "mark.csv", ""),
    (14, "directories.tif", "the first of more than 1,000 frames"),
    (12, "ok.pgm", ""),
    (37, "ok.safetensors", ""),
    (33, "ok.mat", ""),
    (42, "ok.json", ""),
]


@pytest.mark.parametrize(("number", "source", "words"), ACCEPTED)
def test_accepted_and_noted(number: int, source: str, words: str, poolviz: Any) -> None:
    """What is harmless is read, and what is odd is said."""
    del number
    done = poolviz("run", source, "--write", "none")
    assert done.code == 0
    assert words in done.err
    assert "output " in done.out


def large(path: Path) -> None:
    """A map of 144 MB that takes some seconds to pool by the median."""
    rng = np.random.default_rng(7)
    np.save(path, rng.integers(0, 99, (6000, 6000), np.int32))


def started(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    """The installed command at work on that map."""
    line = [PROGRAM, "run", "m.npy", "--write", "none", "--mode", "median", *arguments]
    return subprocess.Popen(
        line, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_until_read(process: "subprocess.Popen[str]", words: str, most: int = 20) -> None:
    """Wait until a line of the process's maps holds ``words``, or it has much memory."""
    end = time.monotonic() + most
    while time.monotonic() < end and process.poll() is None:
        maps = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8", errors="replace")
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        anonymous = next(
            (line for line in status.splitlines() if line.startswith("RssAnon")), "0 0"
        )
        if words in maps or int(anonymous.split()[1]) > 170_000:
            return
        time.sleep(0.02)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="the system has no /proc")
@pytest.mark.parametrize("memory", ["8G", "1G"])
@pytest.mark.parametrize("size", [4096, 100])
def test_source_that_shrinks_ends_with_one_line(memory: str, size: int, tmp_path: Path) -> None:
    """Whether it was read or is mapped: cut off while it is pooled, the command says so."""
    large(tmp_path / "m.npy")
    process = started(tmp_path, "--max-memory", memory)
    wait_until_read(process, "m.npy")
    os.truncate(tmp_path / "m.npy", size)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1, (process.returncode, err)
    assert out == ""
    assert err.count("\n") == 1
    causes = ("another program is writing to it", "changed while", "it claims")
    assert err.startswith(tuple(f"poolviz: m.npy: {cause}" for cause in causes))


def test_writer_is_kept_waiting_for_a_moment_only(tmp_path: Path) -> None:
    """A program that writes to a mapped source goes on as soon as the command has ended."""
    large(tmp_path / "m.npy")
    process = started(tmp_path, "--max-memory", "1G")
    wait_until_read(process, "m.npy")
    start = time.monotonic()
    (tmp_path / "m.npy").write_bytes(b"new")
    assert time.monotonic() - start < 20
    # Read to their ends, the pipes are closed too.
    process.communicate(timeout=30)
    assert process.returncode == 1


def turned() -> Image.Image:
    """A picture of 2×4 whose EXIF says that it stands on its side."""
    picture = Image.fromarray(np.arange(8, dtype=np.uint8).reshape(2, 4))
    picture.getexif()[0x0112] = 6
    return picture


PLANE = np.array([[0, 50], [100, 200]], np.uint8)
# The fault's number, the picture, its file, words of the note, and shape and largest of the output.
PICTURES = [
    (10, turned(), "turned.png", "EXIF", (2, 1), 7),
    (11, Image.fromarray(PLANE).convert("CMYK"), "cmyk.tif", "CMYK", (1, 1), 200),
    (11, Image.fromarray(PLANE).convert("P"), "palette.png", "palette", (1, 1), 200),
    (11, Image.fromarray(PLANE).convert("LA"), "la.png", "alpha", (1, 1), 200),
    (11, Image.fromarray(PLANE).convert("RGBA"), "rgba.png", "alpha", (1, 1), 200),
    (12, Image.fromarray(PLANE.astype(np.uint16) * 300), "deep.png", "uint16", (1, 1), 60000),
    (13, Image.fromarray(PLANE > 60), "bits.png", "", (1, 1), 1),
]  # fmt: skip


@pytest.mark.parametrize(("number", "picture", "name", "words", "shape", "largest"), PICTURES)
def test_odd_pictures_are_read(
    number: int,
    picture: Image.Image,
    name: str,
    words: str,
    shape: tuple[int, int],
    largest: int,
    poolviz: Any,
    folder: Path,
) -> None:
    """Turned as it is meant, no value clipped, and each conversion is said."""
    del number
    picture.save(folder / name, exif=picture.getexif())
    done = poolviz("run", name, "--write", "none", "--json")
    assert done.code == 0, done.err
    assert words in done.err
    document = json.loads(done.out)
    output = np.array(document["output"])
    assert output.shape[-2:] == shape
    assert output.max() == largest


def test_10_damaged_exif(poolviz: Any, folder: Path) -> None:
    """What cannot be parsed does no harm: the pixels are read as they are."""
    rng = np.random.default_rng(10)
    picture = Image.fromarray(np.arange(8, dtype=np.uint8).reshape(2, 4))
    for at in range(30):
        head = b"Exif\0\0II*\0\x08\0\0\0\x03\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"
        picture.save(folder / f"{at}.png", exif=head + rng.bytes(60))
        done = poolviz("run", f"{at}.png", "--write", "none")
        assert done.code == 0, done.err


def test_19_more_memory_than_the_text_says(poolviz: Any, folder: Path) -> None:
    """Many short rows take more than their bytes tell."""
    (folder / "many.csv").write_bytes(b"1\n" * 2_000_000)
    assert "but the limit is" in poolviz("run", "many.csv", "--max-memory", "128M").refused()


def test_14_animated_picture(poolviz: Any, folder: Path) -> None:
    """The first frame is taken and that is said; another where it is asked for."""
    frames = [Image.fromarray(np.full((2, 2), value, np.uint8)) for value in (10, 20, 30)]
    frames[0].save(folder / "three.gif", save_all=True, append_images=frames[1:])
    done = poolviz("run", "three.gif", "--write", "none")
    assert "the first of 3 frames" in done.err
    done = poolviz("run", "three.gif", "--frame", "2", "--write", "none", "--json")
    assert np.array(json.loads(done.out)["output"]).max() == 30
    assert "no frame 3" in poolviz("run", "three.gif", "--frame", "3").refused()


# The fault's number, the array, and the maxima of its 2×2 windows.
ARRAYS = [
    (33, np.array([[True, False], [False, False]]), [[1]]),
    (34, np.array([[1, 2], [3, 4]], ">f4"), [[4]]),
    (34, np.array([[1, 2], [3, 4]], ">i2"), [[4]]),
    (35, np.asfortranarray([[1, 2, 3, 4], [5, 6, 7, 8]]), [[6, 8]]),
    (36, np.array([[1, 2], [3, 4]], np.longdouble), [[4]]),
    (37, np.array([[1, 2], [3, 4]], np.float16), [[4]]),
    (38, np.array([[2**64 - 1, 2**64 - 2]], np.uint64), [[2**64 - 1]]),
    (39, np.array([[1, np.inf], [3, 4]]), [["Infinity"]]),
    (39, np.array([[1, np.nan], [3, 4]]), [["NaN"]]),
    (40, np.array([1, 5, 2, 3]), [[5, 3]]),
]


@pytest.mark.parametrize(("number", "values", "expected"), ARRAYS)
def test_odd_arrays_are_read(
    number: int, values: Any, expected: list[list[Any]], poolviz: Any, folder: Path
) -> None:
    """Any byte order, layout and width; large integers to the last digit."""
    del number
    np.save(folder / "odd.npy", values)
    done = poolviz("run", "odd.npy", "--write", "none", "--json")
    assert json.loads(done.out)["output"] == expected


@pytest.mark.parametrize("number", [40])
def test_batch_gives_its_first(number: int, poolviz: Any, folder: Path) -> None:
    """Of (N, C, H, W) one is taken, the first with a note."""
    del number
    np.save(folder / "batch.npy", np.arange(32).reshape(2, 1, 4, 4))
    assert "the first item of a batch of 2" in poolviz("run", "batch.npy", "--write", "none").err
    assert "31" in poolviz("run", "batch.npy", "--index", "1", "--write", "none").out
    assert "has no item 2" in poolviz("run", "batch.npy", "--index", "2").refused()
