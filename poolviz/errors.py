"""What can go wrong, each with its cause and a remedy, in one line."""


class PoolvizError(Exception):
    """An expected failure: ``subject: cause; remedy``.

    Args:
        subject: the file, parameter or option that it is about.
        cause: what is wrong with it.
        remedy: what to do.
    """

    exit_code = 1

    def __init__(self, subject: str, cause: str, remedy: str) -> None:
        super().__init__(f"{subject}: {cause}; {remedy}")
        self.subject = subject
        self.cause = cause
        self.remedy = remedy


class SourceError(PoolvizError):
    """An input that cannot be read as a feature map."""


class OutputError(PoolvizError):
    """An output that cannot be written."""


class SpecError(PoolvizError, ValueError):
    """A request that has no meaning, or that does not fit the input; a ``ValueError`` too."""

    exit_code = 2
