"""``poolviz network``: what the pooling nodes of a network do."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from poolviz.checks import check_integer, check_lengths, shown
from poolviz.cli import complete
from poolviz.cli.answer import Print, pool_and_print
from poolviz.cli.config import COMMAS, TIMES
from poolviz.cli.groups import DEFAULT_WRITE, WRITE_KINDS, ConfigOptions, OutputOptions
from poolviz.cli.options import (
    AsJson,
    Threads,
    numbers,
    output_option,
    pictures_option,
    sizes,
)
from poolviz.cli.pictures import AnimationOptions, PageOptions
from poolviz.cli.printing import note, print_json
from poolviz.cli.terminal import screen_of, show
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget, parse_budget
from poolviz.networks.feeding import NetworkInput, Preparation, feed_array, feed_picture
from poolviz.networks.model import Network, open_network
from poolviz.networks.observe import PLANE, Node, Observation, find_node, observe
from poolviz.output import writing
from poolviz.output.files import figure_suffix, write_all
from poolviz.output.job import OutputRequest, PoolRequest, draw_figure, run_job
from poolviz.output.names import NOTHING, distinct, fitting, safe
from poolviz.output.typesetting import PictureStyle
from poolviz.plugins import unknown
from poolviz.sources import load_values, watch_files
from poolviz.text import series, shortened
from poolviz.views.answers import View
from poolviz.views.answers.observe import node_document

_input = partial(typer.Option, rich_help_panel="Input")
NAMED = "="
ALL_KINDS = "png"
# The options that apply to the list of nodes.
_OF_LIST = frozenset(["figure", "theme", "cmap", "scale", "quiet"])
# The options that apply to the figure of all nodes.
_OF_OVERVIEW = frozenset(
    [
        "width", "title", "caption", "bare", "font", "transparent", "columns", "vmin", "vmax",
        "accent", "decimals",
    ]
)  # fmt: skip
# The options that apply to one node only.
_OF_ONE = frozenset(["save", "html", "play", "full", "kind", "channel", "cell"])
# A longer name of a node is shortened in the names of its files.
LONGEST_NAME = 64


@dataclass(frozen=True, kw_only=True)
class InputOptions:
    """What the network runs on."""

    inputs: Annotated[
        list[str] | None,
        _input(
            "--input",
            autocompletion=complete.sources,
            help="Picture, .npy or .npz file, or sample:NAME. If the network has several inputs,"
            " repeat the option with NAME=SOURCE.",
        ),
    ] = None
    index: Annotated[
        int, _input(min=0, help="Index of the map to show in a batch, counting from 0.")
    ] = 0
    factor: Annotated[
        str | None,
        _input(
            "--scale",
            help="Multiply values by this, e.g. 1/255 or 0.5.",
            show_default="1/255 for 8-bit pictures",
        ),
    ] = None
    mean: Annotated[
        str,
        _input(
            help="Subtract this mean after scaling: one number, or one per channel, separated by"
            " commas."
        ),
        COMMAS,
    ] = "0"
    std: Annotated[
        str,
        _input(
            help="Divide by this standard deviation after subtracting the mean: one number, or one"
            " per channel, separated by commas."
        ),
        COMMAS,
    ] = "1"
    resize: Annotated[
        str | None,
        _input(help="Resize pictures to ROWSxCOLS, e.g. 224x224, if the network accepts any size."),
        TIMES,
    ] = None
    key: Annotated[str | None, _input(help="Name of the array in an .npz file.")] = None
    frame: Annotated[
        int | None, _input(min=0, help="Index of the frame in an animated image, counting from 0.")
    ] = None
    max_memory: Annotated[
        str | None,
        _input(
            help="Maximum memory for array data, e.g. 2G. This limit also covers the maps inside"
            " the network whose sizes can be worked out from the input size.",
            show_default="half of the free memory",
        ),
    ] = None

    def preparation(self) -> Preparation:
        """How pictures are prepared for the network.

        Raises:
            SpecError: an option cannot be read.
        """
        mean, std = numbers("--mean", self.mean), numbers("--std", self.std)
        if 0 in std:
            cause = "a standard deviation cannot be 0"
            raise SpecError("--std", cause, "give the one that the network was trained with")
        scale = None
        if self.factor is not None:
            scale, *others = numbers("--scale", self.factor)
            if others or not scale:
                cause = f"{shown(self.factor)} is not a scale factor"
                raise SpecError("--scale", cause, "use one number other than 0, e.g. 1/255 or 0.5")
        size = None
        if self.resize is not None:
            height, width = check_lengths("--resize", sizes("--resize", self.resize), 1)
            size = height, width
        return Preparation(mean, std, scale, size)

    def values(self, network: Network) -> dict[str, NetworkInput]:
        """The values for each input of ``network``.

        Raises:
            SpecError: an input has no source, or one that does not fit it.
            SourceError: a source cannot be read.
        """
        watch_files()
        budget = parse_budget(self.max_memory)
        preparation = self.preparation()
        values: dict[str, NetworkInput] = {}
        pictures = 0
        sources = self._sources([slot.name for slot in network.slots])
        for slot in network.slots:
            source = sources[slot.name]
            read = load_values(source, key=self.key, frame=self.frame, max_memory=self.max_memory)
            if isinstance(read, FeatureMap) and read.value_range is not None:
                values[slot.name] = feed_picture(slot, read, preparation, budget)
                pictures += 1
            else:
                # Text of two axes is read as a map of one channel.
                array = read.values.reshape(read.shape) if isinstance(read, FeatureMap) else read
                values[slot.name] = feed_array(slot, array, source, preparation)
        if self.resize is not None and not pictures:
            raise SpecError(
                "--resize", "resizes pictures only, and no input is a picture", "omit it"
            )
        if preparation.given and not any("scale" in each.document for each in values.values()):
            raise SpecError("--mean", "no input has channels", "omit --mean, --std and --scale")
        return values

    def _sources(self, names: list[str]) -> dict[str, str]:
        """The source of each input of the network."""
        sources: dict[str, str] = {}
        for text in self.inputs or ():
            name, equals, source = text.partition(NAMED)
            if len(names) > 1 and equals and name not in names:
                raise unknown("--input", name, names, "input")
            if not equals or name not in names:
                if len(names) > 1:
                    listing = series([f"--input {each}{NAMED}SOURCE" for each in names], "and")
                    cause = (
                        f"{shown(text)} does not name an input, and the network has {len(names)}"
                    )
                    raise SpecError("--input", cause, f"use {listing}")
                name, source = names[0], text
            if name in sources:
                raise SpecError(
                    "--input", f"input {shown(name)} has two sources", "omit one of them"
                )
            sources[name] = source
        missing = [name for name in names if name not in sources]
        if missing:
            hint = f"--input {missing[0]}{NAMED}SOURCE" if len(names) > 1 else "--input SOURCE"
            raise SpecError("--input", f"input {shown(missing[0])} has no source", f"add {hint}")
        return sources


@dataclass(frozen=True)
class NodeFigureOptions(PageOptions):
    """As :class:`PageOptions`, with --enlarge only: --scale is for values here."""

    scale: Annotated[
        int | None,
        pictures_option(
            "--enlarge",
            help="Pixels per cell in before and after pictures, e.g. 1; other pictures are enlarged"
            " by this factor.",
            show_default="1, or more in before and after pictures of small maps",
        ),
    ] = None


@dataclass(frozen=True)
class NodeOutputOptions(OutputOptions):
    """As :class:`OutputOptions`, with another default for one node than for all of them."""

    write: Annotated[
        str | None,
        output_option(
            help=f"Kinds of files to write, separated by commas: {WRITE_KINDS}.",
            show_default=f"{ALL_KINDS} with --all; {DEFAULT_WRITE} with --node; {NOTHING} with"
            " --figure, --html or --save",
        ),
        COMMAS,
    ] = None


@dataclass(frozen=True)
class NodeRequest:
    """What to print, draw and write for nodes.

    Args:
        outputs: what is written.
        figures: further files, and how pictures look.
        animation: how animations run.
        channel: the channel that is shown; None for the most active one.
        threads: the maximum number of threads.
        budget: the memory that may be used.
        as_json: whether plain data is printed.
    """

    outputs: NodeOutputOptions
    figures: NodeFigureOptions
    animation: AnimationOptions
    channel: str | None
    threads: int | None
    budget: Budget
    as_json: bool

    @property
    def look(self) -> PictureStyle:
        """How pictures look and animations run."""
        return self.figures.look(self.animation)

    def all_files(self) -> OutputRequest:
        """What is written for each node with --all."""
        outputs = self.outputs
        return OutputRequest(outputs.out, outputs.write or ALL_KINDS, outputs.kind, self.look)

    def one_files(self) -> OutputRequest:
        """What is written for the node of --node."""
        outputs, figures = self.outputs, self.figures
        return OutputRequest(
            outputs.out,
            outputs.kinds(figures.figure, figures.html),
            outputs.kind,
            self.look,
            figure=figures.figure,
            save=outputs.save,
            html=figures.html,
        )

    def check(self, *, one: bool, all_nodes: bool) -> None:
        """Raise SpecError for options that cannot be followed, before any work is done."""
        if self.threads is not None:
            check_integer("threads", self.threads, 1)
        if one:
            self.one_files().check(printed=not (self.as_json or self.outputs.quiet))
            return
        remedy = "use --node instead of --all" if all_nodes else "add --node"
        self._refuse(lambda name: name in _OF_ONE, "applies only to a single node", remedy)
        if all_nodes:
            self.all_files().check(named=False)
        else:
            cause = "has no effect without --node or --all"
            drawn = _OF_OVERVIEW if self.figures.figure is not None else frozenset()
            self._refuse(lambda name: name not in _OF_LIST | drawn, cause, "add one of them")
            self.figures.check()

    def check_files(self) -> None:
        """See whether the files that options name can be written, before the network runs.

        Raises:
            SpecError: one of them is a file that is read.
            OutputError: one cannot be written.
        """
        for path in (self.figures.figure, self.figures.html, self.outputs.save):
            if path is not None:
                writing.check(path)

    def _refuse(self, applies: Callable[[str], bool], cause: str, remedy: str) -> None:
        """Raise SpecError if an option to which ``applies`` is not at its default."""
        values = [
            (field.name, getattr(group, field.name) != field.default)
            for group in (self.outputs, self.figures, self.animation)
            for field in fields(group)
        ]
        for name, is_set in [*values, ("channel", self.channel is not None)]:
            if is_set and applies(name):
                raise SpecError(name, cause, remedy)


def command(
    *,
    inputs: InputOptions,
    outputs: NodeOutputOptions,
    figures: NodeFigureOptions,
    animation: AnimationOptions,
    config: ConfigOptions,
    model: Annotated[
        str,
        typer.Argument(
            autocompletion=complete.networks,
            help="An .onnx file, or sample:NAME, e.g. sample:shapes.",
        ),
    ],
    node: Annotated[
        str | None,
        typer.Option(
            help="Pool the input of this node (a name or number); all output options of poolviz run"
            " then apply."
        ),
    ] = None,
    every_node: Annotated[
        bool, typer.Option("--all", help="Write pictures of every node, and an overview.")
    ] = False,
    channel: Annotated[
        str | None,
        typer.Option(
            help="Channel of the node to show, given by name or by number, counting from 0.",
            show_default="the most active one",
        ),
    ] = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    r"""Run MODEL, list its pooling nodes, and show what each does to its input.

    Requires the onnx extra: pip install 'poolviz\[onnx]'.

    Examples:
      poolviz network sample:shapes --input sample:shapes

      poolviz network model.onnx --input photo.png --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225

      poolviz network model.onnx --input photo.png --node 1 --figure pool.svg

      poolviz network model.onnx --input photo.png --all --out maps
    """
    del config
    if node is not None and every_node:
        raise SpecError("--all", "cannot be combined with --node", "omit one of them")
    budget = parse_budget(inputs.max_memory)
    request = NodeRequest(outputs, figures, animation, channel, threads, budget, as_json)
    request.check(one=node is not None, all_nodes=every_node)
    inputs.preparation()
    network = open_network(model, budget, threads)
    with writing.keeping(network.files):
        request.check_files()
        seen = observe(network, inputs.values(network), inputs.index, threads)
        if node is not None:
            pool_node(seen, find_node(seen.nodes, node), request, network.path)
        elif every_node:
            pool_all(seen, request, network.path)
        else:
            files = write_all(_overview(seen, request, request.figures.figure), network.path)
            _print_list(seen, request, files)


def pool_node(seen: Observation, node: Node, request: NodeRequest, source: Path) -> None:
    """Show one node as ``run`` shows a feature map.

    Raises:
        PoolvizError: its maps have three spatial axes, or an output cannot be written.
    """
    outputs = request.outputs
    notes = [f"{name}: {fed.document['source']}, {fed.words}" for name, fed in seen.fed.items()]
    notes.append(f"{node.name}: {node.agreement}")
    channel = request.channel
    if channel is None:
        channel = str(node.layer.most_active[0])
        notes.append(f"channel {channel}: the most active one; --channel chooses another")
    printed = Print(
        request.as_json,
        outputs.quiet,
        outputs.play,
        outputs.full,
        document={"node": node_document(node)},
        notes=tuple(notes),
    )
    printed.check()
    pooling = replace(_pooling(node, request), channel=channel)
    pool_and_print(_feature_map(seen, node, source), pooling, request.one_files(), printed)


def pool_all(seen: Observation, request: NodeRequest, source: Path) -> None:
    """Print the nodes; write pictures of each of them, and an overview.

    Raises:
        PoolvizError: an output cannot be written.
    """
    order = request.all_files()
    files: dict[str, str] = {}
    style = "".join(f"-{word}" for word in order.look.words)
    overview = request.outputs.out / f"{fitting(distinct(seen.name), safe(f'overview{style}'))}.png"
    writing.check(overview)
    # Maps of three spatial axes are not drawn, as the overview says.
    for node in (node for node in seen.nodes if node.layer.spec.rank == PLANE):
        done = run_job(_feature_map(seen, node, source), _pooling(node, request), order)
        files |= {f"{node.number}-{node.name}-{kind}": path for kind, path in done.files.items()}
    files |= write_all(_overview(seen, request, overview), source)
    files |= write_all(_overview(seen, request, request.figures.figure), source)
    _print_list(seen, request, files)


def _print_list(seen: Observation, request: NodeRequest, files: dict[str, str]) -> None:
    if request.as_json:
        print_json(View(seen).document() | {"files": files})
    elif not request.outputs.quiet:
        show(View(seen).lines(screen_of(request.look.theme)))
    if not request.outputs.quiet:
        for path in files.values():
            note(f"wrote {path}")


def _overview(
    seen: Observation, request: NodeRequest, path: Path | None
) -> dict[str, tuple[Path, bytes]]:
    """The overview as a file, if there is a path for it."""
    if path is None:
        return {}
    style = request.look
    scene = style.figure(lambda theme: View(seen).scene(theme, style.columns))
    drawn = draw_figure(scene, figure_suffix(path), request.budget, style.font)
    return {"figure": (path, drawn)}


def _feature_map(seen: Observation, node: Node, source: Path) -> FeatureMap:
    """The input of a node; its files are named after the model, the node's number and name."""
    name = f"{seen.name}-{node.number}-{shortened(node.name.strip('/'), LONGEST_NAME)}"
    label = f"{seen.shown}, {node.name}"
    return replace(node.layer.feature_map, name=name, source=label, path=source)


def _pooling(node: Node, request: NodeRequest) -> PoolRequest:
    return PoolRequest(node.layer.spec, request.channel, None, request.threads, request.budget)
