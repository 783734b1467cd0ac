"""The steps of f-AnoGAN and GANomaly in PyTorch, one at a time on request, for the benchmark beside it.

Reads requests from standard input and answers each with one line of JSON on standard output:

    {"do": "prepare", "step": "critic"}            -> {"variants": [...], "skipped": {...}}
    {"do": "run", "step": "critic", "variant": v, "calls": n}
                                                   -> {"wall": ms, "processor": ms} of one call, on average
    {"do": "train", ...}                           -> {"seconds": s}
    {"do": "memory"}                               -> {"bytes": n}

The networks are those of `src/main/engine/networks/dcgan.ts`, layer by layer; GANomaly's are anomalib's own.
"""

import argparse
import importlib.util
import json
import resource
import sys
import time
import types
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn


def levels_of(size):
    return (size // 4).bit_length() - 1


class Generator(nn.Module):
    def __init__(self, shape):
        super().__init__()
        levels = levels_of(shape.size)
        self.widest = shape.width * 2 ** (levels - 1)
        self.project = nn.Linear(shape.latent, 16 * self.widest)
        layers = [nn.BatchNorm2d(self.widest, eps=1e-3), nn.ReLU(True)]
        for level in range(levels - 1, 0, -1):
            width = shape.width * 2 ** (level - 1)
            layers += [
                nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=False),
                nn.BatchNorm2d(width, eps=1e-3),
                nn.ReLU(True),
            ]
        layers += [nn.ConvTranspose2d(shape.width, shape.channels, 4, 2, 1), nn.Tanh()]
        self.layers = nn.Sequential(*layers)

    def forward(self, z):
        h = self.project(z).view(-1, self.widest, 4, 4).contiguous(memory_format=torch.channels_last)
        return self.layers(h)


class Critic(nn.Module):
    def __init__(self, shape):
        super().__init__()
        layers, channels = [], shape.channels
        for level in range(levels_of(shape.size)):
            width = shape.width * 2**level
            layers += [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2)]
            channels = width
        self.layers = nn.Sequential(*layers)
        self.value = nn.Linear(16 * channels, 1)

    def features(self, x):
        return self.layers(x)

    def forward(self, x):
        return self.value(self.features(x).flatten(1))


class Encoder(nn.Module):
    def __init__(self, shape):
        super().__init__()
        layers, channels = [], shape.channels
        for level in range(levels_of(shape.size)):
            width = shape.width * 2**level
            layers += [nn.Conv2d(channels, width, 4, 2, 1, bias=level == 0)]
            if level > 0:
                layers += [nn.BatchNorm2d(width, eps=1e-3)]
            layers += [nn.LeakyReLU(0.2, True)]
            channels = width
        self.layers = nn.Sequential(*layers)
        self.code = nn.Linear(16 * channels, shape.latent)

    def forward(self, x):
        return torch.tanh(self.code(self.layers(x).flatten(1)))


def distance(a, b):
    return (a - b).square().flatten(1).mean(1)


def frozen(module):
    module.eval()
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return module


class Fanogan:
    def __init__(self, shape, batch):
        self.shape, self.batch = shape, batch
        last = {"memory_format": torch.channels_last}
        self.g = Generator(shape).to(**last)
        self.d = Critic(shape).to(**last)
        self.e = Encoder(shape).to(**last)
        self.g_adam = torch.optim.Adam(self.g.parameters(), 1e-4, (0.0, 0.9))
        self.d_adam = torch.optim.Adam(self.d.parameters(), 1e-4, (0.0, 0.9))
        self.e_adam = torch.optim.Adam(self.e.parameters(), 1e-4)
        size = (batch, shape.channels, shape.size, shape.size)
        self.x = (2 * torch.rand(size) - 1).contiguous(**last)

    def critic_loss(self, x, z, mix):
        with torch.no_grad():
            fake = self.g(z)
        between = (fake + mix * (x - fake)).requires_grad_(True)
        (slope,) = torch.autograd.grad(self.d(between).sum(), between, create_graph=True)
        norm = (slope.square().sum((1, 2, 3)) + 1e-12).sqrt()
        return self.d(fake).mean() - self.d(x).mean() + 10 * (norm - 1).square().mean()

    def critic(self):
        x = self.x
        self.d_adam.zero_grad(set_to_none=True)
        loss = self.critic_loss(x, torch.randn(len(x), self.shape.latent), torch.rand(len(x), 1, 1, 1))
        loss.backward()
        self.d_adam.step()
        return loss.item()

    def generator_loss(self, z):
        return -self.d(self.g(z)).mean()

    def generator(self):
        for parameter in self.d.parameters():
            parameter.requires_grad_(False)
        self.g_adam.zero_grad(set_to_none=True)
        loss = self.generator_loss(torch.randn(len(self.x), self.shape.latent))
        loss.backward()
        self.g_adam.step()
        for parameter in self.d.parameters():
            parameter.requires_grad_(True)
        return loss.item()

    def encoder_loss(self, x):
        y = self.g(self.e(x))
        with torch.no_grad():
            real = self.d.features(x)
        return (distance(x, y) + distance(real, self.d.features(y))).mean()

    def encoder(self):
        self.e_adam.zero_grad(set_to_none=True)
        loss = self.encoder_loss(self.x)
        loss.backward()
        self.e_adam.step()
        return loss.item()

    def score_tensors(self, x):
        z = self.e(x)
        y = self.g(z)
        real, restored = self.d.features(x), self.d.features(y)
        return (
            distance(x, y),
            distance(real, restored),
            distance(z, self.e(y)),
            self.d.value(real.flatten(1)),
            (x - y).abs().mean(1),
        )

    def score(self):
        with torch.inference_mode():
            return [tensor.numpy().sum() for tensor in self.score_tensors(self.x)]


def anomalib_ganomaly():
    """anomalib's network and losses without the rest of anomalib, which brings a web of packages along."""
    folder = Path(importlib.util.find_spec("anomalib").origin).parent / "models" / "image" / "ganomaly"
    data = types.ModuleType("anomalib.data")
    data.InferenceBatch = tuple
    image = types.ModuleType("anomalib.data.utils.image")
    # The images of the benchmark have a side that is a power of two already.
    image.pad_nextpow2 = lambda batch: batch
    sys.modules |= {
        "anomalib.data": data,
        "anomalib.data.utils": types.ModuleType("anomalib.data.utils"),
        "anomalib.data.utils.image": image,
    }

    def load(name):
        spec = importlib.util.spec_from_file_location(f"ganomaly_{name}", folder / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load("torch_model"), load("loss")


class Ganomaly:
    """The step of anomalib's `Ganomaly.training_step`, without Lightning around it."""

    def __init__(self, shape, batch):
        network, loss = anomalib_ganomaly()
        self.model = network.GanomalyModel((shape.size, shape.size), shape.channels, shape.width, shape.latent)
        self.model = self.model.to(memory_format=torch.channels_last).train()
        self.generator_loss, self.discriminator_loss = loss.GeneratorLoss(), loss.DiscriminatorLoss()
        adam = {"lr": 2e-4, "betas": (0.5, 0.999)}
        self.d_opt = torch.optim.Adam(self.model.discriminator.parameters(), **adam)
        self.g_opt = torch.optim.Adam(self.model.generator.parameters(), **adam)
        x = 2 * torch.rand(batch, shape.channels, shape.size, shape.size) - 1
        self.x = x.contiguous(memory_format=torch.channels_last)

    def ganomaly(self):
        padded, fake, latent_i, latent_o = self.model(self.x)
        pred_real, _ = self.model.discriminator(padded)
        pred_fake, _ = self.model.discriminator(fake)
        g_loss = self.generator_loss(latent_i, latent_o, padded, fake, pred_real, pred_fake)
        self.g_opt.zero_grad()
        g_loss.backward(retain_graph=True)
        self.g_opt.step()
        pred_fake, _ = self.model.discriminator(fake.detach())
        d_loss = self.discriminator_loss(pred_real, pred_fake)
        self.d_opt.zero_grad()
        d_loss.backward()
        self.d_opt.step()
        return g_loss.item(), d_loss.item()


def compiled(model, step):
    """A copy of the step whose computing part went through torch.compile."""
    if step == "ganomaly":
        model.model = torch.compile(model.model)
        return model.ganomaly
    part = {"critic": "critic_loss", "generator": "generator_loss", "encoder": "encoder_loss"}.get(step, "score_tensors")
    setattr(model, part, torch.compile(getattr(model, part)))
    return getattr(model, step)


def make(shape, step):
    name, _, size = step.partition("-")
    batch = int(size or shape.batch)
    torch.manual_seed(1)
    if name == "ganomaly":
        return Ganomaly(shape, batch), name
    model = Fanogan(shape, batch)
    if name == "encoder":
        frozen(model.g), frozen(model.d)
    if name == "score":
        frozen(model.g), frozen(model.d), frozen(model.e)
    return model, name


def prepare(shape, step, threads, use_compile):
    """The ways to run a step: with each number of threads, and compiled where that works."""
    variants, skipped = {}, {}
    for compile_it in [False, True] if use_compile else [False]:
        label = "compiled" if compile_it else "eager"
        try:
            model, name = make(shape, step)
            run = compiled(model, name) if compile_it else getattr(model, name)
            run()
            run()
        except Exception as error:  # What torch.compile cannot do is reported, not fatal.
            skipped[label] = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            continue
        for count in threads:
            variants[f"{label}, {count} threads"] = (run, count)
    return variants, skipped


def train(shape, request):
    """Both stages of f-AnoGAN as the preset says: crops and mirrors, moving average, rates along half a cosine."""
    import numpy

    images = torch.from_numpy(numpy.load(request["images"]))
    validation = torch.from_numpy(numpy.load(request["validation"]))
    torch.manual_seed(request["seed"])
    torch.set_num_threads(request["threads"])
    settings = request["settings"]
    batch, decay = settings["batch"], settings["average"]
    model = Fanogan(shape, batch)
    model.g_adam = torch.optim.Adam(model.g.parameters(), 1, (float(settings["beta1"]), float(settings["beta2"])))
    model.d_adam = torch.optim.Adam(model.d.parameters(), 1, (float(settings["beta1"]), float(settings["beta2"])))
    averaged = Generator(shape).to(memory_format=torch.channels_last)
    averaged.load_state_dict(model.g.state_dict())

    def crops(source, count):
        size, out = shape.size, []
        places = torch.randint(0, source.shape[-1] - size + 1, (count, 2))
        for i, (top, left) in zip(torch.randint(0, len(source), (count,)), places):
            tile = source[i, :, top : top + size, left : left + size]
            if torch.rand(()) < 0.5:
                tile = tile.flip(2)
            if torch.rand(()) < 0.5:
                tile = tile.flip(1)
            out.append(tile)
        return torch.stack(out).contiguous(memory_format=torch.channels_last)

    def rate(base, step, total):
        return base * (0.1 + 0.45 * (1 + torch.cos(torch.tensor(torch.pi * step / total)).item()))

    started = time.perf_counter()
    total = settings["ganSteps"]
    for step in range(total):
        now = rate(settings["learningRate"], step, total)
        model.d_adam.param_groups[0]["lr"] = now
        model.g_adam.param_groups[0]["lr"] = now * settings.get("generatorRate", 1)
        for _ in range(settings["criticSteps"]):
            model.x = crops(images, batch)
            model.critic()
        model.generator()
        with torch.no_grad():
            for mine, theirs in zip(averaged.parameters(), model.g.parameters()):
                mine.mul_(decay).add_(theirs, alpha=1 - decay)
    averaged.train()
    with torch.no_grad():
        for _ in range(32):
            averaged(torch.randn(batch, shape.latent))
    model.g = frozen(averaged)
    frozen(model.d)
    total = settings["encoderSteps"]
    tiles = crops(validation, settings["validationTiles"])
    best, chosen = float("inf"), None
    for step in range(total):
        model.e_adam.param_groups[0]["lr"] = rate(settings["encoderLearningRate"], step, total)
        model.x = crops(images, batch)
        model.encoder()
        if (step + 1) % settings["validateEvery"] == 0 or step + 1 == total:
            model.e.eval()
            with torch.inference_mode():
                value = sum(model.encoder_loss(part).item() for part in tiles.split(batch))
            model.e.train()
            if value < best:
                best, chosen = value, {name: tensor.clone() for name, tensor in model.e.state_dict().items()}
    model.e.load_state_dict(chosen)
    return time.perf_counter() - started


def main():
    parser = argparse.ArgumentParser()
    for name in ("size", "channels", "width", "latent", "batch"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--threads", required=True)
    parser.add_argument("--compile", action="store_true")
    shape = parser.parse_args()
    threads = [int(count) for count in shape.threads.split(",")]
    steps = {}
    answer = lambda document: print(json.dumps(document), flush=True)
    answer({"version": torch.__version__})
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "prepare":
            variants, skipped = prepare(shape, request["step"], threads, shape.compile)
            steps[request["step"]] = variants
            answer({"variants": list(variants), "skipped": skipped})
        elif request["do"] == "run":
            run, count = steps[request["step"]][request["variant"]]
            torch.set_num_threads(count)
            calls = request["calls"]
            before, start = time.process_time(), time.perf_counter()
            for _ in range(calls):
                run()
            wall, processor = time.perf_counter() - start, time.process_time() - before
            answer({"wall": 1000 * wall / calls, "processor": 1000 * processor / calls})
        elif request["do"] == "forget":
            steps.pop(request["step"], None)
            answer({})
        elif request["do"] == "train":
            answer({"seconds": train(shape, request)})
        elif request["do"] == "memory":
            answer({"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024})


main()
