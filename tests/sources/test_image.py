"""Images: the file's own integers, turned upright, channels apart."""

import io
import logging
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loading import refusal
from numpy.typing import NDArray
from PIL import Image, features

from poolviz import load
from poolviz.sources import _pixels
from poolviz.sources._pixels import UNKNOWN, avif_bits

Array = NDArray[Any]
GREY = (np.arange(12 * 10).reshape(12, 10) * 2).astype(np.uint8)
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2], axis=-1)
ALPHA = np.full((12, 10), 128, np.uint8)
ORIENTATION = 0x0112
# Formats without a grey of their own: all channels are the same.
PALETTE_OR_COLOUR_ONLY = (".gif", ".webp")


def save(path: Path, image: Image.Image, **options: Any) -> Path:
    """``image`` saved at ``path``."""
    image.save(path, **options)
    return path


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(width: int, height: int, depth: int, colour: int, rows: bytes) -> bytes:
    """A PNG written by hand, so that Pillow has no say in what it claims."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tiff", ".tif", ".gif", ".webp"])
def test_grey_values_come_back_exactly(suffix: str, tmp_path: Path) -> None:
    """Formats without loss give back every integer of a grey image."""
    options = {"lossless": True} if suffix == ".webp" else {}
    feature_map = load(save(tmp_path / f"grey{suffix}", Image.fromarray(GREY), **options))
    values = feature_map.values
    assert (values == GREY).all()
    if suffix not in PALETTE_OR_COLOUR_ONLY:
        assert values.shape == (1, 12, 10)
    assert values.dtype == np.uint8
    assert feature_map.value_range == (0, 255)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tiff", ".webp"])
def test_colour_values_come_back_exactly(suffix: str, tmp_path: Path) -> None:
    """Formats without loss give back every integer of a colour image, channels first."""
    options = {"lossless": True} if suffix == ".webp" else {}
    feature_map = load(save(tmp_path / f"colour{suffix}", Image.fromarray(COLOUR), **options))
    assert feature_map.channel_names == ("R", "G", "B")
    assert np.array_equal(feature_map.values, np.moveaxis(COLOUR, -1, 0))
    assert feature_map.shape == (3, 12, 10)
    assert feature_map.notes == ()


def test_jpeg_gives_what_its_decoder_gives(tmp_path: Path) -> None:
    """A JPEG's values are those decoded, not scaled or converted."""
    path = save(tmp_path / "photo.jpg", Image.fromarray(COLOUR), quality=95)
    with Image.open(path) as image:
        decoded = np.asarray(image)
    assert np.array_equal(load(path).values, np.moveaxis(decoded, -1, 0))
    assert np.abs(load(path).values.astype(int) - np.moveaxis(COLOUR, -1, 0)).max() < 64


def test_grey_jpeg_has_one_channel(tmp_path: Path) -> None:
    """A JPEG without colour is one channel."""
    path = save(tmp_path / "grey.jpeg", Image.fromarray(GREY))
    assert load(path).values.shape == (1, 12, 10)


def test_one_bit_image_is_zeros_and_ones(tmp_path: Path) -> None:
    """A black and white image has the values 0 and 1."""
    bits = GREY > 100
    feature_map = load(save(tmp_path / "bits.png", Image.fromarray(bits)))
    assert np.array_equal(feature_map.values[0], bits.astype(np.uint8))
    assert feature_map.value_range == (0, 1)


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bit_grey_is_kept(suffix: str, tmp_path: Path) -> None:
    """16-bit greys are neither clipped nor scaled to 8 bits."""
    values = np.array([[0, 255, 256], [4000, 40000, 65535]], np.uint16)
    feature_map = load(save(tmp_path / f"deep{suffix}", Image.fromarray(values)))
    assert feature_map.values.dtype == np.uint16
    assert np.array_equal(feature_map.values[0], values)
    assert feature_map.value_range == (0, 65535)


def test_big_endian_sixteen_bit_tiff_is_kept(tmp_path: Path) -> None:
    """The order of bytes in a TIFF does not change its values."""
    values = np.array([[1, 258], [513, 65535]], np.uint16)
    image = Image.frombytes("I;16B", (2, 2), values.astype(">u2").tobytes())
    feature_map = load(save(tmp_path / "deep.tif", image))
    assert np.array_equal(feature_map.values[0], values)


@pytest.mark.parametrize("kind", [np.int32, np.float32])
def test_wide_tiff_is_kept(kind: type[np.generic], tmp_path: Path) -> None:
    """32-bit integers and floats of a TIFF come back, negative ones too."""
    values = np.array([[-5, 0], [70000, 3]], kind)
    feature_map = load(save(tmp_path / "wide.tif", Image.fromarray(values)))
    assert np.array_equal(feature_map.values[0], values)
    assert feature_map.value_range is None


def test_alpha_of_colours_is_left_out_and_noted(tmp_path: Path) -> None:
    """RGBA gives its colours unblended, and says that alpha is left out."""
    image = Image.fromarray(np.dstack([COLOUR, ALPHA]))
    feature_map = load(save(tmp_path / "alpha.png", image))
    assert np.array_equal(feature_map.values, np.moveaxis(COLOUR, -1, 0))
    assert feature_map.notes == ("alpha ignored",)


def test_alpha_of_grey_is_left_out_and_noted(tmp_path: Path) -> None:
    """LA gives its grey, and says that alpha is left out."""
    image = Image.merge("LA", [Image.fromarray(GREY), Image.fromarray(ALPHA)])
    feature_map = load(save(tmp_path / "alpha.png", image))
    assert np.array_equal(feature_map.values[0], GREY)
    assert feature_map.notes == ("alpha ignored",)


@pytest.mark.parametrize("transparent", [False, True])
def test_palette_gives_its_colours(transparent: bool, tmp_path: Path) -> None:
    """A palette image gives the colours meant, not the palette's indices."""
    image = Image.fromarray(np.array([[0, 1], [2, 1]], np.uint8), "L").convert("P")
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    options = {"transparency": 1} if transparent else {}
    feature_map = load(save(tmp_path / "palette.png", image, **options))
    expected = [[[10, 40], [70, 40]], [[20, 50], [80, 50]], [[30, 60], [90, 60]]]
    assert feature_map.values.tolist() == expected
    assert "palette colours were converted to RGB" in feature_map.notes


def test_cmyk_is_converted_and_noted(tmp_path: Path) -> None:
    """CMYK becomes RGB, and says so."""
    image = Image.fromarray(COLOUR).convert("CMYK")
    feature_map = load(save(tmp_path / "print.tif", image))
    assert np.array_equal(feature_map.values, np.moveaxis(COLOUR, -1, 0))
    assert feature_map.notes == ("CMYK was converted to RGB",)


@pytest.mark.parametrize(
    ("orientation", "turned"),
    [
        (1, GREY),
        (2, GREY[:, ::-1]),
        (3, GREY[::-1, ::-1]),
        (4, GREY[::-1]),
        (5, GREY.T),
        (6, np.rot90(GREY, -1)),
        (7, GREY[::-1, ::-1].T),
        (8, np.rot90(GREY)),
    ],
)
def test_exif_orientation_is_applied(orientation: int, turned: Array, tmp_path: Path) -> None:
    """Each of the eight orientations is turned upright, and noted where it turns anything."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    feature_map = load(save(tmp_path / "turned.png", Image.fromarray(GREY), exif=exif))
    assert np.array_equal(feature_map.values[0], turned)
    assert any("upright" in note for note in feature_map.notes) == (orientation != 1)


def animated(path: Path) -> Path:
    """Three frames, of the greys 10, 20 and 30."""
    frames = [Image.new("L", (4, 3), grey) for grey in (10, 20, 30)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    return path


@pytest.mark.parametrize(("frame", "grey"), [(None, 10), (0, 10), (1, 20), (2, 30)])
@pytest.mark.parametrize("suffix", [".gif", ".tiff", ".png"])
def test_frame_of_an_animation_is_chosen(
    frame: int | None, grey: int, suffix: str, tmp_path: Path
) -> None:
    """Of an animated image the chosen frame is read; the first, with a note, if none is."""
    feature_map = load(animated(tmp_path / f"moving{suffix}"), frame=frame)
    assert (feature_map.values == grey).all()
    assert any("first of 3 frames" in note for note in feature_map.notes) == (frame is None)
    assert feature_map.configuration == ((f"frame-{frame}",) if frame else ())


def test_frame_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A frame past the last is an error that says which there are."""
    message = refusal(animated(tmp_path / "moving.gif"), frame=3)
    assert "has no frame 3" in message
    assert "use a number from 0 to 2" in message


def test_frame_of_a_still_is_refused(tmp_path: Path) -> None:
    """A still has only frame 0."""
    assert "no frame 1" in refusal(save(tmp_path / "x.png", Image.fromarray(GREY)), frame=1)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".gif", ".webp", ".tiff", ".bmp"])
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_truncated_image_is_refused(suffix: str, part: float, tmp_path: Path) -> None:
    """An image that ends early is refused, not filled up with grey."""
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    path = save(tmp_path / f"cut{suffix}", Image.fromarray(noise))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    assert "damaged" in refusal(path) or "no image" in refusal(path)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".gif", ".webp", ".tiff", ".bmp"])
def test_empty_image_is_refused(suffix: str, tmp_path: Path) -> None:
    """A file of zero bytes is no image."""
    path = tmp_path / f"empty{suffix}"
    path.touch()
    assert "is not an image that poolviz can read; use one of PNG, JPEG" in refusal(path)


def test_text_named_as_an_image_is_refused(tmp_path: Path) -> None:
    """Text that calls itself a PNG is no image."""
    path = tmp_path / "text.png"
    path.write_text("This is a letter, not a picture.\n", encoding="utf-8")
    assert "is not an image" in refusal(path)


def test_jpeg_named_png_is_read_and_noted(tmp_path: Path) -> None:
    """The content counts, not the name; the difference is noted."""
    path = save(tmp_path / "really.png", Image.fromarray(COLOUR), format="JPEG")
    feature_map = load(path)
    assert feature_map.values.shape == (3, 12, 10)
    assert feature_map.notes == ("the file contains JPEG data, despite its name",)


def test_tiff_named_png_is_read_and_noted(tmp_path: Path) -> None:
    """A TIFF under another format's name is noted too."""
    path = save(tmp_path / "really.png", Image.fromarray(GREY), format="TIFF")
    assert load(path).notes == ("the file contains TIFF data, despite its name",)


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".tif", ".tiff", ".JPG"])
def test_usual_suffixes_are_not_noted(suffix: str, tmp_path: Path) -> None:
    """Every usual spelling of a format's suffix passes without a note."""
    kind = "TIFF" if "t" in suffix else "JPEG"
    path = save(tmp_path / f"x{suffix}", Image.fromarray(GREY), format=kind)
    assert load(path).notes == ()


@pytest.mark.parametrize("name", ["x.png", "x.jpg"])
def test_postscript_is_refused(name: str, tmp_path: Path) -> None:
    """EPS, which Pillow would hand to another program, is never opened."""
    path = save(tmp_path / "x.eps", Image.fromarray(COLOUR)).rename(tmp_path / name)
    assert "is not an image" in refusal(path)


def test_eps_suffix_is_unknown(tmp_path: Path) -> None:
    """A suffix outside the list is an error that gives the list."""
    path = save(tmp_path / "x.eps", Image.fromarray(COLOUR))
    message = refusal(path)
    assert "poolviz does not read .eps files" in message
    assert ".npy" in message


def test_formats_outside_the_list_are_refused(tmp_path: Path) -> None:
    """Other formats that Pillow knows are refused under an accepted name."""
    path = save(tmp_path / "x.png", Image.fromarray(COLOUR), format="PCX")
    assert "is not an image" in refusal(path)


def test_sixteen_bit_colour_is_refused(tmp_path: Path) -> None:
    """16-bit colour, of which Pillow would give half of the bits, is refused."""
    path = tmp_path / "deep.png"
    rows = b"".join(b"\0" + struct.pack(">6H", *range(1000, 7000, 1000)) for _ in range(2))
    path.write_bytes(png(2, 2, 16, 2, rows))
    message = refusal(path)
    assert "16 bits" in message
    assert ".npy" in message


def test_sixteen_bit_grey_with_alpha_is_not_cut_silently(tmp_path: Path) -> None:
    """16-bit grey with alpha is refused or kept whole, never cut to its high bytes."""
    path = tmp_path / "deep.png"
    path.write_bytes(png(1, 1, 16, 4, b"\0" + struct.pack(">2H", 1000, 65535)))
    assert "16 bits" in refusal(path)


def test_too_many_pixels_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An image over the limit is refused with its size and the limit."""
    monkeypatch.setattr(_pixels, "MOST_PIXELS", 100)
    message = refusal(save(tmp_path / "large.png", Image.fromarray(GREY)))
    assert "10×12 pixels" in message
    assert "at most 100 pixels" in message


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (2**31 - 1, 2**31 - 1), (0, 4)])
def test_claimed_size_is_checked_before_decoding(width: int, height: int, tmp_path: Path) -> None:
    """A small file that claims a huge or empty picture is refused at once."""
    path = tmp_path / "bomb.png"
    path.write_bytes(png(width, height, 8, 0, bytes(100)))
    message = refusal(path)
    assert "pixels" in message or "damaged" in message or "not an image" in message


def test_image_comes_from_standard_input_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """An image that is piped in is known by its content, and not called misnamed."""
    buffer = io.BytesIO()
    Image.fromarray(GREY).save(buffer, "PNG")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(buffer.getvalue())))
    feature_map = load("-")
    assert np.array_equal(feature_map.values[0], GREY)
    assert feature_map.name == "stdin"
    assert feature_map.notes == ()


def test_libraries_print_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither libtiff, which writes to descriptor 2, nor Pillow's logger says a word."""
    logged = io.StringIO()
    monkeypatch.setattr(logging.root, "handlers", [logging.StreamHandler(logged)])
    path = save(tmp_path / "x.tif", Image.fromarray(COLOUR), compression="tiff_lzw")
    data = bytearray(path.read_bytes())
    # Behind the first code of LZW only rubbish.
    data[20:60] = b"\xff" * 40
    path.write_bytes(data)
    assert "damaged" in refusal(path)
    # The number of samples: tag 277, a short.
    sound = save(tmp_path / "y.tif", Image.fromarray(COLOUR)).read_bytes()
    entry = sound.index(struct.pack("<HHI", 277, 3, 1))
    path.write_bytes(sound[: entry + 8] + struct.pack("<I", 60_000) + sound[entry + 12 :])
    assert "is a damaged TIFF" in refusal(path)
    assert logged.getvalue() == ""
    assert capfd.readouterr() == ("", "")


def test_standard_error_is_there_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """After an image is decoded, what others print is seen as before."""
    load(save(tmp_path / "x.tif", Image.fromarray(COLOUR), compression="tiff_lzw"))
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"


def has(name: str) -> bool:
    """Whether the installed Pillow reads a format."""
    return _pixels.OPTIONAL_FORMATS[name] in features.get_supported()


@pytest.mark.skipif(not has("JPEG2000"), reason="this Pillow has no JPEG 2000")
@pytest.mark.parametrize("suffix", [".jp2", ".j2k"])
@pytest.mark.parametrize("kind", ["grey", "deep", "colour"])
def test_jpeg_2000_gives_its_numbers(suffix: str, kind: str, tmp_path: Path) -> None:
    """Without loss, greys of 8 and of 16 bits and colours come back."""
    values = {"grey": GREY, "deep": GREY.astype(np.uint16) * 257 + 3, "colour": COLOUR}[kind]
    feature_map = load(save(tmp_path / f"x{suffix}", Image.fromarray(values)))
    expected = np.moveaxis(values, -1, 0) if kind == "colour" else values[None]
    assert np.array_equal(feature_map.values, expected)
    assert feature_map.notes == ()


@pytest.mark.skipif(not has("JPEG2000"), reason="this Pillow has no JPEG 2000")
@pytest.mark.parametrize("bits", [4, 12, 0x87])
def test_jpeg_2000_of_other_bits_is_refused(bits: int, tmp_path: Path) -> None:
    """What Pillow would stretch or shift (4 or 12 bits, or with a sign) is refused."""
    path = save(tmp_path / "x.jp2", Image.fromarray(GREY))
    data = bytearray(path.read_bytes())
    size = data.index(b"\xff\x4f\xff\x51") + 42
    data[size] = bits if bits > 100 else bits - 1
    path.write_bytes(data)
    assert "neither an 8-bit image nor a 16-bit grey image" in refusal(path)


@pytest.mark.skipif(not has("AVIF"), reason="this Pillow has no AVIF")
def test_avif_gives_what_its_decoder_gives(tmp_path: Path) -> None:
    """An AVIF's values are those that its decoder gives."""
    path = save(tmp_path / "x.avif", Image.fromarray(COLOUR), quality=100, subsampling="4:4:4")
    assert np.abs(load(path).values.astype(int) - np.moveaxis(COLOUR, -1, 0)).max() < 16


@pytest.mark.skipif(not has("AVIF"), reason="this Pillow has no AVIF")
@pytest.mark.parametrize("bits", [10, 12])
def test_deep_avif_is_refused(bits: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has more than 8 bits, as its configuration says, is refused: Pillow gives 8."""
    path = save(tmp_path / "x.avif", Image.fromarray(COLOUR))
    flags = {10: 0x40, 12: 0x60}[bits]
    configuration = b"ftypavif" + b"av1C" + bytes((0x81, 0, flags, 0))
    monkeypatch.setattr(_pixels, "avif_bits", lambda _: avif_bits(configuration))
    assert f"its colours have {bits} bits" in refusal(path)


@pytest.mark.parametrize("data", [b"", bytes(20), b"\0" * 9 + b"av1C", b"av1C\x81\0"])
def test_avif_without_its_configuration_is_not_taken_for_8_bits(data: bytes) -> None:
    """Where nothing tells how many bits there are, or it is cut off, they are unknown."""
    assert avif_bits(data) == UNKNOWN


@pytest.mark.parametrize(
    ("name", "head"),
    [("AVIF", b"\0\0\0 ftypavif"), ("JPEG2000", b"\0\0\0\x0cjP  \r\n\x87\n")],
)
def test_format_that_pillow_was_built_without_is_named(
    name: str, head: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the installed Pillow does not read a format, one line says which one does."""
    monkeypatch.setattr(features, "get_supported", list)
    path = tmp_path / "x.avif"
    path.write_bytes(head + bytes(100))
    message = refusal(path)
    assert f"the installed Pillow does not read {name}; run: pip install -U pillow" in message
