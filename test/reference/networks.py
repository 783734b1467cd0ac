"""The networks of every system, written from the papers and `docs/model-format.md`, in double precision with JAX.

Nothing is shared with `src`. `shape` says how large they are; set its fields before a network is used.
"""

import math

import jax
import jax.numpy as np
import numpy

jax.config.update("jax_enable_x64", True)


class Shape:
    """Size of the image in pixels, its channels, filters nearest to it, dimensions of z, extra layers."""

    size, channels, width, latent, extra = 32, 1, 4, 6, 1

    @property
    def levels(self):
        return int(math.log2(self.size / 4))


shape = Shape()


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


def weight(name, sides):
    """The value of a weight, by what its name says that it is."""
    values = uniform(name, math.prod(sides))
    kind = name.split("/")[-1]
    if kind == "kernel":
        values = values * math.sqrt(3 / math.prod(sides[:-1]))
    elif kind == "scale":
        values = 1 + 0.1 * values
    elif kind == "variance":
        values = 1 + 0.5 * values
    else:
        values = 0.1 * values
    return np.array(values.astype(numpy.float32).astype(numpy.float64).reshape(sides))


def given(name, sides, scale=1.0, shift=0.0):
    values = scale * uniform(name, math.prod(sides)) + shift
    return np.array(values.astype(numpy.float32).astype(numpy.float64).reshape(sides))


class Weights(dict):
    """Weights by name; made when they are first asked for."""

    def get_or_make(self, name, sides):
        if name not in self:
            self[name] = weight(name, sides)
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

    def get(self, name, sides):
        return self.w.get_or_make(f"{self.scope}/{name}", sides)

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
    widest = shape.width * 2 ** (shape.levels - 1)
    h = net.dense("project", z, 16 * widest).reshape(-1, 4, 4, widest)
    h = relu(net.batch_norm("project", h))
    for level in range(shape.levels - 1, 0, -1):
        name = f"up{shape.levels - level}"
        h = relu(net.batch_norm(name, net.up(name, h, shape.width * 2 ** (level - 1), False)))
    return np.tanh(net.up("image", h, shape.channels, True))


def critic(w, x, normalized, mode="batch"):
    net = Net(w, "critic", mode)
    h = x
    for level in range(shape.levels):
        name = f"down{level + 1}"
        normal = normalized and level > 0
        h = net.down(name, h, shape.width * 2**level, not normal)
        h = leaky(net.batch_norm(name, h) if normal else h)
    return net.dense("value", h.reshape(h.shape[0], -1), 1), h


def encoder(w, x, mode):
    net = Net(w, "encoder", mode)
    h = x
    for level in range(shape.levels):
        name = f"down{level + 1}"
        h = net.down(name, h, shape.width * 2**level, level == 0)
        h = leaky(net.batch_norm(name, h) if level > 0 else h)
    return np.tanh(net.dense("code", h.reshape(h.shape[0], -1), shape.latent))


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
    return shape.width * min(8, 2**halvings)


def residual_generator(w, z, mode):
    net = Net(w, "generator", mode)
    h = net.dense("project", z, 16 * filters_at(shape.levels)).reshape(-1, 4, 4, filters_at(shape.levels))
    for level in range(shape.levels - 1, -1, -1):
        h = block(net, f"up{shape.levels - level}", h, filters_at(level), "up", net.batch_norm)
    return np.tanh(net.even("image", relu(net.batch_norm("image", h)), shape.channels, 3, True))


def residual_critic(w, x):
    net = Net(w, "critic", "batch")
    h = net.even("image", x, shape.width, 3, True)
    for level in range(1, shape.levels + 1):
        h = block(net, f"down{level}", h, filters_at(level), "down", net.layer_norm)
    return net.dense("value", h.reshape(h.shape[0], -1), 1), h


def residual_encoder(w, x, mode):
    net = Net(w, "encoder", mode)
    h = net.even("image", x, shape.width, 3, True)
    for level in range(1, shape.levels + 1):
        h = block(net, f"down{level}", h, filters_at(level), "down", net.batch_norm)
    return np.tanh(net.dense("code", h.reshape(h.shape[0], -1), shape.latent))


def ganomaly_descend(net, x):
    h = leaky(net.down("down1", x, shape.width, False))
    for i in range(1, shape.extra + 1):
        h = leaky(net.batch_norm(f"extra{i}", net.even(f"extra{i}", h, h.shape[3], 3, False)))
    for level in range(2, shape.levels + 1):
        name = f"down{level}"
        h = leaky(net.batch_norm(name, net.down(name, h, shape.width * 2 ** (level - 1), False)))
    return h


def ganomaly_encode(w, scope, x, mode="batch"):
    net = Net(w, scope, mode)
    h = ganomaly_descend(net, x)
    return net.dense("code", h.reshape(h.shape[0], -1), shape.latent)


def ganomaly_decode(w, z, mode="batch"):
    net = Net(w, "decoder", mode)
    widest = shape.width * 2 ** (shape.levels - 1)
    h = net.dense("project", z, 16 * widest).reshape(-1, 4, 4, widest)
    h = relu(net.batch_norm("project", h))
    for level in range(shape.levels - 1, 0, -1):
        name = f"up{shape.levels - level}"
        h = relu(net.batch_norm(name, net.up(name, h, shape.width * 2 ** (level - 1), False)))
    for i in range(1, shape.extra + 1):
        h = relu(net.batch_norm(f"extra{i}", net.even(f"extra{i}", h, h.shape[3], 3, False)))
    return np.tanh(net.up("image", h, shape.channels, False))


def ganomaly_discriminate(w, x, mode="batch"):
    net = Net(w, "discriminator", mode)
    h = ganomaly_descend(net, x)
    return net.dense("value", h.reshape(h.shape[0], -1), 1), h
