"""``poolviz run``: pool one source, print it, draw it."""

from pathlib import Path
from typing import Annotated

import typer

from poolviz.modes import available_modes
from poolviz.rules import available_rules

_WINDOWS = "Windows"
_SOURCE = "Source"
_RULES = "Rules and numbers"
_OUTPUT = "Output"


def command(
    source: Annotated[
        str | None,
        typer.Argument(
            help="An image, .npy, .npz or .csv file, sample:NAME, or - for standard input."
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(help='A matrix instead of a source: "1 3; 2 4".', rich_help_panel=_SOURCE),
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="Array of an .npz.", rich_help_panel=_SOURCE)
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(
            help="Channel whose numbers are shown (name or number).", rich_help_panel=_SOURCE
        ),
    ] = None,
    index: Annotated[
        int | None,
        typer.Option(min=0, help="One of a batch (N, C, H, W).", rich_help_panel=_SOURCE),
    ] = None,
    frame: Annotated[
        int | None, typer.Option(min=0, help="Frame of an animated image.", rich_help_panel=_SOURCE)
    ] = None,
    complex_part: Annotated[
        str | None,
        typer.Option(
            "--complex", help="abs, real or imag of complex values.", rich_help_panel=_SOURCE
        ),
    ] = None,
    layout: Annotated[
        str | None,
        typer.Option(help="chw or hwc: the order of an array's axes.", rich_help_panel=_SOURCE),
    ] = None,
    mode: Annotated[
        str,
        typer.Option(
            help=f"{', '.join(available_modes())}; global-MODE; parameters as in lp:p=3.",
            rich_help_panel=_WINDOWS,
        ),
    ] = "max",
    size: Annotated[
        str | None,
        typer.Option(
            "--size",
            "--kernel-size",
            help="Kernel size, 2 or 2x3; 2 unless given.",
            rich_help_panel=_WINDOWS,
        ),
    ] = None,
    stride: Annotated[
        str | None, typer.Option(help="2 or 2x3; the size unless given.", rich_help_panel=_WINDOWS)
    ] = None,
    padding: Annotated[
        str | None,
        typer.Option(
            help="1, 1x2, before:after pairs as 0:1x0:1, valid, same, same-lower.",
            rich_help_panel=_WINDOWS,
        ),
    ] = None,
    dilation: Annotated[str, typer.Option(help="1 or 1x2.", rich_help_panel=_WINDOWS)] = "1",
    ceil: Annotated[
        bool | None,
        typer.Option(
            "--ceil/--floor", help="Keep a last, incomplete window.", rich_help_panel=_WINDOWS
        ),
    ] = None,
    output_size: Annotated[
        str | None,
        typer.Option(help="Adaptive windows for this output, 3 or 3x2.", rich_help_panel=_WINDOWS),
    ] = None,
    like: Annotated[
        str,
        typer.Option(help=f"Whose rules: {', '.join(available_rules())}.", rich_help_panel=_RULES),
    ] = "torch",
    count_include_pad: Annotated[
        bool | None,
        typer.Option(
            "--count-include-pad/--exclude-pad",
            help="Whether an average's divisor counts padding.",
            rich_help_panel=_RULES,
        ),
    ] = None,
    divisor: Annotated[
        int | None, typer.Option(help="Divisor of every average.", rich_help_panel=_RULES)
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="For modes that draw at random.", rich_help_panel=_RULES)
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(help="At most so many; the cores unless given.", rich_help_panel=_RULES),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Folder for the pictures.", rich_help_panel=_OUTPUT)
    ] = Path("poolviz-out"),
    write: Annotated[
        str, typer.Option(help="Pictures to write there: png, gif, none.", rich_help_panel=_OUTPUT)
    ] = "png,gif",
    figure: Annotated[
        Path | None,
        typer.Option(help="Annotated figure: .png, .svg or .pdf.", rich_help_panel=_OUTPUT),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Pooled array: .npy.", rich_help_panel=_OUTPUT)
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead.", rich_help_panel=_OUTPUT)
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print no grids and no notes.", rich_help_panel=_OUTPUT)
    ] = False,
    theme: Annotated[str, typer.Option(help="light or dark.", rich_help_panel=_OUTPUT)] = "light",
) -> None:
    """Pool SOURCE: print the grids, write before/after pictures and an animation.

    Examples:
      poolviz run photo.png --mode max --size 2

      poolviz run features.npy --mode average --size 3 --stride 2 --padding 1

      poolviz run --data "1 3; 2 4" --mode global-average
    """
    from poolviz.cli.options import paddings, sizes
    from poolviz.cli.pipeline import Request, Wishes, carry_out, feature_map_of
    from poolviz.spec import PoolSpec

    spec = PoolSpec(
        mode,
        sizes("--size", size),
        sizes("--stride", stride),
        paddings(padding),
        sizes("--dilation", dilation),
        ceil,
        count_include_pad,
        divisor,
        sizes("--output-size", output_size),
        like,
    )
    wishes = Wishes(out, write, figure, save, as_json=as_json, quiet=quiet, theme=theme)
    wishes.check()
    feature_map = feature_map_of(
        source, data, key=key, index=index, frame=frame, complex_part=complex_part, layout=layout
    )
    carry_out(Request(feature_map, spec, channel, seed, threads), wishes)
