"""ONNX (opset 22): a node, over (N, C, H, W)."""

from poolviz.calls._call import (
    as_called,
    call_of,
    check_adaptive,
    listed,
    native,
    plain,
    refuse_beyond,
    sliding,
)
from poolviz.geometry import Geometry
from poolviz.modes import Call, Mode
from poolviz.spec import PoolSpec
from poolviz.wording import is_global

IMPORT = "import onnx"
LAYOUT = "N, C, H, W"


def write(geometry: Geometry, mode: Mode) -> str:
    """The line.

    Raises:
        SpecError: ONNX cannot say it.
    """
    call = call_of(mode, "onnx")
    geometry = as_called(geometry, mode, "ONNX", call)
    refuse_beyond(geometry, "ONNX", dilation=True)
    if is_global(geometry.spec):
        check_adaptive(geometry, mode, "onnx")
        return _node(f"Global{call.name}", list(call.keywords))
    rank = len(geometry.axes)
    found = native(geometry, mode, "onnx", [plain(each, rank) for each in sliding(geometry, mode)])
    return _node(call.name, _settings(found.spec, call))


def _settings(spec: PoolSpec, call: Call) -> list[str]:
    """The attributes that are not the operator's defaults."""
    settings = [f"kernel_shape={listed(spec.kernel_size)}", f"strides={listed(spec.stride)}"]
    pads = [pair[0] for pair in spec.padding] + [pair[1] for pair in spec.padding]
    if any(pads):
        settings.append(f"pads={listed(pads)}")
    if set(spec.dilation) != {1}:
        settings.append(f"dilations={listed(spec.dilation)}")
    if spec.ceil_mode:
        settings.append("ceil_mode=1")
    if call.divides and any(pads) and spec.count_include_pad:
        settings.append("count_include_pad=1")
    return [*settings, *call.keywords]


def _node(name: str, settings: list[str]) -> str:
    arguments = [f'"{name}"', '["x"]', '["y"]', *settings]
    return f"onnx.helper.make_node({', '.join(arguments)})"
