"""Scores of exported models, computed independently of the product and in double precision.

    env/bin/python test/reference/scores.py MODEL [TILES.npy]

reads a folder that `fanoscope export --format safetensors` wrote and prints the components and scores of tiles
[N, size, size, channels] in [-1, 1] (made-up ones without the second parameter). Without any parameter it writes
`scores.json` beside this file: the same for models whose weights are made up from their names, which the tests have
too. Networks are in `networks.py`; the environment is that of `steps.py`.
"""

import json
import math
import struct
import sys
from pathlib import Path

import jax
import jax.numpy as np
import numpy
from networks import (
    Weights,
    critic,
    encoder,
    ganomaly_decode,
    ganomaly_discriminate,
    ganomaly_encode,
    generator,
    given,
    residual_critic,
    residual_encoder,
    residual_generator,
    shape,
)


def read_safetensors(file):
    """Tensors by name: 8 bytes length of the header, the header as JSON, the values."""
    data = Path(file).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(data[start:end], "<f4").astype(numpy.float64)
        tensors[name] = np.array(values.reshape(entry["shape"]))
    return tensors


def mean_square(a, b):
    return ((a - b) ** 2).reshape(a.shape[0], -1).mean(1)


def total(a, b):
    return np.abs(a - b).reshape(a.shape[0], -1).sum(1)


def peak(x, y):
    """The largest mean of |x - y| over 5x5 pixels."""
    residual = np.abs(x - y).mean(3)
    windows = jax.lax.reduce_window(residual, 0.0, jax.lax.add, (1, 5, 5), (1, 1, 1), "VALID")
    return windows.max((1, 2)) / 25


def networks_of(model, config):
    """G, D and E of the adversarial systems with measured statistics."""
    if config["blocks"] == "resnet":
        return (
            lambda w, z: residual_generator(w, z, "measured"),
            residual_critic,
            lambda w, x: residual_encoder(w, x, "measured"),
        )
    normalized = config.get("norm") == "batch" and config.get("gan") != "wgan-gp"
    return (
        lambda w, z: generator(w, z, "measured"),
        lambda w, x: critic(w, x, normalized, "measured"),
        lambda w, x: encoder(w, x, "measured"),
    )


def search(w, x, generate, judge, config, start):
    """z* of each tile: steps of Adam (or of plain descent) on the loss of AnoGAN."""
    share, rate = config["featureShare"], config["searchLearningRate"]
    features = judge(w, x)[1]

    def loss(z):
        y = generate(w, z)
        return (1 - share) * np.abs(x - y).sum() + share * np.abs(features - judge(w, y)[1]).sum()

    slope = jax.jit(jax.grad(loss))
    z = np.tile(np.array(start), (x.shape[0], 1))
    generate(w, z)
    m, v = np.zeros_like(z), np.zeros_like(z)
    for t in range(1, config["searchSteps"] + 1):
        g = slope(z)
        if config["searchOptimizer"] != "adam":
            z = z - rate * g
            continue
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        z = z - rate * math.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-8)
    return z


def components_of(model, config, w, x, start=None):
    shape.size, shape.channels = config["size"], config["channels"]
    shape.width, shape.latent = config["width"], config["latent"]
    shape.extra = config.get("extraLayers", 0)
    if model == "ganomaly":
        code = ganomaly_encode(w, "encoder", x, "measured")
        y = ganomaly_decode(w, code, "measured")
        again = ganomaly_encode(w, "reencoder", y, "measured")
        (value, real), (_, restored) = (ganomaly_discriminate(w, i, "measured") for i in (x, y))
        return {
            "residual": mean_square(x, y),
            "feature": mean_square(real, restored),
            "code": total(code, again),
            "discriminator": value[:, 0],
            "peak": peak(x, y),
        }
    generate, judge, encode = networks_of(model, {"blocks": "dcgan", **config})
    value, real = judge(w, x)
    if model in ("dcgan", "wgan", "wgan-gp"):
        return {"discriminator": value[:, 0]}
    if model == "anogan":
        y = generate(w, search(w, x, generate, judge, config, start))
        return {
            "residual": mean_square(x, y),
            "absolute": total(x, y),
            "absolute-feature": total(real, judge(w, y)[1]),
            "discriminator": value[:, 0],
            "peak": peak(x, y),
        }
    code = encode(w, x)
    y = generate(w, code)
    return {
        "residual": mean_square(x, y),
        "feature": mean_square(real, judge(w, y)[1]),
        "latent": mean_square(code, encode(w, y)),
        "discriminator": value[:, 0],
        "peak": peak(x, y),
    }


def scores_of(config, c, expected):
    """Every score that the components allow, of each tile."""
    k, share = config.get("k", 1), config.get("featureShare", 0.1)
    formulas = {
        "izif": lambda: c["residual"] + k * c["feature"],
        "latent-feature": lambda: config["latent"] * c["latent"] + k * c["feature"],
        "izi": lambda: c["residual"],
        "ziz": lambda: c["latent"],
        "discriminator": lambda: expected - c["discriminator"],
        "peak": lambda: c["peak"],
        "ganomaly": lambda: c["code"],
        "anogan": lambda: (1 - share) * c["absolute"] + share * c["absolute-feature"],
    }
    scores = {}
    for name, formula in formulas.items():
        try:
            scores[name] = formula()
        except KeyError:
            continue
    return scores


def plain(values):
    return {k: [float(f"{v:.8g}") for v in numpy.asarray(a)] for k, a in values.items()}


def write_figures():
    """Models of every system with weights that are made up from their names."""
    tiny = {"size": 32, "channels": 1, "width": 4, "latent": 6}
    cases = {
        "fanogan": ("fanogan", {**tiny, "k": 0.5}),
        "fanogan, color": ("fanogan", {**tiny, "channels": 3, "size": 64}),
        "fanogan, residual blocks": ("fanogan", {**tiny, "blocks": "resnet"}),
        "ganomaly": ("ganomaly", {**tiny, "extraLayers": 1}),
        "anogan": (
            "anogan",
            {
                **tiny,
                "norm": "batch",
                "featureShare": 0.25,
                "searchSteps": 4,
                "searchOptimizer": "adam",
                "searchLearningRate": 0.05,
            },
        ),
        "dcgan": ("dcgan", {**tiny, "norm": "batch"}),
        "wgan": ("wgan", {**tiny, "norm": "batch"}),
        "wgan-gp": ("wgan-gp", tiny),
    }
    start = [-0.27810007333755493, -1.1213384866714478, 2.250811815261841, -0.21654289960861206, -0.8097987174987793, -0.6055054664611816]
    expected = 0.25
    document = {"expectedCriticValue": expected, "searchStart": start, "cases": []}
    for name, (model, config) in cases.items():
        x = given("x", (3, config["size"], config["size"], config["channels"]))
        components = components_of(model, config, Weights(), x, start)
        document["cases"].append(
            {
                "name": name,
                "model": model,
                "config": config,
                "components": plain(components),
                "scores": plain(scores_of(config, components, expected)),
            }
        )
    text = json.dumps(document, separators=(",", ":"))
    Path(__file__).with_name("scores.json").write_text(text + "\n")


def main():
    if len(sys.argv) == 1:
        return write_figures()
    folder = Path(sys.argv[1])
    description = json.loads((folder / "config.json").read_text())
    config = description["config"]
    weights = Weights(read_safetensors(folder / "model.safetensors"))
    side = (3, config["size"], config["size"], config["channels"])
    x = np.array(numpy.load(sys.argv[2])) if len(sys.argv) > 2 else given("x", side)
    components = components_of(description["model"], config, weights, x, description.get("searchStart"))
    scores = scores_of(config, components, description["expectedCriticValue"])
    print(json.dumps({"components": plain(components), "scores": plain(scores)}, indent=1))


if __name__ == "__main__":
    main()
