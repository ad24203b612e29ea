"""``poolviz network``: the pooling nodes of a network of one's own, at work."""

from typing import Annotated

import typer

from poolviz.cli import complete
from poolviz.cli.groups import AnimationOptions, ConfigOptions
from poolviz.cli.network_groups import InputOptions, NodeFigureOptions, NodeOutputOptions
from poolviz.cli.parameters import AsJson


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
    from poolviz import atomic
    from poolviz.cli.networking import Wanted, list_nodes, pool_all, pool_node
    from poolviz.errors import SpecError
    from poolviz.networks.model import open_network
    from poolviz.networks.observation import find_node, observe

    del config
    if node is not None and every_node:
        raise SpecError("--all", "one node is named already", "leave out --node or --all")
    budget = inputs.budget
    wanted = Wanted(outputs, figures, animation, channel, threads, budget, as_json)
    wanted.check(one=node is not None, all_nodes=every_node)
    inputs.preparation()
    network = open_network(model, budget, threads)
    with atomic.keeping(network.files):
        wanted.check_files()
        seen = observe(network, inputs.fed(network), inputs.index, threads)
        if node is not None:
            pool_node(seen, find_node(seen.nodes, node), wanted, network.path)
        elif every_node:
            pool_all(seen, wanted, network.path)
        else:
            list_nodes(seen, wanted, network.path)
