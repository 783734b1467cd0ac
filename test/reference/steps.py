"""One training step of each system, computed independently of the product and in double precision.

    python3 -m venv env && env/bin/pip install "jax[cpu]" && env/bin/python test/reference/steps.py

writes `steps.json` beside this file. Losses, gradients (also those of the gradient penalty, through a gradient) and
optimizers are written here from the papers' formulas, networks in `networks.py`; nothing is shared with `src`.
Weights and inputs come from a small generator of numbers that the test has too, so that none of them need be
stored.

Of each tensor the figures keep its norm and two projections on fixed vectors: any difference shows in them.
"""

import json
import math
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
    residual_generator,
    shape,
)

BATCH, RATE = 3, 1e-3


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


x = given("x", (BATCH, shape.size, shape.size, shape.channels))
z = given("z", (BATCH, shape.latent), 2.0)
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
    "size": shape.size,
    "channels": shape.channels,
    "width": shape.width,
    "latent": shape.latent,
    "batch": BATCH,
    "rate": RATE,
    "extraLayers": shape.extra,
    "k": 0.5,
    "clip": 0.1,
    "featureShare": 0.1,
}
text = json.dumps({"setting": setting, "cases": rounded(cases)}, separators=(",", ":"))
Path(__file__).with_name("steps.json").write_text(text + "\n")
