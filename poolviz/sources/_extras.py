"""Packages that only some sources need."""

from importlib import import_module
from typing import Any

from poolviz.errors import SourceError


def extra_module(module: str, extra: str, shown: str) -> Any:
    """The module of a package that the extra ``extra`` installs.

    Raises:
        SourceError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.split(".", maxsplit=1)[0]
        remedy = f"run: pip install 'poolviz[{extra}]'"
        raise SourceError(shown, f"the package {package} is missing", remedy) from error
