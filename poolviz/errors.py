"""Expected failures, each with its cause and a remedy, in one line."""

from poolviz.text import escaped, shortened

# Parts of a message may quote input of any length; they are shortened to these lengths.
SUBJECT_LENGTH, CAUSE_LENGTH, REMEDY_LENGTH = 200, 400, 600


class PoolvizError(Exception):
    """An expected failure: ``subject: cause; remedy``.

    Args:
        subject: the file, parameter or option in question.
        cause: what is wrong with it.
        remedy: what to do.
    """

    exit_code = 1

    def __init__(self, subject: str, cause: str, remedy: str) -> None:
        self.subject = shortened(escaped(subject), SUBJECT_LENGTH)
        self.cause = shortened(escaped(cause), CAUSE_LENGTH)
        self.remedy = shortened(escaped(remedy), REMEDY_LENGTH)
        super().__init__(f"{self.subject}: {self.cause}; {self.remedy}")

    def __reduce__(self) -> "tuple[type[PoolvizError], tuple[str, str, str]]":
        """Pickling keeps the three parts, for errors in worker processes."""
        return type(self), (self.subject, self.cause, self.remedy)


def system_reason(error: OSError) -> str:
    """What the operating system gives as the reason of an error, such as ``permission denied``."""
    return (error.strerror or str(error)).lower()


class SourceError(PoolvizError):
    """An input that cannot be read as a feature map."""


class OutputError(PoolvizError):
    """An output that cannot be written."""


class PluginError(PoolvizError):
    """A file of a mode, a framework or another plug-in that cannot be used."""


class SpecError(PoolvizError, ValueError):
    """An invalid request, or one that does not fit the input; it is also a ``ValueError``."""

    exit_code = 2
