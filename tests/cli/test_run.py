"""``poolviz run``: every option has its effect, stdout the result, stderr all else."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import poolviz as api

COURSE = "1 3 2 4; 5 6 1 2; 0 1 3 1; 2 4 5 2"
TEACHING = ("sample:teaching", "--write", "none")
KEYS = ["source", "spec", "input_shape", "output_shape", "output", "formula", "files"]
FIELDS = {
    "mode", "kernel_size", "stride", "padding", "dilation", "ceil_mode", "count_include_pad",
    "divisor_override", "output_size", "like", "mode_options",
}  # fmt: skip


def document(done: Any) -> dict[str, Any]:
    """The object that a run with --json printed."""
    assert done.code == 0, done.err
    assert done.out.count("\n") == 1
    parsed: dict[str, Any] = json.loads(done.out, parse_constant=pytest.fail)
    return parsed


@pytest.mark.parametrize(
    ("data", "arguments", "output"),
    [
        (COURSE, ["--mode", "max", "--size", "2"], [[6, 4], [4, 5]]),
        ("1 3; 2 4", ["--mode", "average"], [[2.5]]),
        ("1 3; 2 4", ["--mode", "avg"], [[2.5]]),
        ("1 3; 2 4", ["--mode", "mean"], [[2.5]]),
        ("1 3; 2 4", ["--mode", "min"], [[1]]),
        ("1 3; 2 4", ["--mode", "sum"], [[10]]),
        ("3 0; 0 4", ["--mode", "lp"], [[5]]),
        ("3 0; 0 4", ["--mode", "lp:p=1"], [[7]]),
        (COURSE, ["--mode", "global-max"], [[6]]),
        (COURSE, ["--mode", "max", "--output-size", "1x2"], [[6, 5]]),
        (COURSE, [], [[6, 4], [4, 5]]),
    ],
)
def test_courses_examples_are_right(
    data: str, arguments: list[str], output: list[Any], poolviz: Any
) -> None:
    """The examples that courses use give the numbers that courses give."""
    done = poolviz("run", "--data", data, *arguments, "--write", "none", "--json")
    assert document(done)["output"] == output


@pytest.mark.parametrize("shape", [(4,), (1, 4), (1, 1, 4)])
@pytest.mark.parametrize("options", [["--size", "2"], []])
def test_one_number_lies_along_an_array_of_one_row(
    shape: tuple[int, ...], options: list[str], poolviz: Any, folder: Path
) -> None:
    """A kernel of one number is 1×2 on one row, and is as far from the next: this is said."""
    np.save(folder / "row.npy", np.array([1.0, 5, 2, 7]).reshape(shape))
    done = poolviz("run", "row.npy", *options, "--write", "none", "--json")
    parsed = document(done)
    assert np.ravel(parsed["output"]).tolist() == [5, 7]
    assert parsed["spec"]["kernel_size"] == parsed["spec"]["stride"] == [1, 2]
    assert ("row.npy: has one row, so the kernel is 1×2" in done.err) == bool(options)


def test_two_numbers_stay_on_an_array_of_one_row(poolviz: Any, folder: Path) -> None:
    """A kernel that is given for both axes is meant so: no window of two rows fits."""
    np.save(folder / "row.npy", np.arange(4.0))
    assert "no window fits" in poolviz("run", "row.npy", "--size", "2x2", "--write", "none").err


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        (["--mode", "min"], "mode", "min"),
        (["--size", "3"], "kernel_size", [3, 3]),
        (["--size", "2x3"], "kernel_size", [2, 3]),
        (["--kernel-size", "3"], "kernel_size", [3, 3]),
        (["--stride", "1"], "stride", [1, 1]),
        (["--stride", "1x2"], "stride", [1, 2]),
        (["--padding", "1"], "padding", [[1, 1], [1, 1]]),
        (["--padding", "0x1"], "padding", [[0, 0], [1, 1]]),
        (["--padding", "0:1x1:0"], "padding", [[0, 1], [1, 0]]),
        (["--padding", "0:1", "--stride", "1"], "padding", [[0, 1], [0, 1]]),
        (["--size", "3", "--padding", "same"], "padding", "same"),
        (["--size", "3", "--padding", "same-lower"], "padding", "same_lower"),
        (["--dilation", "2"], "dilation", [2, 2]),
        (["--dilation", "1x2"], "dilation", [1, 2]),
        (["--size", "4", "--ceil"], "ceil_mode", True),
        (["--output-size", "4"], "output_size", [4, 4]),
        (["--output-size", "2x3"], "output_size", [2, 3]),
        (["--mode", "lp:p=3"], "mode_options", {"p": "3"}),
        (["--mode", "global-average"], "output_size", [1, 1]),
    ],
)
def test_options_of_windows_change_spec_and_output(
    arguments: list[str], field: str, value: Any, poolviz: Any
) -> None:
    """Each option is found in the spec that is printed, and changes what comes out."""
    plain = document(poolviz("run", *TEACHING, "--json"))
    changed = document(poolviz("run", *TEACHING, *arguments, "--json"))
    assert changed["spec"][field] == value
    assert changed["output"] != plain["output"]


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        (["--exclude-pad"], "count_include_pad", False),
        (["--divisor", "3"], "divisor_override", 3),
    ],
)
def test_options_of_divisors_change_spec_and_output(
    arguments: list[str], field: str, value: Any, poolviz: Any
) -> None:
    """The options of an average's divisor are found in the spec, and change what comes out."""
    base = ["run", *TEACHING, "--mode", "average", "--padding", "1", "--json"]
    plain, changed = document(poolviz(*base)), document(poolviz(*base, *arguments))
    assert changed["spec"][field] == value
    assert changed["output"] != plain["output"]


@pytest.mark.parametrize("arguments", [["--floor"], ["--padding", "valid"], ["--like", "torch"]])
def test_defaults_may_be_spelled_out(arguments: list[str], poolviz: Any) -> None:
    """An option that says what holds anyway is accepted, and changes nothing."""
    plain = document(poolviz("run", *TEACHING, "--json"))
    assert document(poolviz("run", *TEACHING, *arguments, "--json"))["output"] == plain["output"]


def test_count_include_pad_may_be_spelled_out(poolviz: Any) -> None:
    """--count-include-pad is the default of the rules, and accepted."""
    base = ["run", *TEACHING, "--mode", "average", "--padding", "1", "--json"]
    assert document(poolviz(*base, "--count-include-pad")) == document(poolviz(*base))


def test_like_is_checked(poolviz: Any) -> None:
    """Whose rules is one of those there are."""
    done = poolviz("run", *TEACHING, "--like", "torhc")
    assert done.code == 2
    assert done.failure.startswith("--like: ")


def test_seed_is_refused_by_modes_that_draw_nothing(poolviz: Any) -> None:
    """A seed that nothing would use is refused, not ignored."""
    done = poolviz("run", *TEACHING, "--seed", "1")
    assert done.code == 2
    assert "max is not random" in done.failure


def test_threads_are_used_and_checked(poolviz: Any) -> None:
    """Any number of threads gives the same result; none at all is refused."""
    plain = document(poolviz("run", *TEACHING, "--json"))
    assert document(poolviz("run", *TEACHING, "--threads", "3", "--json")) == plain
    done = poolviz("run", *TEACHING, "--threads", "0")
    assert done.code == 2
    assert done.failure.startswith("--threads: ")


def test_json_has_its_keys_and_nothing_else_is_on_stdout(poolviz: Any) -> None:
    """One line on stdout: an object with exactly the documented keys."""
    done = poolviz("run", "sample:teaching", "--json")
    parsed = document(done)
    assert list(parsed) == KEYS
    assert set(parsed["spec"]) == FIELDS
    assert parsed["source"] == "sample:teaching"
    assert parsed["formula"] == "⌊(6 − 2) / 2⌋ + 1 = 3"
    assert (parsed["input_shape"], parsed["output_shape"]) == ([6, 6], [3, 3])
    assert set(parsed["files"]) == {"before", "after", "window"}
    assert all(Path(path).is_file() for path in parsed["files"].values())
    assert "wrote " in done.err


def test_shapes_of_channels_have_three_numbers(features: Path, poolviz: Any) -> None:
    """A source with channels has three numbers in its shapes, and three levels of lists."""
    parsed = document(poolviz("run", features, "--write", "none", "--json"))
    assert (parsed["input_shape"], parsed["output_shape"]) == ([3, 9, 10], [3, 4, 5])
    assert np.shape(parsed["output"]) == (3, 4, 5)


def test_not_a_number_and_infinities_are_strings(poolviz: Any) -> None:
    """JSON has no NaN: they are strings."""
    arguments = ["--data", "nan inf -inf 1.5", "--size", "1", "--write", "none", "--json"]
    parsed = document(poolviz("run", *arguments))
    assert parsed["output"] == [["NaN", "Infinity", "-Infinity", 1.5]]


@pytest.mark.parametrize(("side", "given"), [(32, True), (33, False)])
def test_output_is_null_above_1024_values(
    side: int, given: bool, poolviz: Any, folder: Path
) -> None:
    """Up to 1,024 values are printed, more are null."""
    np.save(folder / "x.npy", np.zeros((side, side)))
    parsed = document(poolviz("run", "x.npy", "--size", "1", "--write", "none", "--json"))
    assert parsed["output"] == ([[0.0] * side] * side if given else None)
    assert parsed["output_shape"] == [side, side]


def test_large_integers_are_exact_in_json(poolviz: Any) -> None:
    """Integers beyond the floats are printed to the last digit."""
    arguments = ["--data", f"{2**63 + 1} 1", "--size", "1", "--write", "none", "--json"]
    assert document(poolviz("run", *arguments))["output"] == [[2**63 + 1, 1]]


def test_grids_go_to_stdout_and_notes_to_stderr(poolviz: Any) -> None:
    """The result is on stdout; what was read and written is on stderr."""
    done = poolviz("run", "sample:teaching")
    assert done.code == 0
    assert done.out.startswith("input 6×6\n")
    assert done.out.endswith("36 → 9 values, 75 % fewer\n[ ] the cell that gives the output\n")
    assert done.err.splitlines() == [
        "sample:teaching: int64, 6×6",
        "wrote poolviz-out/teaching-max-2x2-before.png",
        "wrote poolviz-out/teaching-max-2x2-after.png",
        "wrote poolviz-out/teaching-max-2x2-window.gif",
    ]


def test_quiet_prints_nothing_but_writes(poolviz: Any) -> None:
    """--quiet leaves out grids and notes; the files are written all the same."""
    done = poolviz("run", "sample:teaching", "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert Path("poolviz-out/teaching-max-2x2-before.png").is_file()


def test_quiet_leaves_the_json(poolviz: Any) -> None:
    """--quiet with --json prints the object and nothing on stderr."""
    done = poolviz("run", *TEACHING, "--quiet", "--json")
    assert document(done)["output"] == [[6, 4, -2], [5, 9, 3], [7, 2, 8]]
    assert done.err == ""


def test_channel_chooses_whose_numbers_are_shown(photo: Path, poolviz: Any) -> None:
    """The shown numbers and arithmetic are those of the chosen channel; the first by default."""
    options = ["--write", "none"]
    outputs = {
        channel: poolviz("run", photo, *options, *(["--channel", channel] if channel else [])).out
        for channel in ("", "R", "G", "B", "2")
    }
    assert outputs[""] == outputs["R"]
    assert outputs["R"].startswith("input 12×16, channel R\n")
    assert outputs["B"] == outputs["2"]
    assert len({outputs["R"], outputs["G"], outputs["B"]}) == 3
    values = api.load(photo).values[1, :2, :2].ravel()
    assert f"max({', '.join(map(str, values))}) = {values.max()}" in outputs["G"]


@pytest.mark.parametrize(
    ("settings", "pictured"),
    [
        ({"COLORTERM": "truecolor"}, True),
        ({"COLORTERM": "24bit"}, True),
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-16color"}, False),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_image_on_a_terminal_has_a_picture_and_all_channels(
    settings: dict[str, str],
    pictured: bool,
    photo: Path,
    poolviz: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The picture with 256 colours or more; the window in each channel on any terminal."""
    monkeypatch.delenv("COLORTERM", raising=False)
    shown = {"FORCE_COLOR": "1", "COLUMNS": "80", "LINES": "24", "TERM": "xterm", **settings}
    for name, value in shown.items():
        monkeypatch.setenv(name, value)
    out = poolviz("run", photo, "--write", "none", "--cell", "1,2").out
    assert ("▀" in out) == pictured
    assert "rows 2 to 3, columns 4 to 5 → output (1, 2)" in out
    values = api.load(photo).values[:, 2:4, 4:6]
    for name, cells in zip(("red", "green", "blue"), values, strict=True):
        assert f"{name}: max({', '.join(map(str, cells.ravel()))}) = {cells.max()}" in out
        assert f"{name} → {cells.max()}" in out


def test_image_on_a_terminal_in_full(
    photo: Path, poolviz: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--full prints all numbers of the channel instead."""
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": "80", "COLORTERM": "truecolor"}.items():
        monkeypatch.setenv(name, value)
    out = poolviz("run", photo, "--write", "none", "--full").out
    assert "▀" not in out
    assert "input 12×16, channel R" in out
    assert "…" not in out


@pytest.mark.slow
def test_channel_changes_only_the_animation(photo: Path, poolviz: Any) -> None:
    """Another channel has an animation of its own; the output has all channels."""
    options = ["--write", "gif", "--json"]
    first = document(poolviz("run", photo, *options))
    second = document(poolviz("run", photo, "--channel", "G", *options))
    assert first["output"] == second["output"]
    assert (
        Path(first["files"]["window"]).read_bytes() != Path(second["files"]["window"]).read_bytes()
    )


def test_unknown_channel_is_refused(photo: Path, poolviz: Any) -> None:
    """A channel that is not there is an error of the data."""
    done = poolviz("run", photo, "--channel", "A")
    assert done.code == 1
    assert done.failure.startswith("--channel: photo.png has no channel 'A'")
    assert not Path("poolviz-out").exists()


def test_options_of_sources_are_passed_on(folder: Path, poolviz: Any) -> None:
    """Key, index, frame, complex part and layout choose within the source."""
    np.savez(folder / "x.npz", a=np.zeros((2, 2)), b=np.ones((2, 2)))
    np.save(folder / "batch.npy", np.arange(2 * 1 * 2 * 2).reshape(2, 1, 2, 2))
    np.save(folder / "complex.npy", np.array([[3 + 4j]]))
    np.save(folder / "hwc.npy", np.arange(2 * 2 * 3).reshape(2, 2, 3))
    frames = [Image.new("L", (2, 2), grey) for grey in (10, 20)]
    frames[0].save(folder / "x.gif", save_all=True, append_images=frames[1:])

    def output(*arguments: str) -> Any:
        parsed = document(poolviz("run", *arguments, "--write", "none", "--json"))
        return np.asarray(parsed["output"]).ravel().tolist()

    assert output("x.npz", "--key", "b") == [1]
    assert output("batch.npy", "--index", "1") == [7]
    assert output("complex.npy", "--complex", "abs", "--size", "1") == [5]
    assert output("complex.npy", "--complex", "imag", "--size", "1") == [4]
    assert output("hwc.npy", "--layout", "hwc") == [9, 10, 11]
    assert set(output("x.gif", "--frame", "1")) == {20}


@pytest.mark.parametrize(
    ("option", "value"),
    [("key", "a"), ("index", "0"), ("frame", "0"), ("complex", "abs"), ("layout", "chw")],
)
@pytest.mark.parametrize("source", [["--data", "1 2"], ["sample:teaching"]])
def test_options_that_do_not_apply_are_refused(
    option: str, value: str, source: list[str], poolviz: Any
) -> None:
    """An option of another kind of source is refused by its name on the command line."""
    done = poolviz("run", *source, f"--{option}", value)
    assert done.code == 2
    assert done.failure.startswith(f"--{option}: ")


def test_a_part_of_real_numbers_is_refused(poolviz: Any, folder: Path) -> None:
    """The remedy names the option as it is typed."""
    np.save(folder / "real.npy", np.ones((2, 2)))
    done = poolviz("run", "real.npy", "--complex", "abs")
    assert (done.code, done.failure) == (1, "real.npy: its values are real; omit --complex")


def test_numbers_from_standard_input(poolviz: Any) -> None:
    """``-`` reads standard input."""
    done = poolviz("run", "-", "--write", "none", "--json", stdin=b"1 3; 2 4")
    assert document(done)["output"] == [[4]]
    assert document(done)["source"] == "standard input"


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        ([], "missing"),
        (["sample:teaching", "--data", "1 2"], "cannot be combined with --data"),
    ],
)
def test_exactly_one_source_is_wanted(arguments: list[str], cause: str, poolviz: Any) -> None:
    """Neither none nor two sources are taken."""
    done = poolviz("run", *arguments)
    assert done.code == 2
    assert done.failure.startswith(f"source: {cause}; ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--size", "7"], "⌊(6 − 7) / 7⌋ + 1 = 0; the largest kernel size that fits"),
        (["--size", "3", "--dilation", "3"], "the largest kernel size that fits here is 2"),
        (["--padding", "2"], "more than half the kernel size, which is 2"),
        (["--output-size", "3", "--size", "2"], "omit"),
        (
            ["--output-size", "9999999x9999999", "--max-memory", "1G"],
            "about 2.8 GB is needed for the windows",
        ),
        (["--mode", "global-max", "--stride", "2"], "omit"),
        (["--mode", "max:p=3"], "max has no parameter 'p'"),
        (["--mode", "lp:p=nan"], "p=nan"),
        (["--mode", "lp:p=0"], "out of range"),
        (["--mode", "maxx"], "did you mean max?"),
        (["--mode", ""], "mode"),
        (["--size", "0"], "out of range"),
        (["--stride", "0"], "out of range"),
        (["--dilation", "0"], "out of range"),
        (["--size", "100000000000000000000"], "out of range"),
        (["--divisor", "2"], "--divisor: max does not use a divisor"),
        (["--exclude-pad"], "--exclude-pad: max does not use a divisor"),
        (["--mode", "average", "--divisor", "0"], "0 cannot be a divisor"),
        (["--theme", "blue"], "--theme: unknown theme 'blue'"),
        (["--write", "jpg"], "--write: unknown kind of file 'jpg'"),
        (["--write", ""], "--write"),
    ],
)
def test_request_without_a_meaning_is_refused(
    arguments: list[str], words: str, poolviz: Any
) -> None:
    """What cannot be meant is an error of usage: what, why, and what to do; nothing is written."""
    done = poolviz("run", "sample:teaching", *arguments)
    assert done.code == 2
    assert words in done.failure
    assert not Path("poolviz-out").exists()


def test_piped_output_is_whole(folder: Path, poolviz: Any) -> None:
    """A map of 40 columns is printed with all of its numbers, in any width."""
    np.save(folder / "wide.npy", np.arange(1000).reshape(25, 40) + 10_000)
    done = poolviz("run", "wide.npy", "--write", "none")
    assert "…" not in done.out
    assert "\x1b" not in done.out
    grid = done.out.split("\n\n")[0]
    assert all(str(value) in grid for value in range(10_000, 11_000))
    assert len([line for line in grid.splitlines() if len(line.split()) >= 40]) == 25


def test_terminal_shows_a_corner_in_colour(
    folder: Path, monkeypatch: pytest.MonkeyPatch, poolviz: Any
) -> None:
    """On a terminal a large map shows a coloured corner, an ellipsis and its true shape."""
    np.save(folder / "wide.npy", np.arange(1600).reshape(40, 40))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    done = poolviz("run", "wide.npy", "--write", "none")
    assert "\x1b[" in done.out
    assert "…" in done.out
    assert "input 40×40" in done.out
    assert "1599" not in done.out.split("output")[0]


def test_notes_tell_what_was_done_to_the_source(folder: Path, poolviz: Any) -> None:
    """What a reader should know of the source is on stderr."""
    np.save(folder / "batch.npy", np.zeros((3, 2, 4, 4)))
    done = poolviz("run", "batch.npy", "--write", "none")
    assert "batch.npy: float64, 2×4×4\n" in done.err
    assert "the first item of a batch of 3; use --index for another item" in done.err


@pytest.mark.slow
def test_part_of_a_large_map_is_said(folder: Path, poolviz: Any) -> None:
    """Where the animation shows a part, the terminal says which."""
    np.save(folder / "large.npy", np.arange(2500).reshape(50, 50))
    done = poolviz("run", "large.npy", "--write", "gif")
    assert "animation: rows " in done.err
    assert " of 50×50" in done.err


def test_help_names_every_option_in_panels(poolviz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The help has all options, in panels, and examples."""
    monkeypatch.setenv("COLUMNS", "120")
    done = poolviz("run", "--help")
    assert done.code == 0
    options = (
        "data key channel index frame complex layout mode size kernel-size stride padding dilation"
        " ceil output-size like count-include-pad exclude-pad divisor seed threads out write"
        " figure save json quiet theme"
    )
    assert all(f"--{option}" in done.out for option in options.split())
    assert all(panel in done.out for panel in ("Source", "Windows", "Rules and numbers", "Output"))
    assert "poolviz run photo.png --mode max --size 2" in done.out


def test_spec_can_be_given_back_to_the_api(poolviz: Any) -> None:
    """The printed spec is a spec: given to the API it gives the same output."""
    arguments = ["--mode", "lp:p=3", "--size", "3", "--stride", "2", "--padding", "1", "--ceil"]
    parsed = document(poolviz("run", *TEACHING, *arguments, "--json"))
    spec = api.PoolSpec(**parsed["spec"])
    result = api.run(api.load("sample:teaching"), spec)
    assert np.allclose(result.output[0], np.array(parsed["output"], float), equal_nan=True)


@pytest.mark.parametrize("name", ["NO_COLOR", "TERM"])
def test_environment_of_terminals_does_not_change_what_is_piped(
    name: str, monkeypatch: pytest.MonkeyPatch, poolviz: Any
) -> None:
    """NO_COLOR and a dumb terminal leave piped output as it is."""
    plain = poolviz("run", *TEACHING).out
    monkeypatch.setenv(name, "dumb")
    assert os.environ[name] == "dumb"
    assert poolviz("run", *TEACHING).out == plain


def test_what_a_mode_makes_of_the_values_is_told(poolviz: Any) -> None:
    """Negative cells count as 0 in stochastic pooling, and that is said."""
    told = "negative cells count as 0"
    run = ("run", "--mode", "stochastic", "--write", "none", "--data")
    assert told in poolviz(*run, "1 -3; 2 4").err
    assert told not in poolviz(*run, "1 3; 2 4").err


def test_a_seed_decides_what_is_drawn(poolviz: Any) -> None:
    """Seeds draw different cells, the same one the same cells, and none means 0."""
    run = ("run", "sample:scene", "--mode", "global-stochastic", "--write", "none", "--json")
    drawn = [document(poolviz(*run, "--seed", str(seed)))["output"] for seed in range(4)]
    assert len({str(output) for output in drawn}) > 1
    assert document(poolviz(*run))["output"] == drawn[0]
