"""Scores and maps from the file of a photograph on, computed independently of the product and in double precision.

    env/bin/pip install pillow && env/bin/python test/reference/photographs.py

writes `photographs.json` beside this file: photographs as PNG, and what models whose weights are made up from their
names find on them. Every step is written from `docs/model-format.md`: gray, white, the region of interest, resizing
(by JAX's own `image.resize`), normalization, tiles, the networks (`networks.py`), the reduction of the tiles to one
score, and the map that is blended of them. The environment is that of `steps.py`.
"""

import base64
import io
import json
import math
from pathlib import Path

import jax
import jax.numpy as np
import numpy
from networks import Weights, encoder, ganomaly_decode, ganomaly_encode, generator
from PIL import Image
from scores import components_of, networks_of, peak, plain, scores_of


def photograph(seed, width, height, channels, bits):
    """Stripes, a spot and noise."""
    random = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width]
    planes = []
    for c in range(channels):
        light = 0.45 + 0.25 * numpy.sin(x / (5 + c) + y / 9) + 0.2 * numpy.exp(-((x - 30) ** 2 + (y - 20) ** 2) / 90)
        planes.append(light + 0.05 * random.standard_normal((height, width)))
    values = numpy.clip(numpy.stack(planes, -1), 0, 1) * (255 if bits == 8 else 4200)
    return numpy.round(values).astype(numpy.uint8 if bits == 8 else numpy.uint16)


def png(samples):
    """The file. Pillow writes gray of 16 bits where it is given as such."""
    out = io.BytesIO()
    Image.fromarray(samples[..., 0] if samples.shape[2] == 1 else samples).save(out, "PNG")
    return out.getvalue()


# ------------------------------------------------------------------------------------- from a photograph to tiles


def decoded(file):
    samples = numpy.asarray(Image.open(io.BytesIO(file)))
    return samples[..., None] if samples.ndim == 2 else samples


def gray(samples):
    """The luma of Rec. 601 on stored values, rounded to whole values."""
    if samples.shape[2] == 1:
        return samples
    luma = samples[..., 0] * 0.299 + samples[..., 1] * 0.587 + samples[..., 2] * 0.114
    return numpy.floor(luma + 0.5)[..., None]


def inside_of(polygon, width, height):
    """Pixels whose centers lie in a polygon of shares of width and height, by the number of edges to their right."""
    points = [(x * width, y * height) for x, y in zip(polygon[::2], polygon[1::2])]
    py, px = numpy.mgrid[0:height, 0:width] + 0.5
    inside = numpy.zeros((height, width), bool)
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1]):
        crosses = (ay > py) != (by > py)
        with numpy.errstate(divide="ignore", invalid="ignore"):
            at = ax + (py - ay) / (by - ay) * (bx - ax)
        inside ^= crosses & (px < at)
    return inside


def nearest(mask, width, height):
    """A mask in another size: of the old pixel in which the center of each new one lies."""
    rows = ((numpy.arange(height) + 0.5) * mask.shape[0] / height).astype(int)
    columns = ((numpy.arange(width) + 0.5) * mask.shape[1] / width).astype(int)
    return mask[rows][:, columns]


def resize(x, width, height, antialias=True):
    return numpy.asarray(jax.image.resize(x, (height, width, x.shape[2]), "linear", antialias=antialias))


def normalized(x, size):
    """Local contrast normalization; windows of size / 4 pixels to each side, cut off at the borders."""
    reach = size // 4
    height, width, _ = x.shape
    log = numpy.log((x + 1) / 2 + 0.03)
    out = numpy.empty_like(log)
    for i in range(height):
        for j in range(width):
            window = log[max(0, i - reach) : i + reach + 1, max(0, j - reach) : j + reach + 1]
            out[i, j] = (log[i, j] - window.mean((0, 1))) / (3 * (window.std((0, 1)) + 0.03))
    return numpy.clip(out, -1, 1)


def prepared(file, config, white16):
    """x as the networks see it before it is cut, and which of its pixels count (None: all)."""
    samples = decoded(file)
    white = white16 if samples.dtype == numpy.uint16 else 255
    samples = gray(samples) if config["channels"] == 1 else samples
    samples = samples.astype(float)
    region = config.get("region")
    mask = None
    if region:
        mask = inside_of(region, samples.shape[1], samples.shape[0])
        samples = numpy.where(mask[..., None], samples, math.floor(white / 2 + 0.5))
    x = numpy.minimum(1, 2 * samples / white - 1)
    if config["input"] == "whole":
        width = height = config["size"]
    else:
        width, height = (max(1, math.floor(side * config["scale"] + 0.5)) for side in (x.shape[1], x.shape[0]))
    x = resize(x, width, height)
    if mask is not None:
        mask = nearest(mask, width, height)
        x = numpy.where(mask[..., None], x, 0)
    if config.get("normalization") == "local":
        x = normalized(x, config["size"])
    return x, mask


def starts(length, size, overlap):
    if length <= size:
        return [0]
    count = math.ceil((length - size) / max(1, size * (1 - overlap))) + 1
    return [math.floor(i * (length - size) / (count - 1) + 0.5) for i in range(count)]


def cut(picture, left, top, size):
    """A tile; beyond the picture its border pixels are repeated."""
    rows = numpy.clip(numpy.arange(top, top + size), 0, picture.shape[0] - 1)
    columns = numpy.clip(numpy.arange(left, left + size), 0, picture.shape[1] - 1)
    return picture[rows][:, columns]


# ------------------------------------------------------------------------------------------------ scores and maps


def restored(model, config, w, x):
    if model == "ganomaly":
        return ganomaly_decode(w, ganomaly_encode(w, "encoder", x, "measured"), "measured")
    return generator(w, encoder(w, x, "measured"), "measured")


def reduced(values, how):
    if how == "max":
        return values.max()
    if how == "mean":
        return values.mean()
    return numpy.sort(values)[::-1][: max(1, math.floor(0.1 * len(values) + 0.5))].mean()


def counted_only(x, y, counts, components):
    """`residual` and `peak` over the pixels that count alone."""
    for t in range(x.shape[0]):
        on = counts[t]
        components["residual"][t] = ((x[t] - y[t]) ** 2)[on].mean()
        alone = numpy.where(on[..., None], y[t], x[t])
        components["peak"][t] = peak(x[t][None], alone[None])[0]


def scored(file, model, config, w, white16, expected):
    x, mask = prepared(file, config, white16)
    height, width, _ = x.shape
    size, overlap = config["size"], config["overlap"]
    places = [(left, top) for top in starts(height, size, overlap) for left in starts(width, size, overlap)]
    if mask is not None:
        places = [place for place in places if cut(mask, *place, size).any()]
    tiles = numpy.stack([cut(x, *place, size) for place in places])
    components = {k: numpy.array(v) for k, v in components_of(model, config, w, np.array(tiles)).items()}
    if model in ("dcgan", "wgan", "wgan-gp"):
        image = {k: reduced(numpy.asarray(v), config["reduction"]) for k, v in scores_of(config, components, expected).items()}
        return {"tiles": len(places), "scores": image, "map": None}
    y = numpy.asarray(restored(model, config, w, np.array(tiles)))
    counts = None if mask is None else numpy.stack([cut(mask, *place, size) for place in places])
    if counts is not None:
        counted_only(tiles, y, counts, components)
    image = {k: reduced(numpy.asarray(v), config["reduction"]) for k, v in scores_of(config, components, expected).items()}
    return {"tiles": len(places), "scores": image, "map": blended(tiles, y, counts, places, width, height, size)}


def blended(tiles, y, counts, places, width, height, size):
    """|x - y|, mean over channels, weighted by min(d + 1, size - d) along both sides, d from 0 within a tile."""
    ramp = numpy.minimum(numpy.arange(size) + 1, size - numpy.arange(size))
    weight = ramp[:, None] * ramp[None, :]
    total, weights = numpy.zeros((height + size, width + size)), numpy.zeros((height + size, width + size))
    for t, (left, top) in enumerate(places):
        residual = numpy.abs(tiles[t] - y[t]).mean(2)
        if counts is not None:
            residual = numpy.where(counts[t], residual, 0)
        total[top : top + size, left : left + size] += weight * residual
        weights[top : top + size, left : left + size] += weight
    total, weights = total[:height, :width], weights[:height, :width]
    return total / numpy.where(weights == 0, 1, weights)


def summary(map_):
    """Mean, largest value and a projection on a fixed vector: any difference of two maps shows in them."""
    flat = map_.reshape(-1)
    return [float(flat.mean()), float(flat.max()), float(flat @ numpy.cos(0.7 * numpy.arange(flat.size) + 0.3))]


def main():
    files = {
        "color": png(photograph(1, 93, 71, 3, 8)),
        "gray": png(photograph(2, 61, 97, 1, 8)),
        "gray of 16 bits": png(photograph(3, 88, 70, 1, 16)),
    }
    tiny = {"size": 32, "width": 4, "latent": 6, "scale": 1, "overlap": 0.5, "reduction": "top-k"}
    cases = [
        ("a color photograph, gray and whole", "color", "fanogan", {**tiny, "channels": 1, "input": "whole", "k": 0.5}),
        ("a color photograph in tiles at 0.7", "color", "fanogan", {**tiny, "channels": 3, "input": "tiles", "scale": 0.7, "k": 1}),
        ("tiles of a drawn region", "gray", "fanogan", {**tiny, "channels": 1, "input": "tiles", "scale": 0.8, "k": 1, "reduction": "mean", "region": [0.1, 0.2, 0.75, 0.12, 0.9, 0.6, 0.3, 0.85]}),
        ("16 bits, normalized, in tiles", "gray of 16 bits", "ganomaly", {**tiny, "channels": 1, "input": "tiles", "scale": 0.6, "extraLayers": 1, "normalization": "local"}),
        ("a critic alone, shrunk five times", "gray of 16 bits", "wgan-gp", {**tiny, "channels": 1, "input": "tiles", "scale": 0.2, "reduction": "max"}),
    ]
    white16, expected = 4095, 0.25
    document = {
        "white16": white16,
        "expectedCriticValue": expected,
        "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
        "cases": [],
    }
    for name, file, model, config in cases:
        found = scored(files[file], model, config, Weights(), white16, expected)
        size = decoded(files[file]).shape
        full = found["map"] if found["map"] is None else resize(found["map"][..., None], size[1], size[0], False)
        if full is not None and "region" in config:
            full = full * inside_of(config["region"], size[1], size[0])[..., None]
        document["cases"].append(
            {
                "name": name,
                "file": file,
                "model": model,
                "config": config,
                "tiles": found["tiles"],
                "scores": {k: float(f"{v:.9g}") for k, v in found["scores"].items()},
                "map": full if full is None else summary(full),
            }
        )
    Path(__file__).with_name("photographs.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
