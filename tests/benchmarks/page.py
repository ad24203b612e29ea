"""Times of a page in Chromium: its making, its first paint, a hover.

python tests/benchmarks/page.py
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import Page, sync_playwright

from poolviz import FeatureMap, PoolResult, PoolSpec, run
from poolviz.views.page import PageContent, Variant, page

ROUNDS, HOVERS = 9, 300
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# Each pointer event with all that it changes, styled and laid out; then the next cell.
HOVER = """
(count) => {
    const holder = document.querySelector("#NAME .holder");
    const frame = holder.querySelector("svg").getBoundingClientRect();
    const times = [];
    for (let at = 0; at < count; at += 1) {
        const [x, y] = [(at * 37) % 97, (at * 53) % 89];
        const event = new PointerEvent("pointermove", {
            clientX: frame.left + frame.width * (0.03 + x / 103),
            clientY: frame.top + frame.height * (0.03 + y / 94),
            bubbles: true,
        });
        const start = performance.now();
        holder.dispatchEvent(event);
        document.body.getBoundingClientRect();
        times.push(performance.now() - start);
    }
    return times;
}
"""


def results() -> dict[str, PoolResult]:
    """By what they show."""
    values = np.random.default_rng(0).normal(size=(64, 64))
    modes = {"max 2×2, stride 1, 3,969 windows": ("max", 2), "softpool 3×3": ("softpool", 3)}
    return {
        name: run(FeatureMap(values), PoolSpec(mode, size, stride=1))
        for name, (mode, size) in modes.items()
    }


def first_paint(shown: Page, path: Path) -> float:
    """Milliseconds from the start of the navigation."""
    shown.goto(path.as_uri())
    found = shown.evaluate(
        """async () => {
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)));
            return performance.getEntriesByName("first-contentful-paint")[0].startTime;
        }"""
    )
    return float(found)


def hovers(shown: Page, name: str) -> list[float]:
    """Milliseconds of each."""
    times: list[float] = shown.evaluate(HOVER.replace("NAME", name), HOVERS)
    return times


def main() -> None:
    """Print all."""
    program = shutil.which("chromium") or sys.exit("install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=ARGUMENTS)
        for name, result in results().items():
            start = time.perf_counter()
            data = page(PageContent([Variant("mode", result)]))
            seconds = time.perf_counter() - start
            path = Path(folder) / "page.html"
            path.write_bytes(data)
            print(f"{name}: made in {seconds:.2f} s, {len(data) / 1000:,.0f} kB")
            shown = browser.new_page(viewport={"width": 1280, "height": 900})
            paints = [first_paint(shown, path) for _ in range(ROUNDS)]
            print(f"  first paint {median(paints):.0f} ms, at most {max(paints):.0f}")
            for panel in ("output", "input"):
                times = hovers(shown, panel)
                print(f"  hover over the {panel} {median(times):.2f} ms, at most {max(times):.2f}")
        browser.close()


if __name__ == "__main__":
    main()
