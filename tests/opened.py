"""A page that is open in a browser, as the tests of pages look at it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

# Around the cells of a panel, in its units.
EDGE = 6


@dataclass
class Opened:
    """A page that is open, and what it did that it may not."""

    page: "Page"
    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note errors, remarks on the console (of violated policies too), and requests."""
        self.page.on("console", lambda message: self.told.append(message.text))
        self.page.on("pageerror", lambda error: self.told.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def check(self) -> None:
        """Nothing was said on the console, nothing asked for but the page and data within it."""
        assert self.told == []
        own = [url for url in self.asked if not url.startswith(("data:", "blob:", "about:srcdoc"))]
        assert {url.split("#")[0] for url in own} <= {self.page.url.split("#")[0]}

    def text(self, name: str) -> str:
        """The words of the element called ``name``."""
        return self.page.locator(f"#{name}").inner_text()

    def grid(self, name: str) -> "Locator":
        """The grid of a panel: input or output."""
        return self.page.locator(f"#{name} .holder")

    def point(self, name: str, at: tuple[int, int], *, press: bool = False) -> None:
        """Move to the middle of the cell at (row, column) of those that a panel shows."""
        self.page.locator(f"#{name} .holder").scroll_into_view_if_needed()
        left, top, unit, cell = self._measured(name)
        row, column = at
        x, y = (EDGE + (place + 0.5) * cell for place in (column, row))
        self.page.mouse.move(left + x * unit, top + y * unit)
        if press:
            self.page.mouse.down()
            self.page.mouse.up()

    def _measured(self, name: str) -> tuple[float, float, float, float]:
        """Left, top, screen pixels per unit, and a cell's side in units."""
        box = self.page.locator(f"#{name} .holder svg").first.bounding_box()
        assert box is not None
        width = float(self._view_box(name)[2])
        columns = int(self.grid(name).get_attribute("aria-colcount") or 0)
        return box["x"], box["y"], box["width"] / width, (width - 2 * EDGE) / columns

    def _view_box(self, name: str) -> list[str]:
        found = self.page.locator(f"#{name} .holder svg").first.get_attribute("viewBox")
        return str(found).split()

    def place(self, name: str, mark: str) -> tuple[float, float, float, float]:
        """(row, column, rows, columns) that a mark of a panel covers, in cells."""
        _, _, _, cell = self._measured(name)
        shape = self.page.locator(f"#{name} {mark}").last
        x, y, width, height = (
            float(shape.get_attribute(each) or 0) for each in ("x", "y", "width", "height")
        )
        return y / cell, x / cell, height / cell, width / cell

    def framed(self, name: str) -> tuple[int, int, int, int]:
        """(row, column, rows, columns) of the outlined cells of a panel."""
        row, column, rows, columns = map(round, self.place(name, ".frame rect"))
        return row, column, rows, columns

    def data(self) -> dict[str, Any]:
        """What the page knows."""
        found: dict[str, Any] = json.loads(self.page.locator("#data").text_content() or "")
        return found


Open = Callable[..., Opened]
