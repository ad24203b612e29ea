"""``poolviz modes``: what there is."""


def command() -> None:
    """List the pooling modes, each with a one-line summary.

    Example:
      poolviz modes
    """
    from poolviz.modes import available_modes, mode_class

    kinds = [mode_class(name) for name in available_modes()]
    width = max(len(kind.name()) for kind in kinds)
    for kind in kinds:
        also = f" (also {', '.join(kind.aliases)})" if kind.aliases else ""
        print(f"{kind.name():{width}}  {kind.summary}{also}")  # noqa: T201 - the command's output
    print("\nEach also as global-MODE, and adaptive with --output-size.")  # noqa: T201 - as above
