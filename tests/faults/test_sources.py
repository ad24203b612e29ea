"""Faults 1 to 43: images, arrays and texts that are damaged, lie, or want to run code."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus import IMAGES
from PIL import Image

pytestmark = pytest.mark.faults

# The fault's number, the source, further arguments, and words of the refusal.
REFUSED = [
    *((1, f"truncated.{end}", [], "; save it again") for end in IMAGES),
    (2, "empty.png", [], "it is no image"),
    (3, "text.png", [], "it is no image"),
    (5, "eps.png", [], "it is no image; give one of PNG"),
    (6, "over.png", [], "pixels; give an image of at most"),
    (7, "bomb.png", ["--max-memory", "256M"], "may be used"),
    (8, "wide.png", [], "it has too many pixels"),
    (9, "flat.png", [], "it is no image"),
    (15, "empty.npy", [], "no valid .npy header"),
    (16, "magic.npy", [], "no valid .npy header"),
    (17, "short.npy", [], "its header claims 288 bytes, 72 are there"),
    (19, "claims.npy", [], "its header claims 8,000,000,000,000 bytes"),
    (20, "overflow.npy", [], "its header claims"),
    (20, "digits.npy", [], "impossible shape"),
    (20, "beyond.npy", [], "impossible shape"),
    (21, "negative.npy", [], "impossible shape"),
    (22, "bool.npy", [], "impossible shape"),
    (23, "axes.npy", [], "impossible shape"),
    (24, "long.npy", [], "no valid .npy header"),
    (25, "nested.npy", [], "no valid .npy header"),
    (26, "code.npy", [], "no valid .npy header"),
    (27, "objects.npy", [], "Python objects, which may run code"),
    (27, "pickle.npy", [], "it is a pickle, which runs code"),
    (29, "bomb.npz", ["--max-memory", "16M"], "may be used"),
    (29, "broken.npz", [], "no readable .npz archive"),
    (29, "packed.npz", ["--max-memory", "16M"], "NumPy compresses no archive so"),
    (31, "structured.npy", [], "not numbers"),
    (31, "words.npy", [], "not numbers"),
    (31, "dates.npy", [], "not numbers"),
    (32, "complex.npy", [], "choose --complex abs|real|imag"),
    (40, "scalar.npy", [], "a scalar"),
    (40, "five.npy", [], "2×2×2×2×2"),
    (41, "none.npy", [], "0×4"),
    (42, "ragged.csv", [], "row 2 has 2 cells, row 1 has 3"),
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
    assert line.startswith(f"poolviz: {source}: ")
    assert words in line
    assert sorted(folder.iterdir()) == before


ACCEPTED = [
    (4, "jpeg.png", "a JPEG in spite of its name"),
    (18, "junk.npy", "4 bytes behind the array left out"),
    (28, "zip.npy", ""),
    (30, "up.npz", ""),
    (42, "mark.csv", ""),
]


@pytest.mark.parametrize(("number", "source", "words"), ACCEPTED)
def test_accepted_and_noted(number: int, source: str, words: str, poolviz: Any) -> None:
    """What is harmless is read, and what is odd is said."""
    del number
    done = poolviz("run", source, "--write", "none")
    assert done.code == 0
    assert words in done.err
    assert "output " in done.out


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
    assert "may be used" in poolviz("run", "many.csv", "--max-memory", "128M").refused()


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
    assert "the first of a batch of 2" in poolviz("run", "batch.npy", "--write", "none").err
    assert "31" in poolviz("run", "batch.npy", "--index", "1", "--write", "none").out
    assert "no index 2" in poolviz("run", "batch.npy", "--index", "2").refused()
