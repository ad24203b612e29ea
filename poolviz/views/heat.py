"""Looks of cells on a terminal, by their values."""

from functools import cache

from rich.style import Style

from poolviz.views.style import Color, text_on


@cache
def heat(red: int, green: int, blue: int) -> Style:
    """A cell's look: its value's colour behind the text that reads best on it."""
    color = red, green, blue
    return Style(color=hexadecimal(text_on(color)), bgcolor=hexadecimal(color))


# From the lowest to the highest, and from below zero to above, in terminals' own colours: each
# with the text that reads on it in the usual palettes.
RISING = ("bright_white on blue", "black on cyan", "black on green", "black on bright_yellow")
AROUND_ZERO = (
    "bright_white on blue", "black on cyan", "black on white", "black on bright_yellow",
    "bright_white on red",
)  # fmt: skip
GREYS = ("bright_white on black", "black on bright_black", "black on white",
         "black on bright_white")  # fmt: skip
NOT_FINITE = "bright_white on magenta"


def heat_of_few(place: float, ramp: tuple[str, ...]) -> Style:
    """A cell's look by its place from 0 to 1 on a ramp; NaN where it is not finite."""
    if place != place:  # noqa: PLR0124 - NaN
        return Style.parse(NOT_FINITE)
    return Style.parse(ramp[min(int(place * len(ramp)), len(ramp) - 1)])


def hexadecimal(color: Color) -> str:
    """``#rrggbb``."""
    return "#" + bytes(color).hex()
