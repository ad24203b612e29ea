"""What can go wrong, each with its cause and a remedy, in one line."""

from poolviz.text import escaped, shortened

# Of what was typed there may be any amount; of each part so many characters are kept.
LONGEST_SUBJECT, LONGEST_CAUSE, LONGEST_REMEDY = 200, 400, 600


class PoolvizError(Exception):
    """An expected failure: ``subject: cause; remedy``.

    Args:
        subject: the file, parameter or option that it is about.
        cause: what is wrong with it.
        remedy: what to do.
    """

    exit_code = 1

    def __init__(self, subject: str, cause: str, remedy: str) -> None:
        self.subject = shortened(escaped(subject), LONGEST_SUBJECT)
        self.cause = shortened(escaped(cause), LONGEST_CAUSE)
        self.remedy = shortened(escaped(remedy), LONGEST_REMEDY)
        super().__init__(f"{self.subject}: {self.cause}; {self.remedy}")

    def __reduce__(self) -> "tuple[type[PoolvizError], tuple[str, str, str]]":
        """Errors cross from one process to another whole."""
        return type(self), (self.subject, self.cause, self.remedy)


def system_reason(error: OSError) -> str:
    """What the operating system gives as the reason of an error, such as ``permission denied``."""
    return (error.strerror or str(error)).lower()


class SourceError(PoolvizError):
    """An input that cannot be read as a feature map."""


class OutputError(PoolvizError):
    """An output that cannot be written."""


class SpecError(PoolvizError, ValueError):
    """A request that has no meaning, or that does not fit the input; a ``ValueError`` too."""

    exit_code = 2
