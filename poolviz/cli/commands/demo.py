"""``poolviz demo``: pooling in one screen, with no file at all."""

TRY = (
    "poolviz run sample:scene --mode max --size 4",
    "poolviz run sample:teaching --mode average --size 3 --stride 2 --padding 1",
    'poolviz run --data "1 3 2 4; 5 6 1 2; 0 1 3 1; 2 4 5 2" --figure pooling.svg',
)


def command() -> None:
    """Show max pooling on a built-in 6×6 map; writes nothing.

    Example:
      poolviz demo
    """
    from poolviz.cli.report import print_result
    from poolviz.result import run
    from poolviz.sources import load
    from poolviz.spec import PoolSpec
    from poolviz.views.style import DEFAULT_THEME, find_theme

    result = run(load("sample:teaching"), PoolSpec("max", 2))
    print_result(result, 0, find_theme(DEFAULT_THEME))
    print("\nNow try:")  # noqa: T201 - this is the command's output
    for line in TRY:
        print(f"  {line}")  # noqa: T201 - as above
