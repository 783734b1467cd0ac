"""One training step of each system, computed independently of the product and in double precision.

    python3 -m venv env && env/bin/pip install "jax[cpu]" && env/bin/python test/reference/steps.py

writes `steps.json` beside this file. Networks, losses, gradients (also those of the gradient penalty, through a
gradient) and optimizers are written here from the papers' formulas; nothing is shared with `src`. Weights and
inputs come from a small generator of numbers that the test has too, so that none of them need be stored.

Of each tensor the figures keep its norm and two projections on fixed vectors: any difference shows in them.
"""

import json
import math
from pathlib import Path

import jax
import jax.numpy as np
import numpy

jax.config.update("jax_enable_x64", True)

SIZE, CHANNELS, WIDTH, LATENT, BATCH, RATE = 32, 1, 4, 6, 3, 1e-3
LEVELS = int(math.log2(SIZE / 4))


# ------------------------------------------------------------------------------------------------ made-up numbers


def uniform(name, count):
    """`count` numbers in [-1, 1) that depend on a name alone (FNV-1a as the seed, then a linear generator)."""
    state = 0x811C9DC5
    for letter in name:
        state = ((state ^ ord(letter)) * 0x01000193) % 2**32
    values = []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append((state >> 8) / 2**23 - 1)
    return numpy.array(values, numpy.float32).astype(numpy.float64)


def weight(name, shape):
    """The value of a weight, by what its name says that it is."""
    values = uniform(name, math.prod(shape))
    kind = name.split("/")[-1]
    if kind == "kernel":
        values = values * math.sqrt(3 / math.prod(shape[:-1]))
    elif kind == "scale":
        values = 1 + 0.1 * values
    elif kind == "variance":
        values = 1 + 0.5 * values
    else:
        values = 0.1 * values
    return np.array(values.astype(numpy.float32).astype(numpy.float64).reshape(shape))


def given(name, shape, scale=1.0, shift=0.0):
    values = scale * uniform(name, math.prod(shape)) + shift
    return np.array(values.astype(numpy.float32).astype(numpy.float64).reshape(shape))


class Weights(dict):
    """Weights by name; made when they are first asked for."""

    def get_or_make(self, name, shape):
        if name not in self:
            self[name] = weight(name, shape)
        return self[name]

    def trainable(self):
        return {k: v for k, v in self.items() if k.split("/")[-1] not in ("mean", "variance")}


# ------------------------------------------------------------------------------------------------------- networks


def conv(x, kernel, stride):
    return jax.lax.conv_general_dilated(
        x, kernel, (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def deconv(x, kernel):
    """The transpose of a convolution with stride 2 from twice the side; kernel [4, 4, out, in]."""
    n, height, width, _ = x.shape
    large = np.zeros((n, 2 * height, 2 * width, kernel.shape[2]))
    return jax.linear_transpose(lambda y: conv(y, kernel, 2), large)(x)[0]


def leaky(x):
    return np.where(x > 0, x, 0.2 * x)


def relu(x):
    return np.maximum(x, 0)


class Net:
    """Layers over named weights; `mode` says where batch norm gets its statistics."""

    def __init__(self, weights, scope, mode):
        self.w, self.scope, self.mode = weights, scope, mode

    def get(self, name, shape):
        return self.w.get_or_make(f"{self.scope}/{name}", shape)

    def down(self, name, x, filters, bias):
        y = conv(x, self.get(f"{name}/kernel", (4, 4, x.shape[3], filters)), 2)
        return y + self.get(f"{name}/bias", (filters,)) if bias else y

    def up(self, name, x, filters, bias):
        y = deconv(x, self.get(f"{name}/kernel", (4, 4, filters, x.shape[3])))
        return y + self.get(f"{name}/bias", (filters,)) if bias else y

    def even(self, name, x, filters, kernel, bias):
        y = conv(x, self.get(f"{name}/kernel", (kernel, kernel, x.shape[3], filters)), 1)
        return y + self.get(f"{name}/bias", (filters,)) if bias else y

    def dense(self, name, x, units):
        return x @ self.get(f"{name}/kernel", (x.shape[1], units)) + self.get(f"{name}/bias", (units,))

    def batch_norm(self, name, x):
        channels = (x.shape[3],)
        scale, offset = self.get(f"{name}/scale", channels), self.get(f"{name}/offset", channels)
        mean, variance = self.get(f"{name}/mean", channels), self.get(f"{name}/variance", channels)
        if self.mode == "batch":
            mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
        return (x - mean) / np.sqrt(variance + 1e-5) * scale + offset

    def layer_norm(self, name, x):
        channels = (x.shape[3],)
        mean = x.mean((1, 2, 3), keepdims=True)
        variance = ((x - mean) ** 2).mean((1, 2, 3), keepdims=True)
        normal = (x - mean) / np.sqrt(variance + 1e-5)
        return normal * self.get(f"{name}/scale", channels) + self.get(f"{name}/offset", channels)


def generator(w, z, mode, scope="generator"):
    net = Net(w, scope, mode)
    widest = WIDTH * 2 ** (LEVELS - 1)
    h = net.dense("project", z, 16 * widest).reshape(-1, 4, 4, widest)
    h = relu(net.batch_norm("project", h))
    for level in range(LEVELS - 1, 0, -1):
        name = f"up{LEVELS - level}"
        h = relu(net.batch_norm(name, net.up(name, h, WIDTH * 2 ** (level - 1), False)))
    return np.tanh(net.up("image", h, CHANNELS, True))


def critic(w, x, normalized, mode="batch"):
    net = Net(w, "critic", mode)
    h = x
    for level in range(LEVELS):
        name = f"down{level + 1}"
        normal = normalized and level > 0
        h = net.down(name, h, WIDTH * 2**level, not normal)
        h = leaky(net.batch_norm(name, h) if normal else h)
    return net.dense("value", h.reshape(h.shape[0], -1), 1), h


def encoder(w, x, mode):
    net = Net(w, "encoder", mode)
    h = x
    for level in range(LEVELS):
        name = f"down{level + 1}"
        h = net.down(name, h, WIDTH * 2**level, level == 0)
        h = leaky(net.batch_norm(name, h) if level > 0 else h)
    return np.tanh(net.dense("code", h.reshape(h.shape[0], -1), LATENT))


def doubled(x):
    return x.repeat(2, 1).repeat(2, 2)


def halved(x):
    n, height, width, channels = x.shape
    return x.reshape(n, height // 2, 2, width // 2, 2, channels).mean((2, 4))


def block(net, name, x, filters, way, norm):
    inner = filters if way == "up" else x.shape[3]
    h = relu(norm(f"{name}/before", x))
    h = doubled(h) if way == "up" else h
    h = net.even(f"{name}/first", h, inner, 3, False)
    h = relu(norm(f"{name}/between", h))
    h = net.even(f"{name}/second", h, filters, 3, True)
    # The shortcut in the order of the paper: up before the 1x1 convolution, down after it.
    if way == "up":
        return net.even(f"{name}/shortcut", doubled(x), filters, 1, True) + h
    return halved(net.even(f"{name}/shortcut", x, filters, 1, True)) + halved(h)


def filters_at(halvings):
    return WIDTH * min(8, 2**halvings)


def residual_generator(w, z, mode):
    net = Net(w, "generator", mode)
    h = net.dense("project", z, 16 * filters_at(LEVELS)).reshape(-1, 4, 4, filters_at(LEVELS))
    for level in range(LEVELS - 1, -1, -1):
        h = block(net, f"up{LEVELS - level}", h, filters_at(level), "up", net.batch_norm)
    return np.tanh(net.even("image", relu(net.batch_norm("image", h)), CHANNELS, 3, True))


def residual_critic(w, x):
    net = Net(w, "critic", "batch")
    h = net.even("image", x, WIDTH, 3, True)
    for level in range(1, LEVELS + 1):
        h = block(net, f"down{level}", h, filters_at(level), "down", net.layer_norm)
    return net.dense("value", h.reshape(h.shape[0], -1), 1), h


EXTRA = 1


def ganomaly_descend(net, x):
    h = leaky(net.down("down1", x, WIDTH, False))
    for i in range(1, EXTRA + 1):
        h = leaky(net.batch_norm(f"extra{i}", net.even(f"extra{i}", h, h.shape[3], 3, False)))
    for level in range(2, LEVELS + 1):
        name = f"down{level}"
        h = leaky(net.batch_norm(name, net.down(name, h, WIDTH * 2 ** (level - 1), False)))
    return h


def ganomaly_encode(w, scope, x, mode="batch"):
    net = Net(w, scope, mode)
    h = ganomaly_descend(net, x)
    return net.dense("code", h.reshape(h.shape[0], -1), LATENT)


def ganomaly_decode(w, z, mode="batch"):
    net = Net(w, "decoder", mode)
    widest = WIDTH * 2 ** (LEVELS - 1)
    h = net.dense("project", z, 16 * widest).reshape(-1, 4, 4, widest)
    h = relu(net.batch_norm("project", h))
    for level in range(LEVELS - 1, 0, -1):
        name = f"up{LEVELS - level}"
        h = relu(net.batch_norm(name, net.up(name, h, WIDTH * 2 ** (level - 1), False)))
    for i in range(1, EXTRA + 1):
        h = relu(net.batch_norm(f"extra{i}", net.even(f"extra{i}", h, h.shape[3], 3, False)))
    return np.tanh(net.up("image", h, CHANNELS, False))


def ganomaly_discriminate(w, x, mode="batch"):
    net = Net(w, "discriminator", mode)
    h = ganomaly_descend(net, x)
    return net.dense("value", h.reshape(h.shape[0], -1), 1), h


# ----------------------------------------------------------------------------------------------------- optimizers


def adam(w, g, beta1, beta2):
    """The first step of Adam (Kingma and Ba 2015, the order of section 2's last paragraph)."""
    m, v = (1 - beta1) * g, (1 - beta2) * g**2
    rate = RATE * math.sqrt(1 - beta2) / (1 - beta1)
    return w - rate * m / (np.sqrt(v) + 1e-8), {"m": m, "v": v}


def rmsprop(w, g, decay, epsilon):
    square = (1 - decay) * g**2
    return w - RATE * g / np.sqrt(square + epsilon), {"square": square}


# ---------------------------------------------------------------------------------------------------------- steps


def summary(tensor):
    t = numpy.asarray(tensor).reshape(-1)
    i = numpy.arange(t.size)
    return [
        float(numpy.linalg.norm(t)),
        float(t @ numpy.cos(0.7 * i + 0.3)),
        float(t @ numpy.cos(1.9 * i * i + 0.1 * i)),
    ]


def take_step(weights, scopes, loss, optimizer, clip=None):
    """Losses, gradients (as the optimizer keeps them) and the updated weights of the networks in `scopes`."""
    own = {k: v for k, v in weights.trainable().items() if k.split("/")[0] in scopes}
    (value, parts), gradients = jax.value_and_grad(
        lambda chosen: loss(Weights({**weights, **chosen})), has_aux=True
    )(own)
    updated, slots = {}, {}
    for name, w in own.items():
        new, kept = optimizer(w, gradients[name])
        updated[name] = new if clip is None else np.clip(new, -clip, clip)
        for slot, tensor in kept.items():
            slots[f"{name}/{slot}"] = tensor
    return {
        "losses": {k: float(v) for k, v in {**parts, "loss": value}.items()},
        "gradients": {k: summary(v) for k, v in gradients.items()},
        "slots": {k: summary(v) for k, v in slots.items()},
        "weights": {k: summary(v) for k, v in updated.items()},
    }


x = given("x", (BATCH, SIZE, SIZE, CHANNELS))
z = given("z", (BATCH, LATENT), 2.0)
mix = given("mix", (BATCH, 1, 1, 1), 0.5, 0.5)


def softplus(v):
    return np.logaddexp(v, 0)


def mean_square(a, b):
    return ((a - b) ** 2).mean()


def wasserstein_penalty(judge, real, fake, lam):
    between = mix * real + (1 - mix) * fake
    slope = jax.grad(lambda at: judge(at).sum())(between)
    norm = np.sqrt((slope**2).sum((1, 2, 3)) + 1e-12)
    penalty = ((norm - 1) ** 2).mean()
    difference = judge(fake).mean() - judge(real).mean()
    return difference + lam * penalty, {"wasserstein": -difference, "penalty": penalty}


def gan_case(generate, judge, critic_loss, generator_loss, optimizer, clip=None):
    w = Weights()
    judge(w, generate(w, z))
    return {
        "critic": take_step(
            w,
            {"critic"},
            lambda c: critic_loss(lambda v: judge(c, v)[0], x, generate(w, z)),
            optimizer,
            clip,
        ),
        "generator": take_step(
            w,
            {"generator"},
            lambda c: (generator_loss(judge(c, generate(c, z))[0]), {}),
            optimizer,
        ),
    }


def plain(w, v):
    return critic(w, v, False)


def normalized(w, v):
    return critic(w, v, True)


def by_batch(w, v):
    return generator(w, v, "batch")


def fanogan_case(kind, k):
    w = Weights()
    image = generator(w, z, "measured")
    critic(w, image, False)
    encoder(w, image, "measured")

    def loss(c):
        if kind == "ziz":
            return mean_square(z, encoder(c, generator(w, z, "measured"), "batch")), {}
        y = generator(w, encoder(c, x, "batch"), "measured")
        residual = mean_square(x, y)
        if kind == "izi":
            return residual, {}
        return residual + k * mean_square(critic(w, x, False)[1], critic(w, y, False)[1]), {}

    return {"encoder": take_step(w, {"encoder"}, loss, lambda v, g: rmsprop(v, g, 0.9, 1e-8))}


def ganomaly_case(weights=(1, 50, 1)):
    w = Weights()
    start = ganomaly_decode(w, ganomaly_encode(w, "encoder", x))
    ganomaly_encode(w, "reencoder", start)
    ganomaly_discriminate(w, x)

    def loss(c):
        code = ganomaly_encode(c, "encoder", x)
        y = ganomaly_decode(c, code)
        adversarial = mean_square(ganomaly_discriminate(w, x)[1], ganomaly_discriminate(w, y)[1])
        context = np.abs(x - y).mean()
        again = mean_square(code, ganomaly_encode(c, "reencoder", y))
        value = weights[0] * adversarial + weights[1] * context + weights[2] * again
        return value, {"adversarial": adversarial, "context": context, "code": again}

    def judged(c):
        real, fake = ganomaly_discriminate(c, x)[0], ganomaly_discriminate(c, start)[0]
        return 0.5 * (softplus(-real).mean() + softplus(fake).mean()), {}

    moves = lambda v, g: adam(v, g, 0.5, 0.999)  # noqa: E731
    return {
        "generator": take_step(w, {"encoder", "decoder", "reencoder"}, loss, moves),
        "discriminator": take_step(w, {"discriminator"}, judged, moves),
    }


def search_case(share):
    w = Weights()
    critic(w, generator(w, z, "measured"), True, "measured")

    def loss(code):
        y = generator(w, code, "measured")
        features = critic(w, x, True, "measured")[1] - critic(w, y, True, "measured")[1]
        return (1 - share) * np.abs(x - y).sum() + share * np.abs(features).sum()

    value, gradient = jax.value_and_grad(loss)(z)
    moved, slots = adam(z, gradient, 0.9, 0.999)
    return {
        "search": {
            "losses": {"loss": float(value)},
            "gradients": {"z": summary(gradient)},
            "slots": {f"z/{k}": summary(v) for k, v in slots.items()},
            "weights": {"z": summary(moved)},
        }
    }


def wasserstein(judge, real, fake):
    value = judge(fake).mean() - judge(real).mean()
    return value, {"wasserstein": -value}


def cross_entropy(judge, real, fake):
    return softplus(-judge(real)).mean() + softplus(judge(fake)).mean(), {}


wgan_gp = (
    lambda judge, real, fake: wasserstein_penalty(judge, real, fake, 10),
    lambda fake: -fake.mean(),
    lambda v, g: adam(v, g, 0.0, 0.9),
)
cases = {
    "wgan-gp": gan_case(by_batch, plain, *wgan_gp),
    "wgan-gp-resnet": gan_case(lambda w, v: residual_generator(w, v, "batch"), residual_critic, *wgan_gp),
    "wgan": gan_case(
        by_batch,
        normalized,
        wasserstein,
        lambda fake: -fake.mean(),
        lambda v, g: rmsprop(v, g, 0.99, 1e-16),
        clip=0.1,
    ),
    "dcgan": gan_case(
        by_batch,
        normalized,
        cross_entropy,
        lambda fake: softplus(-fake).mean(),
        lambda v, g: adam(v, g, 0.5, 0.999),
    ),
    "fanogan-izif": fanogan_case("izif", 0.5),
    "fanogan-izi": fanogan_case("izi", 0.5),
    "fanogan-ziz": fanogan_case("ziz", 0.5),
    "ganomaly": ganomaly_case(),
    "anogan": search_case(0.1),
}


def rounded(value):
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.8g}")


setting = {
    "size": SIZE,
    "channels": CHANNELS,
    "width": WIDTH,
    "latent": LATENT,
    "batch": BATCH,
    "rate": RATE,
    "extraLayers": EXTRA,
    "k": 0.5,
    "clip": 0.1,
    "featureShare": 0.1,
}
text = json.dumps({"setting": setting, "cases": rounded(cases)}, separators=(",", ":"))
Path(__file__).with_name("steps.json").write_text(text + "\n")
