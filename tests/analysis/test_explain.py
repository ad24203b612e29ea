"""Explanations: one window worked out, held to what the engine gives."""

import numpy as np
import pytest

from poolviz import FeatureMap, PoolSpec, available_modes, gradient, run, text
from poolviz.analysis.explain import explain
from poolviz.errors import SpecError
from poolviz.views.answers.explain import document

VALUES = np.random.default_rng(2).integers(1, 9, (6, 6)).astype(float)


@pytest.mark.parametrize("mode", available_modes())
def test_slopes_are_the_gradient_of_this_output(mode: str) -> None:
    """What the explanation says flows back is what the gradient of this one output is."""
    result = run(FeatureMap(VALUES), PoolSpec(mode, 2))
    height, width = result.output_size
    upstream = np.zeros((height, width))
    upstream[1, 0] = 1
    whole = gradient(VALUES, upstream, mode, 2)
    found = explain(result, 1, 0)
    inside = np.ix_(
        [row for row in found.step.rows if row < 6],
        [column for column in found.step.columns if column < 6],
    )
    slopes = found.slopes[: len(inside[0]), : len(inside[1][0])]
    np.testing.assert_allclose(slopes, whole[inside], atol=1e-12)


@pytest.mark.parametrize(
    ("mode", "lines"),
    [
        ("max", [("cells", "1, −3, 2, 2"), ("largest", "2"), ("value", "max(1, −3, 2, 2) = 2")]),
        ("sum", [("cells", "1, −3, 2, 2"), ("sum", "2"), ("value", "1 + (−3) + 2 + 2 = 2")]),
        ("median", [("cells", "1, −3, 2, 2"),
                    ("value", "middle of −3, 1, 2, 2: (1 + 2) / 2 = 1.5")]),
        ("lp:p=2", [("cells", "1, −3, 2, 2"), ("terms", "1, 9, 4, 4"), ("sum", "18"),
                    ("value", "√(1² + (−3)² + 2² + 2²) ≈ 4.243")]),
        ("average", [("cells", "1, −3, 2, 2"), ("sum", "2"),
                     ("divisor", "4: the cells in the input"),
                     ("value", "(1 + (−3) + 2 + 2) / 4 = 0.5")]),
    ],
)  # fmt: skip
def test_working_line_by_line(mode: str, lines: list[tuple[str, str]]) -> None:
    """Cells, what each becomes, the fold, the divisor and the value."""
    result = run(FeatureMap(np.array([[1, -3], [2, 2]])), PoolSpec(mode, 2))
    assert explain(result, 0, 0).working == lines


def test_padding_that_counts_is_explained_like_a_cell() -> None:
    """scikit-image pads −3 with 0, which is larger: two cells take part, one of them padding."""
    result = run(FeatureMap(np.array([[-1, -2, -3]])), PoolSpec("max", (1, 2), like="skimage"))
    found = explain(result, 0, 1)
    assert found.working[0] == ("cells", "−3, 0, 1 of them padding")
    assert found.takes_part.tolist() == [[True, True]]
    assert found.choices == [("padding", "takes part in this framework, and wins: (0, 3)")]
    described = document(found)
    assert (described["cells"], described["gradient"]) == ([[-3, 0]], [[0.0, 1.0]])
    torch = explain(run(FeatureMap(VALUES), PoolSpec("max", 2, padding=1)), 0, 0)
    assert torch.takes_part.tolist() == [[False, False], [False, True]]
    assert torch.working[0] == ("cells", text.number(VALUES[0, 0]))


def test_shared_cells_are_counted() -> None:
    """3×3 with stride 2 on 7×7: windows share their edge rows and columns."""
    result = run(FeatureMap(np.arange(49.0).reshape(7, 7)), PoolSpec("max", 3, stride=2))
    assert [explain(result, *at).shared for at in ((0, 0), (1, 0), (1, 1))] == [5, 7, 8]


def test_window_without_any_cell() -> None:
    """Dilation beside padding can leave a window with no input cell at all."""
    spec = PoolSpec("max", 2, padding=1, dilation=2, stride=1)
    found = explain(run(FeatureMap(np.array([[3.0]])), spec), 0, 0)
    assert found.working[0] == ("cells", "none in the input")
    assert found.choices == []
    assert not found.slopes.any()


def test_cell_outside_is_refused() -> None:
    """The output has rows and columns from 0."""
    result = run(FeatureMap(VALUES), PoolSpec())
    with pytest.raises(SpecError, match="from 0,0 to 2,2"):
        explain(result, 0, 3)
