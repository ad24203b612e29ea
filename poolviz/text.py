"""Numbers and names as text, as a person would write them and safe for a terminal."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = Sequence[Any] | NDArray[Any]

MINUS = "−"
INFINITY = "∞"
# Significant digits of a decimal on a picture or terminal.
SIGNIFICANT_DIGITS = 4
# A decimal outside this range is written with an exponent.
SMALLEST_PLAIN, LARGEST_PLAIN = 1e-4, 1e6
# A whole number from here on has an exponent even where its digits are in groups.
LARGEST_GROUPED = 1e9
# A number with this many decimals and more characters is written with an exponent.
MAX_FIXED = 12
# A value of so many of a picture's units, or more, does not have their exponent.
MOST_UNITS = 1000
# A line of arithmetic with more numbers shows the first ones and a count of the others.
MAX_TERMS = 9
# A longer line of arithmetic is summed up instead.
LONGEST_LINE = 120
# A message of another library is cut to this many characters.
MAX_MESSAGE = 160

# What follows the last sign of equality in a line, which may begin with the sign.
_RESULT = re.compile(r"(?:(?<=\s)|^)([=≈]) ([^=≈]*)$")
_TIMES = re.compile(r"(?<=\S)·(?=\S)")
_RAISED = str.maketrans("0123456789−x", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ˣ")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ˣ", "0123456789-x")
_EXPONENT = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻ˣ]+")
_ROOTS = {2: "√", 3: "∛", 4: "∜"}
_ASCII = {
    "×": "x", "·": ".", "−": "-", "∞": "inf", "≈": "~", "…": "...", "–": "-", "→": "->", "≠": "!=",
    "┏": "+", "┓": "+", "┗": "+", "┛": "+", "┃": "|", "━": "-", "α": "alpha", "Σ": "sum",
    "∂": "d", "√": "sqrt", "∛": "cbrt", "∜": "root4", "ᵢ": "_i", "ε": "eps", "█": "#", "░": ".",
    "▁": "_", "▂": "_", "▃": "-", "▄": "-", "▅": "-", "▆": "=", "▇": "=",
    "←": "<-", "≥": ">=", "≤": "<=", "σ": "sigma", "ω": "omega", "ᵀ": "^T", "⌊": "floor(", "⌋": ")",
    "⌈": "ceil(", "⌉": ")", "₍": "_(", "₎": ")", "₀": "_0", "₁": "_1",
}  # fmt: skip


def number(value: Any, digits: int = SIGNIFICANT_DIGITS) -> str:
    """``value`` as short text: integers in full, decimals with at most ``digits`` digits.

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
    """A NumPy scalar as a Python number; an extended float as float."""
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, (int, float)) else float(value)


def _decimal(value: float, digits: int) -> str:
    if value == int(value) and abs(value) < LARGEST_PLAIN:
        return str(int(value))
    whole_digits = len(str(int(abs(value))))
    if SMALLEST_PLAIN <= abs(value) < LARGEST_PLAIN:
        return f"{value:.{max(digits, whole_digits)}g}"
    return _exponential(value, digits)


def _exponential(value: float, digits: int) -> str:
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


def shape(lengths: Iterable[int | None]) -> str:
    """The shape of an array, with ``?`` for an axis of any length.

    Example:
        >>> shape((None, 3, 8)), shape((3,))
        ('?×3×8', '(3,)')
    """
    parts = ["?" if length is None else str(length) for length in lengths]
    return "×".join(parts) if len(parts) > 1 else f"({','.join([*parts, ''])})"


def padded(length: int, before: int, after: int) -> str:
    """A length and its padding as a sum, without padding that is 0.

    Example:
        >>> padded(6, 0, 0), padded(6, 1, 1), padded(6, 0, 1)
        ('6', '6 + 2·1', '6 + 1')
    """
    if before == after:
        return f"{length} + 2·{before}" if before else f"{length}"
    return " + ".join(str(part) for part in (length, before, after) if part)


def abridged(
    values: "Values", term: Callable[[Any], str], separator: str, limit: int = MAX_TERMS
) -> str:
    """``term`` of each value; of more than ``limit`` values the first ones and a count of the rest.

    Example:
        >>> abridged("abcd", str.upper, ", ", limit=3)
        'A, B, … (2 more)'
    """
    if len(values) <= limit:
        return separator.join(map(term, values))
    rest = f"… ({len(values) - limit + 1:,} more)"
    return separator.join([*map(term, values[: limit - 1]), rest])


def joined(values: "Values") -> str:
    """Numbers separated by commas.

    Example:
        >>> joined([1, -2, 3])
        '1, −2, 3'
    """
    return abridged(values, number, ", ")


@dataclass(frozen=True)
class Numbers:
    """How all values of one picture are written.

    Args:
        decimals: the decimals of every finite float, trailing zeros included, so that the
            points align; None means each value as short as :func:`number` writes it, as
            integers always are. A value that would be too long has an exponent instead. A small
            one reads 0, in grids and arithmetic alike.
        exponent: the power of ten that :meth:`cell` divides by, which :attr:`unit` names, and
            that :meth:`text` writes behind each value.

    Example:
        >>> Numbers(2).text(0.4), Numbers(2).text(-0.626), Numbers().text(0.4)
        ('0.40', '−0.63', '0.4')
    """

    decimals: int | None = None
    exponent: int = 0

    @property
    def unit(self) -> str:
        """What the values in cells are multiples of; empty if it is 1.

        Example:
            >>> Numbers(2, -7).unit, Numbers(2).unit
            ('10⁻⁷', '')
        """
        return power("10", number(self.exponent)) if self.exponent else ""

    def cell(self, value: Any) -> str:
        """A value in a grid, in units of the picture's power of ten.

        Example:
            >>> Numbers(2).cell(0.0004), Numbers(2, -7).cell(2.55e-7), Numbers(2).cell(3)
            ('0.00', '2.55', '3')
        """
        plain = _plain(value)
        if self.decimals is None or not isinstance(plain, float) or not math.isfinite(plain):
            return self.text(plain)
        text = f"{plain / 10.0**self.exponent:.{self.decimals}f}"
        return _without_sign_of_zero(text).replace("-", MINUS)

    def text(self, value: Any) -> str:
        """A value.

        Example:
            >>> Numbers(2).text(3), Numbers(2).text(3.0), Numbers(2).text(0.0004)
            ('3', '3.00', '0.00')
            >>> Numbers(2, -7).text(2.55e-7), Numbers(2, -7).text(1.5)
            ('2.55e−7', '1.5')
        """
        plain = _plain(value)
        if self.decimals is None or not isinstance(plain, float) or not math.isfinite(plain):
            return number(plain)
        if self.exponent:
            # A value of another magnitude, such as a weight, is written by itself.
            if not plain or abs(plain / 10.0**self.exponent) >= MOST_UNITS:
                return number(plain)
            return f"{self.cell(plain)}e{self.exponent}".replace("-", MINUS)
        text = f"{plain:.{self.decimals}f}"
        if len(text) > MAX_FIXED:
            decimal = _decimal(plain, SIGNIFICANT_DIGITS)
            text = min(decimal, _exponential(plain, SIGNIFICANT_DIGITS), key=len)
        return _without_sign_of_zero(text).replace("-", MINUS)

    def term(self, value: Any) -> str:
        """A value as a term of an expression: in parentheses if it is negative.

        Example:
            >>> Numbers().term(2), Numbers().term(-2)
            ('2', '(−2)')
        """
        return _bracketed(self.text(value))

    def equals(self, value: Any) -> str:
        """``= value``, or ``≈ value`` if its text is rounded.

        Example:
            >>> Numbers().equals(2.5), Numbers(2).equals(2.5), Numbers().equals(8 / 3)
            ('= 2.5', '= 2.50', '≈ 2.667')
        """
        term, plain = self.text(value), _plain(value)
        if isinstance(plain, float) and math.isfinite(plain):
            # Read back in the value's own precision: for float32, 0.1 is exact.
            read = type(value)(term.replace(MINUS, "-"))
            # The last bits of a float64 computation do not make its text rounded.
            exact = read == value or (
                isinstance(value, float) and math.isclose(read, value, rel_tol=1e-15)
            )
        else:
            exact = "e" not in term or int(plain) == float(term.replace(MINUS, "-"))
        return f"{'=' if exact else '≈'} {term}"

    def joined(self, values: "Values") -> str:
        """Values separated by commas.

        Example:
            >>> Numbers(1).joined([1.0, -2.0, 3.0])
            '1.0, −2.0, 3.0'
        """
        return abridged(values, self.text, ", ")

    def sum(self, values: "Values") -> str:
        """Values as a sum.

        Example:
            >>> Numbers().sum([-1, -2, 3])
            '−1 + (−2) + 3'
        """
        text = abridged(values, self.term, " + ")
        return text[1:].replace(")", "", 1) if text.startswith("(") else text


def _without_sign_of_zero(text: str) -> str:
    return text if float(text) else text.removeprefix("-")


def _bracketed(term: str, sign: str = MINUS) -> str:
    return f"({term})" if term.startswith(sign) else term


def grouped(value: Any) -> str:
    """``value`` as short text, with commas between groups of three digits.

    Whole numbers below 1e9 have all their digits.

    Example:
        >>> grouped(201234.0), grouped(-1234.56), grouped(0.5)
        ('201,234', '−1,235', '0.5')
    """
    plain = _plain(value)
    if abs(plain) < LARGEST_GROUPED and plain == int(plain):
        plain = int(plain)
    term = number(plain)
    digits = term.removeprefix(MINUS)
    return f"{term[: -len(digits)]}{int(digits):,}" if digits.isdigit() else term


def worked(template: str, *values: Any) -> str:
    """An intermediate result, such as ``= 9 / 4``, for a template such as ``{} / {}``.

    Values are as short as possible; it begins with ``≈`` if one of them is rounded, and it is
    empty if one of them is not finite.

    Example:
        >>> worked("{} / {}", 2498.33, 433.62), worked("{}·{}", -2, -3), worked("ln({})", -1)
        ('≈ 2,498 / 433.6', '= −2·(−3)', '= ln(−1)')
    """
    if not all(math.isfinite(_plain(value)) for value in values):
        return ""
    first, *pieces = template.split("{}")
    line, exact = first, True
    for value, piece in zip(values, pieces, strict=True):
        term = grouped(value)
        line += (_bracketed(term) if line and line[-1] != "(" else term) + piece
        read = float(term.replace(",", "").replace(MINUS, "-"))
        exact &= math.isclose(read, value, rel_tol=1e-15)
    return f"{'=' if exact else '≈'} {line}"


def split_result(line: str) -> tuple[str, str, str] | None:
    """A line of arithmetic before its last sign of equality, the sign, and the result.

    None if the line has none.

    Example:
        >>> split_result("(1 + 3) / 2 = 2"), split_result("drawn at random")
        (('(1 + 3) / 2', '=', '2'), None)
    """
    found = _RESULT.search(line)
    return None if found is None else (line[: found.start()].rstrip(), found[1], found[2])


def in_full(count: int, line: Callable[[], str], summary: str) -> str:
    """``line()`` if its ``count`` cells are few enough to be read, else ``summary``.

    Example:
        >>> in_full(2, lambda: "1 + 3", "sum of 2 cells"), in_full(99, str, "sum of 99 cells")
        ('1 + 3', 'sum of 99 cells')
    """
    full = line() if count <= MAX_TERMS else ""
    return full if 0 < len(full) <= LONGEST_LINE else summary


def power(base: str, exponent: str) -> str:
    """``base`` to the power of ``exponent``, raised if it is a small whole number or x.

    Example:
        >>> power("3", "2"), power("e", "−15"), power("e", "−0.5"), power("−2", "3")
        ('3²', 'e⁻¹⁵', 'e^(−0.5)', '(−2)³')
    """
    # An exponent of ten belongs to its number.
    base = f"({base})" if re.fullmatch(r"[\d.]+e.*", base) else _bracketed(base)
    if re.fullmatch(f"{MINUS}?\\d{{1,3}}|x", exponent):
        return base + exponent.translate(_RAISED)
    simple = re.fullmatch(rf"\d+(\.\d+)?|{INFINITY}|NaN", exponent)
    return f"{base}^{exponent}" if simple else f"{base}^({exponent})"


def root(radicand: str, p: float) -> str:
    """The p-th root of ``radicand``, which is the radicand itself for p = 1.

    Example:
        >>> root("1 + 4", 2), root("8", 3), root("1 + 4", 2.5), root("1 + 4", 1)
        ('√(1 + 4)', '∛(8)', '(1 + 4)^(1/2.5)', '1 + 4')
    """
    if p == 1:
        return radicand
    return f"{_ROOTS[int(p)]}({radicand})" if p in _ROOTS else f"({radicand})^(1/{number(p)})"


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun, whose plural ends in s unless it is given.

    Example:
        >>> counted(1, "cell"), counted(4, "cell"), counted(2, "axis", "axes")
        ('1 cell', '4 cells', '2 axes')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {plural or f'{noun}s'}"


def series(names: Iterable[str], conjunction: str = "or") -> str:
    """Names as a list in a sentence.

    Example:
        >>> series(["chw"]), series(["abs", "real", "imag"]), series("ab", "and")
        ('chw', 'abs, real or imag', 'a and b')
    """
    *others, last = names
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def padding(value: float | None) -> str:
    """What padding does in a window: it has a value, or None stands for padding left out.

    Example:
        >>> padding(0.0), padding(None)
        ('as 0', 'left out')
    """
    return "left out" if value is None else f"as {number(value)}"


def number_or_dash(value: float | None) -> str:
    """A number, or a dash where there is none.

    Example:
        >>> number_or_dash(2.5), number_or_dash(None)
        ('2.5', '–')
    """
    return "–" if value is None else number(value)


def percent(share: float | None) -> str:
    """A share of 1 as a percentage; a dash where there is none.

    It is 100 % only if the share is 1: others get as many digits as it takes.

    Example:
        >>> percent(0.75), percent(1 / 3), percent(3135 / 3136), percent(None)
        ('75 %', '33.3 %', '99.97 %', '–')
    """
    if share is None or math.isnan(share):
        return "–"
    exact = math.isclose(share, 1, rel_tol=1e-12)
    texts = [number(100 * share, digits) for digits in range(3, 9)]
    return f"{next((text for text in texts if exact or text != '100'), '100')} %"


def escaped(name: str) -> str:
    r"""``name`` with every unprintable character written as an escape sequence.

    Example:
        >>> escaped("a\x1b[31m")
        'a\\x1b[31m'
    """
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "backslashreplace").decode()
        for sign in name
    )


def in_ascii(text: str) -> str:
    """``text`` with every other character replaced by its nearest spelling in ASCII.

    Example:
        >>> in_ascii("6×6 → −∞"), in_ascii("2¹⁰ + e⁻³")
        ('6x6 -> -inf', '2^10 + e^(-3)')
    """
    # A dot between two characters is a multiplication; by itself it stands for a cell.
    text = _TIMES.sub("*", text)
    text = _EXPONENT.sub(lambda run: f"^{_bracketed(run[0].translate(_LOWERED), '-')}", text)
    signs = []
    for character in text:
        sign = character
        if not sign.isascii():
            # The base letter of a letter with an accent.
            letter = unicodedata.normalize("NFKD", sign)[0]
            sign = _ASCII.get(sign, letter if letter.isascii() else "?")
        signs.append(sign)
    return "".join(signs)


def shortened(name: str, most: int) -> str:
    """``name``, with its middle left out if it has more than ``most`` characters.

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
    return shortened(escaped(message.partition("\n")[0]), MAX_MESSAGE)
