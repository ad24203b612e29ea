"""Numbers and names as text: what a person would write, and nothing that a terminal acts on."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = Sequence[Any] | NDArray[Any]

MINUS = "−"
INFINITY = "∞"
# A decimal keeps at most this many significant digits on a picture or terminal.
SIGNIFICANT_DIGITS = 4
# A decimal outside this range is written with an exponent.
SMALLEST_PLAIN, LARGEST_PLAIN = 1e-4, 1e6
# Of another library's message this many characters are shown.
LONGEST_MESSAGE = 160
# Of more numbers than this a line of arithmetic shows the first and a count.
MOST_TERMS = 9


def number(value: Any, digits: int = SIGNIFICANT_DIGITS) -> str:
    """``value`` as short text: integers whole, decimals with at most ``digits`` digits.

    Example:
        >>> number(3.0), number(2.6666667), number(-1), number(float("inf"))
        ('3', '2.667', '−1', '∞')
    """
    value = _plain(value)
    if isinstance(value, float) and not math.isfinite(value):
        text = "NaN" if math.isnan(value) else INFINITY
        return MINUS + text if value < 0 else text
    text = _decimal(value, digits) if isinstance(value, float) else str(int(value))
    return text.replace("-", MINUS)


def _plain(value: Any) -> Any:
    """A NumPy scalar as Python's own number; an extended float as float."""
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, (int, float)) else float(value)


def _decimal(value: float, digits: int) -> str:
    if value == int(value) and abs(value) < LARGEST_PLAIN:
        return str(int(value))
    whole_digits = len(str(int(abs(value))))
    if SMALLEST_PLAIN <= abs(value) < LARGEST_PLAIN:
        return f"{value:.{max(digits, whole_digits)}g}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}"


def size(lengths: Iterable[int]) -> str:
    """Lengths joined by ×.

    Example:
        >>> size((2, 3))
        '2×3'
    """
    return "×".join(str(length) for length in lengths)


def abridged(
    values: "Values", term: Callable[[Any], str], separator: str, limit: int = MOST_TERMS
) -> str:
    """``term`` of each value in a row; of more than ``limit`` the first and how many follow.

    Example:
        >>> abridged("abcd", str.upper, ", ", limit=3)
        'A, B, … (2 more)'
    """
    if len(values) <= limit:
        return separator.join(map(term, values))
    rest = f"… ({len(values) - limit + 1:,} more)"
    return separator.join([*map(term, values[: limit - 1]), rest])


def joined(values: "Values") -> str:
    """Numbers in a row.

    Example:
        >>> joined([1, -2, 3])
        '1, −2, 3'
    """
    return abridged(values, number, ", ")


def joined_with(values: "Values", extreme: Any) -> str:
    """Numbers in a row that, however many there are, shows ``extreme`` among them.

    Example:
        >>> joined_with(range(20), 19)
        '0, 1, 2, 3, 4, 5, 6, …, 19, … (12 more)'
    """
    shown = list(values[: MOST_TERMS - 1])
    if len(values) <= MOST_TERMS or extreme in shown:
        return joined(values)
    first = ", ".join(map(number, shown[:-1]))
    return f"{first}, …, {number(extreme)}, … ({len(values) - len(shown):,} more)"


def added(values: "Values") -> str:
    """Numbers as a sum.

    Example:
        >>> added([-1, -2, 3])
        '−1 + (−2) + 3'
    """
    text = abridged(values, grouped, " + ")
    return text[1:].replace(")", "", 1) if text.startswith("(") else text


def grouped(value: Any) -> str:
    """A number as a term: in parentheses where it carries a sign."""
    term = number(value)
    return f"({term})" if term.startswith(MINUS) else term


def equals(value: Any) -> str:
    """``= value``, or ``≈ value`` where its text is rounded.

    Example:
        >>> equals(2.5), equals(8 / 3)
        ('= 2.5', '≈ 2.667')
    """
    term = number(value)
    plain = _plain(value)
    if not isinstance(plain, float) or not math.isfinite(plain):
        return f"= {term}"
    # Read back in the value's own precision: 0.1 tells float32's 0.1 apart.
    exact = type(value)(term.replace(MINUS, "-")) == value
    return f"{'=' if exact else '≈'} {term}"


def counted(count: int, noun: str) -> str:
    """A count with its noun.

    Example:
        >>> counted(1, "cell"), counted(4, "cell")
        ('1 cell', '4 cells')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def number_or_dash(value: float | None) -> str:
    """A number, or a dash where there is none.

    Example:
        >>> number_or_dash(2.5), number_or_dash(None)
        ('2.5', '–')
    """
    return "–" if value is None else number(value)


def percent(share: float | None) -> str:
    """A share of 1 in per cent; a dash where there is none.

    Example:
        >>> percent(0.75), percent(1 / 3), percent(None)
        ('75 %', '33.3 %', '–')
    """
    return "–" if share is None or math.isnan(share) else f"{number(100 * share, 3)} %"


def escaped(name: str) -> str:
    r"""``name`` with every character that a terminal could act on written as an escape.

    Example:
        >>> escaped("a\x1b[31m")
        'a\\x1b[31m'
    """
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in name)


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


_TIMES = re.compile(r"(?<=\S)·(?=\S)")
_ASCII = {
    "×": "x", "·": ".", "−": "-", "∞": "inf", "≈": "~", "…": "...", "–": "-", "→": "->", "≠": "!=",
    "┏": "+", "┓": "+", "┗": "+", "┛": "+", "┃": "|", "━": "-", "α": "alpha", "Σ": "sum",
    "∂": "d", "²": "^2", "√": "sqrt", "ᵢ": "_i", "ε": "eps", "█": "#", "░": ".", "←": "<-",
    "≥": ">=", "≤": "<=", "σ": "sigma", "ω": "omega", "ᵀ": "^T", "⌊": "floor(", "⌋": ")",
    "⌈": "ceil(", "⌉": ")", "₍": "_(", "₎": ")", "₀": "_0", "₁": "_1",
}  # fmt: skip


def in_ascii(words: str) -> str:
    """``words`` with every sign that is not ASCII spelled by what is nearest.

    Example:
        >>> in_ascii("6×6 → −∞")
        '6x6 -> -inf'
    """
    # Between two signs the dot multiplies; by itself it stands for a cell.
    words = _TIMES.sub("*", words)
    return "".join(sign if sign.isascii() else _ascii(sign) for sign in words)


def _ascii(sign: str) -> str:
    """The nearest spelling; of a letter with an accent the letter."""
    from unicodedata import normalize  # noqa: PLC0415 - seldom needed

    letter = normalize("NFKD", sign)[0]
    return _ASCII.get(sign, letter if letter.isascii() else "?")


def shortened(name: str, most: int) -> str:
    """``name``, of more than ``most`` characters both ends.

    Example:
        >>> shortened("abcdefghij", 7)
        'abc…hij'
    """
    if len(name) <= most:
        return name
    end = (most - 1) // 2
    return f"{name[: most - 1 - end]}…{name[-end:]}"


def first_line(message: str) -> str:
    r"""The first line of another library's message, safe to print and not too long to read.

    Example:
        >>> first_line("no such node\nin File model.cc, line 12")
        'no such node'
    """
    return shortened(escaped(message.partition("\n")[0]), LONGEST_MESSAGE)
