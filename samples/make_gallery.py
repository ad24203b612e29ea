"""Makes the gallery: every kind of map that a picture has to bear, in both themes.

python samples/make_gallery.py [FOLDER]
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
FILES = ("scene.png", "features.npy", "teaching.csv", "shapes.onnx")
SAMPLES = {name: str(HERE / name) for name in FILES}
RNG = np.random.default_rng(4)


def digit() -> np.ndarray:
    """A 7 of 28×28 pixels, drawn with a round pen."""
    rows, columns = np.mgrid[:28, :28]
    drawn = np.zeros((28, 28))
    for left, top, right, bottom in ((7, 6, 20, 6), (20, 6, 11, 23)):
        across, down = right - left, bottom - top
        along = ((columns - left) * across + (rows - top) * down) / (across**2 + down**2)
        along = along.clip(0, 1)
        away = np.hypot(columns - left - along * across, rows - top - along * down)
        drawn = np.maximum(drawn, (2.4 - away).clip(0, 1))
    return (255 * drawn).round().astype(np.uint8)


def responses() -> np.ndarray:
    """The photograph through 64 filters, 8 directions in 8 widths, 14×14 each; none negative."""
    grey = np.asarray(Image.open(HERE / "scene.png").convert("L"), float)
    grey = grey[: grey.shape[0] // 14 * 14, : grey.shape[1] // 14 * 14]
    spectrum = np.fft.fft2(grey - grey.mean())
    down, across = np.meshgrid(*map(np.fft.fftfreq, grey.shape), indexing="ij")
    maps = []
    for width in np.geomspace(0.02, 0.25, 8):
        for angle in np.arange(8) * np.pi / 8:
            center = width * np.sin(angle), width * np.cos(angle)
            away = np.hypot(down - center[0], across - center[1])
            response = np.abs(np.fft.ifft2(spectrum * np.exp(-((away / (width / 2)) ** 2))))
            blocks = response.reshape(14, len(grey) // 14, 14, grey.shape[1] // 14)
            maps.append(blocks.mean(axis=(1, 3)))
    found = np.stack(maps)
    return np.maximum(found - np.median(found, axis=(1, 2), keepdims=True), 0).astype(np.float32)


def arrays() -> dict[str, np.ndarray]:
    """The maps that are no samples, by the names of their files."""
    holes = np.round(RNG.normal(size=(6, 6)), 2)
    holes[0, 1], holes[2, 4], holes[3, 3] = np.nan, np.inf, -np.inf
    return {
        "digit": digit(),
        "diverging": np.round(RNG.normal(size=(8, 8)), 1),
        "holes": holes,
        "one-row": RNG.integers(0, 30, (1, 14)),
        "64-channels": responses(),
        "20-digits": RNG.integers(10**18, 9 * 10**18, (4, 4)),
        "price $5 a_b": RNG.integers(0, 10, (5, 5)),
        "日本語 🎉 map": RNG.integers(0, 10, (5, 5)),
    }


# A name for the pictures, the source, and the options of the run.
CASES = [
    ("photo", "scene.png", ["--size", "4"]),
    ("integers", "teaching.csv", ["--size", "3", "--stride", "2", "--padding", "1"]),
    ("average", "teaching.csv", ["--mode", "average", "--size", "3", "--stride", "2", "--ceil"]),
    ("digit", "digit", []),
    ("diverging", "diverging", ["--mode", "lp", "--like", "onnx"]),
    ("holes", "holes", []),
    ("one-row", "one-row", ["--size", "1x3", "--stride", "1x2", "--like", "jax",
                            "--padding", "same"]),
    ("global", "teaching.csv", ["--mode", "global-average"]),
    ("64-channels", "64-channels", ["--kind", "channels"]),
    ("20-digits", "20-digits", []),
    ("dollar", "price $5 a_b", ["--stride", "1", "--kind", "argmax"]),
    ("cjk", "日本語 🎉 map", ["--mode", "softpool"]),
    ("features", "features.npy", ["--kind", "channels"]),
    ("volume", "64-channels", ["--kind", "volume"]),
    ("argmax", "teaching.csv", ["--kind", "argmax"]),
    ("argmax-photo", "scene.png", ["--size", "8", "--kind", "argmax"]),
    ("unpool-photo", "scene.png", ["--size", "4", "--kind", "unpool"]),
    ("dilation", "teaching.csv", ["--size", "3", "--stride", "2", "--padding", "1", "--dilation",
                                  "2", "--ceil", "--kind", "mapping"]),
    ("steps", "teaching.csv", ["--kind", "steps"]),
    ("mapping", "teaching.csv", ["--size", "3", "--stride", "3", "--kind", "mapping"]),
    ("backward", "teaching.csv", ["--mode", "average", "--size", "3", "--stride", "1",
                                  "--kind", "backward"]),
    ("unpool", "teaching.csv", ["--kind", "unpool"]),
]  # fmt: skip
ANIMATED = ("integers", "average")


# Figures of the commands that answer questions.
ANSWERS = [
    ("explain", ["explain", "teaching.csv", "--mode", "lp", "--cell", "1,1"]),
    ("differ", ["differ", "teaching.csv", "--mode", "average", "--size", "3", "--stride", "2",
                "--padding", "1"]),
    ("compare", ["compare", "scene.png", "--size", "8", "--modes", "max,average,min,median"]),
    ("shift", ["shift", "scene.png", "--size", "4", "--modes", "max,average,min",
               "--sweep", "8"]),
    ("stack", ["stack", "scene.png", "conv:oriented relu max:2", "--against",
               "average:2 conv:oriented-90 relu", "--mark", "24x24+20+256", "--channel", "R"]),
    ("network", ["network", "shapes.onnx", "--input", "sample:shapes"]),
    ("moved", ["shift", "teaching.csv", "--modes", "max", "--by", "0,1"]),
]  # fmt: skip


def make(folder: Path, work: Path) -> None:
    """Run poolviz once for each case and theme."""
    for name, values in arrays().items():
        np.save(work / f"{name}.npy", values)
    for name, source, options in CASES:
        path = SAMPLES.get(source, str(work / f"{source}.npy"))
        for theme in ("light", "dark"):
            figure = folder / f"{name}-{theme}.png"
            _run(path, *options, "--theme", theme, "--write", "none", "--figure", str(figure))
            if name in ANIMATED:
                _animate(path, options, theme, folder / f"{name}-{theme}.gif", work)


def make_answers(folder: Path) -> None:
    """Run each of ANSWERS once for each theme."""
    for name, (command, source, *options) in ANSWERS:
        for theme in ("light", "dark"):
            figure = str(folder / f"{name}-{theme}.png")
            _poolviz(command, SAMPLES[source], *options, "--theme", theme, "--figure", figure)


def make_first_pictures(folder: Path) -> None:
    """What the README begins with: an animation, and a photograph before and after."""
    _run(SAMPLES["teaching.csv"], "--write", "gif", "--out", str(folder))
    (folder / "teaching-max-2x2-window.gif").replace(folder / "window-light.gif")
    _run(SAMPLES["scene.png"], "--size", "4", "--write", "png", "--out", str(folder))


def make_page(folder: Path, work: Path) -> None:
    """How the interactive page looks."""
    page = work / "teaching.html"
    options = ["--size", "3", "--stride", "2", "--padding", "1", "--write", "none"]
    _run(SAMPLES["teaching.csv"], *options, "--html", str(page))
    browser = shutil.which("chromium")
    if browser is None:
        sys.stderr.write("left as it was: page-light.png, which takes chromium\n")
        return
    shot = f"--screenshot={folder / 'page-light.png'}"
    quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    options = ["--hide-scrollbars", "--window-size=1100,960", shot]
    subprocess.run([browser, *quiet, *options, f"{page.as_uri()}#step=5"], check=True)


def _animate(path: str, options: list[str], theme: str, target: Path, work: Path) -> None:
    out = work / target.stem
    _run(path, *options, "--theme", theme, "--write", "gif", "--out", str(out))
    next(out.glob("*.gif")).replace(target)


def _run(*arguments: str) -> None:
    _poolviz("run", *arguments, "--quiet")


def _poolviz(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "poolviz", *arguments], check=True, stdout=subprocess.DEVNULL
    )


def main() -> None:
    """Make all of it in the given folder, or in the gallery beside this file."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "gallery"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        make(folder, Path(work))
        make_page(folder, Path(work))
    make_answers(folder)
    make_first_pictures(folder)


if __name__ == "__main__":
    main()
