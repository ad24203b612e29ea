"""The funnel: every failure is one line and an exit code."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from poolviz import __version__, load, pool
from poolviz.cli import answer
from poolviz.cli.funnel import as_typed, typed_options
from poolviz.errors import SourceError, SpecError

TEACHING = ("run", "sample:teaching", "--write", "none")


def process(
    folder: Path, *arguments: str, stdin: bytes | None = None, **environment: str
) -> "subprocess.CompletedProcess[bytes]":
    """``python -m poolviz ARGUMENTS`` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "poolviz", *arguments],
        cwd=folder,
        env=os.environ | environment,
        input=stdin,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["demo"], 0),
        (["modes"], 0),
        (["--help"], 0),
        (["-h"], 0),
        (["run", "-h"], 0),
        (["--version"], 0),
        (["run", "missing.npy"], 1),
        (["run", "--data", "1 x"], 1),
        (["run", "sample:teaching", "--size", "9"], 2),
        (["run", "sample:teaching", "--nonsense"], 2),
        (["run"], 2),
        (["nonsense"], 2),
        (["run", "a", "b"], 2),
    ],
)
def test_exit_codes(arguments: list[str], code: int, poolviz: Any) -> None:
    """0 is fine, 1 is for data, 2 for usage; failures are one line."""
    done = poolviz(*arguments)
    assert done.code == code
    if code:
        assert done.failure


def test_version_is_printed(poolviz: Any) -> None:
    """--version prints the version."""
    assert poolviz("--version").out == f"poolviz {__version__}\n"


def test_no_arguments_print_the_help(poolviz: Any) -> None:
    """Without a command the help is shown, not an empty error."""
    done = poolviz()
    assert "demo" in done.out + done.err
    assert "Usage" in done.out + done.err
    assert "poolviz: ;" not in done.err


def test_bug_is_told_as_one(poolviz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unforeseen error is called a bug, with its type, the version, and no traceback."""

    def fail(*_: object) -> NoReturn:
        raise ZeroDivisionError("one\nover zero")

    monkeypatch.setattr(answer, "run_job", fail)
    done = poolviz(*TEACHING)
    assert done.code == 70
    assert "this is a bug in poolviz" in done.failure
    assert "ZeroDivisionError: one\\nover zero" in done.failure
    assert __version__ in done.failure


def test_interrupt_is_told(poolviz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with one line and the code 130."""

    def fail(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(answer, "run_job", fail)
    done = poolviz(*TEACHING)
    assert done.code == 130
    assert "interrupted" in done.failure


def test_names_are_escaped(poolviz: Any) -> None:
    """What a terminal would act on in an argument is shown as an escape."""
    done = poolviz("run", "a\x1b[31m\nb\u202e.npy")
    assert done.code == 1
    assert r"a\x1b[31m\nb\u202e.npy: there is no such file" in done.failure


def test_markup_in_names_is_literal(folder: Path, poolviz: Any) -> None:
    """Square brackets in a name are no markup."""
    np.save(folder / "[red]x.npy", np.ones((2, 2)))
    assert "[red]x.npy: float64" in poolviz("run", "[red]x.npy", "--write", "none").err


@pytest.mark.parametrize(
    ("subject", "option"),
    [
        ("kernel_size", "--size"),
        ("ceil_mode", "--ceil"),
        ("divisor_override", "--divisor"),
        ("complex_part", "--complex"),
        ("output_size", "--output-size"),
        ("seed", "--seed"),
        ("photo.png", "photo.png"),
    ],
)
def test_parameters_are_named_as_options(subject: str, option: str) -> None:
    """An error names the option as it is typed; a file by its name."""
    assert typed_options(["run", "photo.png"]).get(subject, subject) == option


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--size", "2", "--output-size", "2"], "omit --size"),
        (["--mode", "max", "--divisor", "2"], "omit --divisor"),
    ],
)
def test_remedies_name_options_as_they_are_typed(
    arguments: list[str], words: str, poolviz: Any
) -> None:
    """What to do is told in the command line's own words."""
    assert words in poolviz("run", "sample:teaching", *arguments).failure


@pytest.mark.parametrize(
    ("arguments", "subject", "remedy"),
    [
        (["run", "x", "--kernel-size", "99"], "kernel_size", "--kernel-size"),
        (["run", "x", "--size=99"], "kernel_size", "--size"),
        (["run", "x", "--enlarge", "9"], "scale", "--enlarge"),
        (["run", "x", "--scale", "9"], "scale", "--scale"),
        (["run", "x"], "scale", "--scale"),
        # Another option of this command is called --scale.
        (["network", "x", "--scale", "9"], "scale", "--enlarge"),
        (["run", "x", "--floor"], "ceil_mode", "--floor"),
        (["batch", "x", "-j2"], "jobs", "-j"),
        (["batch", "x", "--jobs", "2"], "jobs", "--jobs"),
    ],
)
def test_subjects_and_remedies_are_as_typed(
    arguments: list[str], subject: str, remedy: str
) -> None:
    """A short option, an alias, a switch that is off: each in the form that was typed."""
    options = typed_options(arguments)
    assert options[subject] == remedy
    assert as_typed(f"omit {subject}", options) == f"omit {remedy}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("use padding=same to keep it", "use --padding same to keep it"),
        ("use count_include_pad=True", "use --count-include-pad"),
        ("use count_include_pad=False", "use --exclude-pad"),
        ("change stride, padding or ceil_mode", "change --stride, --padding or --ceil"),
        ("use a smaller scale or a larger every", "use a smaller --enlarge or a larger --every"),
        ("use a smaller --scale", "use a smaller --enlarge"),
        ("raise max_memory", "raise --max-memory"),
        # What is quoted, part of a name or of a mode, or no option at all stays as it is.
        ("'padding=same' is not a mode", "'padding=same' is not a mode"),
        ("maps/scale=2.npy: is empty", "maps/scale=2.npy: is empty"),
        ("scale=2.npy: is empty", "scale=2.npy: is empty"),
        ("use e.g. lp:p=3", "use e.g. lp:p=3"),
        ("use nan=drop", "use nan=drop"),
        ("omit it or a scale", "omit it or a scale"),
    ],
)
def test_what_is_taken_for_an_option(text: str, words: str) -> None:
    """Names of parameters, with a value or after a verb; nothing else."""
    options = typed_options(["run", "x", "--enlarge", "3", "--ceil"])
    assert as_typed(text, options) == words


def test_in_python_errors_name_parameters(tmp_path: Path) -> None:
    """Neither subject nor remedy has dashes."""
    with pytest.raises(SpecError) as caught:
        pool(np.ones((6, 6)), "max", 3, ceil_mode=True, like="keras")
    assert str(caught.value) == (
        "ceil_mode: Keras does not support ceil mode; use padding=same to keep the last window"
    )
    np.savez(tmp_path / "f.npz", a=np.ones((2, 2)), b=np.ones((2, 2)))
    with pytest.raises(SourceError) as unknown:
        load(tmp_path / "f.npz", key="x")
    assert (
        str(unknown.value)
        == f"key: there is no array 'x' in {tmp_path / 'f.npz'}; choose from a, b"
    )


def test_notes_and_answers_name_options_as_typed(poolviz: Any) -> None:
    """Also what a command prints without failing."""
    np.save("hwc.npy", np.ones((8, 9, 3)))
    assert "; use --layout chw for (C, H, W)" in poolviz("run", "hwc.npy", "--write", "none").err
    out = poolviz("differ", "sample:teaching", "--kernel-size", 3, "--stride", 2).out
    assert "scikit-image's blocks never overlap; omit --stride" in out


@pytest.mark.slow
def test_a_batch_names_options_as_typed(poolviz: Any) -> None:
    """In the lines about sources that failed."""
    np.savez("f.npz", a=np.ones((4, 4)), b=np.ones((4, 4)))
    done = poolviz("batch", "f.npz", "--out", "pooled", "-j", 1)
    assert "f.npz: holds 2 arrays; choose one with --key NAME: a, b" in done.out + done.err


def test_unknown_address_keeps_its_form(poolviz: Any) -> None:
    """An address is shown as it was typed, with the advice to download it."""
    done = poolviz("run", "https://example.org/x.png")
    assert done.code == 1
    assert done.failure.startswith("https://example.org/x.png: ")
    assert "download the file first" in done.failure


@pytest.mark.slow
def test_process_ends_as_the_function_does(tmp_path: Path) -> None:
    """The installed command has the same streams and codes."""
    fine = process(tmp_path, "run", "-", "--write", "none", "--json", stdin=b"1 3; 2 4")
    assert (fine.returncode, fine.stdout.count(b"\n")) == (0, 1)
    bad = process(tmp_path, "run", "missing.png")
    assert (bad.returncode, bad.stdout) == (1, b"")
    assert bad.stderr.startswith(b"poolviz: missing.png: there is no such file")
    assert bad.stderr.count(b"\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "LANG": "C",
    "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}], ids=["ascii", "C"])  # fmt: skip
def test_ascii_streams_get_ascii(variables: dict[str, str], tmp_path: Path) -> None:
    """On streams without the signs the nearest ASCII is written, nothing fails."""
    done = process(
        tmp_path, "run", "sample:teaching", "--padding", "1", "--write", "png", **variables
    )
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode("ascii")
    assert "input 6x6" in text
    assert "36 -> 16 values" in text
    assert "-inf" in text
    assert "?" not in text
    assert "?" not in done.stderr.decode("ascii")


@pytest.mark.skipif(os.name != "posix", reason="needs a shell's pipe")
def test_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    """A reader that has seen enough ends the run with 141 and no complaint."""
    np.save(tmp_path / "large.npy", np.zeros((250, 250)))
    with subprocess.Popen(
        [sys.executable, "-m", "poolviz", "run", "large.npy", "--write", "none", "--full"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == "input 250×250\n".encode()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(timeout=60) == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no such device")
def test_full_stdout_is_told(tmp_path: Path) -> None:
    """Where the result itself cannot be written, that is an error in one line, not a bug."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "poolviz", "demo"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(b"poolviz: ")
    assert done.stderr.count(b"\n") == 1
    assert b"bug" not in done.stderr


def test_debug_behind_two_dashes_is_a_source(poolviz: Any) -> None:
    """What follows -- is no option: --debug there is the name of a file."""
    done = poolviz("run", "--", "--debug")
    assert done.code == 1
    assert done.failure.startswith("--debug: there is no such file")


def test_debug_before_two_dashes_is_taken(poolviz: Any) -> None:
    """It is heard anywhere before them, and is no argument."""
    done = poolviz("run", "--debug", "--", "missing.png")
    assert done.code == 1
    assert done.err.startswith("Traceback")
    assert "missing.png: there is no such file" in done.err
