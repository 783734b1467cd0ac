"""Features of EfficientNet-Lite2 by PyTorch, for test/main/engine/backbones: writes backbone-features.json.

    python backbone-features.py efficientnet-lite2-9656183e.pth

The file is in the wheel that set-up fetches. Needs torch.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

STAGES = [
    (1, 3, 1, 1, 32, 16),
    (3, 3, 2, 6, 16, 24),
    (3, 5, 2, 6, 24, 48),
    (4, 3, 2, 6, 48, 88),
    (4, 5, 1, 6, 88, 120),
]
weights = torch.load(sys.argv[1], map_location="cpu", weights_only=True)


def same(x, kernel, stride):
    """Padding as TensorFlow's SAME."""
    height, width = x.shape[-2:]
    down = max((-(-height // stride) - 1) * stride + kernel - height, 0)
    across = max((-(-width // stride) - 1) * stride + kernel - width, 0)
    return F.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))


def normalized(x, name):
    w = weights
    return F.batch_norm(
        x, w[f"{name}.running_mean"], w[f"{name}.running_var"], w[f"{name}.weight"], w[f"{name}.bias"], False, 0, 1e-3
    )


@torch.no_grad()
def features(v, taps):
    w = weights
    x = (v - 127.0) / 128.0
    x = F.relu6(normalized(F.conv2d(same(x, 3, 2), w["_conv_stem.weight"], stride=2), "_bn0"))
    out, at = {}, 0
    for count, kernel, first, expansion, inner, outer in STAGES:
        for n in range(count):
            stride, channels, block = (first, inner, f"_blocks.{at}") if n == 0 else (1, outer, f"_blocks.{at}")
            y = x
            if expansion != 1:
                y = F.relu6(normalized(F.conv2d(y, w[f"{block}._expand_conv.weight"]), f"{block}._bn0"))
            depthwise = w[f"{block}._depthwise_conv.weight"]
            y = F.conv2d(same(y, kernel, stride), depthwise, stride=stride, groups=depthwise.shape[0])
            y = F.relu6(normalized(y, f"{block}._bn1"))
            y = normalized(F.conv2d(y, w[f"{block}._project_conv.weight"]), f"{block}._bn2")
            x = x + y if stride == 1 and channels == outer else y
            if at in taps:
                out[at] = x
            at += 1
    return out


def pixels(height, width):
    y, x, c = torch.meshgrid(torch.arange(height), torch.arange(width), torch.arange(3), indexing="ij")
    return ((37 * y + 91 * x + 53 * c + x * y) % 256).float().permute(2, 0, 1)[None]


cases = []
for height, width in ((64, 96), (75, 131)):
    blocks = {}
    for tap, output in features(pixels(height, width), (10, 14)).items():
        a = output[0].permute(1, 2, 0)
        rows, columns = a.shape[:2]
        cells = [
            {"row": r, "column": q, "values": [round(float(value), 6) for value in a[r, q]]}
            for r, q in ((0, 0), (1, 2), (rows - 1, columns - 1))
        ]
        blocks[str(tap)] = {"rows": rows, "columns": columns, "sum": float(a.double().sum()), "cells": cells}
    cases.append({"height": height, "width": width, "blocks": blocks})
note = "Outputs of blocks 10 and 14 for pixels v(y, x, c) = (37 y + 91 x + 53 c + x y) mod 256, by PyTorch."
Path(__file__).with_suffix(".json").write_text(json.dumps({"note": note, "cases": cases}, separators=(",", ":")) + "\n")
