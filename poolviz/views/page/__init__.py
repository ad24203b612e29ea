"""The interactive page: one self-contained HTML file with all numbers computed in advance.

Its HTML, CSS and JavaScript are files in ``assets``; its data is embedded as JSON.
"""

import base64
import hashlib
import html
import json
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from poolviz.memory import Budget
from poolviz.views.page.content import PageContent, Variant, memory_needed
from poolviz.views.page.document import document
from poolviz.views.scene.style import SCREEN_THEMES, THEMES, Theme

__all__ = ["PageContent", "Variant", "page"]

# In the order in which they depend on each other.
SCRIPTS = (
    "model.js",
    "drawing.js",
    "panel.js",
    "marks.js",
    "key.js",
    "links.js",
    "fitting.js",
    "strip.js",
    "words.js",
    "view.js",
    "state.js",
    "player.js",
    "exporting.js",
    "controls.js",
)
# Characters that could end a script element, begin a comment, or end a line of JavaScript.
_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def page(content: PageContent, budget: Budget | None = None) -> bytes:
    """The page as HTML.

    Args:
        content: what it shows.
        budget: the memory that making it may take; None for no limit.

    Raises:
        SpecError: the region has too many windows or takes too much memory.
    """
    if budget is not None:
        needed = memory_needed(content)
        budget.check_work({"the page": needed}, "use a smaller region")
    data = document(content)
    style, script = _style(), _script()
    text = Template(_asset("page.html")).substitute(
        # Allows only this script, this style and embedded pictures.
        policy=(
            f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}';"
            " img-src data:; base-uri 'none'; form-action 'none'"
        ),
        title=html.escape(data["title"]),
        name=html.escape(data["name"]),
        operation=html.escape(data["variants"][0]["operation"]),
        description=html.escape(data["description"]),
        style=style,
        data=as_json(data),
        script=script,
    )
    return text.encode()


def as_json(data: dict[str, Any]) -> str:
    r"""Plain data as JSON that cannot end the script element around it.

    Example:
        >>> as_json({"name": "</script>"})
        '{"name":"\\u003c/script\\u003e"}'
    """
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return written.translate(_UNSAFE)


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


@cache
def _style() -> str:
    """The style sheet, with the colours of the themes as variables."""
    names = [
        field.name for field in fields(Theme) if field.name not in {"ramp", "colormap", "choices"}
    ]
    blocks = []
    for name in SCREEN_THEMES:
        theme = THEMES[name]
        colors = (f"--{field}:#{bytes(getattr(theme, field)).hex()};" for field in names)
        blocks.append(f'[data-theme="{name}"]{{color-scheme:{name};{"".join(colors)}}}')
    return _join((*blocks, _asset("page.css")))


@cache
def _script() -> str:
    return _join(("(() => {", '"use strict";', *map(_asset, SCRIPTS), "})();"))


def _join(parts: Iterable[str]) -> str:
    return "\n" + "\n".join(part.strip() for part in parts) + "\n"


def _asset(name: str) -> str:
    return files(__name__).joinpath("assets", name).read_text(encoding="utf-8")
