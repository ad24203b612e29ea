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

from poolviz.memory import Budget, spelled
from poolviz.views.page.content import PageContent, Variant, memory_needed
from poolviz.views.page.document import document
from poolviz.views.scene.style import THEMES, Theme

__all__ = ["PageContent", "Variant", "page"]

# In the order in which they depend on each other.
SCRIPTS = (
    "model.js",
    "drawing.js",
    "panel.js",
    "marks.js",
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
        budget.check_work(needed, f"page {spelled(needed)}", "use a smaller --region")
    data = document(content)
    style, script = _style(), _script()
    text = Template(_asset("page.html")).substitute(
        policy=_policy(style, script),
        title=html.escape(data["title"]),
        name=html.escape(data["name"]),
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


def _policy(style: str, script: str) -> str:
    """A policy that allows only this script, this style and embedded pictures."""
    return (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


@cache
def _style() -> str:
    themes = (_variables(name, theme) for name, theme in THEMES.items())
    return _joined((*themes, _asset("page.css")))


def _variables(name: str, theme: Theme) -> str:
    """The colours of a theme as CSS variables."""
    named = [field.name for field in fields(theme) if field.name != "colormap"]
    colors = (f"--{field}:#{bytes(getattr(theme, field)).hex()};" for field in named)
    return f'[data-theme="{name}"]{{color-scheme:{name};{"".join(colors)}}}'


@cache
def _script() -> str:
    return _joined(("(() => {", '"use strict";', *map(_asset, SCRIPTS), "})();"))


def _joined(parts: Iterable[str]) -> str:
    return "\n" + "\n".join(part.strip() for part in parts) + "\n"


def _asset(name: str) -> str:
    return files(__name__).joinpath("assets", name).read_text(encoding="utf-8")
