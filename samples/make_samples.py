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

WIDTH, HEIGHT, SCALE = 320, 256, 4  # drawn SCALE times larger, then reduced
SIZE = (WIDTH * SCALE, HEIGHT * SCALE)
Y, X = (np.mgrid[0 : SIZE[1], 0 : SIZE[0]] + 0.5) / SCALE  # positions in pixels of the result
HORIZON, QUAY, SUN_X = 150.0, 222.0, 168.0
GREENS = ("#101f38", "#1d4740", "#4f8045", "#d6c65c")

TEACHING = np.array([  # 6x6; two matrix rows, and so one row of 2x2 windows, on each line
    [1, 3, 4, 0, -5, -2], [6, 2, 0, 4, -3, -6],
    [0, 5, 1, 2, 2, -6], [-3, 2, 9, 0, 1, 3],
    [-2, 1, 2, 1, 8, 0], [2, 7, 0, -3, 3, 5],
])  # fmt: skip
WINDOWS = TEACHING.reshape(3, 2, 3, 2).swapaxes(1, 2).reshape(9, 4)
WINS = np.equal(WINDOWS, WINDOWS.max(axis=1, keepdims=True))
assert WINDOWS.max(axis=1).tolist() == [6, 4, -2, 5, 9, 3, 7, 2, 8]  # all differ
assert WINS.sum(axis=1).tolist() == [1, 2, 1, 1, 1, 1, 1, 1, 1]  # exactly one tie: 4 and 4
assert WINS[WINS.sum(axis=1) == 1].any(axis=0).all()  # every corner of a window wins somewhere
assert (WINDOWS < 0).sum(axis=1).tolist() == [0, 0, 4, 1, 0, 1, 1, 1, 0]  # one is all negative
assert WINDOWS.mean(axis=1).tolist() == [3, 2, -4, 1, 3, 0, 2, 0, 4]  # whole; 6 and 9 share 3
# The feature, 9: still the maximum of the same window after a shift by one column, zeros in.
assert abs(TEACHING).max() == 9 and np.pad(TEACHING, ((0, 0), (1, 0)))[2:4, 2:4].max() == 9
MATRICES = {
    "teaching.csv": TEACHING,
    "course-2x2.csv": np.array([[1, 3], [2, 4]]),
    "course-4x4.csv": np.array([[1, 3, 2, 4], [5, 6, 1, 2], [0, 1, 3, 1], [2, 4, 5, 2]]),
    "course-4x4-b.csv": np.array([[1, 3, 2, 1], [4, 6, 5, 2], [7, 8, 9, 3], [1, 2, 0, 4]]),
}


def ramp(position: Floats | float, *codes: str) -> Floats:
    """Colours blended evenly from the first (position 0) to the last (position 1)."""
    parts = np.array([ImageColor.getrgb(code) for code in codes]).T / 255
    stops = np.linspace(0, 1, len(codes))
    return np.stack([np.interp(position, stops, part) for part in parts], axis=-1)


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


def shape(*paths: Sequence[tuple[float, float]], width: float = 0) -> Floats:
    """1 inside the outlines or, given a width, along the lines; 0 elsewhere."""
    image = Image.new("L", SIZE)
    for path in paths:
        points, pen = [(x * SCALE, y * SCALE) for x, y in path], ImageDraw.Draw(image)
        (pen.line if width else pen.polygon)(points, fill=255, width=round(width * SCALE))
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
    broken = (noise(41, 16, 2) > 0.5) * np.clip(5.7 - Y / 40, 0, 0.7)
    paint(scene, broken * shape([(143, 190), (188, 190), (166, 236)]), "#ffe6c4")
    paint(scene, shape([(166, 128), (166, 178), (141, 179)]), "#fff0d6")
    paint(scene, shape([(170, 124), (170, 178), (189, 178)]), "#f6c49c")
    paint(scene, shape([(137, 181), (198, 180), (189, 190), (146, 190)]), "#7a1f33")
    mast_and_stays = [(168, 181), (168, 117), (137, 181), (198, 180), (168, 117)]
    paint(scene, shape(mast_and_stays, width=0.75), "#2a1a38")


def greenery(scene: Floats) -> None:
    edge = np.interp(X, [0, 60, 100, 116, 126], [166, 160, 168, 186, 226]) + noise(51, 7, 7) * 7
    paint(scene, (Y - edge) * SCALE, ramp(noise(52, 9, 6), "#1f1a38", "#5a4058", "#e0a688"))
    random = np.random.default_rng(53)
    y = random.uniform(164, 230, 5200)
    x = random.uniform(-4, np.interp(y, [164, 174, 190, 230], [84, 98, 106, 112]))
    tips = x + random.normal(0, 1.7, x.size), y - random.uniform(2, 6, x.size)
    dabs(scene, (x, y, *tips), random.random(x.size) ** 1.5 * (0.5 + x / 250), 1, *GREENS)


def tree(scene: Floats) -> None:
    paint(scene, shape([(14, 224), (17, 150), (30, 120)], width=4), "#2a1a2c")
    random = np.random.default_rng(71)
    centre = np.repeat(random.uniform((-8, 98), (44, 150), (22, 2)), 170, axis=0).T
    leaf = centre + random.normal(0, 4.6, centre.shape)
    light = 0.2 + (leaf - centre).T @ (1, -1) / 28 + leaf[0] / 170
    dabs(scene, (*leaf, *(leaf + random.normal(0, 1.3, leaf.shape))), light, 1, *GREENS)


def lantern(scene: Floats, x: float, y: float) -> None:
    along = abs(X - x)
    beam = np.exp(-(((Y - y + along * 0.1) / (1.5 + along * 0.08)) ** 4))
    paint(scene, 0.6 * beam * (1 - along / 240), "#ffe9b8")
    paint(scene, spot(x, y, 18, 18), "#ffe2a0")
    paint(scene, box(x - 6, y - 6, x + 6, y + 7), "#fffbe0")
    posts = [[(x + k, y - 6 if abs(k) < 7 else y + 2), (x + k, y + 8)] for k in range(-12, 13, 3)]
    posts += [[(x - 12, y + 2), (x + 12, y + 2)], [(x, y - 27), (x, y - 17)]]
    paint(scene, shape(*posts, width=0.75) + box(x - 13, y + 7.5, x + 13, y + 10), "#2b2140")
    paint(scene, shape([(x - 8, y - 6), (x, y - 18), (x + 8, y - 6)]), "#c3282b")


def lighthouse(scene: Floats) -> None:
    across = np.clip((X - 80) / np.interp(Y, [58, 168], [8.5, 14]), -1, 1)
    bulge = 3 * np.sqrt(1 - across**2)
    light = 0.5 + 0.55 * (0.5 + across / 2) * np.sqrt(1 - (across - 0.45) ** 2 / 2.2)
    red = np.floor((Y - 58 - bulge) / 18.5)[..., None] % 2 > 0
    bands = np.where(red, ramp(0, "#dd322f"), ramp(0, "#fff3e2")) * light[..., None]
    paint(scene, (abs(across) < 1) * (Y > 58) * (168 + bulge - Y) * SCALE, bands)
    paint(scene, box(78, 86, 82, 93) + box(78, 123, 82, 130), "#ffd76a")
    lantern(scene, 80, 48)


def house(scene: Floats) -> None:
    bricks = masonry(Y / 4, X / 9 + Y // 4 % 2 / 2, 0.2, "#d8a58c", "#7d3433", "#a8483a", "#c4654a")
    shade = np.interp(X, [216, 320], [1, 0.7]) * np.where(abs(Y - 133) < 4, 0.5, 1)
    paint(scene, box(216, 130, WIDTH, QUAY + 2) + box(288, 76, 304, 104), bricks * shade[..., None])
    row = Y / 5.5 + 0.45 * (X / 6 % 1 * 2 - 1) ** 2
    tiles = masonry(row, X / 6, 0.25, "#14303f", "#2f6070", "#4a8a90")
    paint(scene, shape([(208, 133), (226, 96), (320, 96), (320, 133)]), tiles)


def front(scene: Floats) -> None:
    for x in (224, 292):
        paint(scene, 0.4 * spot(x + 11, 183, 24, 24), "#ffb14d")
        paint(scene, box(x - 2, 165, x + 24, 201), "#f6e7cf")
        pane = box(x, 167, x + 22, 199)
        paint(scene, pane, ramp((Y - 167) / 32, "#fff4b0", "#ffc04f"))
        paint(scene, pane * (((X - x) % 5.5 < 0.8) | (Y % 8 < 0.8)), "#5a2a2a")
    paint(scene, box(258, 172, 280, QUAY + 2), "#1f4a5c")
    paint(scene, box(262, 177, 276, 192) + box(276, 202, 278, 204), "#ffcf70")
    stripes = np.where(X[..., None] % 6 < 3, ramp(0, "#fff3e2"), ramp(0, "#c9302c"))
    paint(scene, shape([(255, 163), (283, 163), (287, 173), (251, 173)]), stripes)
    sign, font = Image.new("L", SIZE), ImageFont.load_default(18.5 * SCALE)
    ImageDraw.Draw(sign).text((1072, 596), "HARBOUR", 255, font, "mm", stroke_width=2)
    paint(scene, box(219, 139, 317, 159), "#14213f")
    paint(scene, np.asarray(sign) / 255, "#fff2c8")


def quay(scene: Floats) -> None:
    depth = np.clip(Y - HORIZON, 1, None)
    stones = masonry(1800 / depth, (X - 160) / depth * 6, 0.1, "#2a2244", "#4c3f66", "#86698a")
    paint(scene, box(0, QUAY, WIDTH, HEIGHT), stones)
    paint(scene, 0.6 * spot(269, 230, 48, 16) * (QUAY < Y), "#ffb14d")
    rails = ((X - 3) % 7 < 1) | (abs(Y - 206) < 0.6) | (abs(Y - 220) < 0.6)
    paint(scene, box(0, 203, 214, 226) * rails, "#fff6ea")


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
    kernels = (np.cos(angle) * x + np.sin(angle) * y) * np.exp(-(x**2 + y**2) / 2)
    kernels *= 2 / abs(kernels).sum(axis=(1, 2), keepdims=True)
    patches = np.lib.stride_tricks.sliding_window_view(small, (7, 7))
    responses = np.einsum("yxij,cij->cyx", patches, kernels)
    return np.asarray(np.maximum(responses, 0).round(4), dtype=np.float32)


def main(folder: Path) -> None:
    large = np.zeros((*X.shape, 3))
    for draw in (sky, sea, boat, lighthouse, greenery, tree, house, front, quay, bulbs):
        draw(large)
    image = Image.fromarray((np.clip(large, 0, 1) * 255).round().astype(np.uint8))
    image = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    folder.mkdir(parents=True, exist_ok=True)
    image.save(folder / "scene.png", optimize=True)
    np.save(folder / "features.npy", edge_maps(image))
    for name, matrix in MATRICES.items():
        np.savetxt(folder / name, matrix, fmt="%d", delimiter=",")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
