"""Reference numbers for tests/golden.rs, by PyTorch in float64:

    pip install torch && python tests/golden/network.py > tests/golden/network.txt

Every case has random parameters and samples from one small generator, written in both programs, whose
numbers are exact in float32 too. Layers, losses and gradients are PyTorch's own, the gradients by its
automatic differentiation. The tests compare:

    predict   h of each sample
    cost      J with the penalty
    gradient  dJ/dparameters
    online    the parameters after 5 steps by one sample each, without penalty; 20 where there are windows
    batch     the parameters after as many steps by all samples, with the penalty
    end       J with those parameters

The flat order of parameters is nanoprop's: bias, weights by input; Elman has the recurrent weights last.
Of arrays longer than LONG, each STRIDE-th number is written. cases.py has what is done with each network.
"""

import torch
import torch.nn.functional as F

from cases import ACTIVATIONS, FLATTEN, LOSSES, Dense, Plain, case


class Elman:
    def __init__(self, reads, hidden, activation, every):
        self.shapes = [(hidden,), (reads, hidden), (hidden, hidden)]
        self.run, self.hidden, self.every = {"tanh": torch.rnn_tanh, "relu": torch.rnn_relu}[activation], hidden, every

    def __call__(self, parameters, x):
        bias, weight, recurrent = parameters
        weights = (weight.T, recurrent.T, bias, torch.zeros(self.hidden))
        states, last = self.run(x, torch.zeros(1, len(x), self.hidden), weights, True, 1, 0.0, False, False, True)
        return states if self.every else last[0]


class Bidirectional:
    def __init__(self, layer):
        self.layer, self.shapes = layer, layer.shapes * 2

    def __call__(self, parameters, x):
        layer, weights = self.layer, []
        for bias, weight, recurrent in (parameters[:3], parameters[3:]):
            weights += [weight.T, recurrent.T, bias, torch.zeros(layer.hidden)]
        states, last = layer.run(x, torch.zeros(2, len(x), layer.hidden), weights, True, 1, 0.0, False, True, True)
        return states if layer.every else torch.cat([last[0], last[1]], -1)


class Conv:
    """Channels last; the weight is [places x in, out]. Zeros around the input come by F.pad, before and after."""

    def __init__(self, reads, writes, window, activation="identity", stride=1, dilation=1, pad=None, bias=True):
        self.window, self.options = window, dict(stride=stride, dilation=dilation)
        places = torch.Size(window).numel()
        self.shapes = ([(writes,)] if bias else []) + [(places * reads, writes)]
        self.pad, self.activation, self.bias = pad or [0, 0] * len(window), ACTIVATIONS[activation], bias

    def __call__(self, parameters, x):
        bias, weight = parameters if self.bias else (None, parameters[0])
        weight = weight.reshape(*self.window, -1, weight.shape[1])
        weight = weight.movedim((-1, -2), (0, 1))  # out, in, places
        convolve = {1: F.conv1d, 2: F.conv2d}[len(self.window)]
        z = convolve(F.pad(x.movedim(-1, 1), self.pad), weight, bias, **self.options)
        return self.activation(z).movedim(1, -1)


class DepthwiseConv(Conv):
    """Each channel by itself; the weight is [places, channels]."""

    def __init__(self, channels, window, activation="identity", bias=True, **options):
        super().__init__(1, channels, window, activation, bias=bias, **options)
        self.options["groups"] = channels


class ConvTranspose:
    """Channels last; the weight is [places x out, in]. Steps in front and behind are cut off by slicing."""

    def __init__(self, reads, writes, window, activation="identity", stride=1, dilation=1, cut=(0, 0), bias=True):
        self.shapes = ([(writes,)] if bias else []) + [(window * writes, reads)]
        self.window, self.options, self.cut = window, dict(stride=stride, dilation=dilation), cut
        self.activation, self.bias = ACTIVATIONS[activation], bias

    def __call__(self, parameters, x):
        bias, weight = parameters if self.bias else (None, parameters[0])
        weight = weight.reshape(self.window, -1, weight.shape[1]).permute(2, 1, 0)  # in, out, places
        z = F.conv_transpose1d(x.movedim(-1, 1), weight, bias, **self.options)
        z = z[..., self.cut[0] : z.shape[-1] - self.cut[1]]
        return self.activation(z).movedim(1, -1)


def channels_last(pool, *arguments, **options):
    return Plain(lambda x: pool(x.movedim(-1, 1), *arguments, **options).movedim(1, -1))


class LayerNorm:
    def __init__(self, reads):
        self.shapes = [(reads,), (reads,)]

    def __call__(self, parameters, x):
        gain, bias = parameters
        return F.layer_norm(x, gain.shape, gain, bias)


class GroupNorm:
    def __init__(self, reads, groups):
        self.shapes, self.groups = [(reads,), (reads,)], groups

    def __call__(self, parameters, x):
        return F.group_norm(x.movedim(-1, 1), self.groups, *parameters).movedim(1, -1)


class BatchNorm:
    """As it evaluates. The statistics are not learned; a variance that is not above 0 counts as one without a scale."""

    def __init__(self, reads):
        self.shapes = [(reads,)] * 4

    def __call__(self, parameters, x):
        gain, bias, mean, variance = parameters
        mean, variance = mean.detach(), variance.detach()
        variance = torch.where(variance > 0, variance, 1 - 1e-5)
        return F.batch_norm(x.movedim(-1, 1), mean, variance, gain, bias, training=False).movedim(1, -1)


class Standardize:
    """Its parameters are not learned: their gradient is 0."""

    def __init__(self, reads):
        self.shapes = [(reads,), (reads,)]

    def __call__(self, parameters, x):
        mean, deviation = (p.detach() for p in parameters)
        return (x - mean) / deviation


class Residual:
    def __init__(self, *layers):
        self.layers = layers
        self.shapes = [shape for layer in layers for shape in layer.shapes]

    def __call__(self, parameters, x):
        y, parameters = x, list(parameters)
        for layer in self.layers:
            own, parameters = parameters[: len(layer.shapes)], parameters[len(layer.shapes) :]
            y = layer(own, y)
        return y + x


class Embedding:
    """Numbers in ±1 are eight classes."""

    def __init__(self, writes):
        self.shapes = [(8, writes)]

    def __call__(self, parameters, x):
        return F.embedding(((x + 1) * 4).long(), parameters[0])


GELU, SILU, MISH = Plain(F.gelu), Plain(F.silu), Plain(F.mish)
SOFTMAX = Plain(lambda x: F.softmax(x, -1))


def unflatten(*widths):
    return Plain(lambda x: x.unflatten(1, widths))


print(f"# Written by network.py with PyTorch {torch.__version__}")

tiny = [Dense(3, 5, "sigmoid"), Dense(5, 5, "sigmoid"), Dense(5, 3)]
case("tiny", (3,), tiny, "sigmoid_cross_entropy")
case("tiny_penalised", (3,), tiny, "sigmoid_cross_entropy", penalty=1.0)
control = [Dense(13, 64, "tanh"), Dense(64, 64, "tanh"), Dense(64, 4)]
case("control", (13,), control, "squared_error", penalty=0.5, scale=0.125)
digits = [Dense(64, 32, "relu"), Dense(32, 10)]
case("digits", (64,), digits, "softmax_cross_entropy", penalty=0.25, scale=0.125)

for name in ACTIVATIONS:
    scale = 2.0 if "hard" in name else 0.5
    case(f"dense_{name}", (3,), [Dense(3, 7, name), Dense(7, 2)], "squared_error", penalty=1.0, scale=scale)
case("unbiased", (3,), [Dense(3, 5, "tanh", bias=False), Dense(5, 2, bias=False)], "squared_error", penalty=1.0)

for name in LOSSES:
    case(f"loss_{name}", (4,), [Dense(4, 6, "tanh"), Dense(6, 3)], name, penalty=0.5, scale=1.0)

for name, layer in [("gelu", GELU), ("silu", SILU), ("mish", MISH), ("softmax", SOFTMAX)]:
    case(f"layer_{name}", (4,), [Dense(4, 6), layer, Dense(6, 3)], "squared_error", penalty=0.5, scale=1.0)

case("layer_norm", (4,), [Dense(4, 6), LayerNorm(6), Dense(6, 3)], "squared_error", penalty=0.5, scale=1.0)
case("standardize", (4,), [Standardize(4), Dense(4, 6, "tanh"), Dense(6, 3)], "squared_error", penalty=0.5, scale=1.0)
around = Residual(Dense(6, 5, "tanh"), Dense(5, 6))
case("residual", (4,), [Dense(4, 6, "tanh"), around, Dense(6, 3)], "squared_error", penalty=0.5, scale=1.0)
deep = Residual(LayerNorm(6), Dense(6, 6, "relu"), Residual(Dense(6, 6, "sigmoid")))
case("residual_nested", (6,), [deep, Dense(6, 3)], "softmax_cross_entropy", penalty=0.5, scale=1.0)

for name in ["tanh", "relu"]:
    last = [Elman(3, 5, name, every=False), Dense(5, 2)]
    case(f"elman_last_{name}", (4, 3), last, "squared_error", penalty=0.5)
    every = [Elman(3, 5, name, every=True), FLATTEN, Dense(20, 2)]
    case(f"elman_all_{name}", (4, 3), every, "squared_error", penalty=0.5)
stacked = [Elman(3, 5, "tanh", every=True), Elman(5, 4, "tanh", every=False), Dense(4, 3)]
case("elman_stacked", (4, 3), stacked, "softmax_cross_entropy", penalty=0.25)

POOL = channels_last(F.max_pool1d, 2)
MEAN = Plain(lambda x: x.flatten(1, -2).mean(1))


def padded_max(pool, pad, *arguments, **options):
    return channels_last(lambda x: pool(F.pad(x, pad, value=-torch.inf), *arguments, **options))


def padded_mean(pool, pad, *arguments, **options):
    """Of the places inside only: the mean of zeros and numbers, over that of zeros and ones."""
    mean = lambda x: pool(F.pad(x, pad), *arguments, **options)
    return channels_last(lambda x: mean(x) / mean(torch.ones_like(x)))



def windows(name, reads, layers, loss):
    case(f"windows_{name}", reads, layers, loss, penalty=0.25, steps=20)


sensor = [Conv(3, 16, (5,), "tanh"), POOL, Conv(16, 8, (3,), "tanh", stride=2), MEAN, Dense(8, 5)]
windows("sensor", (21, 3), sensor, "softmax_cross_entropy")
causal = [Conv(2, 5, (3,), "tanh", dilation=4, pad=[8, 0]), Conv(5, 4, (2,), "sigmoid", stride=3), FLATTEN, Dense(16, 2)]
windows("causal", (13, 2), causal, "squared_error")
same = [Conv(1, 3, (4,), "tanh", pad=[1, 2]), Conv(3, 3, (3,), "relu", stride=2, pad=[0, 1], bias=False), FLATTEN, Dense(15, 2)]
windows("same", (10, 1), same, "squared_error")
one_step = [Conv(3, 4, (1,), "tanh"), Conv(4, 2, (3,), "tanh", pad=[2, 0]), FLATTEN, Dense(2, 2)]
windows("one_step", (1, 3), one_step, "squared_error")
whole = [Conv(2, 4, (7,), "tanh"), FLATTEN, Dense(4, 2)]
windows("whole", (7, 2), whole, "squared_error")
dilated = [Conv(2, 3, (3,), "tanh", stride=2, dilation=2, pad=[3, 0]), channels_last(F.avg_pool1d, 2, 1), FLATTEN, Dense(9, 2)]
windows("dilated", (9, 2), dilated, "squared_error")
picture = [
    Conv(1, 6, (5, 5), "tanh", pad=[2, 2, 2, 2]),
    channels_last(F.max_pool2d, 2),
    Conv(6, 4, (3, 2), "tanh", stride=2, pad=[1, 0, 1, 0]),
    channels_last(F.avg_pool2d, 2),
    FLATTEN,
    Dense(4, 3),
]
windows("picture", (9, 11, 1), picture, "softmax_cross_entropy")
holes = [Conv(2, 3, (2, 2), "tanh", dilation=3), channels_last(F.max_pool2d, 3, 1, 1), FLATTEN, Dense(18, 2)]
windows("holes", (6, 5, 2), holes, "squared_error")
separable = [
    DepthwiseConv(3, (3,), "tanh", dilation=2, pad=[4, 0]),
    Conv(3, 4, (1,), "relu"),
    DepthwiseConv(4, (4,), "sigmoid", stride=2, pad=[1, 2], bias=False),
    FLATTEN,
    Dense(24, 2),
]
windows("separable", (12, 3), separable, "squared_error")
channels = [
    DepthwiseConv(3, (3, 2), "tanh", stride=2, pad=[1, 0, 1, 0]),
    DepthwiseConv(3, (2, 2), "tanh", dilation=2),
    FLATTEN,
    Dense(3, 2),
]
windows("channels", (7, 6, 3), channels, "squared_error")

sequence = [Standardize(3), Elman(3, 5, "tanh", every=True), LayerNorm(5), GELU, Elman(5, 4, "tanh", every=False), Dense(4, 3)]
case("channels_sequence", (4, 3), sequence, "softmax_cross_entropy", penalty=0.25, scale=1.0)
picture = [Standardize(2), Conv(2, 3, (2, 2), "tanh"), LayerNorm(3), FLATTEN, Dense(18, 2)]
case("channels_map", (3, 4, 2), picture, "squared_error", penalty=0.25, scale=0.5)
folded = [Dense(5, 12, "tanh"), unflatten(4, 3), Elman(3, 4, "tanh", every=True), FLATTEN, unflatten(2, 4, 2), MEAN, Dense(2, 2)]
case("unflatten", (5,), folded, "squared_error", penalty=0.25)

words = [Embedding(3), Elman(3, 4, "tanh", every=False), Dense(4, 3)]
case("embedding", (6,), words, "softmax_cross_entropy", penalty=0.25)
both = [Bidirectional(Elman(3, 4, "tanh", every=True)), Bidirectional(Elman(8, 2, "tanh", every=False)), Dense(4, 3)]
case("bidirectional", (5, 3), both, "softmax_cross_entropy", penalty=0.25)

batch = [BatchNorm(4), Dense(4, 6), BatchNorm(6), Dense(6, 3)]
case("batch_norm_vector", (4,), batch, "squared_error", penalty=0.5)
picture = [Conv(2, 3, (2, 2), "tanh"), BatchNorm(3), FLATTEN, Dense(18, 2)]
case("batch_norm_map", (3, 4, 2), picture, "squared_error", penalty=0.25)
sequence = [BatchNorm(3), Elman(3, 5, "tanh", every=True), BatchNorm(5), FLATTEN, Dense(20, 3)]
case("batch_norm_sequence", (4, 3), sequence, "softmax_cross_entropy", penalty=0.25)
sequence = [Conv(3, 6, (2,)), GroupNorm(6, 3), GELU, GroupNorm(6, 1), Elman(6, 4, "tanh", every=False), Dense(4, 2)]
case("group_norm", (5, 3), sequence, "squared_error", penalty=0.25, scale=1.0)
vector = [Dense(4, 10), GroupNorm(10, 2), Dense(10, 3)]
case("group_norm_of_vector", (4,), vector, "squared_error", penalty=0.25)
picture = [GroupNorm(2, 2), Conv(2, 4, (2, 2)), GroupNorm(4, 4), FLATTEN, Dense(24, 2)]
case("instance_norm", (3, 4, 2), picture, "squared_error", penalty=0.25)

longer = [ConvTranspose(3, 5, 4, "tanh", stride=2, cut=(1, 1)), ConvTranspose(5, 2, 3, "sigmoid", dilation=2, bias=False)]
windows("transposed", (4, 3), longer + [FLATTEN, Dense(24, 2)], "squared_error")
causal = [ConvTranspose(2, 3, 3, "tanh", dilation=2, cut=(0, 4)), ConvTranspose(3, 2, 5, "tanh", stride=3, cut=(0, 2))]
windows("transposed_causal", (5, 2), causal + [MEAN, Dense(2, 3)], "softmax_cross_entropy")
same = [ConvTranspose(2, 3, 6, "tanh", stride=3, cut=(1, 2)), Conv(3, 4, (3,), "tanh", stride=2), ConvTranspose(4, 1, 1)]
windows("transposed_same", (3, 2), same + [FLATTEN, Dense(4, 2)], "squared_error")
one_step = [ConvTranspose(3, 2, 4, "tanh", stride=2, cut=(2, 1)), FLATTEN, Dense(2, 2)]
windows("transposed_one_step", (1, 3), one_step, "squared_error")

# Windows as large as what they read, of one channel and one step; steps between the places of a window and between windows at
# once; padding on one side.
whole = [Conv(1, 3, (4, 3), "tanh"), FLATTEN, Dense(3, 2)]
windows("whole_picture", (4, 3, 1), whole, "squared_error")
apart = [
    Conv(2, 1, (2, 2), "tanh", stride=2, dilation=3),
    padded_mean(F.avg_pool2d, [1, 0, 1, 0], 3, 1),
    channels_last(F.max_pool2d, 2),
    FLATTEN,
    Dense(1, 2),
]
windows("picture_apart", (9, 8, 2), apart, "squared_error")
one = [DepthwiseConv(1, (1,), "tanh"), DepthwiseConv(1, (3,), "tanh", pad=[2, 0]), FLATTEN, Dense(1, 2)]
windows("depthwise_one", (1, 1), one, "squared_error")
apart = [
    DepthwiseConv(2, (3,), "tanh", stride=2, dilation=2, pad=[1, 0]),
    DepthwiseConv(2, (2,), "sigmoid"),
    FLATTEN,
    Dense(2, 2),
]
windows("depthwise_apart", (7, 2), apart, "squared_error")
apart = [
    DepthwiseConv(1, (2, 2), "tanh", stride=2, dilation=2),
    DepthwiseConv(1, (3, 2), "sigmoid"),
    FLATTEN,
    Dense(1, 2),
]
windows("depthwise_picture_apart", (7, 6, 1), apart, "squared_error")
apart = [ConvTranspose(1, 3, 3, "tanh", stride=2, dilation=3, cut=(0, 2)), FLATTEN, Dense(33, 2)]
windows("transposed_apart", (4, 1), apart, "squared_error")
pools = [
    Conv(1, 5, (1,), "tanh"),
    padded_max(F.max_pool1d, [2, 0], 3, 2),
    padded_mean(F.avg_pool1d, [0, 2], 3, 2),
    channels_last(F.avg_pool1d, 3),
    channels_last(F.max_pool1d, 1),
    FLATTEN,
    Dense(5, 2),
]
windows("pools", (12, 1), pools, "squared_error")
