#!/usr/bin/env python3
"""Writes recurrent.txt: recurrent layers in integers, by the definitions in src/int8/gru.rs and elman.rs, in numpy.

    pip install numpy ai-edge-litert==2.3.0 && python3 tests/int8/recurrent.py

LiteRT has no such operators. The functions of 16 bits are those of gemmlowp, which its LSTM is made of; `main` first runs that
LSTM by them, on models of operators.py, and compares it with LiteRT's reference kernels. The lines are those of operators.txt.
"""

import math
from pathlib import Path

import numpy as np
from litert import FNV, Generator, Model, fnv

BLOCK, FIRST, CASES = 25, 8, 100_000


def saturate(x):
    return np.clip(x, -32768, 32767)


def truncate(a, n):
    """a / 2^n towards 0."""
    return np.where(a < 0, -((-a) >> n), a >> n)


def product(a, b):
    """Saturating, rounding, doubling, the high half: of 16 bits."""
    p = a * b
    return saturate(truncate(p + np.where(p >= 0, 1 << 14, 1 - (1 << 14)), 15))


def divide(x, n):
    """x / 2^n, halves away from 0."""
    mask = (1 << n) - 1
    return (x >> n) + ((x & mask) > (mask >> 1) + (x < 0))


def constant(x):
    return int(divide(np.int64(x), 16))


def multiplier(m):
    q, e = math.frexp(m)
    return math.floor(q * 2**31 + 0.5), e


def rescale(x, factor):
    """Two roundings, of 32 bits."""
    q, e = factor
    p = np.clip(x << max(e, 0), -(2**31), 2**31 - 1) * q
    high = truncate(p + np.where(p >= 0, 1 << 30, 1 - (1 << 30)), 31)
    return divide(high, max(-e, 0))


def exp_negative(a, bits):
    """e^a in Q0 of a <= 0 in Q`bits`."""
    behind = 15 - bits
    quarter = 1 << (behind - 2)
    near = (a & (quarter - 1)) - quarter
    x = (near << bits) + (1 << 12)
    x2 = product(x, x)
    x3, x4 = product(x2, x), product(x2, x2)
    third, middle = constant(715827883), constant(1895147668)
    rest = divide(product(divide(x4, 2) + x3, third) + x2, 1)
    result = saturate(middle + product(middle, x + rest))
    powers = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242]
    for exponent, power in zip(range(-2, bits), powers):
        bit = 1 << (behind + exponent)
        result = np.where((near - a) & bit, product(result, constant(power)), result)
    if bits > 5:
        result = np.where(a < constant(-(1 << (36 - bits))), 0, result)
    return np.where(a == 0, 32767, result)


def newton(e):
    half = (e + 32767 + 1) >> 1
    x = constant(1515870810) + product(half, constant(-1010580540))
    for _ in range(3):
        x = x + saturate(product(x, 8192 - product(half, x)) << 2)
    return x


def sigmoid(x):
    y = saturate(newton(exp_negative(-abs(x), 3)) << 1)
    return np.where(x == 0, 16384, np.where(x > 0, y, 32767 - y))


def tanh(x, bits=3):
    y = saturate((newton(exp_negative(-abs(x), bits + 1)) - 8192) << 2)
    return np.where(x == 0, 0, np.where(x > 0, y, -y))


def single(x):
    return float(np.float32(x))


def gate(rows, bias, step, x, scale):
    """M (b + W (x - x0))"""
    sums = rows.astype(np.int64) @ (x - scale[1]) + bias
    return rescale(sums, multiplier(single(np.float32(step) * np.float32(scale[0])) * 4096))


def ends(g):
    x = g.step(g.exponent(-9, -4)), g.byte()
    return x, (g.step(g.exponent(-9, -6)), g.byte())


def lstm(g):
    """The LSTM of operators.py."""
    x, y = ends(g)
    cells = g.exponent(-15, -9)
    w, u = np.maximum(g.bytes(4, 6, 5), -127), np.maximum(g.bytes(4, 6, 6), -127)
    ws = [g.step(g.exponent(-11, -5)) for _ in range(4)]
    us = [g.step(g.exponent(-11, -5)) for _ in range(4)]
    bias = g.bias(24).reshape(4, 6).astype(np.int64)
    h, c, out = np.full(6, y[1]), np.zeros(6, np.int64), []
    for row in g.bytes(8, 5).astype(np.int64):
        z = [saturate(saturate(gate(w[k], bias[k], ws[k], row, x)) + gate(u[k], 0, us[k], h, y)) for k in range(4)]
        i, f, o, new = sigmoid(z[0]), sigmoid(z[1]), sigmoid(z[2]), tanh(z[3])
        c = saturate(divide(f * c, 15) + divide(i * new, 30 + cells))
        h = rescale(o * tanh(c, 15 + cells), multiplier(single(2.0**-30 / float(y[0])))) + y[1]
        h = np.clip(h, -128, 127)
        out.append(h)
    return np.array(out)


def gru(g, after):
    x, y = ends(g)
    w = np.maximum(g.bytes(3, 6, 5), -127)
    u, un = np.maximum(g.bytes(2, 6, 6), -127), np.maximum(g.bytes(6, 6), -127)
    steps = [g.step(g.exponent(-11, -5)) for _ in range(6)]
    bias, new_bias = g.bias(18).reshape(3, 6).astype(np.int64), g.bias(6).astype(np.int64)
    h, s, out = np.full(6, y[1]), np.zeros(6, np.int64), []
    for row in g.bytes(8, 5).astype(np.int64):
        wn, wr, wz = (saturate(gate(w[k], bias[k], steps[k], row, x)) for k in range(3))
        r = sigmoid(saturate(wr + gate(u[0], 0, steps[3], h, y)))
        z = sigmoid(saturate(wz + gate(u[1], 0, steps[4], h, y)))
        if after:
            q = divide(r * saturate(gate(un, new_bias, steps[5], h, y)), 15)
        else:
            reset = np.clip(divide(r * (h - y[1]), 15) + y[1], -128, 127)
            q = saturate(gate(un, new_bias, steps[5], reset, y))
        n = tanh(saturate(wn + q))
        s = saturate(divide(z * s + (32768 - z) * n, 15))
        h = np.clip(rescale(s, multiplier(single(2.0**-15 / float(y[0])))) + y[1], -128, 127)
        out.append(h)
    return np.array(out)


def elman(g):
    x, y = ends(g)
    w, u = np.maximum(g.bytes(6, 5), -127), np.maximum(g.bytes(6, 6), -127)
    steps = [g.step(g.exponent(-11, -5)) for _ in range(2)]
    bias = g.bias(6).astype(np.int64)
    h, out = np.full(6, y[1]), []
    for row in g.bytes(8, 5).astype(np.int64):
        z = saturate(saturate(gate(w, bias, steps[0], row, x)) + gate(u, 0, steps[1], h, y))
        h = np.clip(rescale(tanh(z), multiplier(single(2.0**-15 / float(y[0])))) + y[1], -128, 127)
        out.append(h)
    return np.array(out)


MODELS = {
    "gru_after": (16, lambda g: gru(g, True)),
    "gru_before": (17, lambda g: gru(g, False)),
    "elman": (18, elman),
}


def check():
    from operators import lstm as build

    for case in range(200):
        m = Model()
        g = Generator(15 * 65536 + case)
        x, y = build(g, m, case)
        found = m.run(x, y, g.bytes(1, 8, 5))
        assert np.array_equal(found[0], lstm(Generator(15 * 65536 + case))), case
    print("LSTM: 200 models as LiteRT has them")


def main():
    check()
    every = np.arange(-32768, 32768)
    apart = lambda y, z: np.max(np.abs(y / 32768 - z))
    print("sigmoid is off by", apart(sigmoid(every), 1 / (1 + np.exp(-every / 4096))))
    for bits in range(7):
        print("tanh", bits, "is off by", apart(tanh(every, bits), np.tanh(every / 2 ** (15 - bits))))
    lines = []
    for name, (number, layer) in MODELS.items():
        case, count = 0, 0
        while count < CASES or case % BLOCK:
            found = layer(Generator(number * 65536 + case))
            if case % BLOCK == 0:
                digest, first = FNV, found.flatten()[:FIRST]
            digest = fnv(digest, found)
            case, count = case + 1, count + found.size
            if case % BLOCK == 0:
                lines.append(f"{name} {digest:016x} {' '.join(map(str, first))}")
    (Path(__file__).parent / "recurrent.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
