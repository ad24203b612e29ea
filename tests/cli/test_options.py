"""Options as they are typed."""

from typing import Any

import pytest

from poolviz import SpecError
from poolviz.cli.options import paddings, sizes


@pytest.mark.parametrize(
    ("text", "value"), [(None, None), ("2", 2), ("2x3", (2, 3)), ("10x1", (10, 1)), ("02", 2)]
)
def test_sizes(text: str | None, value: Any) -> None:
    """A size is one number, or rows x columns."""
    assert sizes("--size", text) == value


@pytest.mark.parametrize(
    "text", ["", "x", "2x", "x2", "2X3", "2.0", "1_0", "-1", "+1", " 2", "2 x 3", "axb", "٣", "2,3",
             "1x2x3"],
)  # fmt: skip
def test_what_is_no_size_is_refused(text: str) -> None:
    """Anything else is refused by the option's name."""
    with pytest.raises(SpecError) as caught:
        sizes("--stride", text)
    assert caught.value.subject == "--stride"
    assert repr(text) in caught.value.cause
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("valid", "valid"),
        ("same", "same"),
        ("same-lower", "same-lower"),
        ("1", 1),
        ("1x2", (1, 2)),
        ("0:1", ((0, 1), (0, 1))),
        ("0:1x2:3", ((0, 1), (2, 3))),
        ("0:1x2", ((0, 1), (2, 2))),
    ],
)
def test_paddings(text: str | None, value: Any) -> None:
    """A padding is a size, pairs of before and after, or a word."""
    assert paddings(text) == value


@pytest.mark.parametrize(
    "text", ["", "full", "-1", "1:", ":1", "1:2:3", "1.0", "1x", "SAME", "1x2x3"]
)
def test_what_is_no_padding_is_refused(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(SpecError) as caught:
        paddings(text)
    assert caught.value.subject == "padding"


@pytest.mark.parametrize("option", ["--size", "--stride", "--dilation", "--output-size"])
@pytest.mark.parametrize("text", ["2.0", "1_0", "2x", "-1"])
def test_errors_name_the_option(option: str, text: str, poolviz: Any) -> None:
    """On the command line the error begins with the option as it is typed."""
    done = poolviz("run", "sample:teaching", f"{option}={text}")
    assert done.code == 2
    assert done.failure.startswith(f"{option}: ")


@pytest.mark.parametrize("text", ["-1", "1.5", "x1", "0:1x0:1x0:1"])
def test_padding_errors_name_the_option(text: str, poolviz: Any) -> None:
    """So does that of a padding."""
    done = poolviz("run", "sample:teaching", f"--padding={text}")
    assert done.code == 2
    assert done.failure.startswith("--padding: ")


@pytest.mark.parametrize(
    ("option", "text"),
    [("--divisor", "x"), ("--seed", "1.5"), ("--threads", "two"), ("--index", "-1"),
     ("--frame", "x"), ("--nonsense", "1")],
)  # fmt: skip
def test_errors_of_the_parser_are_one_line(option: str, text: str, poolviz: Any) -> None:
    """What the parser itself refuses is one line of the same form."""
    done = poolviz("run", "sample:teaching", option, text)
    assert done.code == 2
    assert option in done.failure
    assert done.failure.endswith("see poolviz run --help")
