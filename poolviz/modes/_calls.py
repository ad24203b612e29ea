"""Call: how a framework names a mode's operation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """An operation of a framework, and what of it a mode needs.

    Args:
        name: without the number of axes.
        arguments: positional ones between input and kernel size, as code.
        keywords: further ones at the end, as code.
        negated: both input and output are negated: the smallest is the largest of the negated.
        extreme: padding beforehand has to be −∞ to take no part; dilation may be given.
        divides: it takes count_include_pad and the like.
        pads: it takes padding.
        adaptive: it has an adaptive form.
        has_global: it has a form for a window over all.
    """

    name: str
    arguments: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    negated: bool = False
    extreme: bool = False
    divides: bool = False
    pads: bool = True
    adaptive: bool = False
    has_global: bool = True
