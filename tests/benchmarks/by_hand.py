"""A plain pooling animation as one writes it with matplotlib: by_hand.py MAP.npy OUT.gif."""

import sys

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.patches import Rectangle

values = np.load(sys.argv[1])
rows, columns = values.shape[0] // 2, values.shape[1] // 2
pooled = np.full((rows, columns), np.nan)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 5))
left.imshow(values)
output = right.imshow(pooled, vmin=values.min(), vmax=values.max())
window = left.add_patch(Rectangle((-0.5, -0.5), 2, 2, fill=False, edgecolor="red", linewidth=2))


def draw(at: int) -> None:
    """One window further."""
    row, column = divmod(at, columns)
    window.set_xy((2 * column - 0.5, 2 * row - 0.5))
    pooled[row, column] = values[2 * row : 2 * row + 2, 2 * column : 2 * column + 2].max()
    output.set_data(pooled)
    figure.suptitle(f"step {at + 1} / {rows * columns}")


FuncAnimation(figure, draw, rows * columns).save(sys.argv[2], PillowWriter(fps=5))
