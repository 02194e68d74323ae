#!/usr/bin/env python3
"""Writes operators.txt: each operator by LiteRT's reference kernels, over random integers, steps and zero points.

    pip install ai-edge-litert==2.3.0 && python3 tests/int8/operators.py

Of each operator there are as many models as give 10^5 outputs, each with weights, biases, steps and zero points of its own
from the generator that tests/int8/operators.rs has too. A line is an operator, the FNV-1a of the outputs of BLOCK models, and
the first outputs of the first of them.
"""

from pathlib import Path

import numpy as np
from litert import B, FNV, T, Generator, Model, fnv, schema

BLOCK, FIRST, CASES = 25, 8, 100_000
RELU, NONE = schema.ActivationFunctionType.RELU, schema.ActivationFunctionType.NONE
SAME, VALID = schema.Padding.SAME, schema.Padding.VALID
O = schema.BuiltinOptions


def scales(g):
    """Steps of inputs and weights of any magnitude; of outputs so that M is 2^-21 to 2^8."""
    ex, ew = g.exponent(-40, 10), g.exponent(-40, 10)
    return ex, ew, ex + ew + g.exponent(-6, 20)


def activation(case):
    return RELU if case % 2 else NONE


def weighted(g, m, x, shape, weights, dimension, exponents, code, kind, options, version):
    out = weights.shape[dimension]
    bias = g.bias(out)
    steps = np.array([g.step(exponents[1] - g.bits() % 4) for _ in range(out)], np.float32)
    return m.weighted(code, version, x, shape, weights, bias, steps, dimension, g.step(exponents[2]), g.byte(), kind, options)


def start(g, m, shape):
    exponents = scales(g)
    x = m.tensor(shape, T.INT8, g.step(exponents[0]), g.byte())
    return exponents, x


def full(g, m, x, n, out, exponents, act):
    options = schema.FullyConnectedOptionsT()
    options.fusedActivationFunction = act
    shape = [*m.tensors[x].shape[:-1], out]
    return weighted(g, m, x, shape, g.weights(out, n), 0, exponents, B.FULLY_CONNECTED, O.FullyConnectedOptions, options, 12)


def dense(g, m, case, samples=16):
    exponents, x = start(g, m, [samples, 16])
    return x, full(g, m, x, 16, 16, exponents, activation(case))


def table(code, step, zero):
    def build(g, m, case):
        exponents, x = start(g, m, [16, 16])
        # So that tables have a slope: what they read is of the order of 1.
        move = g.exponent(-12, 0) - exponents[2]
        m.tensors[x].quantization.scale *= np.float32(2.0**move)
        z = full(g, m, x, 16, 16, (0, exponents[1], exponents[2] + move), NONE)
        y = m.tensor([16, 16], T.INT8, step, zero)
        m.operator(code, 2, [z], [y])
        return x, y

    return build


def conv(shape, window, stride, padding, out, dilation=1):
    def build(g, m, case):
        exponents, x = start(g, m, [4, *shape])
        options = schema.Conv2DOptionsT()
        options.padding, options.fusedActivationFunction = padding, activation(case)
        options.strideW = options.strideH = stride
        options.dilationWFactor = dilation
        options.dilationHFactor = dilation if shape[0] > 1 else 1
        weights = g.weights(out, *window, shape[2])
        return x, weighted(g, m, x, [4, 1, 1, out], weights, 0, exponents, B.CONV_2D, O.Conv2DOptions, options, 3)

    return build


def depthwise(shape, window, stride, padding):
    def build(g, m, case):
        exponents, x = start(g, m, [4, *shape])
        options = schema.DepthwiseConv2DOptionsT()
        options.padding, options.fusedActivationFunction, options.depthMultiplier = padding, activation(case), 1
        options.strideW = options.strideH = stride
        weights = g.weights(1, *window, shape[2])
        kind = O.DepthwiseConv2DOptions
        return x, weighted(g, m, x, [4, 1, 1, shape[2]], weights, 3, exponents, B.DEPTHWISE_CONV_2D, kind, options, 3)

    return build


def pool(code, shape, window, stride, padding):
    def build(g, m, case):
        step, zero = g.step(g.exponent(-40, 10)), g.byte()
        x, y = m.tensor([4, *shape], T.INT8, step, zero), m.tensor([4, 1, 1, shape[2]], T.INT8, step, zero)
        options = schema.Pool2DOptionsT()
        options.padding, options.fusedActivationFunction = padding, NONE
        options.strideW = options.strideH = stride
        options.filterHeight, options.filterWidth = window
        m.operator(code, 2, [x], [y], O.Pool2DOptions, options)
        return x, y

    return build


def residual(g, m, case):
    exponents, x = start(g, m, [16, 16])
    ex, ew, ef = exponents
    # The steps of the two operands within 2^11 of each other, and the sum's next to the larger.
    apart = (ef - ex) % 21 - 10
    f = full(g, m, x, 16, 16, (ex, ew + apart - (ef - ex), ex + apart), activation(case))
    larger = ex + max(apart, 0)
    y = m.tensor([16, 16], T.INT8, g.step(larger + g.exponent(-2, 2)), g.byte())
    options = schema.AddOptionsT()
    options.fusedActivationFunction = NONE
    m.operator(B.ADD, 2, [f, x], [y], O.AddOptions, options)
    return x, y


def lstm(g, m, case):
    """Five inputs, six units, eight steps; gates in nanoprop's order i, f, o, g, and in TensorFlow's i, f, g, o."""
    n, units, steps = 5, 6, 8
    xs, xz = g.step(g.exponent(-9, -4)), g.byte()
    ys, yz = g.step(g.exponent(-9, -6)), g.byte()
    cells = g.exponent(-15, -9)
    w, u = g.bytes(4, units, n), g.bytes(4, units, units)
    ws = [g.step(g.exponent(-11, -5)) for _ in range(4)]
    us = [g.step(g.exponent(-11, -5)) for _ in range(4)]
    bias = g.bias(4 * units).reshape(4, units)
    order = [0, 1, 3, 2]
    x = m.tensor([1, steps, n], T.INT8, xs, xz)
    weights = [m.tensor([units, n], T.INT8, ws[k], 0, np.maximum(w[k], -127)) for k in order]
    recurrent = [m.tensor([units, units], T.INT8, us[k], 0, np.maximum(u[k], -127)) for k in order]
    biases = [m.tensor([units], T.INT32, xs * ws[k], 0, bias[k]) for k in order]
    h, c = m.tensor([1, units], T.INT8, ys, yz), m.tensor([1, units], T.INT16, np.float32(2.0**cells), 0)
    for state in (h, c):
        m.tensors[state].isVariable = True
    y = m.tensor([1, steps, units], T.INT8, ys, yz)
    between = [m.tensor([1], T.INT16, np.float32(2.0**-12), 0) for _ in range(4)] + [m.tensor([1], T.INT8, ys, yz)]
    options = schema.UnidirectionalSequenceLSTMOptionsT()
    options.fusedActivationFunction = schema.ActivationFunctionType.TANH
    inputs = [x, *weights, *recurrent, -1, -1, -1, *biases, -1, -1, h, c, -1, -1, -1, -1]
    m.operator(
        B.UNIDIRECTIONAL_SEQUENCE_LSTM, 1, inputs, [y], O.UnidirectionalSequenceLSTMOptions, options
    )
    m.operators[-1].intermediates = np.array(between, np.int32)
    return x, y


OPERATORS = {
    "dense": dense,
    "tanh": table(B.TANH, 1 / 128, 0),
    "sigmoid": table(B.LOGISTIC, 1 / 256, -128),
    "conv2d_same": conv((5, 6, 3), (3, 3), 1, SAME, 4),
    "conv2d_stride": conv((7, 6, 2), (3, 3), 2, SAME, 8),
    "conv2d_valid": conv((6, 6, 3), (2, 2), 2, VALID, 16),
    "conv1d_dilated": conv((1, 16, 3), (1, 3), 1, SAME, 4, 2),
    "depthwise_same": depthwise((5, 6, 4), (3, 3), 1, SAME),
    "depthwise_stride": depthwise((9, 8, 6), (3, 3), 2, VALID),
    "max_pool": pool(B.MAX_POOL_2D, (8, 8, 4), (2, 2), 2, VALID),
    "max_pool_same": pool(B.MAX_POOL_2D, (7, 6, 4), (3, 3), 2, SAME),
    "avg_pool": pool(B.AVERAGE_POOL_2D, (8, 8, 4), (2, 2), 2, VALID),
    "avg_pool_same": pool(B.AVERAGE_POOL_2D, (7, 6, 4), (3, 3), 2, SAME),
    "residual": residual,
    "global_avg_pool": pool(B.AVERAGE_POOL_2D, (7, 6, 4), (7, 6), 1, VALID),
    "lstm": lstm,
}


def main():
    lines = []
    for number, (name, build) in enumerate(OPERATORS.items()):
        case, count, saturated = 0, 0, 0
        while count < CASES or case % BLOCK:
            g, m = Generator(number * 65536 + case), Model()
            x, y = build(g, m, case)
            found = m.run(x, y, g.bytes(*m.tensors[x].shape))
            if case % BLOCK == 0:
                digest, first = FNV, found.flatten()[:FIRST]
            digest = fnv(digest, found)
            count, case = count + found.size, case + 1
            saturated += int(np.sum((found == 127) | (found == -128)))
            if case % BLOCK == 0:
                lines.append(f"{name} {digest:016x} {' '.join(map(str, first))}")
        print(f"{name}: {case} models, {count} outputs, {100 * saturated / count:.0f} % at an end")
    (Path(__file__).parent / "operators.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
