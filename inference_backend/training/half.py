"""Half precision on disk: the weights of an ONNX file as float16 wherever that loses nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

_LEAST = 256  # values below which a cast takes more room than it saves


def halve(path: Path) -> None:
    """Store the float32 weights of a network that float16 can hold exactly in that; it casts them when it is loaded.

    Checkpoints are kept in half precision, so that this holds of what is exported from one. ONNX Runtime folds the
    casts while it loads, and computes in float32 as before.
    """
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(str(path))
    graph, casts = model.graph, []
    for weight in graph.initializer:
        if weight.data_type != onnx.TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(weight)
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if values.size < _LEAST or not np.array_equal(half.astype(np.float32), values):
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(half, f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend([*casts, *rest])
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
