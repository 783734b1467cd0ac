"""Runs exported models outside Fanoscope and compares what they answer with what the engine answered.

An export has `check.safetensors`: made tiles x, and components, map and reconstruction as the engine computed them.
This script runs `saved_model.pb` with TensorFlow and `model.onnx` with ONNX Runtime on the same tiles.

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


def differences(expected, answer):
    """Largest difference by output; components relative to their size, as they have different units."""
    result = {}
    for name, value in expected.items():
        if name == "x":
            continue
        scale = np.maximum(1.0, np.abs(value)) if name == "components" else 1.0
        result[name] = float(np.max(np.abs(answer[name] - value) / scale))
    return result


def with_onnx(folder, x):
    path = str(folder / "model.onnx")
    onnx.checker.check_model(path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {"x": x})))


def with_tensorflow(folder, x):
    model = tf.saved_model.load(str(folder), tags=["serve"])
    answer = model.signatures["serving_default"](x=tf.constant(x))
    return {name: value.numpy() for name, value in answer.items()}


def main(folders):
    runtimes = {
        f"onnxruntime {onnxruntime.__version__}": with_onnx,
        f"tensorflow {tf.__version__}": with_tensorflow,
    }
    report = {"limit": LIMIT, "exports": {}}
    good = True
    for folder in map(Path, folders):
        expected = load_file(folder / "check.safetensors")
        row = {}
        for name, run in runtimes.items():
            row[name] = differences(expected, run(folder, expected["x"]))
            good = good and all(value <= LIMIT for value in row[name].values())
        report["exports"][folder.parent.name] = row
    print(json.dumps(report, indent=2))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
