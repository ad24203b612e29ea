"""A plug-in's file that cannot be used is named, with what is wrong in it, in one line."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import poolviz
from poolviz import PoolSpec, frameworks, lessons, modes, sources
from poolviz.analysis import layers
from poolviz.cli import commands
from poolviz.errors import PluginError
from poolviz.modes import _mode
from poolviz.views import figures

Add = Callable[[ModuleType, str, str], None]
MODE = """
from dataclasses import dataclass
from poolviz.modes._mode import {base}

@dataclass(frozen=True)
class Later({base}):
    summary, formula, citation = "s", "f", "c"
"""
COMMAND = """
from typing import Annotated
import typer
from poolviz.cli.groups import WindowOptions

def command(windows: WindowOptions, {parameter}) -> None:
    '''Do nothing.'''
"""
RUN = ("run", "--data", "1 3; 2 4", "--write", "none")


@pytest.mark.parametrize(
    ("package", "source", "arguments", "cause"),
    [
        (modes, "def broken(:\n", ("modes",), "cannot be imported (line 1: invalid syntax)"),
        (modes, "\n\n1 / 0\n", ("modes",), "(line 3: ZeroDivisionError: division by zero)"),
        (modes, "import json\n\njson.loads('')", ("modes",), "(line 3: JSONDecodeError: "),
        (modes, "", ("modes",), "does not define a class derived from Mode"),
        (
            modes,
            "from poolviz.modes._mode import Mode\nclass Later(Mode):\n    summary = ''\n",
            ("modes", "later"),
            "does not define formula and citation",
        ),
        (frameworks, "", ("shape", "6x6", "--like", "all"), "does not define RULE"),
        (frameworks, "RULE = 'later'", (*RUN, "--like", "later"), "does not define RULE as a Rule"),
        (
            frameworks,
            "RULE = 1\ndef write(plan): pass",
            ("code", "6x6"),
            "does not define IMPORT and LAYOUT",
        ),
        (frameworks, "import nothing_of_this_name", ("code",), "ModuleNotFoundError"),
        (sources, "SUFFIXES = ()", ("run", "x.later"), "does not define recognises and read"),
        (lessons, "ORDER = 1", ("demo", "--list"), "does not define TITLE, TEXT, TRY and exhibits"),
        (figures, "", (*RUN, "--figure", "f.svg", "--kind", "later"), "does not define scene"),
        (layers, "", ("stack", "sample:teaching", "later"), "does not define LAYER"),
        (commands, "", ("later",), "does not define command"),
        (commands, "x = (", ("later",), "cannot be imported (line 1: '(' was never closed)"),
    ],
)
def test_an_unusable_file_is_named(
    package: ModuleType,
    source: str,
    arguments: tuple[str, ...],
    cause: str,
    add_file: Add,
    folder: Any,
    poolviz: Any,
) -> None:
    """With what it lacks, or with the line that cannot be run; without a traceback."""
    (folder / "x.later").write_bytes(b"\x00")
    add_file(package, "later", source)
    done = poolviz(*arguments)
    assert done.code == 1
    file, _, reason = done.failure.partition(": ")
    assert file.endswith(f"{package.__name__}/later.py")
    assert cause in reason


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("", "does not define command"),
        ("command = 1", "does not define command"),
        ("x = (", "cannot be imported (line 1: '(' was never closed)"),
    ],
)
def test_the_help_of_other_commands_is_still_printed(
    source: str, cause: str, add_file: Add, poolviz: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong with a command's file stands where its summary would."""
    monkeypatch.setenv("COLUMNS", "400")
    add_file(commands, "later", source)
    done = poolviz("--help")
    assert done.code == 0
    (line,) = (line for line in done.out.splitlines() if " later " in line)
    assert "poolviz.cli.commands/later.py: " in line
    assert cause in line
    assert "List the pooling modes" in done.out


@pytest.mark.parametrize("base", ["Mode", "FoldMode"])
def test_a_mode_without_a_method_is_named_with_it(base: str, add_file: Add) -> None:
    """The file, the mode and the method."""
    add_file(modes, "later", MODE.format(base=base))
    with pytest.raises(PluginError, match=r"later\.py: .* reduce\(\) in the class Later; .*file"):
        poolviz.pool([[1, 2], [3, 4]], "later", 2)


@pytest.mark.parametrize("method", ["reduce", "weights", "expression"])
def test_each_method_that_a_mode_must_define_is_named(method: str) -> None:
    """By its own name; the shared code is not to be removed."""
    arguments = [None] * (2 if method == "expression" else 1)
    with pytest.raises(
        PluginError, match=rf"does not define {method}\(\) in the class Mode; define .* shows$"
    ):
        getattr(_mode.Mode(), method)(*arguments)
    with pytest.raises(
        PluginError, match=r"does not define fold\(\) in the class FoldMode; define .* shows$"
    ):
        _ = _mode.FoldMode().fold


@pytest.mark.parametrize(
    ("parameter", "item"),
    [
        ("stride: int = 1", "the parameter stride"),
        ("width: Annotated[int, typer.Option('--size')] = 1", "the option --size"),
    ],
)
def test_an_option_that_is_declared_twice_is_named(
    parameter: str, item: str, add_file: Add, poolviz: Any
) -> None:
    """With the group that has it and the file that repeats it."""
    add_file(commands, "later", COMMAND.format(parameter=parameter))
    failure = poolviz("later").failure
    file, _, reason = failure.partition(": ")
    assert file.endswith("poolviz.cli.commands/later.py")
    assert reason == (
        f"{item} is declared twice, by the group poolviz.cli.groups.WindowOptions and"
        " the command itself; rename one of them"
    )


def test_a_new_framework_reads_its_layers(add_file: Add) -> None:
    """``PoolSpec.from_layer`` finds it by its name; a framework without a reader is refused."""
    add_file(
        frameworks,
        "minnow",
        "from poolviz.frameworks._rule import Rule\nfrom poolviz.spec import PoolSpec\n"
        "RULE = Rule('minnow', '')\n"
        "def read(layer, more=0): return PoolSpec('max', layer + more, like='minnow')\n",
    )
    assert PoolSpec.from_layer("minnow", 3) == PoolSpec("max", 3, like="minnow")
    assert PoolSpec.from_layer("minnow", 3, more=1).kernel_size == (4, 4)
    with pytest.raises(poolviz.SpecError, match="did you mean minnow"):
        PoolSpec.from_layer("minow", 3)
    words = "poolviz cannot read Caffe layers; use one of keras, minnow, onnx, torch"
    with pytest.raises(poolviz.SpecError, match=words):
        PoolSpec.from_layer("caffe", 3)


class MaxPool2d:
    """As PyTorch's, with its attributes."""

    kernel_size, stride, padding, dilation, ceil_mode = 3, 2, 1, 1, True


class MaxPooling2D:
    """As Keras's."""

    pool_size, strides, padding = (3, 3), (2, 2), "same"


class Node:
    """As ONNX's, with indices by columns."""

    op_type = "MaxPool"
    attribute = (
        SimpleNamespace(name="kernel_shape", type=7, ints=[3, 3]),
        SimpleNamespace(name="storage_order", type=2, i=1),
    )


def test_the_named_readers_are_those_of_from_layer() -> None:
    """With their settings."""
    assert PoolSpec.from_layer("torch", MaxPool2d()) == PoolSpec.from_torch(MaxPool2d())
    assert PoolSpec.from_layer("keras", MaxPooling2D()) == PoolSpec.from_keras(MaxPooling2D())
    with pytest.warns(UserWarning, match="storage_order") as caught:
        spec = PoolSpec.from_layer("onnx", Node(), rank=2, opset=18)
    with pytest.warns(UserWarning, match="storage_order") as caught_again:
        assert spec == PoolSpec.from_onnx(Node(), rank=2, opset=18)
    assert spec.like == "onnx@opset18"
    # A warning points to the line that reads the node.
    assert caught[0].filename == caught_again[0].filename == __file__
