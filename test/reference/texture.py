"""The features of `texture` and the score made of them, computed independently of the product in double precision.

    env/bin/python test/reference/texture.py

writes `texture.json` beside this file. Written from `docs/methods.md` ("texture", "Features of texture"). Pictures and
banks are made up from names, which the test has too. The environment is that of `steps.py`.
"""

import json
import math
from pathlib import Path

import numpy
from networks import uniform

CELL = 6


def gaussian(s, order):
    radius = math.ceil(3.5 * s)
    t = numpy.arange(-radius, radius + 1) / s
    g = numpy.exp(-t * t / 2)
    g /= g.sum()
    if order == 1:
        return g * t
    if order == 2:
        g = g * (t * t - 1)
        return g - g.mean()
    return g


def correlated(picture, kernel, axis):
    radius = len(kernel) // 2
    padding = [(0, 0), (0, 0)]
    padding[axis] = (radius, radius)
    padded = numpy.pad(picture, padding, "edge")
    return numpy.apply_along_axis(lambda line: numpy.correlate(line, kernel, "valid"), axis, padded)


def filtered(picture, across, down):
    return correlated(correlated(picture, across, 1), down, 0)


def smooth(picture, s):
    return filtered(picture, gaussian(s, 0), gaussian(s, 0))


def grid(picture, side):
    return [max(1, math.floor(length / side + 0.5)) for length in picture.shape]


def means(picture, side, rows, columns):
    borders = [[*(side * i for i in range(n)), length] for n, length in zip((rows, columns), picture.shape)]
    out = numpy.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = picture[borders[0][i] : borders[0][i + 1], borders[1][j] : borders[1][j + 1]].mean()
    return out


def middles(picture, side, rows, columns):
    at = [numpy.minimum(numpy.arange(n) * side + side // 2, length - 1) for n, length in zip((rows, columns), picture.shape)]
    return picture[at[0]][:, at[1]]


def features(b):
    rows, columns = grid(b, CELL)
    m = means(b, CELL, rows, columns)
    slow = smooth(m, 1.33)
    v = numpy.maximum(0, means(b**2, CELL, rows, columns) - 2 * slow * m + slow**2)
    contrast = numpy.sqrt(smooth(v, 2)) + 0.03
    half = means(b, 2, *grid(b, 2))
    responses, energies = [], []
    for picture, s, side in ((b, 0.7, CELL), (b, 1.4, CELL), (half, 1.4, CELL // 2), (half, 2.8, CELL // 2)):
        g, first, second = (gaussian(s, order) for order in range(3))
        for across, down in ((first, g), (g, first), (second, g), (g, second), (first, first)):
            r = filtered(picture, across, down)
            responses.append(middles(r, side, rows, columns) / contrast)
            e = smooth(means(r**2, side, rows, columns), 0.5)
            energies.append(numpy.log(e / contrast**2 + 0.001))
    level = numpy.sort(m.reshape(-1))[m.size // 2]
    rest = [smooth(m, 0.67) - level, numpy.log(contrast), smooth(m, 1.67) - smooth(m, 4)]
    return numpy.stack([*responses, *energies, *rest], -1)


def log_brightness(x):
    return numpy.log((x.mean(2) + 1) / 2 + 0.03)


def neighbors(d):
    """Each cell with its neighbors, weights 1 2 1 along both sides, without what lies outside."""
    line = numpy.array([1.0, 2.0, 1.0])
    pad = lambda values: numpy.pad(values, 1)
    both = lambda values: correlated(correlated(pad(values), line, 0), line, 1)[1:-1, 1:-1]
    return both(d) / both(numpy.ones_like(d))


def score(x, y, banks):
    photograph, restored = log_brightness(x), log_brightness(y)
    total = 0
    for side, b in (("photograph", photograph), ("residual", photograph - restored)):
        bank = banks[side]
        t = features(b)
        white = (t - bank["mean"]) @ bank["whitening"]
        distance = numpy.sqrt(((white[:, :, None, :] - bank["bank"]) ** 2).sum(-1)).min(-1)
        total = total + distance / bank["usual"]
    total = neighbors(total)
    count = max(1, math.floor(0.02 * total.size + 0.5))
    return numpy.sort(total.reshape(-1))[-count:].mean()


def made(name, *sides):
    return uniform(name, math.prod(sides)).reshape(sides)


def banks():
    return {
        side: {
            "mean": 0.2 * made(f"{side}/mean", 43),
            "whitening": numpy.eye(43) + 0.1 * made(f"{side}/whitening", 43, 43),
            "bank": made(f"{side}/bank", 50, 43),
            "usual": 1.5,
        }
        for side in ("photograph", "residual")
    }


def main():
    cases = []
    for width, height, channels in ((47, 40, 1), (34, 62, 3)):
        y, x = numpy.mgrid[0:height, 0:width]
        stripes = 0.4 * numpy.sin(x / 6 + y / 11)[..., None]
        photograph = stripes + 0.3 * made(f"x {width}", height, width, channels)
        restored = stripes + 0.1 * made(f"y {width}", height, width, channels)
        t = features(log_brightness(photograph))
        cases.append(
            {
                "width": width,
                "height": height,
                "channels": channels,
                "cells": list(t.shape[:2]),
                "features": [[float(f"{v:.8g}") for v in t[i, j]] for i, j in ((0, 0), (2, 3), (t.shape[0] - 1, t.shape[1] - 1))],
                "score": float(f"{score(photograph, restored, banks()):.9g}"),
            }
        )
    Path(__file__).with_name("texture.json").write_text(json.dumps({"cases": cases}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
