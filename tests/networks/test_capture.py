"""capture(): pooling modules of a live model, seen by hooks; stand-ins for model and tensors."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from onnx_models import counting

import poolviz
from poolviz import SourceError


class Tensor:
    """What capture asks of a tensor; NumPy must not see it before it is detached."""

    def __init__(
        self, values: Any, dtype: str = "torch.float32", steps: tuple[str, ...] = ()
    ) -> None:
        self.values, self.dtype, self.steps = values, dtype, steps

    @property
    def shape(self) -> tuple[int, ...]:
        """As that of an array."""
        return tuple(self.values.shape)

    def detach(self) -> "Tensor":
        """Without its gradient."""
        return Tensor(self.values, self.dtype, (*self.steps, "detached"))

    def cpu(self) -> "Tensor":
        """In memory."""
        return Tensor(self.values, self.dtype, (*self.steps, "here"))

    def float(self) -> "Tensor":
        """As float32."""
        return Tensor(self.values.astype(np.float32), "torch.float32", self.steps)

    def numpy(self) -> Any:
        """The array itself, not a copy."""
        assert self.steps == ("detached", "here")
        if "bfloat16" in self.dtype:
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.values


class Module:
    """What capture asks of a module."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)
        self.hooks: list[Callable[..., Any]] = []

    def register_forward_hook(self, hook: Callable[..., Any], *, with_kwargs: bool) -> Any:
        """A handle that removes the hook."""
        assert with_kwargs
        self.hooks.append(hook)
        return type("Handle", (), {"remove": lambda _: self.hooks.remove(hook)})()

    def children(self) -> Iterator["Module"]:
        """The modules within."""
        return iter([each for each in vars(self).values() if isinstance(each, Module)])

    def named_modules(self, before: str = "") -> Iterator[tuple[str, "Module"]]:
        """Itself, and all within."""
        yield before, self
        for name, each in vars(self).items():
            if isinstance(each, Module):
                yield from each.named_modules(f"{before}.{name}" if before else name)

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Forward, then the hooks."""
        output = self.forward(*given, **named)
        for hook in self.hooks:
            hook(self, given, named, output)
        return output

    def forward(self, *given: Any, **named: Any) -> Any:
        """What it does."""
        raise NotImplementedError


class MaxPool2d(Module):
    """2×2 cells side by side; or such as its attributes say wrongly."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**({"kernel_size": 2, "stride": 2, "padding": 0} | attributes))

    def forward(self, input: Tensor) -> Any:  # noqa: A002 - as PyTorch calls it
        """The largest of each."""
        *lead, height, width = input.shape
        parts = input.values.reshape(*lead, height // 2, 2, width // 2, 2)
        output = Tensor(parts.max(axis=(-3, -1)), input.dtype)
        return (output, "indices") if getattr(self, "return_indices", False) else output


class AdaptiveMaxPool1d(Module):
    """One cell is left."""

    output_size = 1

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - as PyTorch calls it
        """The largest of all."""
        return Tensor(input.values.max(axis=-1, keepdims=True))


class Network(Module):
    """Modules that are called in the order of ``calls``."""

    def __init__(self, calls: list[str], **modules: Any) -> None:
        super().__init__(**modules)
        self.calls = calls

    def forward(self, x: Tensor) -> Tensor:
        """One after the other."""
        for name in self.calls:
            module = getattr(self, name)
            left = module(x)
            x = left[0] if isinstance(left, tuple) else left
        return x


class Outer(Module):
    """A module named for pooling that has others within."""

    def forward(self, x: Tensor) -> Tensor:
        """As the inner one."""
        return self.inner(x)  # type: ignore[attr-defined,no-any-return]


class PoolBlock(Outer):
    """It pools by what is within."""


class AttentionPool(Module):
    """Pooling that poolviz does not have."""

    def forward(self, x: Tensor) -> Tensor:
        """As it is."""
        return x


def picture() -> Tensor:
    """Two of a batch, three channels of 8×8 cells."""
    return Tensor(np.random.default_rng(1).normal(size=(2, 3, 8, 8)).astype(np.float32))


def test_layers_come_in_the_order_of_their_calls() -> None:
    """Not in the order in which the modules are registered."""
    model = Network(["second", "first"], first=MaxPool2d(), second=MaxPool2d())
    x = picture()
    layers = poolviz.capture(model, x)
    assert [layer.name for layer in layers] == ["second", "first"]
    np.testing.assert_array_equal(layers[0].inputs, x.values)
    np.testing.assert_array_equal(layers[1].inputs, layers[0].outputs)
    assert [layer.outputs.shape for layer in layers] == [(2, 3, 4, 4), (2, 3, 2, 2)]
    assert [layer.max_difference for layer in layers] == [0, 0]


def test_calls_of_one_module_are_numbered() -> None:
    """The second is pool#2."""
    model = Network(["pool", "pool", "other", "pool"], pool=MaxPool2d(), other=AttentionPool())
    with pytest.warns(UserWarning, match="skipped other"):
        layers = poolviz.capture(model, picture())
    assert [layer.name for layer in layers] == ["pool", "pool#2", "pool#3"]
    assert [layer.outputs.shape[-1] for layer in layers] == [4, 2, 1]


def test_modules_within_modules_have_their_path() -> None:
    """A module that has others within is not pooling itself, however it is called."""
    model = Network(["block"], block=PoolBlock(inner=MaxPool2d()))
    assert [layer.name for layer in poolviz.capture(model, picture())] == ["block.inner"]


def test_a_model_that_is_itself_pooling_is_called_by_its_kind() -> None:
    """It has no name among its modules."""
    assert [layer.name for layer in poolviz.capture(MaxPool2d(), picture())] == ["MaxPool2d"]


def test_inputs_may_be_named() -> None:
    """The model, and the pooling module, may be called with keywords."""
    (layer,) = poolviz.capture(MaxPool2d(), named={"input": picture()})
    assert layer.inputs.shape == (2, 3, 8, 8)


def hooks(model: Module) -> int:
    """How many are left."""
    return sum(len(module.hooks) for _, module in model.named_modules())


def test_hooks_are_removed() -> None:
    """After the call the model is as it was."""
    model = Network(["pool"], pool=MaxPool2d())
    poolviz.capture(model, picture())
    assert hooks(model) == 0


def test_hooks_are_removed_after_an_error() -> None:
    """Whether it comes from the model, or from what is seen."""
    model = Network(["pool", "missing"], pool=MaxPool2d())
    with pytest.raises(AttributeError, match="missing"):
        poolviz.capture(model, picture())
    assert hooks(model) == 0
    with pytest.raises(SourceError, match="there is no item 2"):
        poolviz.capture(Network(["pool"], pool=model.pool), picture(), index=2)  # type: ignore[attr-defined]
    assert hooks(model) == 0


@pytest.mark.parametrize("index", [0, 1])
def test_index_chooses_one_of_the_batch(index: int) -> None:
    """The feature map is of that one."""
    x = picture()
    (layer,) = poolviz.capture(MaxPool2d(), x, index=index)
    np.testing.assert_array_equal(layer.feature_map.values, x.values[index])
    np.testing.assert_array_equal(layer.result.output, layer.output)


def test_maps_may_come_without_a_batch() -> None:
    """(C, H, W) is one of a batch of one, whatever the index."""
    values = counting(3, 4, 4)
    (layer,) = poolviz.capture(MaxPool2d(), Tensor(values), index=1)
    np.testing.assert_array_equal(layer.feature_map.values, values)
    assert layer.max_difference == 0


def test_one_axis() -> None:
    """MapFigure (N, C, L) are shown as rows."""
    (layer,) = poolviz.capture(AdaptiveMaxPool1d(), Tensor(counting(1, 2, 5)))
    assert layer.inputs.shape == (1, 2, 1, 5)
    np.testing.assert_array_equal(layer.output.ravel(), [4, 9])
    assert layer.max_difference == 0


def test_winners_indices_are_not_the_output() -> None:
    """Of a pair that a module returns the first is the output."""
    (layer,) = poolviz.capture(MaxPool2d(return_indices=True), picture())
    assert layer.max_difference == 0


def test_what_poolviz_does_not_have_is_left_out() -> None:
    """With a warning that names it, at the line that called; the others are there."""
    model = Network(["mine", "pool"], mine=AttentionPool(), pool=MaxPool2d())
    with pytest.warns(
        UserWarning, match=r"skipped mine \(AttentionPool\): is not a PyTorch pooling layer"
    ) as seen:
        layers = poolviz.capture(model, picture())
    assert [layer.name for layer in layers] == ["pool"]
    assert len(seen) == 1


def test_pooling_that_is_known_brings_no_warning() -> None:
    """Nor do modules that are no pooling."""
    relu = type("ReLU", (AttentionPool,), {})()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (
            len(poolviz.capture(Network(["relu", "pool"], relu=relu, pool=MaxPool2d()), picture()))
            == 1
        )


def test_later_changes_in_place_do_not_matter() -> None:
    """What is captured are copies of what entered and left."""

    class InPlace(AttentionPool):
        def forward(self, x: Tensor) -> Tensor:
            x.values *= 0
            return x

    x = Tensor(counting(1, 1, 4, 4))
    model = Network(["pool", "zero"], pool=MaxPool2d(), zero=type("ReLU", (InPlace,), {})())
    (layer,) = poolviz.capture(model, x)
    x.values *= 0
    np.testing.assert_array_equal(layer.inputs, counting(1, 1, 4, 4))
    np.testing.assert_array_equal(layer.outputs, [[[[5, 7], [13, 15]]]])


def test_a_difference_is_seen() -> None:
    """A module that does not do what its attributes say differs."""
    (layer,) = poolviz.capture(MaxPool2d(stride=(1, 2)), picture())
    assert layer.max_difference == np.inf


def test_bfloat16_is_read() -> None:
    """NumPy has no such type; its values are floats."""
    (layer,) = poolviz.capture(MaxPool2d(), Tensor(counting(1, 1, 4, 4), "torch.bfloat16"))
    assert layer.inputs.dtype == np.float32


@pytest.mark.parametrize("index", [0, 1])
def test_an_empty_batch_is_captured(index: int) -> None:
    """Its layers are listed, and equal; there is no map of it to show, and no other index."""
    given = Tensor(np.zeros((0, 3, 4, 4), np.float32))
    if index:
        with pytest.raises(
            SourceError,
            match="index: the batch is empty, so it has no item 1; use a batch with at least",
        ):
            poolviz.capture(MaxPool2d(), given, index=index)
        return
    (layer,) = poolviz.capture(MaxPool2d(), given)
    assert (layer.inputs.shape, layer.outputs.shape) == ((0, 3, 4, 4), (0, 3, 2, 2))
    assert layer.max_difference == 0
    assert layer.dropped == 0.75
    for name in ("feature_map", "output", "result", "most_active"):
        with pytest.raises(SourceError, match="the batch is empty, so there is no map"):
            getattr(layer, name)


def test_models_without_pooling_get_a_warning() -> None:
    """Nothing is found where functions pool, or where a module is not called, which is said."""
    for model in (Network([]), Network([], pool=MaxPool2d())):
        with pytest.warns(UserWarning, match="no pooling module was called"):
            assert poolviz.capture(model, Tensor(np.zeros((1, 1, 2, 2)))) == []


def test_whatever_cannot_be_read_is_left_out() -> None:
    """A module named for pooling that takes words, or gives a dictionary, ends nothing."""

    class Odd(MaxPool2d):
        def forward(self, tokens: Any) -> Any:
            return {"tokens": tokens}

    with pytest.warns(UserWarning, match="skipped Odd: its input or output cannot be read"):
        assert poolviz.capture(Odd(), named={"tokens": picture()}) == []


def test_words_of_a_model_are_its_own() -> None:
    """A model may have an argument that is called index."""

    class Indexed(Network):
        def forward(self, x: Any, index: Any = None) -> Any:
            assert index == "its own"
            return super().forward(x)

    model = Indexed(["pool"], pool=MaxPool2d())
    (layer,) = poolviz.capture(model, picture(), named={"index": "its own"}, index=1)
    assert layer.index == 1


class AvgPool2d(Module):
    """An average of 2×2 cells, truncated where they are integers, as PyTorch's is."""

    kernel_size, stride, padding, ceil_mode = 2, 2, 0, False
    count_include_pad, divisor_override = True, None

    def forward(self, x: Tensor) -> Tensor:
        """The means of blocks."""
        blocks = x.values.reshape(*x.values.shape[:2], 2, 2, 2, 2)
        return Tensor(np.trunc(blocks.mean(axis=(3, 5))).astype(x.values.dtype), str(x.dtype))


@pytest.mark.parametrize(("dtype", "expected"), [("int64", True), ("float64", False)])
def test_averages_of_integers_have_a_remark(dtype: str, *, expected: bool) -> None:
    """PyTorch's own are truncated: a difference that is explained beside it."""
    values = np.arange(16).reshape(1, 1, 4, 4).astype(dtype)
    (layer,) = poolviz.capture(Network(["pool"], pool=AvgPool2d()), Tensor(values))
    assert layer.max_difference == 0.5
    assert ("truncates" in layer.remark) is expected


def test_fractional_max_is_left_out_with_a_warning() -> None:
    """Its regions are drawn anew in every call, and cannot be repeated."""
    pool = type("FractionalMaxPool2d", (AttentionPool,), {})
    drawn = pool(kernel_size=(2, 2), output_size=(3, 3), output_ratio=None)
    with pytest.warns(UserWarning, match="skipped pool: it draws its windows at random"):
        assert poolviz.capture(Network(["pool"], pool=drawn), picture()) == []
