"""``poolviz run``: pool one source, print it, draw it."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from poolviz.modes import available_modes
from poolviz.rules import available_rules
from poolviz.views.figures import DEFAULT_FIGURE, available_figures
from poolviz.views.pace import MOST_FRAMES

_windows = partial(typer.Option, rich_help_panel="Windows")
_source = partial(typer.Option, rich_help_panel="Source")
_rules = partial(typer.Option, rich_help_panel="Rules and numbers")
_output = partial(typer.Option, rich_help_panel="Output")
_pictures = partial(typer.Option, rich_help_panel="Pictures")


def command(
    source: Annotated[
        str | None,
        typer.Argument(
            help="An image, .npy, .npz or .csv file, sample:NAME, or - for standard input."
        ),
    ] = None,
    data: Annotated[
        str | None,
        _source(help='A matrix instead of a source: "1 3; 2 4".'),
    ] = None,
    key: Annotated[str | None, _source(help="Array of an .npz.")] = None,
    channel: Annotated[
        str | None,
        _source(help="Channel whose numbers are shown (name or number)."),
    ] = None,
    index: Annotated[
        int | None,
        _source(min=0, help="One of a batch (N, C, H, W)."),
    ] = None,
    frame: Annotated[int | None, _source(min=0, help="Frame of an animated image.")] = None,
    complex_part: Annotated[
        str | None,
        _source("--complex", help="abs, real or imag of complex values."),
    ] = None,
    layout: Annotated[
        str | None,
        _source(help="chw or hwc: the order of an array's axes."),
    ] = None,
    mode: Annotated[
        str,
        _windows(help=f"{', '.join(available_modes())}; global-MODE; parameters as in lp:p=3."),
    ] = "max",
    size: Annotated[
        str | None,
        _windows("--size", "--kernel-size", help="Kernel size, 2 or 2x3; 2 unless given."),
    ] = None,
    stride: Annotated[str | None, _windows(help="2 or 2x3; the size unless given.")] = None,
    padding: Annotated[
        str | None,
        _windows(help="1, 1x2, before:after pairs as 0:1x0:1, valid, same, same-lower."),
    ] = None,
    dilation: Annotated[str, _windows(help="1 or 1x2.")] = "1",
    ceil: Annotated[
        bool | None,
        _windows("--ceil/--floor", help="Keep a last, incomplete window."),
    ] = None,
    output_size: Annotated[
        str | None,
        _windows(help="Adaptive windows for this output, 3 or 3x2."),
    ] = None,
    like: Annotated[
        str,
        _rules(help=f"Whose rules: {', '.join(available_rules())}."),
    ] = "torch",
    count_include_pad: Annotated[
        bool | None,
        _rules(
            "--count-include-pad/--exclude-pad", help="Whether an average's divisor counts padding."
        ),
    ] = None,
    divisor: Annotated[int | None, _rules(help="Divisor of every average.")] = None,
    seed: Annotated[int | None, _rules(help="For modes that draw at random.")] = None,
    threads: Annotated[
        int | None,
        _rules(help="At most so many; the cores unless given."),
    ] = None,
    out: Annotated[Path, _output(help="Folder for the pictures.")] = Path("poolviz-out"),
    write: Annotated[
        str,
        _output(help="Pictures to write there: png, gif, webp, apng, none."),
    ] = "png,gif",
    figure: Annotated[
        Path | None,
        _output(help="Annotated figure: .png, .svg or .pdf."),
    ] = None,
    kind: Annotated[
        str,
        _output(help=f"What the figure shows: {', '.join(available_figures())}."),
    ] = DEFAULT_FIGURE,
    save: Annotated[Path | None, _output(help="Pooled array: .npy.")] = None,
    as_json: Annotated[bool, _output("--json", help="Print one JSON object instead.")] = False,
    quiet: Annotated[bool, _output("--quiet", help="Print no grids and no notes.")] = False,
    theme: Annotated[str, _pictures(help="light or dark.")] = "light",
    cmap: Annotated[
        str | None,
        _pictures(help="A colormap of matplotlib's; one that suits the values unless given."),
    ] = None,
    region: Annotated[
        str | None,
        _pictures(help="Input cells that animation and figure show: ROWSxCOLS+R+C, as 8x8+0+4."),
    ] = None,
    scale: Annotated[
        int,
        _pictures(help="A whole factor by which all pictures are enlarged."),
    ] = 1,
    delay: Annotated[
        int | None,
        _pictures(help="Milliseconds per frame, from 20; slow enough to follow unless given."),
    ] = None,
    hold: Annotated[
        int | None,
        _pictures(help="Milliseconds of the last frame; 3 delays unless given."),
    ] = None,
    every: Annotated[int, _pictures(help="A frame for every so many windows.")] = 1,
    max_frames: Annotated[int, _pictures(help="Refuse more frames than these.")] = MOST_FRAMES,
) -> None:
    """Pool SOURCE: print the grids, write before/after pictures and an animation.

    Examples:
      poolviz run photo.png --mode max --size 2

      poolviz run features.npy --mode average --size 3 --stride 2 --padding 1

      poolviz run --data "1 3; 2 4" --mode global-average
    """
    from poolviz.cli.options import paddings, sizes
    from poolviz.cli.pipeline import Look, Request, Wishes, carry_out, feature_map_of
    from poolviz.spec import PoolSpec
    from poolviz.views.pace import Pace

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
    look = Look(theme, cmap, region, scale, Pace(delay, hold, every, max_frames))
    wishes = Wishes(out, write, figure, kind, save, as_json=as_json, quiet=quiet, look=look)
    wishes.check()
    feature_map = feature_map_of(
        source, data, key=key, index=index, frame=frame, complex_part=complex_part, layout=layout
    )
    carry_out(Request(feature_map, spec, channel, seed, threads), wishes)
