"""Make the sample inputs of the pooling visualizer: everything is drawn or computed here.

scene.png       a harbour at dusk, 320x256 RGB: edges, gradients, textures, text, lines, specks
features.npy    (8, 64, 80) float32: edges of that scene in 8 directions, 45 degrees apart
teaching.csv, course-*.csv    small integer matrices for pooling by hand

Run: python make_samples.py [folder]     (default: the folder of this script)
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

Floats = NDArray[np.float64]
Line = Sequence[tuple[float, float]]

WIDTH, HEIGHT, SCALE = 320, 256, 4  # drawn SCALE times larger, then reduced
SIZE = (WIDTH * SCALE, HEIGHT * SCALE)
Y, X = (np.mgrid[0 : SIZE[1], 0 : SIZE[0]] + 0.5) / SCALE  # positions in pixels of the result
HORIZON, QUAY, SUN_X = 150.0, 222.0, 168.0
GREENS = ("#101f38", "#1d4740", "#4f8045", "#d6c65c")

TEACHING = np.array([
    [1, 3, 4, 0, -5, -2],
    [6, 2, 0, 4, -3, -6],
    [0, 5, 1, 2, 2, -6],
    [-3, 2, 9, 0, 1, 3],
    [-2, 1, 2, 1, 8, 0],
    [2, 7, 0, -3, 3, 5],
])  # fmt: skip
WINDOWS = TEACHING.reshape(3, 2, 3, 2).swapaxes(1, 2).reshape(9, 4)  # 2x2, in reading order
WINS = WINDOWS == WINDOWS.max(axis=1, keepdims=True)
assert abs(TEACHING).max() == 9  # single digits
assert WINDOWS.max(axis=1).tolist() == [6, 4, -2, 5, 9, 3, 7, 2, 8]  # nine different maxima
assert WINS.sum(axis=1).tolist() == [1, 2, 1, 1, 1, 1, 1, 1, 1]  # exactly one tie: 4 and 4
assert WINS[WINS.sum(axis=1) == 1].any(axis=0).all()  # every corner of a window wins somewhere
assert (WINDOWS < 0).sum(axis=1).tolist() == [0, 0, 4, 1, 0, 1, 1, 1, 0]  # one is all negative
# Whole averages; the windows of 6 and 9 share theirs: only the maximum tells them apart.
assert WINDOWS.mean(axis=1).tolist() == [3, 2, -4, 1, 3, 0, 2, 0, 4]
# The feature, 9: still the maximum of the same window after a shift by one column, zeros in.
assert np.pad(TEACHING, ((0, 0), (1, 0)))[2:4, 2:4].max() == WINDOWS[4].max() == 9
MATRICES = {
    "teaching.csv": TEACHING,
    "course-2x2.csv": np.array([[1, 3], [2, 4]]),
    "course-4x4.csv": np.array([[1, 3, 2, 4], [5, 6, 1, 2], [0, 1, 3, 1], [2, 4, 5, 2]]),
    "course-4x4-b.csv": np.array([[1, 3, 2, 1], [4, 6, 5, 2], [7, 8, 9, 3], [1, 2, 0, 4]]),
}


def ramp(position: Floats | float, *codes: str) -> Floats:
    """Colours blended evenly from the first (position 0) to the last (position 1)."""
    channels = np.array([ImageColor.getrgb(code) for code in codes]).T / 255
    stops = np.linspace(0, 1, len(codes))
    return np.stack([np.interp(position, stops, channel) for channel in channels], axis=-1)


def noise(seed: int, cell_x: float, cell_y: float) -> Floats:
    """Smooth noise in 0..1, in three octaves; the coarsest cell has the given size."""
    random, total = np.random.default_rng(seed), np.zeros(X.shape)
    for octave in (1, 2, 4):
        cells = int(HEIGHT / cell_y * octave) + 2, int(WIDTH / cell_x * octave) + 2
        grid = Image.fromarray(random.random(cells, dtype=np.float32))
        total += np.asarray(grid.resize(SIZE, Image.Resampling.BICUBIC)) / octave / 1.75
    return np.clip(total, 0, 1)


def masonry(row: Floats, column: Floats, seam: float, *codes: str) -> Floats:
    """Bricks, tiles or stones, one per whole row and column; the first colour is the seam's."""
    table = np.random.default_rng(5).random((64, 64))
    value = table[np.floor(row).astype(int) % 64, np.floor(column).astype(int) % 64]
    seams = (row % 1 < seam) | (column % 1 < seam / 2)
    return np.where(seams[..., None], ramp(0, codes[0]), ramp(value, *codes[1:]))


def shape(*paths: Line, width: float = 0) -> Floats:
    """1 inside the outlines or, given a width, along the lines; 0 elsewhere."""
    image = Image.new("L", SIZE)
    for path in paths:
        points, pen = [(x * SCALE, y * SCALE) for x, y in path], ImageDraw.Draw(image)
        draw = pen.line if width else pen.polygon
        draw(points, fill=255, width=round(width * SCALE))
    return np.asarray(image) / 255


def box(left: float, top: float, right: float, bottom: float) -> Floats:
    return shape([(left, top), (right, top), (right, bottom), (left, bottom)])


def spot(x: float, y: float, radius_x: float, radius_y: float) -> Floats:
    return np.asarray(np.exp(-(((X - x) / radius_x) ** 2) - ((Y - y) / radius_y) ** 2))


def paint(scene: Floats, opacity: Floats, colour: Floats | str) -> None:
    wanted = ramp(0, colour) if isinstance(colour, str) else colour
    scene += (wanted - scene) * np.clip(opacity, 0, 1)[..., None]


def dabs(scene: Floats, ends: Sequence[Floats], light: Floats, width: float, *codes: str) -> None:
    """Short strokes (leaves, grass, ripples): the dark ones first and the lit ones on top."""
    for shade in range(10):
        chosen = np.stack(ends, axis=-1)[np.clip(light * 10, 0, 9).astype(int) == shade]
        paths = [((x, y), (to_x, to_y)) for x, y, to_x, to_y in chosen.tolist()]
        paint(scene, shape(*paths, width=width), ramp(shade / 9, *codes))


def sky(scene: Floats) -> None:
    scene[:] = ramp(Y / HORIZON, "#131a4a", "#2b2f73", "#5b3f8c", "#b0558f", "#f0846f", "#ffc27a")
    paint(scene, 0.7 * spot(SUN_X, HORIZON, 90, 34), "#ffe39a")
    clouds = np.clip((noise(3, 110, 17) - 0.52) * 5, 0, 1) * np.clip(Y / 90, 0, 0.8)
    paint(scene, clouds, ramp((Y - 30) / 110, "#3c3a80", "#c8648c", "#ffb27c"))
    for seed, height, colour in ((21, 26, "#8a5590"), (22, 13, "#56407f")):
        paint(scene, (Y - HORIZON + noise(seed, 60, 400)[0] * height) * SCALE, colour)
    for x, y, power in np.random.default_rng(11).uniform((0, 0, 0.3), (320, 84, 1.6), (80, 3)):
        paint(scene, power * (1.3 - y / 84) * spot(x, y, *[0.45 + power / 4] * 2), "#fffbe8")
    crescent = np.minimum(10 - np.hypot(X - 266, Y - 32), np.hypot(X - 261, Y - 28.5) - 10)
    paint(scene, crescent * SCALE + 0.35 * spot(266, 32, 24, 24), "#fff6d8")


def sea(scene: Floats) -> None:
    """The sky upside down, shaken by waves, with ripples that shine below the sun."""
    wave = (noise(31, 9, 2) - 0.5) * np.clip(Y - HORIZON, 0, 80) * 0.75
    rows = np.clip(2 * HORIZON - Y + wave, 0, HORIZON - 1) * SCALE
    mirrored = scene[rows.astype(int), np.arange(SIZE[0])]
    paint(scene, box(0, HORIZON, WIDTH, HEIGHT), mirrored * 0.72 + ramp(0, "#1d2a66") * 0.28)
    random = np.random.default_rng(32)
    x, depth = random.uniform(90, 220, 760), 76 * random.random(760) ** 1.3
    light = random.random(760) * (0.35 + 0.8 * np.exp(-(((x - SUN_X) / 22) ** 2)))
    y, half = HORIZON + 1 + depth, 1 + depth / 11
    dabs(scene, (x - half, y, x + half, y), light, 0.75, "#2c3274", "#d98a8c", "#ffdf9e", "#fff3c8")


def boat(scene: Floats) -> None:
    x, y = SUN_X, 190
    broken = 0.7 * (noise(41, 16, 2) > 0.5) * np.clip(1.2 - (Y - y) / 40, 0, 1)
    paint(scene, broken * shape([(x - 25, y), (x + 20, y), (x - 2, y + 46)]), "#ffe6c4")
    paint(scene, shape([(x - 2, y - 62), (x - 2, y - 12), (x - 27, y - 11)]), "#fff0d6")
    paint(scene, shape([(x + 2, y - 66), (x + 2, y - 12), (x + 21, y - 12)]), "#f6c49c")
    hull = [(x - 31, y - 9), (x + 30, y - 10), (x + 21, y), (x - 22, y)]
    paint(scene, shape(hull), "#7a1f33")
    paint(scene, shape(hull[:2], width=1.2), "#fff4e0")
    stays = [hull[0], (x, y - 71), hull[1], (x, y - 9), (x, y - 73)]
    paint(scene, shape(stays, width=0.75), "#2a1a38")


def headland(scene: Floats) -> None:
    edge = np.interp(X, [0, 60, 100, 116, 126], [166, 160, 168, 186, 226]) + noise(51, 7, 7) * 7
    paint(scene, (Y - edge) * SCALE, ramp(noise(52, 9, 6), "#1f1a38", "#5a4058", "#e0a688"))
    random = np.random.default_rng(53)
    y = random.uniform(164, 230, 5200)
    x = random.uniform(-4, np.interp(y, [164, 174, 190, 230], [84, 98, 106, 112]))
    tips = x + random.normal(0, 1.7, x.size), y - random.uniform(2, 6, x.size)
    light = random.random(y.size) ** 1.5 * (0.5 + x / 250)
    dabs(scene, (x, y, *tips), light, 1, *GREENS)


def tree(scene: Floats) -> None:
    random = np.random.default_rng(71)
    paint(scene, shape([(14, 224), (17, 150), (30, 120)], [(17, 170), (4, 130)], width=4), "#2a1a2c")
    centre = np.repeat(random.uniform((-8, 98), (44, 150), (22, 2)), 170, axis=0).T
    x, y = leaf = centre + random.normal(0, 4.6, centre.shape)
    tips = leaf + random.normal(0, 1.3, leaf.shape)
    light = 0.2 + (x - y - centre[0] + centre[1]) / 28 + x / 170
    dabs(scene, (x, y, *tips), light, 1, *GREENS)


def lantern(scene: Floats, x: float, y: float) -> None:
    for side, reach in ((1, 240), (-1, 140)):
        along = np.clip(side * (X - x), 0, reach)
        beam = np.exp(-(((Y - y + along * 0.1) / (1.5 + along * 0.08)) ** 4)) * (along > 0)
        paint(scene, 0.6 * beam * (1 - along / reach), "#ffe9b8")
    paint(scene, spot(x, y, 18, 18), "#ffe2a0")
    paint(scene, box(x - 6, y - 6, x + 6, y + 7), "#fffbe0")
    posts = [[(x + k, y - 6 if abs(k) < 7 else y + 2), (x + k, y + 8)] for k in range(-12, 13, 3)]
    posts += [[(x - 12, y + 2), (x + 12, y + 2)], [(x, y - 27), (x, y - 17)]]
    paint(scene, shape(*posts, width=0.75) + box(x - 13, y + 7.5, x + 13, y + 10), "#2b2140")
    paint(scene, shape([(x - 8, y - 6), (x, y - 18), (x + 8, y - 6)]), "#c3282b")


def lighthouse(scene: Floats) -> None:
    x, top, foot = 80, 58, 168
    across = np.clip((X - x) / np.interp(Y, [top, foot], [8.5, 14]), -1, 1)
    bulge = 3 * np.sqrt(1 - across**2)
    light = 0.5 + 0.55 * (0.5 + across / 2) * np.sqrt(1 - (across - 0.45) ** 2 / 2.2)
    red = np.floor((Y - top - bulge) / 18.5)[..., None] % 2 > 0
    bands = np.where(red, ramp(0, "#dd322f"), ramp(0, "#fff3e2")) * light[..., None]
    paint(scene, (abs(across) < 1) * (top < Y) * (foot + bulge - Y) * SCALE, bands)
    paint(scene, box(x - 2, 86, x + 1.5, 93) + box(x - 2, 123, x + 1.5, 130), "#ffd76a")
    lantern(scene, x, 48)


def house(scene: Floats) -> None:
    column = X / 9 + np.floor(Y / 4) % 2 / 2
    bricks = masonry(Y / 4, column, 0.22, "#d8a58c", "#7d3433", "#a8483a", "#c4654a")
    shade = np.interp(X, [216, 320], [1, 0.7]) * np.where(abs(Y - 133) < 4, 0.5, 1)
    paint(scene, box(216, 130, WIDTH, QUAY + 2) + box(288, 76, 304, 104), bricks * shade[..., None])
    row = Y / 5.5 + 0.45 * (X / 6 % 1 * 2 - 1) ** 2
    tiles = masonry(row, X / 6, 0.25, "#14303f", "#2f6070", "#4a8a90")
    paint(scene, shape([(208, 133), (226, 96), (320, 96), (320, 133)]), tiles)


def front(scene: Floats) -> None:
    for x in (224, 292):
        paint(scene, 0.4 * spot(x + 11, 183, 24, 24), "#ffb14d")
        paint(scene, box(x - 2, 165, x + 24, 201), "#f6e7cf")
        paint(scene, box(x, 167, x + 22, 199), ramp((Y - 167) / 32, "#fff4b0", "#ffc04f"))
        bars = [[(x + k, 167), (x + k, 199)] for k in (5.5, 11, 16.5)]
        bars += [[(x, y), (x + 22, y)] for y in (175, 183, 191)]
        paint(scene, shape(*bars, width=0.75), "#5a2a2a")
    paint(scene, box(258, 172, 280, QUAY + 2), "#1f4a5c")
    paint(scene, box(262, 177, 276, 192) + box(276, 202, 278, 204), "#ffcf70")
    stripes = np.where(X[..., None] % 6 < 3, ramp(0, "#fff3e2"), ramp(0, "#c9302c"))
    paint(scene, shape([(255, 163), (283, 163), (287, 173), (251, 173)]), stripes)
    sign, font = Image.new("L", SIZE), ImageFont.load_default(18.5 * SCALE)
    ImageDraw.Draw(sign).text((1072, 596), "HARBOUR", 255, font, "mm", stroke_width=2)
    paint(scene, box(219, 139, 317, 159), "#14213f")
    paint(scene, np.asarray(sign) / 255, "#fff2c8")


def quay(scene: Floats) -> None:
    """Paving in perspective, light from the windows on it, and a thin white railing."""
    depth = np.clip(Y - HORIZON, 1, None)
    column = (X - SUN_X) / depth * 6.25 + 32.5
    stones = masonry(1800 / depth, column, 0.12, "#2a2244", "#4c3f66", "#86698a")
    paint(scene, box(0, QUAY, WIDTH, HEIGHT), stones)
    paint(scene, 0.6 * spot(269, 230, 48, 16) * (QUAY < Y), "#ffb14d")
    posts = [[(x, 203), (x, 226)] for x in range(4, 214, 8)]
    paint(scene, shape([(0, 206), (213, 206)], [(0, 220), (213, 220)], *posts, width=1), "#fff6ea")


def bulbs(scene: Floats) -> None:
    t = np.linspace(0, 1, 17)
    x, y = 92 + 134 * t, 82 + 15 * t + 80 * t * (1 - t)
    paint(scene, shape(list(zip(x, y, strict=True)), width=0.6), "#1a1430")
    for a, b in zip(x, y + 1.5, strict=True):
        paint(scene, 0.5 * spot(a, b, 5, 5) + 2 * spot(a, b, 1.1, 1.3), "#fff2c0")


def edge_maps(scene: Image.Image) -> NDArray[np.float32]:
    """Grey scale, averaged over 4x4 pixels, filtered with derivatives of a Gaussian, ReLU."""
    grey = np.asarray(scene) @ np.array([0.299, 0.587, 0.114]) / 255
    small = np.pad(grey.reshape(HEIGHT // 4, 4, WIDTH // 4, 4).mean(axis=(1, 3)), 3, "reflect")
    y, x = np.mgrid[3:-4:-1, -3:4]
    angle = np.deg2rad(np.arange(0, 360, 45))[:, None, None]
    kernels = (np.cos(angle) * x + np.sin(angle) * y) * np.exp(-(x**2 + y**2) / (2 * 1.2**2))
    kernels *= 2 / abs(kernels).sum(axis=(1, 2), keepdims=True)
    patches = np.lib.stride_tricks.sliding_window_view(small, (7, 7))
    responses = np.einsum("yxij,cij->cyx", patches, kernels)
    return np.asarray(np.maximum(responses, 0).round(4), dtype=np.float32)


def main(folder: Path) -> None:
    large = np.zeros((*X.shape, 3))
    for draw in (sky, sea, boat, headland, lighthouse, tree, house, front, quay, bulbs):
        draw(large)
    image = Image.fromarray((np.clip(large, 0, 1) * 255).round().astype(np.uint8))
    image = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    folder.mkdir(parents=True, exist_ok=True)
    image.save(folder / "scene.png", optimize=True)
    np.save(folder / "features.npy", edge_maps(image))
    for name, matrix in MATRICES.items():
        rows = [",".join(map(str, row)) + "\n" for row in matrix.tolist()]
        (folder / name).write_text("".join(rows), newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
