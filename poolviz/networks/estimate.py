"""How much memory a network's own tensors take while it runs, as far as their shapes are known."""

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

from poolviz.networks.constants import MOST_NUMBERS
from poolviz.patches import Array


def working_bytes(onnx: Any, model: Any, feeds: Mapping[str, Array], watched: Iterable[str]) -> int:
    """The most bytes that the tensors between the nodes of ``model`` take at one time.

    A tensor is kept from the node that makes it to the last that uses it, and a watched one
    to the end, when it is copied. Tensors whose shapes depend on values, or are made by
    operators that are not ONNX's own, count for nothing; so does what a node needs besides.

    Args:
        onnx: the package.
        model: whose functions have been expanded.
        feeds: the values of its inputs.
        watched: the names of the tensors that are asked for.
    """
    sizes = _sizes(onnx, model, feeds)
    kept = set(watched)
    nodes = model.graph.node
    last = {name: at for at, node in enumerate(nodes) for name in _used(node)}
    alive = most = sum(sizes.get(name, 0) for name in feeds)
    for at, node in enumerate(nodes):
        alive += sum(sizes.get(name, 0) for name in node.output)
        most = max(most, alive)
        ended = {name for name in (*_used(node), *node.output) if last.get(name, at) == at}
        alive -= sum(sizes.get(name, 0) for name in ended - kept)
    return max(most, 2 * sum(sizes.get(name, 0) for name in kept))


def _used(node: Any) -> set[str]:
    """The tensors that a node takes, those of the graphs in its attributes included."""
    nested = [
        inner
        for attribute in node.attribute
        for graph in (attribute.g, *attribute.graphs)
        for inner in graph.node
    ]
    return set(node.input).union(*map(_used, nested))


def _sizes(onnx: Any, model: Any, feeds: Mapping[str, Array]) -> dict[str, int]:
    """The bytes of each tensor of whose shape enough is known; weights are not among them."""
    try:
        inferred = onnx.shape_inference.infer_shapes(_bare(onnx, model, feeds), data_prop=True)
        fed = [each for each in inferred.graph.input if each.name in feeds]
        infos = (*fed, *inferred.graph.value_info, *inferred.graph.output)
        return {each.name: _bytes(onnx, each.type.tensor_type) for each in infos}
    except Exception:  # noqa: BLE001 - onnx raises errors of many kinds; the runtime has its own word on such models
        return {}


def _bytes(onnx: Any, kind: Any) -> int:
    axes = kind.shape.dim
    if not kind.HasField("shape") or not all(axis.HasField("dim_value") for axis in axes):
        return 0
    itemsize = int(onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type).itemsize)
    return prod((int(axis.dim_value) for axis in axes), start=itemsize)


def _bare(onnx: Any, model: Any, feeds: Mapping[str, Array]) -> Any:
    """``model`` for inputs of these shapes, and without its weights: what shapes depend on."""
    info = onnx.helper.make_tensor_value_info
    bare = onnx.ModelProto(ir_version=model.ir_version, opset_import=model.opset_import)
    bare.graph.name = "shapes"
    for each in model.graph.input:
        if each.name in feeds:
            kind = each.type.tensor_type.elem_type
            bare.graph.input.append(info(each.name, kind, feeds[each.name].shape))
    for tensor in model.graph.initializer:
        if _is_small(tensor):
            bare.graph.initializer.append(tensor)
        elif tensor.name not in feeds:
            bare.graph.input.append(info(tensor.name, tensor.data_type, tensor.dims))
    for node in model.graph.node:
        held = [each.t for each in node.attribute if each.name == "value"]
        if node.op_type == "Constant" and held and not _is_small(held[0]):
            bare.graph.input.append(info(node.output[0], held[0].data_type, held[0].dims))
        else:
            bare.graph.node.append(node)
    return bare


def _is_small(tensor: Any) -> bool:
    """Whether it may be a shape, an axis or a factor."""
    return not tensor.external_data and prod(tensor.dims) <= MOST_NUMBERS
