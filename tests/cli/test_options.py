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
def test_errors_of_the_parser_have_the_same_form(option: str, text: str, poolviz: Any) -> None:
    """What the parser itself refuses is one line that begins with the option."""
    done = poolviz("run", "sample:teaching", option, text)
    assert done.code == 2
    assert done.failure.startswith(f"{option}: ")


@pytest.mark.parametrize(
    ("arguments", "failure"),
    [
        (["run", "a", "b", "c"], "b c: unexpected arguments; see poolviz run --help"),
        (["run", "a", "--size"], "--size: needs a value; see poolviz run --help"),
        (["run", "a", "--quiet=1"], "--quiet: does not take a value; see poolviz run --help"),
        (["run", "a", "--sizes", "2"], "--sizes: there is no such option; did you mean --size?"),
        (["run", "a", "-x"], "-x: there is no such option; see poolviz run --help"),
        (["run", "a", "--nonsense"], "--nonsense: there is no such option; see poolviz run --help"),
        (
            ["stack", "sample:teaching", "relu", "--html", "a.html"],
            "--html: there is no such option; see poolviz stack --help",
        ),
        (
            ["run", "sample:teaching", "--stride", "2.0"],
            "--stride: '2.0' must be written without a decimal point; use e.g. 2 or 2x3",
        ),
        (["--nope"], "--nope: there is no such option; see poolviz --help"),
        (["shape"], "input_size: missing; see poolviz shape --help"),
    ],
)
def test_errors_of_usage(arguments: list[str], failure: str, poolviz: Any) -> None:
    """What, why, and where to read on."""
    assert poolviz(*arguments).failure == failure


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["run", "a", "--kernel-size", "x"], "--kernel-size"),
        (["run", "a", "--size", "x"], "--size"),
        (["run", "a", "--enlarge=0"], "--enlarge"),
        (["run", "sample:teaching", "--exclude-pad"], "--exclude-pad"),
        (["run", "sample:teaching", "--max-frames", "1"], "--max-frames"),
        (["run", "--data", "1 2", "--complex", "abs"], "--complex"),
        (["batch", "a", "-j", "0"], "-j"),
        (["batch", "a", "-j0"], "-j"),
        (["batch", "a", "--jobs", "0"], "--jobs"),
    ],
)
def test_errors_name_the_option_as_it_was_typed(
    arguments: list[str], option: str, poolviz: Any
) -> None:
    """Of several names the one on the command line."""
    assert poolviz(*arguments).failure.startswith(f"{option}: ")


def test_names_in_a_file_are_not_options(poolviz: Any) -> None:
    """What is quoted, or stands behind --, is not taken for an option."""
    assert poolviz("run", "kernel_size.npy").failure.startswith("kernel_size.npy: ")
    assert poolviz("run", "--size", "x", "--", "--kernel-size").failure.startswith("--size: ")
