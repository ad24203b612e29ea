"""``poolviz network``: the pooling nodes of a network of one's own, at work."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from poolviz.checks import shown
from poolviz.cli import complete
from poolviz.cli.groups import AnimationOptions, ConfigOptions, OutputOptions, PageOptions
from poolviz.cli.options import AsJson

if TYPE_CHECKING:
    from poolviz.feature_map import FeatureMap
    from poolviz.memory import Budget
    from poolviz.networks.feeding import NetworkInput, Preparation
    from poolviz.networks.model import Network
    from poolviz.windows import Array


_input = partial(typer.Option, rich_help_panel="Input")
_output = partial(typer.Option, rich_help_panel="Output")
_pictures = partial(typer.Option, rich_help_panel="Pictures")
NAMED = "="


@dataclass(frozen=True, kw_only=True)
class InputOptions:
    """What goes into a network."""

    inputs: Annotated[
        list[str] | None,
        _input(
            "--input",
            autocompletion=complete.sources,
            help="A picture, an .npy, sample:NAME; NAME=SOURCE for each of several inputs.",
        ),
    ] = None
    index: Annotated[int, _input(min=0, help="Which of a batch is shown.")] = 0
    factor: Annotated[
        str | None,
        _input(
            "--scale",
            help="By what values are multiplied, 1/255 or 0.5; pictures to 0–1 unless given.",
        ),
    ] = None
    mean: Annotated[
        str, _input(help="What is then subtracted: one number, or with commas one per channel.")
    ] = "0"
    std: Annotated[str, _input(help="By what is then divided, as --mean.")] = "1"
    resize: Annotated[
        str | None, _input(help="Rows x columns of the picture, where the network takes any.")
    ] = None
    key: Annotated[str | None, _input(help="Array of an .npz.")] = None
    frame: Annotated[int | None, _input(min=0, help="Frame of an animated image.")] = None
    max_memory: Annotated[
        str | None,
        _input(
            help="Memory that values may take, e.g. 2G; half of what is free. MapFigure within the"
            " network count where their sizes follow from those of its inputs."
        ),
    ] = None

    @property
    def budget(self) -> "Budget":
        """The memory that may be used.

        Raises:
            SpecError: it is no amount.
        """
        from poolviz.memory import parse_budget

        return parse_budget(self.max_memory)

    def preparation(self) -> "Preparation":
        """How pictures become what the network was taught.

        Raises:
            SpecError: an option cannot be read.
        """
        from poolviz.checks import check_lengths
        from poolviz.cli.options import numbers, sizes
        from poolviz.errors import SpecError
        from poolviz.networks.feeding import Preparation

        mean, std = numbers("--mean", self.mean), numbers("--std", self.std)
        if 0 in std:
            raise SpecError("--std", "0 cannot be divided by", "give what the network was taught")
        scale = self._scale()
        size = None
        if self.resize is not None:
            height, width = check_lengths("--resize", sizes("--resize", self.resize), 1)
            size = height, width
        return Preparation(mean, std, scale, size)

    def _scale(self) -> float | None:
        from poolviz.cli.options import numbers
        from poolviz.errors import SpecError

        if self.factor is None:
            return None
        scale, *others = numbers("--scale", self.factor)
        if others or not scale:
            cause = f"{shown(self.factor)} is no single number but 0"
            raise SpecError("--scale", cause, "write 1/255 or 0.5")
        return scale

    def fed(self, network: "Network") -> "dict[str, NetworkInput]":
        """What goes into each input of ``network``.

        Raises:
            SpecError: an input gets nothing, or what does not fit it; a name is that of none.
            SourceError: a source cannot be read.
        """
        from poolviz.errors import SpecError
        from poolviz.feature_map import FeatureMap
        from poolviz.networks.feeding import feed_array, feed_picture
        from poolviz.sources import load_values, watch_files

        watch_files()
        preparation, fed = self.preparation(), {}
        pictures = 0
        sources = self._sources([slot.name for slot in network.slots])
        for slot in network.slots:
            source = sources[slot.name]
            read = load_values(source, key=self.key, frame=self.frame, max_memory=self.max_memory)
            if isinstance(read, FeatureMap) and read.value_range is not None:
                fed[slot.name] = feed_picture(slot, read, preparation, self.budget)
                pictures += 1
            else:
                fed[slot.name] = feed_array(slot, _plain(read), source, preparation)
        if self.resize is not None and not pictures:
            raise SpecError("--resize", "arrays are taken as they are", "leave it out")
        if preparation.given and not any("scale" in each.document for each in fed.values()):
            cause = "no input has channels"
            raise SpecError("--mean", cause, "leave out --mean, --std and --scale")
        return fed

    def _sources(self, names: list[str]) -> dict[str, str]:
        """The source of each input."""
        from poolviz.errors import SpecError
        from poolviz.plugins import unknown

        found: dict[str, str] = {}
        for words in self.inputs or ():
            name, equals, source = words.partition(NAMED)
            if len(names) > 1 and equals and name not in names:
                raise unknown("--input", name, names)
            named = bool(equals) and name in names
            name, source = (name, source) if named else (names[0], words)
            if name in found:
                raise SpecError("--input", f"{shown(name)} is given twice", "leave out one")
            if len(names) > 1 and not named:
                listing = ", ".join(f"--input {each}{NAMED}SOURCE" for each in names)
                raise SpecError(
                    "--input",
                    f"it is unclear for which input {shown(words)} is",
                    f"write {listing}",
                )
            found[name] = source
        missing = [name for name in names if name not in found]
        if missing:
            hint = f"--input {missing[0]}{NAMED}SOURCE" if len(names) > 1 else "--input SOURCE"
            raise SpecError("--input", f"nothing is given for {shown(missing[0])}", f"add {hint}")
        return found


def _plain(read: "FeatureMap | Array") -> "Array":
    """The array itself; that of two axes, where the source had two."""
    from poolviz.feature_map import FeatureMap

    return read.values.reshape(read.shape) if isinstance(read, FeatureMap) else read


@dataclass(frozen=True)
class NodeFigureOptions(PageOptions):
    """As :class:`PageOptions`; ``--scale`` is said of the input here."""

    scaled_by: ClassVar[str] = "--enlarge"
    scale: Annotated[
        int, _pictures("--enlarge", min=1, help="A whole factor by which pictures are enlarged.")
    ] = 1


@dataclass(frozen=True)
class NodeOutputOptions(OutputOptions):
    """As :class:`OutputOptions`; what is written depends on how many nodes are meant."""

    write: Annotated[
        str,
        _output(help="What to write there, as run has it; png,gif of a --node, png of --all."),
    ] = ""


def command(
    inputs: InputOptions,
    outputs: NodeOutputOptions,
    figures: NodeFigureOptions,
    animation: AnimationOptions,
    config: ConfigOptions,
    model: Annotated[
        str,
        typer.Argument(
            autocompletion=complete.networks, help="An .onnx file, or sample:NAME (shapes)."
        ),
    ],
    node: Annotated[
        str | None,
        typer.Option(help="A node by name or number: all that run gives, of what enters it."),
    ] = None,
    every_node: Annotated[
        bool, typer.Option("--all", help="Pictures of every node, and an overview.")
    ] = False,
    channel: Annotated[
        str | None, typer.Option(help="Channel whose numbers are shown, of one node.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="At most so many; the cores unless given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    r"""Run MODEL, list its pooling nodes, and show what each does to the maps that reach it.

    Needs the extra: pip install 'poolviz\[onnx]'.

    Examples:
      poolviz network sample:shapes --input sample:shapes

      poolviz network model.onnx --input photo.png --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225

      poolviz network model.onnx --input photo.png --node 1 --figure pool.svg

      poolviz network model.onnx --input photo.png --all --out maps
    """
    from poolviz.cli.networking import NodeRequest, list_nodes, pool_all, pool_node
    from poolviz.errors import SpecError
    from poolviz.networks.model import open_network
    from poolviz.networks.observe import find_node, observe
    from poolviz.output import writing

    del config
    if node is not None and every_node:
        raise SpecError("--all", "one node is named already", "leave out --node or --all")
    budget = inputs.budget
    wanted = NodeRequest(outputs, figures, animation, channel, threads, budget, as_json)
    wanted.check(one=node is not None, all_nodes=every_node)
    inputs.preparation()
    network = open_network(model, budget, threads)
    with writing.keeping(network.files):
        wanted.check_files()
        seen = observe(network, inputs.fed(network), inputs.index, threads)
        if node is not None:
            pool_node(seen, find_node(seen.nodes, node), wanted, network.path)
        elif every_node:
            pool_all(seen, wanted, network.path)
        else:
            list_nodes(seen, wanted, network.path)
