"""Hits made anew: variants of recordings, and hits by synthesis. All draws come from the generator that is passed."""
import numpy as np

RATE = 44_100  # Hz
LONGEST = 1.6  # seconds


class Draws:
    """Numbers of a seed: evenly between two, evenly in their logarithm, by chance, noise."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def even(self, low, high):
        return self.random.uniform(low, high)

    def octave(self, low, high):
        return float(np.exp(self.random.uniform(np.log(low), np.log(high))))

    def chance(self, part):
        return self.random.random() < part

    def noise(self, count):
        return self.random.standard_normal(count)


def normal(x):
    return x / (np.abs(x).max() + 1e-9)


def times(seconds):
    return np.arange(int(min(seconds, LONGEST) * RATE)) / RATE


def room_for(count):
    """At least so many, and quick to transform."""
    return -(-count // 1024) * 1024


def through(x, response):
    """`x` through a filter given by its response at s = j f in Hz, which has died away 90 ms after the end."""
    size = room_for(len(x) + RATE * 9 // 100)
    return np.fft.irfft(np.fft.rfft(x, size) * response(1j * np.fft.rfftfreq(size, 1 / RATE)), size)[:len(x)]


def low_pass(x, hertz):
    return through(x, lambda s: 1 / (1 + 1.414 * s / hertz + (s / hertz) ** 2))


def high_pass(x, hertz):
    return through(x, lambda s: (s / hertz) ** 2 / (1 + 1.414 * s / hertz + (s / hertz) ** 2))


def band_pass(x, low, high):
    return low_pass(high_pass(x, low), high)


def variant(x, d):
    """Another speed, a shorter decay, tilt, drive, a room, noise: each by chance."""
    x = x[:int(RATE * 1.8)]
    if len(x) > 64:
        x = np.interp(np.arange(0, len(x) - 1, d.octave(0.8, 1.25)), np.arange(len(x)), x)
    x = normal(x)
    if d.chance(0.4):
        x = x * np.exp(-np.arange(len(x)) / RATE / d.octave(0.08, 1))
    if d.chance(0.6):
        corner, gain = d.octave(300, 5000), 10 ** (d.even(-6, 6) / 20)
        x = through(x, lambda s: (1 + gain * s / corner) / (1 + s / corner))
    if d.chance(0.3):
        drive = d.even(1, 4)
        x = np.tanh(drive * x) / np.tanh(drive)
    if d.chance(0.3):
        t = times(0.3)
        room = d.noise(len(t)) * 10 ** (-3 * t / d.even(0.1, 0.6))
        room *= 10 ** (d.even(-22, -12) / 20) / np.sqrt((room ** 2).sum())
        room[0] = 1
        size = room_for(len(x) + len(room))
        x = np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(room, size), size)[:int(RATE * LONGEST)]
    if d.chance(0.2):
        x = x + d.noise(len(x)) * 10 ** (d.even(-65, -45) / 20)
    return normal(x)


def swept(t, start, end, bend):
    """A sine that falls (or rises) from `start` to `end` Hz within about `bend` seconds."""
    return np.sin(2 * np.pi * np.cumsum(end + (start - end) * np.exp(-t / bend)) / RATE)


def kick(d):
    decay, hertz = d.octave(0.06, 0.5), d.octave(38, 75)
    t = times(decay * 5)
    x = swept(t, hertz * d.octave(1.5, 8), hertz, d.octave(0.006, 0.04)) * np.exp(-t / decay)
    x += d.even(0, 0.6) * low_pass(d.noise(len(t)), d.octave(1000, 9000)) * np.exp(-t / d.octave(0.001, 0.008))
    if d.chance(0.4):
        hum = band_pass(d.noise(len(t)), 200, d.octave(1000, 5000))
        x += d.even(0, 0.25) * hum * np.exp(-t / d.octave(0.01, 0.06))
    return np.tanh(d.octave(1, 6) * x) if d.chance(0.4) else x


def tom(d):
    decay, hertz = d.octave(0.08, 0.5), d.octave(75, 320)
    t = times(decay * 5)
    x = swept(t, hertz * d.octave(1.05, 1.7), hertz, d.octave(0.02, 0.12)) * np.exp(-t / decay)
    for ratio in (1.59, 2.14, 2.3):  # modes of a circular membrane
        x += d.even(0, 0.25) * swept(t, hertz * ratio * 1.1, hertz * ratio, 0.04) * np.exp(-t / (decay * d.even(0.2, 0.6)))
    x += d.even(0, 0.5) * low_pass(d.noise(len(t)), d.octave(800, 8000)) * np.exp(-t / d.octave(0.002, 0.015))
    return x + d.even(0, 0.05) * low_pass(d.noise(len(t)), 5000) * np.exp(-t / decay)


def snare(d):
    decay, hertz, body = d.octave(0.04, 0.25), d.octave(140, 280), d.octave(0.02, 0.12)
    t = times(max(0.15, decay * 5))
    drum = swept(t, hertz * d.octave(1, 2), hertz, 0.01) * np.exp(-t / body)
    drum += d.even(0, 0.7) * swept(t, hertz * 1.92, hertz * d.even(1.5, 1.9), 0.01) * np.exp(-t / body / 1.3)
    wires = normal(band_pass(d.noise(len(t)), d.octave(150, 2500), d.octave(5000, 18000))) * np.exp(-t / decay)
    stick = normal(high_pass(d.noise(len(t)), 2000)) * np.exp(-t / 0.003)
    return normal(drum) * d.octave(0.1, 1) + normal(wires) * d.octave(0.35, 1.2) + d.even(0, 0.5) * stick


def rim(d):
    t = times(0.2)
    x = sum(d.even(0.2, 1) * np.sin(2 * np.pi * hertz * t + d.even(0, 6)) * np.exp(-t / d.octave(0.004, 0.03))
            for hertz in (d.octave(350, 900), d.octave(900, 2000), d.octave(1600, 4000)))
    return x + d.even(0, 0.6) * high_pass(d.noise(len(t)), 1500) * np.exp(-t / d.octave(0.001, 0.008))


def clap(d):
    t = times(d.octave(0.25, 0.9))
    envelope, at, hands, gap = np.zeros(len(t)), 0.0, int(d.even(2, 6)), d.octave(0.006, 0.016)
    for hand in range(hands):
        since = np.maximum(t - at, 0)
        decay = d.octave(0.03, 0.15) if hand == hands - 1 else d.octave(0.002, 0.006)
        envelope = np.maximum(envelope, (t >= at) * np.exp(-since / decay) * d.even(0.6, 1))
        at += gap * d.even(0.8, 1.25)
    return normal(band_pass(d.noise(len(t)), d.octave(400, 1100), d.octave(2000, 9000))) * envelope


def metal(d, t, base, parts):
    return sum(np.sign(np.sin(2 * np.pi * base * d.even(1, 4.5) * t + d.even(0, 6))) for _ in range(parts))


def hat(d, decay):
    t = times(max(0.08, decay * 6))
    x = d.even(0, 1) * normal(high_pass(metal(d, t, d.octave(200, 800), 6), d.octave(4000, 8000)))
    x += d.even(0.1, 1) * normal(high_pass(d.noise(len(t)), d.octave(3000, 9000)))
    return x * np.exp(-t / decay) + d.even(0, 0.3) * np.exp(-t / 0.003) * d.noise(len(t))


def hat_closed(d):
    return hat(d, d.octave(0.008, 0.05))


def hat_open(d):
    return hat(d, d.octave(0.1, 0.4))


def crash(d):
    t, decay = times(LONGEST), d.octave(0.35, 1.8)
    x = normal(high_pass(metal(d, t, d.octave(150, 600), 10), d.octave(700, 4000))) * d.even(0.2, 1)
    x += normal(high_pass(d.noise(len(t)), d.octave(500, 4000))) * d.even(0.3, 1)
    x *= np.exp(-t / decay)
    if d.chance(0.4):  # a bell
        x += d.even(0.2, 1) * np.sin(2 * np.pi * d.octave(2500, 6000) * t) * np.exp(-t / d.octave(0.05, 0.4))
    return x * (1 - np.exp(-t / d.octave(0.0005, 0.01)))


def cowbell(d):
    t, hertz = times(0.6), d.octave(450, 700)
    x = np.sign(np.sin(2 * np.pi * hertz * t)) + np.sign(np.sin(2 * np.pi * hertz * d.even(1.4, 1.55) * t))
    return band_pass(x, hertz * 0.8, hertz * 6) * (np.exp(-t / 0.01) + d.even(0.3, 0.8) * np.exp(-t / d.octave(0.05, 0.2)))


def clave(d):
    t, hertz = times(0.25), d.octave(700, 2800)
    x = np.sin(2 * np.pi * hertz * t) * np.exp(-t / d.octave(0.008, 0.04))
    return x + d.even(0, 0.3) * np.sin(2 * np.pi * hertz * d.even(1.5, 2.9) * t) * np.exp(-t / 0.008)


def shaker(d):
    t = times(0.25)
    return (normal(high_pass(d.noise(len(t)), d.octave(3000, 7000))) * (1 - np.exp(-t / d.octave(0.01, 0.05)))
            * np.exp(-t / d.octave(0.015, 0.05)))


def conga(d):
    decay, hertz = d.octave(0.04, 0.2), d.octave(180, 550)
    t = times(decay * 5)
    x = swept(t, hertz * d.even(1, 1.15), hertz, 0.03) * np.exp(-t / decay)
    for ratio in (1.5, 2.1, 2.9):
        x += d.even(0, 0.3) * np.sin(2 * np.pi * hertz * ratio * d.even(0.95, 1.05) * t) * np.exp(-t / decay * d.even(1.5, 5))
    return x + d.even(0, 0.7) * band_pass(d.noise(len(t)), 500, d.octave(2000, 7000)) * np.exp(-t / d.octave(0.002, 0.01))


def triangle(d):
    t = times(1.2)
    return sum(d.even(0.1, 1) * np.sin(2 * np.pi * hertz * t) * np.exp(-t / d.octave(0.1, 0.6))
               for hertz in (d.octave(1500, 4000), d.octave(3000, 7000), d.octave(5000, 12000)))


def perc(d):
    """A tambourine, or a triangle."""
    if d.chance(0.5):
        return triangle(d)
    t = times(0.3)
    x = 0.5 * normal(high_pass(d.noise(len(t)), 5000)) * np.exp(-t / d.octave(0.02, 0.08))
    for _ in range(int(d.even(2, 7))):
        since = t - d.even(0, 0.04)
        jingle = np.sin(2 * np.pi * d.octave(4000, 11000) * t)
        x += (since >= 0) * np.exp(-np.maximum(since, 0) / d.octave(0.01, 0.06)) * jingle
    return x


def note(d):
    t, hertz, fall, stretch = times(d.even(0.5, LONGEST)), d.octave(40, 900), d.even(0, 2.5), d.even(0, 0.0006)
    decay, x = d.octave(0.2, 3), np.zeros(len(t))
    for n in range(1, 1 + int(d.even(1, 14))):
        if hertz * n < 15_000:
            partial = np.sin(2 * np.pi * hertz * n * np.sqrt(1 + stretch * n * n) * t + d.even(0, 6))
            x += n ** -fall * partial * np.exp(-t / decay * (1 + d.even(0, 0.25) * n))
    return x * (1 - np.exp(-t / d.octave(0.001, 0.08)))


MAKERS = {make.__name__: make for make in (kick, snare, rim, hat_closed, hat_open, clap, tom, crash, cowbell, clave, shaker,
                                           conga, perc, note)}
SHARE = {name: 60 for name in MAKERS} | {"rim": 10, "snare": 50, "cowbell": 10, "clave": 10, "shaker": 10, "conga": 10,
                                         "perc": 20}
