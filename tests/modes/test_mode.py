"""Mode: what a subclass may leave out, and how its parameters are parsed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import poolviz
from poolviz import FeatureMap, PoolSpec, SpecError, modes
from poolviz.cli.funnel import run_app
from poolviz.modes import build_mode
from poolviz.modes._mode import Mode, option_defaults, parse_options

SLOPELESS = '''
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz.modes._mode import FoldMode


@dataclass(frozen=True)
class Slopeless(FoldMode):
    """The sum of the cells: y = Σ xᵢ."""

    summary: ClassVar[str] = "a sum"
    formula: ClassVar[str] = "y = Σ xᵢ"
    citation: ClassVar[str] = "a test"

    @property
    def fold(self):
        return np.add

    def reduce(self, patches):
        return patches.cells.sum(axis=-1)

    def weights(self, patches):
        return np.where(patches.inside, 1.0, 0.0) * np.ones(patches.cells.shape)

    def expression(self, patch, numbers):
        return "a sum"
'''


@pytest.fixture
def slopeless(add_file: Any) -> str:
    """A mode without ``slopes``, among the others."""
    add_file(modes, "slopeless", SLOPELESS)
    return "slopeless"


def test_a_mode_without_slopes_has_no_gradient(slopeless: str) -> None:
    """It pools; a request for its gradient is refused with the reason."""
    values = np.array([[1.0, 3.0], [2.0, 4.0]])
    assert poolviz.pool(values, slopeless, 2).tolist() == [[10.0]]
    with pytest.raises(SpecError, match="slopeless has no gradient"):
        poolviz.gradient(values, [[1.0]], slopeless, 2)
    result = poolviz.run(FeatureMap(values), PoolSpec(slopeless))
    with pytest.raises(SpecError, match="slopeless has no gradient"):
        _ = result.gradient


@pytest.mark.parametrize(
    "command",
    [
        "explain sample:teaching --cell 0,0 --mode slopeless",
        "explain sample:teaching --cell 0,0 --mode slopeless --json",
        "explain sample:teaching --cell 0,0 --mode slopeless --figure f.svg",
        "run sample:teaching --mode slopeless --write svg --figure f.svg --kind backward",
        "run sample:teaching --mode global-slopeless --write none --figure f.png --kind backward",
    ],
)
def test_commands_say_so_in_one_line(
    command: str,
    slopeless: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit 2, one line, and nothing written: a wrong request, not a bug."""
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", ["poolviz", *command.split()])
    assert run_app() == 2
    assert capsys.readouterr().err == (
        f"poolviz: --mode: {slopeless} has no gradient;"
        " use another mode, or define slopes() in it\n"
    )
    assert not list(folder.iterdir())


@dataclass(frozen=True)
class Several(Mode):
    """A mode with a parameter of each kind."""

    taps: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()
    p: float = 1.0
    count: int = 1
    flag: bool = False
    word: str | None = None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"taps": 3}, {"taps": (3,)}),
        ({"taps": "1/5"}, {"taps": (1, 5)}),
        ({"taps": [1, 5]}, {"taps": (1, 5)}),
        ({"taps": np.int64(4)}, {"taps": (4,)}),
        ({"taps": np.array([1, 5])}, {"taps": (1, 5)}),
        ({"shares": 0.5}, {"shares": (0.5,)}),
        ({"shares": "0.5/2"}, {"shares": (0.5, 2.0)}),
        ({"p": "inf", "count": "7", "flag": "yes", "word": "x"},
         {"p": float("inf"), "count": 7, "flag": True, "word": "x"}),
    ],
)  # fmt: skip
def test_parameters_are_numbers_words_or_several(given: Any, expected: Any) -> None:
    """A parameter of several numbers accepts one, a sequence, or text with slashes."""
    assert parse_options(Several, given) == expected


@pytest.mark.parametrize(
    ("mode", "outside"),
    [
        ("max", {"?": False, "b": -128, "B": 0, "f": -np.inf}),
        ("min", {"?": True, "b": 127, "B": 255, "f": np.inf}),
        ("sum", {"?": False, "b": 0, "B": 0, "f": 0}),
        ("average", {"?": False, "b": 0, "B": 0, "f": 0}),
        ("median", {"?": False, "b": 0, "B": 0, "f": 0}),
    ],
)
def test_what_stands_outside_the_input(mode: str, outside: dict[str, Any]) -> None:
    """The number that padding acts as, or the extreme of a type that has no infinity."""
    for dtype, expected in outside.items():
        identity = build_mode(PoolSpec(mode)).identity(np.dtype(dtype))
        assert (identity, identity.dtype) == (expected, np.dtype(dtype))


@dataclass(frozen=True)
class One(Several):
    """A mode whose padding acts as 1."""

    padding_value: ClassVar[float | None] = 1.0


def test_padding_that_acts_as_one_is_true_among_booleans() -> None:
    """As 1 among numbers."""
    assert One().identity(np.dtype(bool)) == np.True_
    assert One().identity(np.dtype("int8")) == 1


@pytest.mark.parametrize(
    ("words", "flag"),
    [("true", True), ("Yes", True), ("1", True), ("false", False), ("no", False), ("0", False),
     (True, True), (False, False)],
)  # fmt: skip
def test_a_flag_is_typed_in_some_ways(words: Any, flag: bool) -> None:
    """True or false, yes or no, 1 or 0."""
    assert parse_options(Several, {"flag": words}) == {"flag": flag}


def test_defaults_are_shown_as_they_are_typed() -> None:
    """Several numbers have slashes between them; what is left to the framework says so."""
    assert option_defaults(Several) == {
        "taps": "(none)", "shares": "(none)", "p": "1.0", "count": "1", "flag": "false",
        "word": "(none)",
    }  # fmt: skip
    assert option_defaults(type(build_mode(PoolSpec("lp")))) == {
        "p": "2.0",
        "absolute": "(the framework's)",
        "rescale": "(the framework's)",
    }
    assert option_defaults(type(build_mode(PoolSpec("maxblur")))) == {"taps": "3"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"taps": 2.5},
            "taps=2.5 is not valid; set taps to a whole number, e.g. 3, or several separated by"
            " slashes, e.g. 1/5",
        ),
        (
            {"taps": "1//5"},
            "taps=1//5 is not valid; set taps to a whole number, e.g. 3, or several separated by"
            " slashes, e.g. 1/5",
        ),
        (
            {"taps": None},
            "taps=None is not valid; set taps to a whole number, e.g. 3, or several separated by"
            " slashes, e.g. 1/5",
        ),
        (
            {"shares": "a"},
            "shares=a is not valid; set shares to a number, e.g. 2, or several separated by"
            " slashes, e.g. 1.5/2",
        ),
        ({"p": "nan"}, "p=nan is not valid; set p to a number"),
        ({"count": "1.5"}, "count=1.5 is not valid; set count to a whole number"),
        ({"flag": "maybe"}, "flag=maybe is not valid; set flag to true or false"),
    ],
)
def test_what_is_not_a_value_is_refused(given: Any, message: str) -> None:
    """The remedy gives the right form."""
    with pytest.raises(SpecError) as caught:
        parse_options(Several, given)
    assert str(caught.value) == f"mode: {message}"


@pytest.mark.parametrize("value", [{}, [{}], ([1], [1, 2]), np.array({})])
@pytest.mark.parametrize(
    ("mode", "name", "remedy"),
    [
        ("max", "nan", "use nan=propagate or nan=drop"),
        ("lp", "p", "set p to a number"),
        ("lp", "absolute", "set absolute to true or false"),
        ("maxblur", "taps", "set taps to a whole number, e.g. 3, or several separated by slashes"),
    ],
)
def test_values_without_a_hash_are_refused_by_the_mode(
    mode: str, name: str, remedy: str, value: Any
) -> None:
    """With what this parameter takes, not with what any parameter might take."""
    with pytest.raises(SpecError, match=rf"^mode: {name}=.* is not valid; {remedy}"):
        poolviz.pool([[1, 2], [3, 4]], mode, 2, **{name: value})


@pytest.mark.parametrize(
    ("mode", "cause"),
    [
        ("fractional-max:ratio=2/inf", "ratio=2.0/inf is out of range; use finite numbers of at"),
        ("fractional-max:u=1", "u=1 is out of range; use a number of at least 0 and less than 1"),
        ("maxblur:taps=3", "taps=3 reads 1 maximum beyond the edge, but none can be reflected"),
        ("maxblur:taps=3", "; set taps to 1, or use a smaller kernel$"),
    ],
)
def test_the_remedy_is_accepted_where_the_value_was_not(mode: str, cause: str) -> None:
    """What the error advises is not refused in turn."""
    with pytest.raises(SpecError, match=cause):
        poolviz.pool([[1, 2], [3, 4]], mode, *([2] if mode.startswith("maxblur") else []))
