"""
Makes metrics.json: figures of scikit-learn, SciPy and NumPy that the tests of src/main/metrics compare with.

    python3 -m venv venv && venv/bin/pip install numpy scipy scikit-learn && venv/bin/python metrics.py

AUPRO and DeLong's variance are computed here from their definitions, threshold by threshold and pair by
pair, in another way than the product does it.
"""

import json
import sys
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import ndimage, stats
from sklearn import metrics

random = np.random.default_rng(20240607)


def classification_cases():
    def case(name, scores, labels):
        return name, np.round(np.asarray(scores, float), 6), np.asarray(labels, int)

    n = 90
    labels = (random.random(n) < 0.3).astype(int)
    yield case("ninety", random.normal(size=n) + labels, labels)
    yield case("ninety with ties", np.round(3 * (random.normal(size=n) + labels)) / 3, labels)
    n = 400
    labels = (random.random(n) < 0.3).astype(int)
    yield case("continuous", random.normal(size=n) + 1.2 * labels, labels)
    yield case("many ties", np.round(2 * (random.normal(size=n) + labels)) / 2, labels)
    yield case("negative and large values", 1e6 * (random.normal(size=n) - 3 + 0.5 * labels), labels)
    rare = np.zeros(2000, int)
    rare[random.choice(2000, 3, replace=False)] = 1
    yield case("three in two thousand", random.normal(size=2000) + 2 * rare, rare)
    yield case("all but two anomalous", random.normal(size=300), np.r_[np.zeros(2), np.ones(298)])
    yield case("two items, right", [0.1, 0.9], [0, 1])
    yield case("two items, wrong", [0.9, 0.1], [0, 1])
    yield case("two items, tied", [0.5, 0.5], [0, 1])
    yield case("all tied", np.full(20, 0.25), [0, 1] * 10)
    yield case("perfect", np.arange(30), [0] * 20 + [1] * 10)
    yield case("inverted", np.arange(30), [1] * 10 + [0] * 20)
    yield case("zero and minus zero", [0.0, -0.0, 0.0, -0.0, 1.0, -1.0], [0, 1, 1, 0, 1, 0])
    for i in range(12):
        size = int(random.integers(3, 12))
        labels = random.integers(0, 2, size)
        labels[:2] = [0, 1]
        yield case(f"tiny {i}", random.integers(0, 4, size) / 4, labels)


def classification(scores, labels):
    fpr, tpr, thresholds = metrics.roc_curve(labels, scores, drop_intermediate=False)
    precision, recall, pr_thresholds = metrics.precision_recall_curve(labels, scores)
    f1 = [metrics.f1_score(labels, scores >= t) for t in np.unique(scores)]
    partial = {}
    for limit in (0.05, 0.1, 0.3, 1.0):
        x, y, _ = metrics.roc_curve(labels, scores)
        inside = x <= limit
        raw = metrics.auc(np.r_[x[inside], limit], np.r_[y[inside], np.interp(limit, x, y)])
        # roc_auc_score takes max_fpr = 1 as "no limit" and returns the plain area, which is the same.
        partial[str(limit)] = {
            "standardised": metrics.roc_auc_score(labels, scores, max_fpr=limit),
            "raw": raw,
        }
    threshold = float(np.quantile(scores, 0.7, method="nearest"))
    tn, fp, fn, tp = metrics.confusion_matrix(labels, scores >= threshold, labels=[0, 1]).ravel()
    return {
        "scores": scores.tolist(),
        "labels": labels.tolist(),
        "auroc": metrics.roc_auc_score(labels, scores),
        "mannWhitney": stats.mannwhitneyu(scores[labels == 1], scores[labels == 0]).statistic
        / (labels.sum() * (1 - labels).sum()),
        "averagePrecision": metrics.average_precision_score(labels, scores),
        "partialAuroc": partial,
        # The first threshold is infinity, which JSON cannot hold.
        "roc": {"fpr": fpr.tolist(), "tpr": tpr.tolist(), "thresholds": thresholds[1:].tolist()}
        if len(scores) <= 100
        else None,
        "precisionRecall": {
            "precision": precision[::-1].tolist(),
            "recall": recall[::-1].tolist(),
            "thresholds": pr_thresholds[::-1].tolist(),
        }
        if len(scores) <= 100
        else None,
        "bestF1": max(f1),
        "confusion": {"threshold": threshold, "tp": int(tp), "fp": int(fp), "tn": int(tn), "fn": int(fn)},
    }


def per_region_overlap(maps, masks, limit):
    """The MVTec AD definition, threshold by threshold over all distinct values, highest first."""
    values = np.unique(np.concatenate([m.ravel() for m in maps]))[::-1]
    regions = []
    for index, mask in enumerate(masks):
        labeled, count = ndimage.label(mask, structure=np.ones((3, 3), int))
        regions += [(index, labeled == k + 1) for k in range(count)]
    normal = np.concatenate([m[mask == 0] for m, mask in zip(maps, masks)])
    fprs, pros = [0.0], [0.0]
    for value in values:
        fprs.append(np.mean(normal >= value))
        pros.append(np.mean([np.mean(maps[index][region] >= value) for index, region in regions]))
    fprs, pros = np.array(fprs), np.array(pros)
    last = np.searchsorted(fprs, limit, side="right")
    x, y = fprs[:last], pros[:last]
    if last < len(fprs):
        share = (limit - fprs[last - 1]) / (fprs[last] - fprs[last - 1])
        x = np.append(x, limit)
        y = np.append(y, pros[last - 1] + share * (pros[last] - pros[last - 1]))
    return np.trapezoid(y, x) / limit


def pixel_cases():
    for name, levels, shapes, strength in (
        ("sixteen bits", 65535, [(24, 31), (24, 31), (17, 20), (12, 12)], 0.5),
        ("few levels", 7, [(24, 31), (24, 31), (17, 20)], 0.4),
        ("no signal", 65535, [(20, 20), (20, 20)], 0.0),
        ("strong signal", 65535, [(30, 30), (30, 30)], 3.0),
    ):
        maps, masks = [], []
        for i, shape in enumerate(shapes):
            mask = ndimage.gaussian_filter(random.normal(size=shape), 1.6)
            mask = (mask > np.quantile(mask, 0.88)).astype(int) if i > 0 else np.zeros(shape, int)
            value = np.abs(ndimage.gaussian_filter(random.normal(size=shape), 0.7)) + strength * mask
            maps.append(value)
            masks.append(mask)
        top = max(m.max() for m in maps)
        maps = [np.round(m / top * levels).astype(int) for m in maps]
        yield name, maps, masks


def pixels(maps, masks):
    labels = np.concatenate([m.ravel() for m in masks])
    values = np.concatenate([m.ravel() for m in maps])
    return {
        "images": [
            {"width": m.shape[1], "height": m.shape[0], "map": m.ravel().tolist(), "mask": k.ravel().tolist()}
            for m, k in zip(maps, masks)
        ],
        "pixelAuroc": metrics.roc_auc_score(labels, values),
        "aupro": {str(limit): per_region_overlap(maps, masks, limit) for limit in (0.05, 0.3, 1.0)},
    }


def component_cases():
    for density in (0.2, 0.4, 0.55, 0.8):
        mask = (random.random((19, 23)) < density).astype(int)
        yield mask
    spiral = np.zeros((11, 11), int)
    spiral[::2] = 1
    spiral[1::4, -1] = 1
    spiral[3::4, 0] = 1
    yield spiral
    yield np.zeros((3, 4), int)
    yield np.ones((1, 5), int)


def components(mask):
    eight, count8 = ndimage.label(mask, structure=np.ones((3, 3), int))
    four, count4 = ndimage.label(mask)
    return {
        "width": mask.shape[1],
        "height": mask.shape[0],
        "mask": mask.ravel().tolist(),
        "eight": {"labels": eight.ravel().tolist(), "areas": np.bincount(eight.ravel())[1:].tolist()},
        "four": {"labels": four.ravel().tolist(), "areas": np.bincount(four.ravel())[1:].tolist()},
    }


def structural_components(scores, labels):
    """DeLong's V10 and V01 from all pairs."""
    x, y = scores[labels == 1], scores[labels == 0]
    wins = (x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])
    return wins.mean(), wins.mean(axis=1), wins.mean(axis=0)


def delong(a, b, labels):
    auc_a, v10_a, v01_a = structural_components(a, labels)
    auc_b, v10_b, v01_b = structural_components(b, labels)
    s = np.cov(v10_a, v10_b) / len(v10_a) + np.cov(v01_a, v01_b) / len(v01_a)
    error = np.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1])
    z = (auc_b - auc_a) / error
    logit = np.log(auc_a / (1 - auc_a))
    half = stats.norm.ppf(0.975) * np.sqrt(s[0, 0]) / (auc_a * (1 - auc_a))
    return {
        "labels": labels.tolist(),
        "scoresA": a.tolist(),
        "scoresB": b.tolist(),
        "a": auc_a,
        "b": auc_b,
        "standardErrorA": np.sqrt(s[0, 0]),
        "standardError": error,
        "z": z,
        "p": 2 * stats.norm.sf(abs(z)),
        "intervalA": [1 / (1 + np.exp(-(logit - half))), 1 / (1 + np.exp(-(logit + half)))],
        "interval": [
            auc_b - auc_a - stats.norm.ppf(0.975) * error,
            auc_b - auc_a + stats.norm.ppf(0.975) * error,
        ],
    }


def delong_cases():
    for positives, negatives, rounded in ((60, 90, False), (40, 200, True), (9, 11, False), (300, 12, True)):
        labels = random.permutation(np.r_[np.ones(positives, int), np.zeros(negatives, int)])
        common = random.normal(size=len(labels)) + 0.6 * labels
        a = common + 0.6 * random.normal(size=len(labels))
        b = common + 0.9 * random.normal(size=len(labels)) + 0.4 * labels
        yield (np.round(a * 2) / 2, np.round(b * 2) / 2, labels) if rounded else (
            np.round(a, 6),
            np.round(b, 6),
            labels,
        )


def bootstrap():
    """Intervals of SciPy for a skewed sample and for an AUROC of two samples (its strata)."""
    sample = np.round(random.exponential(size=60), 6)
    mean = {
        method: stats.bootstrap(
            (sample,), np.mean, n_resamples=200000, batch=5000, method=method, rng=np.random.default_rng(1)
        ).confidence_interval
        for method in ("percentile", "BCa")
    }
    normal = np.round(random.normal(size=50), 6)
    anomalous = np.round(random.normal(size=35) + 1.3, 6)

    def auroc(x, y, axis=-1):
        return np.mean(
            (x[..., :, None] > y[..., None, :]) + 0.5 * (x[..., :, None] == y[..., None, :]), axis=(-2, -1)
        )

    area = {
        method: stats.bootstrap(
            (anomalous, normal), auroc, n_resamples=200000, batch=2000, method=method,
            rng=np.random.default_rng(2),
        ).confidence_interval
        for method in ("percentile", "BCa")
    }
    return {
        "sample": sample.tolist(),
        "mean": {method: list(interval) for method, interval in mean.items()},
        "normal": normal.tolist(),
        "anomalous": anomalous.tolist(),
        "auroc": {method: list(interval) for method, interval in area.items()},
    }


reference = np.sort(np.round(random.normal(size=41), 1))
figures = {
    "versions": {
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
        "python": sys.version.split()[0],
    },
    "classification": {name: classification(s, l) for name, s, l in classification_cases()},
    "pixels": {name: pixels(maps, masks) for name, maps, masks in pixel_cases()},
    "components": [components(mask) for mask in component_cases()],
    "delong": [delong(a, b, labels) for a, b, labels in delong_cases()],
    "bootstrap": bootstrap(),
    "wilson": [
        {"k": k, "n": n, "level": level, "interval": list(
            stats.binomtest(k, n).proportion_ci(confidence_level=level, method="wilson")
        )}
        for k, n in ((0, 1), (1, 1), (0, 40), (1, 40), (20, 40), (39, 40), (40, 40), (7, 1000), (99123, 100000))
        for level in (0.8, 0.95, 0.99)
    ],
    "percentileRank": {
        "reference": reference.tolist(),
        "values": [
            {"value": v, "rank": stats.percentileofscore(reference, v, kind="mean")}
            for v in [-9.0, 9.0, 0.05, *reference[::5].tolist()]
        ],
    },
    "quantile": {
        "values": reference.tolist(),
        "quantiles": [{"share": q, "value": float(np.quantile(reference, q))} for q in np.linspace(0, 1, 13)],
    },
    "normal": {
        "tail": [{"x": x, "p": stats.norm.sf(x)} for x in np.linspace(-9, 30, 79)],
        "quantile": [
            {"p": p, "x": stats.norm.ppf(p)}
            for p in [1e-300, 1e-100, 1e-12, 1e-6, 0.001, 0.025, 0.3, 0.5, 0.7, 0.975, 0.999, 1 - 1e-9]
        ],
    },
}

Path(__file__).with_suffix(".json").write_text(json.dumps(figures, separators=(",", ":"), allow_nan=False) + "\n")
