"""PatchCore as anomalib searches, with the backbone and the banks of a run of Fanoscope, in PyTorch.

    python patchcore.py RUN_FOLDER --scale S --channels C --threads N

Reads requests as lines of JSON, `{"files": [...]}`, and answers `{"scores": [[local, all], ...], "seconds": s, "processor": s}`: from
the file of each photograph to its evidence and its map in the photograph's size. The nearest cells are found by
anomalib's own `PatchcoreModel.nearest_neighbors`; the arithmetic before and after is that of `docs/methods.md`, so that
both sides do the same work and the scores can be compared.
"""

import argparse
import importlib.util
import json
import math
import struct
import sys
import time
import types
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

BLOCKS = [(1, 1, False)]
for count, stride, grows in ((3, 2, True), (3, 2, True), (4, 2, True), (4, 1, True)):
    BLOCKS += [(1 if at else stride, 6, at > 0) for at in range(count)]
TAPS = (10, 14)


def anomalib_patchcore():
    """The class with the search, without the rest of anomalib, which brings a web of packages along."""
    folder = Path(importlib.util.find_spec("anomalib").origin).parent / "models" / "image" / "patchcore"

    def module(name, **content):
        made = types.ModuleType(name)
        made.__dict__.update(content)
        sys.modules[name] = made

    nothing = type("Nothing", (), {})
    module("anomalib.data", InferenceBatch=tuple)
    module("anomalib.utils", deprecate=lambda **_: lambda of: of)
    module("anomalib.models")
    components = {"DynamicBufferMixin": nothing, "KCenterGreedy": nothing, "TimmFeatureExtractor": nothing}
    module("anomalib.models.components", **components)
    module("patchcore")
    module("patchcore.anomaly_map", AnomalyMapGenerator=nothing)
    spec = importlib.util.spec_from_file_location("patchcore.torch_model", folder / "torch_model.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded.PatchcoreModel


def tensors_of(file):
    data = Path(file).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    at = 8 + length
    return {
        name: torch.from_numpy(
            numpy.frombuffer(data[at + entry["data_offsets"][0] : at + entry["data_offsets"][1]], "<f4")
            .reshape(entry["shape"])
            .copy()
        )
        for name, entry in header.items()
    }


def same(x, kernel, stride):
    """The padding of TensorFlow's "same": what is odd of it goes to the right and below."""
    pads = []
    for length in (x.shape[3], x.shape[2]):
        total = max(0, (math.ceil(length / stride) - 1) * stride + kernel - length)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads) if any(pads) else x


class Backbone(nn.Module):
    def __init__(self, tensors):
        super().__init__()
        self.layers = nn.ModuleDict()
        for name in {key.rsplit("/", 1)[0] for key in tensors if key.startswith("backbone/")}:
            weight, bias = tensors[f"{name}/filter"], tensors[f"{name}/bias"]
            by_depth = name.endswith("depthwise")
            kernel = weight.shape[0]
            stride = 2 if name.endswith("stem") else 1
            if by_depth:
                stride = BLOCKS[int(name.split("block")[1].split("/")[0])][0]
            channels = weight.shape[2]
            layer = nn.Conv2d(channels, weight.shape[2] if by_depth else weight.shape[3], kernel, stride, groups=channels if by_depth else 1)
            layer.weight = nn.Parameter(weight.permute(2, 3, 0, 1) if by_depth else weight.permute(3, 2, 0, 1))
            layer.bias = nn.Parameter(bias)
            self.layers[name.replace("backbone/", "").replace("/", "_")] = layer

    def run(self, name, x):
        layer = self.layers[name]
        return layer(same(x, layer.kernel_size[0], layer.stride[0]))

    def forward(self, x):
        y = F.relu6(self.run("stem", ((x + 1) * 127.5 - 127) / 128))
        tapped = []
        for at, (_, expansion, residual) in enumerate(BLOCKS):
            wide = F.relu6(self.run(f"block{at}_expand", y)) if expansion > 1 else y
            out = self.run(f"block{at}_project", F.relu6(self.run(f"block{at}_depthwise", wide)))
            y = out + y if residual else out
            if at in TAPS:
                tapped.append(y)
        return torch.cat(tapped, 1)


class Memory:
    def __init__(self, folder, options):
        tensors = tensors_of(Path(folder) / "model.safetensors")
        self.options = options
        self.backbone = Backbone(tensors).eval().to(memory_format=torch.channels_last)
        Patchcore = anomalib_patchcore()
        self.levels = {}
        self.sizes = sum(f"memory/{size}/bank" in tensors for size in range(9))
        for kind in (*map(str, range(self.sizes)), "map"):
            level = {key: tensors[f"memory/{kind}/{key}"] for key in ("mean", "whitening", "unit")}
            search = object.__new__(Patchcore)
            search.__dict__["memory_bank"] = tensors[f"memory/{kind}/bank"]
            self.levels[kind] = (level, search)
        self.usual = tensors["memory/usual"].tolist()

    def picture(self, file):
        image = Image.open(file)
        samples = numpy.asarray(image, numpy.float32)
        if samples.ndim == 3 and self.options.channels == 1:
            samples = numpy.floor(samples @ numpy.float32([0.299, 0.587, 0.114]) + 0.5)
        x = torch.from_numpy(numpy.ascontiguousarray(numpy.atleast_3d(samples))).permute(2, 0, 1)[None]
        x = torch.clamp(2 * x / 255 - 1, max=1)
        height, width = x.shape[2:]
        factor = min(1, max(self.options.scale, 32 / min(width, height)))
        size = [max(1, math.floor(side * factor + 0.5)) for side in (height, width)]
        x = F.interpolate(x, size, mode="bilinear", antialias=True)
        return (x.expand(1, 3, -1, -1) if x.shape[1] == 1 else x), (height, width)

    def cells(self, x):
        height, width = x.shape[2:]
        padded = [math.ceil((side + 8) / 16) * 16 for side in (height, width)]
        x = F.pad(x, (8, padded[1] - width - 8, 8, padded[0] - height - 8), "replicate")
        plain = self.backbone(x.contiguous(memory_format=torch.channels_last))
        averaged = F.avg_pool2d(plain, 3, 1, 1, count_include_pad=False)
        rows, columns = (max(1, (side - 8) // 16 + 1) for side in (height, width))
        return plain[:, :, :rows, :columns], averaged[:, :, :rows, :columns]

    def distances(self, kind, cells):
        level, search = self.levels[kind]
        rows, columns = cells.shape[2:]
        flat = cells[0].permute(1, 2, 0).reshape(rows * columns, -1)
        nearest, _ = search.nearest_neighbors((flat - level["mean"]) @ level["whitening"], 1)
        grid = (nearest / level["unit"]).reshape(1, 1, rows, columns)
        return grid if kind == "map" else F.avg_pool2d(grid, 3, 1, 1, count_include_pad=False)

    def evidence(self, file):
        x, shown = self.picture(file)
        plain, averaged = self.cells(x)
        first = both = self.distances("0", averaged)
        for size in range(1, self.sizes):
            # Each size is made of the one before.
            sides = [max(1, math.floor(side * 0.7 + 0.5)) for side in x.shape[2:]]
            x = F.interpolate(x, sides, mode="bilinear")
            _, averaged = self.cells(x)
            coarse = self.distances(str(size), averaged)
            both = both + F.interpolate(coarse, first.shape[2:], mode="bilinear")
        F.interpolate(both / self.sizes + self.distances("map", plain) - 1, size=shown, mode="bilinear")
        ordered = torch.sort(both.reshape(-1)).values
        top = max(1, math.floor(len(ordered) * 0.02 + 0.5))
        local, all_ = ordered[-top:].mean().item(), ordered.mean().item()
        m_local, s_local, m_all, s_all = self.usual
        return [(local - m_local) / s_local, (all_ - m_all) / s_all]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--scale", type=float)
    parser.add_argument("--channels", type=int)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    memory = Memory(options.folder, options)
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        files = json.loads(line)["files"]
        start, before = time.perf_counter(), time.process_time()
        with torch.inference_mode():
            scores = [memory.evidence(file) for file in files]
        spent = {"seconds": time.perf_counter() - start, "processor": time.process_time() - before}
        print(json.dumps({"scores": scores, **spent}), flush=True)


main()
