"""The command line: a thin layer on the Python API."""


def main() -> None:
    """Run the command ``poolviz``."""
    from poolviz.cli.funnel import run_app

    raise SystemExit(run_app())
