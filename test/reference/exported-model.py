"""Runs exported models outside Fanoscope and compares what they answer with what the engine answered.

An export has `check.safetensors`: made tiles x, and components, map and reconstruction as the engine computed them;
and, of a model with a memory of features, a made photograph and what the engine gave for it, under `memory/`; of one
whose networks see features, a made photograph and its features, under `features/`. This script runs `saved_model.pb` with TensorFlow and the `.onnx` files with ONNX Runtime on the same input.

    python -m venv venv && venv/bin/pip install onnxruntime onnx safetensors tensorflow-cpu
    venv/bin/python test/reference/exported-model.py FOLDER... > test/reference/exported-model.json

It prints the largest differences by export and runtime, and ends with 1 where one is above the limit. The folders of
the committed figures are what `test/reference/exported-model.ts` writes.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
from safetensors.numpy import load_file

LIMIT = 1e-4


INPUTS = ("x", "photograph", "inside")


def differences(expected, answer, absolute):
    """Largest difference by output; relative to their size except for `absolute`, which lie in one range."""
    result = {}
    for name, value in expected.items():
        if name in INPUTS:
            continue
        scale = 1.0 if name in absolute else np.maximum(1.0, np.abs(value))
        result[name] = float(np.max(np.abs(answer[name] - value) / scale))
    return result


def with_onnx(folder, graph, inputs):
    beside = folder / f"{graph}.onnx"
    path = str(beside if beside.exists() else folder / "model.onnx")
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def with_tensorflow(folder, graph, inputs):
    signatures = tf.saved_model.load(str(folder), tags=["serve"]).signatures
    call = signatures[graph if graph in signatures else "serving_default"]
    answer = call(**{name: tf.constant(value) for name, value in inputs.items()})
    return {name: value.numpy() for name, value in answer.items()}


def by_graph(check):
    """The checked tensors of each graph: `memory`, and `model` for that of tiles."""
    graphs = {}
    for name, value in check.items():
        graph, _, own = name.rpartition("/")
        graphs.setdefault(graph or "model", {})[own] = value
    return graphs


def main(folders):
    runtimes = {
        f"onnxruntime {onnxruntime.__version__}": with_onnx,
        f"tensorflow {tf.__version__}": with_tensorflow,
    }
    report = {"limit": LIMIT, "exports": {}}
    good = True
    for folder in map(Path, folders):
        graphs = by_graph(load_file(folder / "check.safetensors"))
        for graph, expected in graphs.items():
            inputs = {name: expected[name] for name in INPUTS if name in expected}
            row = {}
            for name, run in runtimes.items():
                absolute = ("map", "reconstruction") if graph == "model" else ()
                row[name] = differences(expected, run(folder, graph, inputs), absolute)
                good = good and all(value <= LIMIT for value in row[name].values())
            whole = folder.parent.name
            report["exports"][whole if len(graphs) == 1 else f"{whole}, {graph}"] = row
    print(json.dumps(report, indent=2))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
