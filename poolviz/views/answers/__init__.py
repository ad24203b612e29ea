"""Views of answers; that of an answer that is defined in ``NAME.py`` is ``NAME.py`` here.

A view offers functions of one answer: ``document(answer, full=...)`` for JSON and
``lines(answer, screen)`` for the terminal; where they make sense, also ``scene(answer, theme)``
for figures, ``page(answer, theme)`` for the interactive page, and ``motion(answer, theme)`` for
animations.
"""

from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any

from poolviz.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from poolviz.views.page.content import PageContent
    from poolviz.views.paint.chart import Chart
    from poolviz.views.paint.script import Motion
    from poolviz.views.scene.elements import Scene
    from poolviz.views.scene.style import Theme
    from poolviz.views.terminal.grid import Screen, Segments


class View:
    """How an answer is shown, by the functions of its view.

    The view of an answer that is defined in ``NAME.py``, or in ``_NAME.py``, is
    ``views/answers/NAME.py``.
    """

    def __init__(self, answer: object) -> None:
        self.answer = answer
        name = type(answer).__module__.rpartition(".")[2].removeprefix("_")
        self._functions = import_module(f"{__name__}.{name}")

    def document(self, *, full: bool = False) -> dict[str, Any]:
        """The answer as plain data; large maps are None unless ``full``."""
        document: dict[str, Any] = self._functions.document(self.answer, full=full)
        return document

    def lines(self, screen: "Screen") -> "Iterable[Segments]":
        """The answer as lines for the terminal."""
        lines: Iterable[Segments] = self._functions.lines(self.answer, screen)
        return lines

    def scene(self, theme: "Theme", columns: int | None = None) -> "Scene | Chart":
        """The answer as a figure, with so many panels side by side.

        Raises:
            SpecError: the figure has a fixed layout.
        """
        draw: Callable[..., Scene | Chart] = self._functions.scene
        if columns is None:
            return draw(self.answer, theme)
        if "columns" not in signature(draw).parameters:
            raise SpecError("columns", "this figure has a fixed layout", "omit columns")
        return draw(self.answer, theme, columns)

    def page(self, theme: "Theme") -> "PageContent":
        """The answer as an interactive page."""
        page: PageContent = self._functions.page(self.answer, theme)
        return page

    @property
    def moves(self) -> bool:
        """Whether there is an animation of the answer."""
        return hasattr(self._functions, "motion")

    def motion(self, theme: "Theme") -> "Motion":
        """The answer as an animation."""
        motion: Motion = self._functions.motion(self.answer, theme)
        return motion
