"""Quantization: exported networks with the weights of their matrix products as int8, a quarter of the size."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable
from pathlib import Path

log = logging.getLogger(__name__)

PRODUCTS = ("MatMul", "Gemm")
# Left as they are: layers at the ends are small, and their errors are what is seen.
ENDS = ("/halve/", "/phones/", "/contacts/", "/mouth/", "/curves/", "/audio/", "/out/")

_LARGE = 10_000  # numbers: what is smaller is left as it is


def quantize(folder: Path, names: Iterable[str]) -> dict[str, float]:
    """Quantize networks of a folder in place, one scale for each column; gives each one's size over its former size.

    Weights keep seven bits: where a processor has no int8 dot product (x86 before VNNI), eight overflow its sums of
    two products (ONNX Runtime's documentation on quantization).
    """
    shares = {}
    for name in names:
        path = folder / f"{name}.onnx"
        before = path.stat().st_size
        _quantize(path)
        shares[name] = path.stat().st_size / before
        log.info("%s: %.1f MB as int8, %.2f of what it was", name, path.stat().st_size / 1e6, shares[name])
    return shares


def store_as_int8(path: Path, out: Path) -> None:
    """Write a network with its large matrices as int8, one scale for each row, reckoned with in float32 as before.

    Products whose inputs are int8 too are quicker, but words that were never taught then drift to wrong meanings.
    """
    import numpy as np
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(path)
    graph = model.graph
    kept, nodes = [], []
    for tensor in graph.initializer:
        value = numpy_helper.to_array(tensor)
        if value.dtype != np.float32 or value.ndim != 2 or value.size < _LARGE:
            kept.append(tensor)
            continue
        scale = np.maximum(np.abs(value).max(axis=1), 1e-9).astype(np.float32) / 127
        whole = np.round(value / scale[:, None]).astype(np.int8)
        kept += [numpy_helper.from_array(whole, f"{tensor.name}/int8"),
                 numpy_helper.from_array(scale, f"{tensor.name}/scale")]  # fmt: skip
        parts = [f"{tensor.name}/int8", f"{tensor.name}/scale"]
        nodes.append(helper.make_node("DequantizeLinear", parts, [tensor.name], axis=0))
    del graph.initializer[:]
    graph.initializer.extend(kept)
    for node in reversed(nodes):
        graph.node.insert(0, node)
    onnx.save(model, out)


def _quantize(path: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    nodes = [node.name for node in onnx.load(path).graph.node if node.op_type in PRODUCTS]
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        part = Path(folder, path.name)
        quantize_dynamic(
            path, part, op_types_to_quantize=list(PRODUCTS), per_channel=True, reduce_range=True,
            weight_type=QuantType.QInt8, nodes_to_exclude=[n for n in nodes if any(end in n for end in ENDS)],
        )  # fmt: skip
        part.replace(path)
