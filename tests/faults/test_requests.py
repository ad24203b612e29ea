"""Whole command lines drawn at random: whatever is asked, the answer is a result or one line."""

import contextlib
import io
import json
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poolviz.cli.funnel import run_app
from poolviz.frameworks import available_rules
from poolviz.modes import available_modes

pytestmark = pytest.mark.faults

SOUND = ["1", "2", "2", "2", "3", "2x3", "3x1"]
WHOLE = st.sampled_from([*SOUND, *SOUND, "0", "-1", "7", "99999999999", "x", ""])
NUMBERS = st.sampled_from(["0.5", "1", "2", "3", "nan", "inf", "-inf", "1e308", "-3", "0", "p"])
SOURCES = st.sampled_from(
    [
        *([["sample:teaching"], ["sample:course-4x4"]] * 3),
        ["--data", "1 2 3; 4 5 6; 7 8 9"],
        ["--data", "nan 1; -inf 2"],
        ["--data", "5"],
        ["--data", "1 2; 3"],
        ["missing.npy"],
        [],
    ]
)
MODES = st.builds(
    lambda name, option, number: f"{name}:{option}={number}" if option else name,
    st.sampled_from([*available_modes(), *available_modes(), "most"]),
    st.sampled_from(["", "", "", "p", "r", "rank", "alpha", "beta", "sigma", "unheard"]),
    NUMBERS,
)
GIVEN = st.just("")
PADDINGS = WHOLE | st.sampled_from(["same", "valid", "0:1x1:0", "1:"])
WINDOWS = {
    "--size": WHOLE, "--stride": WHOLE, "--dilation": WHOLE, "--output-size": WHOLE,
    "--padding": PADDINGS, "--ceil": GIVEN, "--floor": GIVEN, "--divisor": WHOLE,
    "--count-include-pad": GIVEN, "--exclude-pad": GIVEN,
    "--like": st.sampled_from([*available_rules(), "none"]),
}  # fmt: skip
ANY = {
    "--channel": st.sampled_from(["0", "0", "1", "red"]),
    "--max-memory": st.sampled_from(["4G", "1.5M", "1", "0", "-1G", "much"]),
    "--figure": st.sampled_from(["f.svg", "f.png", "f.txt"]),
    "--json": GIVEN,
}
LAYERS = st.lists(
    st.sampled_from(
        ["relu", "max:2", "conv:sobel", "conv:oriented/2", "average:3/1p1", "lp:p=3:2", "max:to2",
         "global-average", "stochastic:2", "conv:sobel-x/0", "max:99999999999", "convex", "conv:"]
    ), max_size=4,
).map(" ".join)  # fmt: skip
SEED = {"--mode": MODES, "--seed": WHOLE}
REGION = {"--region": st.sampled_from(["4x4+0+0", "2x2+1+1", "9x9+0+0", "1x1-1+0", "all"])}
CELL = {"--cell": st.sampled_from(["0,0", "1,1", "9,9", "a"])}
TAKEN = {
    "run": {**WINDOWS, **ANY, **SEED, **REGION, "--threads": WHOLE},
    "explain": {**WINDOWS, **ANY, **SEED, **CELL},
    "differ": {**WINDOWS, **ANY, "--mode": MODES},
    "compare": {**WINDOWS, **ANY, "--seed": WHOLE, "--modes": MODES},
    "shift": {**WINDOWS, **ANY, **SEED, "--by": WHOLE, "--sweep": WHOLE},
    "code": {**WINDOWS, "--mode": MODES, "--json": GIVEN},
    "stack": {
        **ANY, "--seed": WHOLE, "--like": WINDOWS["--like"], "--html": st.just("f.html"),
        "--against": LAYERS, "--mark": st.sampled_from(["0,0", "1,1", "2x2+0+0", "9,9", "0x1+1+1"]),
    },
    "network": {
        **ANY, **REGION, "--input": st.sampled_from(["sample:shapes", "sample:scene", "picture=a"]),
        "--node": st.sampled_from(["pool1", "2", "pool3", "4", "5", "pol"]), "--all": GIVEN,
        "--mean": NUMBERS, "--std": NUMBERS, "--scale": NUMBERS, "--resize": WHOLE,
        "--index": WHOLE, "--enlarge": WHOLE, "--kind": st.sampled_from(["steps", "argmax", "all"]),
    },
}  # fmt: skip
MODELS = st.sampled_from([*[["sample:shapes"]] * 6, ["sample:shape"], ["missing.onnx"]])


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """A command, a source, and options that the command has."""
    command = draw(st.sampled_from(list(TAKEN)))
    names = draw(st.lists(st.sampled_from(list(TAKEN[command])), max_size=5, unique=True))
    drawn = [[name, draw(TAKEN[command][name])] for name in names]
    source = draw(SOURCES)
    source = [] if command == "code" and "--data" in source else source
    if command == "network":
        source = [*draw(MODELS), *(["--input", "sample:shapes"] * ("--input" not in names))]
    if command == "stack":
        source = [*source, draw(LAYERS)]
    line = [command, *source, *(word for pair in drawn for word in pair if word)]
    writes = command == "run" or (command == "network" and {"--node", "--all"} & set(names))
    return [*line, "--write", "png"] if writes else line


def ended(line: list[str], folder: str) -> tuple[int, str, str]:
    """The code, and what is printed, of a command line run in a folder."""
    out, errors = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["poolviz", *line]),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
    ):
        return run_app(), out.getvalue(), errors.getvalue()


# What takes more address space than this is no answer either.
MEMORY = 4 << 30


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    """This process with a limit, which a request is refused for, but never ended by."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines())
def test_any_request_is_answered_or_refused(line: list[str]) -> None:
    """0 with a result, or 1 or 2 with one line, nothing printed and nothing written."""
    with tempfile.TemporaryDirectory() as folder:
        code, out, errors = ended(line, folder)
        assert code in (0, 1, 2), errors
        assert "there is not enough" not in errors, "no estimate has refused it"
        if code:
            assert out == ""
            assert errors.startswith("poolviz: ")
            assert errors.count("\n") == 1
            assert errors.strip().isprintable()
            assert list(Path(folder).iterdir()) == []
        elif "--json" in line:
            assert json.loads(out)
