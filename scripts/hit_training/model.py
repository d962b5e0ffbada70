"""The model of what kind of drum a hit is, and how well it does on sources it has not heard."""
import numpy as np

# The kinds it is taught, and the classes (engine/analysis/hit_class.h) they count as.
CLASSES = ["kick", "snare", "hat_closed", "hat_open", "clap", "tom", "cymbal", "percussion", "tonal"]
KINDS = {"kick": "kick", "snare": "snare", "rim": "snare", "hat_closed": "hat_closed", "hat_open": "hat_open",
         "clap": "clap", "tom": "tom", "crash": "cymbal", "ride": "cymbal", "conga": "percussion",
         "cowbell": "percussion", "clave": "percussion", "shaker": "percussion", "perc": "percussion", "note": "tonal"}
SAME = {"hat_pedal": "hat_closed", "808_bass": "note"}
LOOSE = {"perc", "808_bass"}  # labels that say too little to learn from: recordings of these are judged only
KIND_NAMES = list(KINDS)
CLASS_OF = np.array([CLASSES.index(c) for c in KINDS.values()])

RIDGE = 100.0   # against the sum of all weights of the samples, which is their number
FARTHEST = 3.0  # standard deviations
STEPS = 50      # of the descent


def kind_of(label):
    """Its number, or None for what is no hit."""
    label = SAME.get(label, label)
    return KIND_NAMES.index(label) if label in KINDS else None


def balanced(kinds, sources, factors):
    """Weights of samples: within a kind every source by the root of its size, within a class every kind by the root of
    what that makes, every class the same; then each source by its factor."""
    w = np.ones(len(kinds))
    for kind in set(kinds):
        for source in set(sources[kinds == kind]):
            m = (kinds == kind) & (sources == source)
            w[m] = m.sum() ** -0.5
        w[kinds == kind] *= w[kinds == kind].sum() ** -0.5
    classes = CLASS_OF[kinds]
    for c in set(classes):
        w[classes == c] /= w[classes == c].sum()
    for source, factor in factors.items():
        w[sources == source] *= factor
    return w / w.mean()


def descend(slope_at, x, steps, memory=8):
    """L-BFGS (Liu and Nocedal 1989) with halved steps; `slope_at` gives value and gradient."""
    value, slope = slope_at(x)
    moves, bends = [], []
    for _ in range(steps):
        way, parts = slope.copy(), []
        for s, y in zip(reversed(moves), reversed(bends)):
            parts.append((s @ way) / (s @ y))
            way -= parts[-1] * y
        way *= (moves[-1] @ bends[-1]) / (bends[-1] @ bends[-1]) if moves else 1 / max(1.0, np.linalg.norm(slope))
        for s, y, part in zip(moves, bends, reversed(parts)):
            way += s * (part - (y @ way) / (s @ y))
        length = 1.0
        while True:
            new = x - length * way
            new_value, new_slope = slope_at(new)
            if new_value <= value - 1e-4 * length * (slope @ way) or length < 1e-6:
                break
            length /= 2
        if (new_slope - slope) @ (new - x) > 1e-12:
            moves, bends = [*moves, new - x][-memory:], [*bends, new_slope - slope][-memory:]
        done = abs(value - new_value) < 1e-6 * abs(value)
        x, value, slope = new, new_value, new_slope
        if done:
            break
    return x


class Model:
    """Multinomial logistic regression on inputs in standard deviations, each with a knee at its mean: what a descriptor
    says for a kind may differ below it and above."""

    def __init__(self, x, kinds, weights):
        self.mean = np.average(x, axis=0, weights=weights)
        self.deviation = np.sqrt(np.average((x - self.mean) ** 2, axis=0, weights=weights)) + 1e-3
        seen = self.seen(x)
        inputs, outputs = seen.shape[1], len(KIND_NAMES)
        wanted, weights = np.eye(outputs, dtype=np.float32)[kinds], weights.astype(np.float32)[:, None]
        ridge = np.append(np.full(inputs - 1, RIDGE), 0)[:, None]

        def slope_at(flat):
            w = flat.reshape(inputs, outputs)
            z = seen @ w.astype(np.float32)
            z -= z.max(axis=1, keepdims=True)
            e = np.exp(z)
            sums = e.sum(axis=1, keepdims=True)
            loss = (weights * wanted * (np.log(sums) - z)).sum(dtype=float) + 0.5 * (ridge * w * w).sum()
            return loss, (seen.T @ ((e / sums - wanted) * weights) + ridge * w).ravel().astype(float)

        self.weights = descend(slope_at, np.zeros(inputs * outputs), STEPS).reshape(inputs, outputs)

    def seen(self, x):
        z = np.clip((x - self.mean) / self.deviation, -FARTHEST, FARTHEST)
        return np.hstack([z, np.abs(z), np.ones((len(z), 1))]).astype(np.float32)

    def slopes(self):
        """Weights of an input below its mean and above it, and the biases."""
        half = (len(self.weights) - 1) // 2
        straight, bent = self.weights[:half], self.weights[half:-1]
        return straight - bent, straight + bent, self.weights[-1]

    def chances(self, x):
        """Of the classes."""
        z = self.seen(x) @ self.weights
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return (e / e.sum(axis=1, keepdims=True)) @ np.eye(len(CLASSES))[CLASS_OF]


def agreement(labels, groups):
    """Adjusted Rand index (Hubert and Arabie 1985) and normalised mutual information (arithmetic mean)."""
    table = np.zeros((labels.max() + 1, groups.max() + 1))
    np.add.at(table, (labels, groups), 1)
    pairs = [float((n * (n - 1) / 2).sum()) for n in (table, table.sum(axis=1), table.sum(axis=0))]
    chance = pairs[1] * pairs[2] / max(len(labels) * (len(labels) - 1) / 2, 1)
    rand = (pairs[0] - chance) / max((pairs[1] + pairs[2]) / 2 - chance, 1e-12)
    joint = table / len(labels)
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    some = joint > 0
    shared = (joint[some] * np.log(joint[some] / np.outer(rows, columns)[some])).sum()
    entropies = [-(p[p > 0] * np.log(p[p > 0])).sum() for p in (rows, columns)]
    return rand, 2 * shared / max(sum(entropies), 1e-12)
