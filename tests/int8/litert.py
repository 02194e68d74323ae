"""What the scripts of this folder share: models with integers of one's own for LiteRT, its reference kernels, numbers, digests."""

import flatbuffers
import numpy as np
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema

B, T = schema.BuiltinOperator, schema.TensorType
FNV, PRIME = 0xCBF29CE484222325, 0x100000001B3


class Generator:
    """The linear congruential generator of golden/cases.py; 16 bits at a time."""

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return self.state >> 48

    def byte(self):
        return (self.bits() >> 8) - 128

    def bytes(self, *shape):
        return np.array([self.byte() for _ in range(int(np.prod(shape)))], np.int8).reshape(shape)

    def weights(self, *shape):
        """From -127 to 127, in half of the cases smaller, down to -1, 0 and 1."""
        shift = self.bits() % 14
        shift = shift if shift < 7 else 0
        numbers = [int(max(self.byte(), -127) / 2**shift) for _ in range(int(np.prod(shape)))]
        return np.array(numbers, np.int8).reshape(shape)

    def exponent(self, low, high):
        return low + self.bits() % (high - low + 1)

    def step(self, exponent):
        return np.float32((1 + self.bits() / 65536) * 2.0**exponent)

    def bias(self, count):
        """Of any magnitude up to 2^21, so that no output needs more than 32 bits before it is clamped."""
        out = []
        for _ in range(count):
            n = (self.bits() << 16 | self.bits()) - 2**31
            out.append(n >> (10 + self.bits() % 22))
        return np.array(out, np.int32)


def fnv(digest, numbers):
    for byte in np.asarray(numbers, np.int8).tobytes():
        digest = (digest ^ byte) * PRIME % 2**64
    return digest


class Model:
    """A graph that is put together tensor by tensor."""

    def __init__(self):
        self.tensors, self.buffers, self.operators, self.codes = [], [schema.BufferT()], [], []

    def tensor(self, shape, kind, steps, zero, data=None, dimension=0):
        t, q = schema.TensorT(), schema.QuantizationParametersT()
        steps = np.atleast_1d(np.asarray(steps, np.float32))
        q.scale, q.zeroPoint, q.quantizedDimension = steps, np.full(len(steps), zero, np.int64), dimension
        t.shape, t.type, t.quantization, t.name = np.array(shape, np.int32), kind, q, f"t{len(self.tensors)}"
        t.buffer = 0
        if data is not None:
            b = schema.BufferT()
            b.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            t.buffer = len(self.buffers)
            self.buffers.append(b)
        self.tensors.append(t)
        return len(self.tensors) - 1

    def operator(self, code, version, inputs, outputs, kind=0, options=None):
        c, o = schema.OperatorCodeT(), schema.OperatorT()
        c.builtinCode, c.deprecatedBuiltinCode, c.version = code, min(code, 127), version
        o.opcodeIndex, o.inputs, o.outputs = len(self.codes), np.array(inputs, np.int32), np.array(outputs, np.int32)
        o.builtinOptionsType, o.builtinOptions = kind, options
        self.codes.append(c)
        self.operators.append(o)

    def weighted(self, code, version, x, shape, weights, bias, steps, dimension, step, zero, kind, options):
        """A dense layer or a convolution; weights have a step for each output channel."""
        product = np.float32(self.tensors[x].quantization.scale[0]) * steps
        w = self.tensor(weights.shape, T.INT8, steps, 0, weights, dimension)
        b = self.tensor(bias.shape, T.INT32, product, 0, bias)
        y = self.tensor(shape, T.INT8, step, zero)
        self.operator(code, version, [x, w, b], [y], kind, options)
        return y

    def run(self, x, y, values):
        """The output of LiteRT's reference kernels."""
        g, m = schema.SubGraphT(), schema.ModelT()
        g.tensors, g.operators = self.tensors, self.operators
        g.inputs, g.outputs = np.array([x], np.int32), np.array([y], np.int32)
        m.version, m.operatorCodes, m.subgraphs, m.buffers = 3, self.codes, [g], self.buffers
        builder = flatbuffers.Builder(1024)
        builder.Finish(m.Pack(builder), b"TFL3")
        return run(bytes(builder.Output()), values)


def reference(content):
    it = litert.Interpreter(
        model_content=content, num_threads=1, experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF
    )
    it.allocate_tensors()
    return it


def run(content, values):
    it = reference(content)
    it.set_tensor(it.get_input_details()[0]["index"], values)
    it.invoke()
    return it.get_tensor(it.get_output_details()[0]["index"])
