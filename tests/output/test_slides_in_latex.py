"""The slides of --write steps in a talk: a beamer document that shows a page after the other."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

DOCUMENT = r"""\documentclass{beamer}
\begin{document}
\begin{frame}{Max pooling}
%s
\end{frame}
\end{document}
"""


def has_beamer() -> bool:
    """Whether LaTeX is installed with beamer, and with what beamer needs."""
    finder = shutil.which("kpsewhich")
    if finder is None or not shutil.which("pdflatex"):
        return False
    found = subprocess.run([finder, "beamer.cls", "pgfmath.sty"], capture_output=True, check=False)
    return found.returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not has_beamer(), reason="needs pdflatex with beamer (texlive-latex-extra)")
def test_a_beamer_document(tmp_path: Path, poolviz: Any) -> None:
    """Every page of the PDF is a slide of the frame, and none is too wide for it."""
    done = poolviz("run", "sample:teaching", "--write", "steps", "--out", tmp_path, "--quiet")
    assert done.code == 0, done.err
    (slides,) = tmp_path.glob("*-slides.pdf")
    slides.rename(tmp_path / "slides.pdf")
    shown = [rf"\includegraphics<{n}>[page={n},width=\textwidth]{{slides}}" for n in range(1, 10)]
    (tmp_path / "talk.tex").write_text(DOCUMENT % "%\n".join(shown), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "talk.tex"]
    made = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout[-2000:]
    assert re.search(r"Output written on talk\.pdf \(9 pages", made.stdout)
    assert "Overfull" not in made.stdout
