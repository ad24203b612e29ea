"""The command line: a thin layer on the Python API."""


def main() -> None:
    """Run the command ``poolviz`` and end the process."""
    from poolviz.cli import signals

    # First of all: the imports that follow take most of the time of a short command.
    signals.catch()
    from poolviz.cli.funnel import end_by_signal, run_app

    try:
        code = run_app()
    except signals.SignalError:
        # It came while the funnel was saying how the command ended.
        code = end_by_signal()
    signals.leave(code)
