"""The peers that are Python packages: PyTorch, eager and compiled, ONNX Runtime and JAX.

`frameworks.py torch-eager|torch-compile|onnxruntime|jax` answers lines as src/protocol.rs describes.
"""

import sys
import time
from functools import partial

import numpy as np

import windows
from reference import DENSE, FOLDER, POOL, RATE, SIZES, STEPS, Data, Windows


class Torch:
    """PyTorch with one thread, as functions of a list of tensors: what is left when modules and optimisers, which
    cost more than these networks, are left out.

    Eager: `linear` under `inference_mode`; `autograd.grad` and one `_foreach_add_` for a step. Compiled: the forward
    pass, and a whole step with its gradient by `func.grad`, each by `torch.compile` for its shapes.
    """

    does = ["forward", "online", "batch-step", "batch-forward"]

    @staticmethod
    def version():
        import torch

        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)
        return f"torch {torch.__version__}"

    def __init__(self, data, compiled):
        import torch
        from torch.nn import functional as f

        self.torch, self.data = torch, data
        self.calls = {n: [tuple(map(torch.tensor, c)) for c in data.calls(n)] for n in set(SIZES.values())}
        self.theta = []
        for weight, bias in data.layers:
            self.theta += [torch.tensor(weight.T.copy()), torch.tensor(bias)]
        # The hidden units, the outputs, and the cost of logits, a sum over the samples.
        activate, link, price = {
            "sigmoid": (torch.sigmoid, torch.sigmoid, partial(f.binary_cross_entropy_with_logits, reduction="sum")),
            "tanh": (torch.tanh, torch.tanh, lambda z, y: 0.5 * f.mse_loss(torch.tanh(z), y, reduction="sum")),
            "relu": (torch.relu, lambda z: z.softmax(1), partial(f.cross_entropy, reduction="sum")),
        }[data.units]

        def logits(theta, x):
            for l in range(0, len(theta) - 2, 2):
                x = activate(f.linear(x, theta[l], theta[l + 1]))
            return f.linear(x, theta[-2], theta[-1])

        def cost(theta, x, y):
            return price(logits(theta, x), y) / len(x)

        def predict(theta, x):
            return link(logits(theta, x))

        def eager_step(theta, x, y):
            with torch.enable_grad():
                grads = torch.autograd.grad(cost(theta, x, y), theta)
            torch._foreach_add_(theta, grads, alpha=-RATE)

        def compiled_step(theta, x, y):
            for t, g in zip(theta, torch.func.grad(cost)(theta, x, y)):
                t.sub_(g, alpha=RATE)

        if compiled:
            torch._dynamo.config.cache_size_limit = 64
            self.predict = torch.compile(predict, dynamic=False, fullgraph=True)
            self.step = torch.compile(compiled_step, dynamic=False, fullgraph=True)
        else:
            self.predict, self.step = predict, eager_step
            for t in self.theta:
                t.requires_grad_()

    def reset(self):
        with self.torch.no_grad():
            for l, (weight, bias) in enumerate(self.data.layers):
                self.theta[2 * l].copy_(self.torch.tensor(weight.T.copy()))
                self.theta[2 * l + 1].copy_(self.torch.tensor(bias))

    def run(self, quantity, count, at):
        calls = self.calls[SIZES[quantity]]
        mask = len(calls) - 1
        theta, predict, step = self.theta, self.predict, self.step
        if quantity.endswith("forward"):
            with self.torch.inference_mode():
                for i in range(at, at + count):
                    self.out = predict(theta, calls[i & mask][0])
        else:
            with self.torch.no_grad():
                for i in range(at, at + count):
                    step(theta, *calls[i & mask])

    def outputs(self):
        return self.out.numpy()


class Onnx:
    """ONNX Runtime with one thread, all graph optimisations, inputs and outputs bound once."""

    does = ["forward", "batch-forward"]

    @staticmethod
    def version():
        import onnxruntime

        return f"onnxruntime {onnxruntime.__version__}"

    def __init__(self, data, _):
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        # Bindings do not keep what they bind.
        self.runs, self.out, self.kept = {}, None, []
        for quantity in self.does:
            size = SIZES[quantity]
            session = ort.InferenceSession(
                FOLDER / f"{data.name}-{size}.onnx", options, providers=["CPUExecutionProvider"]
            )
            out = ort.OrtValue.ortvalue_from_numpy(np.zeros((size, data.widths[-1]), np.float32))
            calls = []
            for x, _y in data.calls(size):
                binding = session.io_binding()
                x = ort.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(x))
                self.kept.append((binding, x))
                binding.bind_ortvalue_input("x", x)
                binding.bind_ortvalue_output("h", out)
                # The call under `run_with_iobinding`, without its checks in Python.
                calls.append(binding._iobinding)
            self.kept.append(session)
            self.runs[quantity] = session._sess.run_with_iobinding, calls, out

    def reset(self):
        pass

    def run(self, quantity, count, at):
        run, calls, self.out = self.runs[quantity]
        mask = len(calls) - 1
        for i in range(at, at + count):
            run(calls[i & mask], None)

    def outputs(self):
        return self.out.numpy()


class Jax:
    """JAX with one thread: everything in `jit`, the gradient by `grad`, the weights donated to the step.

    One call of the online step takes all 64 samples, one after the other, in a `scan`: what a user does to
    escape the cost of a call. The other quantities are a call each.
    """

    does = ["forward", "online", "batch-step", "batch-forward"]
    units = {"online": POOL}

    @staticmethod
    def version():
        import jax

        return f"jax {jax.__version__}"

    def __init__(self, data, _):
        import jax
        import jax.numpy as jnp

        self.jax, self.data, self.jnp = jax, data, jnp
        nn = jax.nn
        activate, link, price = {
            "sigmoid": (nn.sigmoid, nn.sigmoid, lambda z, y: jnp.sum(nn.softplus(z) - y * z)),
            "tanh": (jnp.tanh, jnp.tanh, lambda z, y: 0.5 * jnp.sum((jnp.tanh(z) - y) ** 2)),
            "relu": (nn.relu, nn.softmax, lambda z, y: -jnp.sum(y * nn.log_softmax(z))),
        }[data.units]

        def logits(theta, x):
            for weight, bias in theta[:-1]:
                x = activate(x @ weight + bias)
            return x @ theta[-1][0] + theta[-1][1]

        def cost(theta, x, y):
            return price(logits(theta, x), y) / x.shape[0]

        def step(theta, x, y):
            return jax.tree.map(lambda t, g: t - RATE * g, theta, jax.grad(cost)(theta, x, y))

        def online(theta, xs, ys):
            return jax.lax.scan(lambda t, xy: (step(t, xy[0], xy[1]), None), theta, (xs, ys))[0]

        self.predict = jax.jit(lambda theta, x: link(logits(theta, x)))
        self.step = jax.jit(step, donate_argnums=0)
        self.online = jax.jit(online, donate_argnums=0)
        self.calls = {n: [tuple(map(jnp.array, c)) for c in data.calls(n)] for n in set(SIZES.values())}
        rows = (data.x[:POOL, None, :], data.y[:POOL, None, :])
        self.pool = tuple(map(jnp.array, rows))
        self.few = tuple(jnp.array(r[:STEPS]) for r in rows)
        self.reset()

    def reset(self):
        self.theta = [tuple(map(self.jnp.array, layer)) for layer in self.data.layers]

    def run(self, quantity, count, at):
        if quantity == "online":
            if count == STEPS:
                self.theta = self.online(self.theta, *self.few)
            else:
                assert count % POOL == 0
                for _ in range(count // POOL):
                    self.theta = self.online(self.theta, *self.pool)
            self.jax.block_until_ready(self.theta)
            return
        calls = self.calls[SIZES[quantity]]
        mask = len(calls) - 1
        if quantity == "batch-step":
            for i in range(at, at + count):
                self.theta = self.step(self.theta, *calls[i & mask])
            self.jax.block_until_ready(self.theta)
        else:
            for i in range(at, at + count):
                self.out = self.predict(self.theta, calls[i & mask][0])
                self.out.block_until_ready()

    def outputs(self):
        return np.asarray(self.out)


PEERS = {
    "torch-eager": (Torch, False),
    "torch-compile": (Torch, True),
    "onnxruntime": (Onnx, None),
    "jax": (Jax, None),
}


def check(peer, quantity):
    peer.reset()
    rows = []
    if quantity == "batch-forward":
        peer.run(quantity, 1, 0)
        return peer.outputs().ravel()
    if quantity not in ("forward", "stream"):
        peer.run(quantity, STEPS, 0)
    for i in range(POOL):
        peer.run("stream" if quantity == "stream" else "forward", 1, i)
        rows.append(peer.outputs().ravel().copy())
    return np.concatenate(rows)


def measure(peer, quantity, ms):
    """As src/clock.rs does it."""
    clock = time.perf_counter_ns
    unit = getattr(peer, "units", {}).get(quantity, 1)
    at = 0

    def block(count):
        nonlocal at
        start = clock()
        peer.run(quantity, count, at)
        took = clock() - start
        at += count
        return took

    peer.reset()
    start = clock()
    while clock() - start < 3e6:
        block(unit)
    once = min(block(unit) for _ in range(3)) / unit
    count = max(unit, int(40e3 / once) // unit * unit)
    start = clock()
    while clock() - start < ms * 0.15e6:
        block(count)
    blocks = []
    start = clock()
    while clock() - start < ms * 1e6 or len(blocks) < 15:
        blocks.append(block(count) / count / SIZES[quantity])
    blocks.sort()
    return [blocks[len(blocks) // 2], blocks[len(blocks) // 10], blocks[0]]


def main():
    make, how = PEERS[sys.argv[1]]
    print("ready", make.version(), flush=True)
    peers = {}
    for line in sys.stdin:
        verb, name, quantity, *ms = line.split()
        try:
            if name not in peers:
                if name in DENSE:
                    peers[name] = make(Data(name), how)
                else:
                    over, how_over = windows.PEERS[sys.argv[1]]
                    peers[name] = over(Windows(name), how_over)
            if quantity not in peers[name].does:
                print("no", flush=True)
                continue
            if verb == "check":
                answer = [f"{x:.9g}" for x in check(peers[name], quantity)]
            else:
                answer = [f"{x:.3f}" for x in measure(peers[name], quantity, float(ms[0]) if ms else 50)]
            print("ok", *answer, flush=True)
        except Exception as error:  # A cell that fails is reported; the others go on.
            print("err", type(error).__name__, str(error).split("\n")[0], flush=True)


main()
