"""Groups of options as Typer can take them: a command's parameter that is a group is spread."""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from inspect import Parameter, signature
from typing import Any


def grouped(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """``command`` as Typer can take it: its parameters that are groups spread into options."""
    groups: dict[str, Any] = {
        name: parameter.annotation
        for name, parameter in signature(command).parameters.items()
        if is_dataclass(parameter.annotation)
    }

    @wraps(command)
    def spread(**given: Any) -> int | None:
        gathered = {
            name: group(**{field.name: given.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        return command(**gathered, **given)

    parameters = _spread_parameters(command)
    spread.__signature__ = signature(command).replace(parameters=parameters)  # type: ignore[attr-defined]
    spread.__annotations__ = {each.name: each.annotation for each in parameters}
    return spread


def _spread_parameters(command: Callable[..., int | None]) -> list[Parameter]:
    spread = []
    for parameter in signature(command).parameters.values():
        if is_dataclass(parameter.annotation):
            spread += [_parameter(field) for field in fields(parameter.annotation)]
        else:
            spread.append(parameter.replace(kind=Parameter.KEYWORD_ONLY))
    return spread


def _parameter(field: "Field[Any]") -> Parameter:
    default = Parameter.empty if field.default is MISSING else field.default
    return Parameter(field.name, Parameter.KEYWORD_ONLY, default=default, annotation=field.type)
