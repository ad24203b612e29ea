"""What ``network`` does: lists the nodes, or pools what enters one of them or each."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path

from poolviz.checks import check_integer
from poolviz.cli.answer import Print, note, pool_and_print, print_json
from poolviz.cli.commands.network import NodeFigureOptions, NodeOutputOptions
from poolviz.cli.groups import AnimationOptions
from poolviz.cli.terminal import screen_of, show
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget
from poolviz.networks.observe import PLANE, Node, Observation
from poolviz.output import writing
from poolviz.output.files import figure_suffix, write_all
from poolviz.output.job import OutputRequest, PictureStyle, PoolRequest, run_job
from poolviz.output.names import distinct, fitting, safe
from poolviz.text import shortened
from poolviz.views.answers.network import (
    difference_words,
    network_document,
    network_lines,
    node_document,
)

OF_ONE, OF_ALL = "png,gif", "png"
# What is written of the listing, besides the looks of it.
_OF_LISTING = frozenset(["figure", "theme", "cmap", "scale", "quiet"])
_NOT_OF_ALL = frozenset(["save", "html", "play", "full", "kind", "channel"])
# Of a longer name of a node its file has both ends.
LONGEST_NAME = 64


@dataclass(frozen=True)
class NodeRequest:
    """What is wanted of nodes.

    Args:
        outputs: what is written.
        figures: further files, and how pictures look.
        animation: how animations run.
        channel: which channel is shown.
        threads: at most so many.
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
        """How pictures look and run."""
        return self.figures.look(self.animation)

    def order(self, usual: str, figure: Path | None = None, **files: Path | None) -> OutputRequest:
        """What is written of a node; what is usual unless it is said."""
        outputs = self.outputs
        return OutputRequest(
            outputs.out, outputs.write or usual, outputs.kind, self.look, figure, **files
        )

    def order_of_one(self) -> OutputRequest:
        """What is written of the only node that is meant."""
        html, save = self.figures.html, self.outputs.save
        return self.order(OF_ONE, self.figures.figure, save=save, html=html)

    def check(self, *, one: bool, all_nodes: bool) -> None:
        """Raise SpecError for what cannot be meant, before any work is done."""
        if self.threads is not None:
            check_integer("threads", self.threads, 1)
        if one:
            self.order_of_one().check()
        elif all_nodes:
            self._refuse_given("give --node instead of --all", lambda name: name in _NOT_OF_ALL)
            self.order(OF_ALL).check()
        else:
            self._refuse_given("give --node, too", lambda name: name in _NOT_OF_ALL)
            self._refuse_given("give --node or --all, too", lambda name: name not in _OF_LISTING)
            self.figures.check()

    def check_files(self) -> None:
        """See whether the files that are named can be written, before the network runs.

        Raises:
            SpecError: one is a file that is read.
            OutputError: one cannot be written.
        """
        for path in (self.figures.figure, self.figures.html, self.outputs.save):
            if path is not None:
                writing.check(path)

    def _refuse_given(self, remedy: str, concerned: Callable[[str], bool]) -> None:
        groups = (self.outputs, self.figures, self.animation)
        given = [
            field.name
            for group in groups
            for field in fields(group)
            if concerned(field.name) and getattr(group, field.name) != field.default
        ]
        given += ["channel"] * (self.channel is not None and concerned("channel"))
        if given:
            name = f"--{given[0].replace('_', '-')}"
            raise SpecError(name, "it is said of one node", remedy)


def list_nodes(seen: Observation, wanted: NodeRequest, source: Path) -> None:
    """Print the nodes; write their overview, if one is asked for.

    Raises:
        PoolvizError: it cannot be written.
    """
    files = write_all(_overview(seen, wanted, wanted.figures.figure), source)
    _print_listing(seen, wanted, files)


def _print_listing(seen: Observation, wanted: NodeRequest, files: dict[str, str]) -> None:
    if wanted.as_json:
        print_json(network_document(seen) | {"files": files})
    elif not wanted.outputs.quiet:
        show(network_lines(seen, screen_of(wanted.look.theme)))
    if not wanted.outputs.quiet:
        for path in files.values():
            note(f"wrote {path}")


def _overview(
    seen: Observation, wanted: NodeRequest, path: Path | None
) -> dict[str, tuple[Path, bytes]]:
    """The overview as ``path`` asks, if there is one."""
    if path is None:
        return {}
    # matplotlib takes as long as a small network.
    from poolviz.views.answers.network import network_scene
    from poolviz.views.paint.vector import check_figure, figure_bytes

    scene = network_scene(seen, wanted.look.theme).enlarged(wanted.figures.scale)
    suffix = figure_suffix(path)
    check_figure(scene, suffix, wanted.budget)
    return {"figure": (path, figure_bytes(scene, suffix))}


def pool_node(seen: Observation, node: Node, wanted: NodeRequest, source: Path) -> None:
    """Give of one node all that ``run`` gives of a map.

    Raises:
        PoolvizError: its maps have three spatial axes, or an output cannot be written.
    """
    order, outputs = wanted.order_of_one(), wanted.outputs
    difference = difference_words(node.max_difference)
    notes: tuple[str, ...] = (
        *(f"{name}: {fed.document['source']}, {fed.words}" for name, fed in seen.fed.items()),
        f"ONNX Runtime's own output of {node.name} differs by {difference}",
    )
    shown = str(node.layer.most_active[0]) if wanted.channel is None else wanted.channel
    if wanted.channel is None:
        notes += (f"channel {shown}: the most active; --channel chooses another",)
    document = {"node": node_document(node)}
    printed = Print(wanted.as_json, outputs.quiet, outputs.play, outputs.full, document, notes)
    printed.check()
    pooling = replace(_pooling(node, wanted), channel=shown)
    pool_and_print(_feature_map(seen, node, source), pooling, order, printed)


def pool_all(seen: Observation, wanted: NodeRequest, source: Path) -> None:
    """Print the nodes, write the pictures of each, and an overview.

    Raises:
        PoolvizError: an output cannot be written.
    """
    order = wanted.order(OF_ALL)
    files: dict[str, str] = {}
    look = "".join(f"-{word}" for word in order.look.words)
    overview = wanted.outputs.out / f"{fitting(distinct(seen.name), safe(f'overview{look}'))}.png"
    writing.check(overview)
    # MapFigure of three spatial axes have no pictures, as the overview says.
    drawn = [node for node in seen.nodes if node.layer.spec.rank == PLANE]
    for node in drawn:
        done = run_job(_feature_map(seen, node, source), _pooling(node, wanted), order)
        files |= {f"{node.number}-{node.name}-{kind}": path for kind, path in done.files.items()}
    files |= write_all(_overview(seen, wanted, overview), source)
    files |= write_all(_overview(seen, wanted, wanted.figures.figure), source)
    _print_listing(seen, wanted, files)


def _feature_map(seen: Observation, node: Node, source: Path) -> FeatureMap:
    """What enters a node, named for files as the model, the node's number and its name."""
    own = shortened(node.name.strip("/"), LONGEST_NAME)
    name = f"{seen.name}-{node.number}-{own}"
    shown = f"{seen.shown}, {node.name}"
    return replace(node.layer.feature_map, name=name, source=shown, path=source)


def _pooling(node: Node, wanted: NodeRequest) -> PoolRequest:
    return PoolRequest(node.layer.spec, wanted.channel, None, wanted.threads, wanted.budget)
