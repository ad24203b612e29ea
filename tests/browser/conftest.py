"""Pages in a real headless Chromium, held to what no page may do.

The tests are collected only where the marker expression admits them, so that the fast suite
needs no Playwright, and a run of these without it fails instead of skipping.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from opened import Open, Opened

from poolviz import PoolResult
from poolviz.views.page import PageContent, Variant, page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

# What of its own a browser would ask the network for.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = "axe-core@4.14.1"
# Machines that build are busy; what is awaited comes at once otherwise.
SECONDS = 20


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out this folder where ``-m`` rules out its marker."""
    del collection_path
    return True if "not browser" in config.getoption("markexpr") else None


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The system's Chromium."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=SECONDS * 1000)
    program = shutil.which("chromium")
    assert program, "install chromium: apt-get install chromium"
    with sync_playwright() as started:
        found = started.chromium.launch(executable_path=program, args=list(QUIET))
        yield found
        found.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The accessibility checker's script."""
    folder = tmp_path_factory.mktemp("axe")
    npm = shutil.which("npm")
    assert npm, "install npm"
    subprocess.run([npm, "install", "--silent", "--prefix", str(folder), AXE], check=True)
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def open_file(browser: "Browser") -> Iterator[Open]:
    """Opens a file in a context of its own; whatever a test did, the page kept to the rules."""
    contexts: list[BrowserContext] = []
    opened: list[Opened] = []

    def opener(path: Path, fragment: str = "", **options: Any) -> Opened:
        options.setdefault("viewport", {"width": 1100, "height": 800})
        contexts.append(browser.new_context(**options))
        found = Opened(contexts[-1].new_page())
        found.watch()
        opened.append(found)
        found.page.goto(path.as_uri() + fragment)
        return found

    yield opener
    for found in opened:
        found.check()
    for context in contexts:
        context.close()


@pytest.fixture
def show(open_file: Open, tmp_path: Path) -> Open:
    """Opens the page of a result, of several by their names, or of a content, at its first step."""

    def opener(
        shown: PoolResult | dict[str, PoolResult] | PageContent,
        fragment: str = "#step=1",
        **options: Any,
    ) -> Opened:
        if isinstance(shown, PoolResult):
            shown = {"mode": shown}
        if isinstance(shown, dict):
            shown = PageContent([Variant(name, result) for name, result in shown.items()])
        path = tmp_path / "page.html"
        path.write_bytes(page(shown))
        return open_file(path, fragment, **options)

    return opener
