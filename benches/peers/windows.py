"""The networks over windows in ONNX Runtime and JAX; in PyTorch, windows_torch.py. See frameworks.py, which answers.

None of them has streams: a call gets a step and the state before, and gives the output and the state behind. The state of
a causal convolution is the steps that its windows still read.
"""

import numpy as np

from reference import BATCH, FOLDER, POOL, RATE, SIZES, STEPS
from windows_torch import Torch


class Onnx:
    """One session, inputs, outputs and states bound once: a call reads the state that the one before wrote."""

    def __init__(self, data, _):
        import onnxruntime as ort

        self.does = ["stream"] if data.stream else ["forward"]
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        session = ort.InferenceSession(FOLDER / f"{data.name}-1.onnx", options, providers=["CPUExecutionProvider"])
        new = lambda place: ort.OrtValue.ortvalue_from_numpy(np.zeros(place.shape, np.float32))
        first, *states = session.get_inputs()
        last, *behind = session.get_outputs()
        self.out = new(last)
        # Two sets of states, read and written in turns.
        self.states = [[new(s) for s in states] for _ in range(2)]
        self.kept, self.calls = [session], []
        for i in range(POOL):
            x = data.x.ravel()[i : i + 1] if data.stream else np.moveaxis(data.x[i], -1, 0)
            x = ort.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(x).reshape(first.shape))
            binding = session.io_binding()
            binding.bind_ortvalue_input(first.name, x)
            binding.bind_ortvalue_output(last.name, self.out)
            for state, after, before, now in zip(states, behind, self.states[i % 2], self.states[1 - i % 2]):
                binding.bind_ortvalue_input(state.name, before)
                binding.bind_ortvalue_output(after.name, now)
            self.kept.append((binding, x))
            self.calls.append(binding._iobinding)
        self.call = session._sess.run_with_iobinding

    def reset(self):
        for state in self.states[0] + self.states[1]:
            state.update_inplace(np.zeros(state.shape(), np.float32))

    def run(self, quantity, count, at):
        call, calls = self.call, self.calls
        for i in range(at, at + count):
            call(calls[i & POOL - 1], None)

    def outputs(self):
        return self.out.numpy()


class Jax:
    """Everything in `jit`; gates by `scan` over the steps, the online step by another over the windows, so that it
    takes 64 of them in one call."""

    units = {"online": POOL}

    def __init__(self, data, _):
        import jax
        import jax.numpy as jnp

        self.jax, self.jnp, self.data = jax, jnp, data
        self.does = ["stream"] if data.stream else ["forward", "batch-step"]
        if data.stream and data.kinds[0][0] != "causal":
            self.does += ["online", "forward"]
        kind = data.kinds[0]

        def cell(layer, state, x):
            if kind[0] == "lstm":
                (bias, weight, recurrent), (h, c) = layer, state
                i, f, o, g = jnp.split(bias + x @ weight + h @ recurrent, 4, -1)
                c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
                return jax.nn.sigmoid(o) * jnp.tanh(c), c
            (bias, beside, weight, recurrent), (h,) = layer, state
            (n, r, z), (hr, hz, hn) = jnp.split(bias + x @ weight, 3, -1), jnp.split(h @ recurrent, 3, -1)
            r, z = jax.nn.sigmoid(r + hr), jax.nn.sigmoid(z + hz)
            return ((1 - z) * jnp.tanh(n + r * (hn + beside)) + z * h,)

        def zeros(samples):
            if kind[0] == "causal":
                return tuple(jnp.zeros((samples, (k[3] - 1) * k[4], k[1])) for k in data.kinds[:-1])
            return tuple(jnp.zeros((samples, kind[1])) for _ in range(2 if kind[0] == "lstm" else 1))

        def conv(x, layer, dilation=1, padding=0):
            names = ("NHWC", "HWIO", "NHWC") if x.ndim == 4 else ("NWC", "WIO", "NWC")
            padding = [(padding, padding)] * (x.ndim - 2)
            dilations = (dilation,) * (x.ndim - 2)
            y = jax.lax.conv_general_dilated(
                x, layer[1], (1,) * (x.ndim - 2), padding, rhs_dilation=dilations, dimension_numbers=names
            )
            return y + layer[0]

        def logits(theta, x):
            for at, (kind, layer) in enumerate(zip(data.kinds, theta)):
                match kind:
                    case ("dense", *_):
                        x = x.reshape(x.shape[0], -1) @ layer[1] + layer[0]
                    case ("conv1d", *_):
                        x = conv(x, layer)
                    case ("conv2d", *_, padding):
                        x = conv(x, layer, padding=padding)
                    case ("pool",):
                        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
                        continue
                    case ("lstm" | "gru", *_):
                        work = lambda state, x: (cell(layer, state, x), None)
                        x = jax.lax.scan(work, zeros(x.shape[0]), x.swapaxes(0, 1))[0][0]
                        continue
                if at + 1 < len(data.kinds):
                    x = jax.nn.relu(x)
            return x

        def predict(theta, x):
            z = logits(theta, x)
            return jax.nn.softmax(z) if data.classes else z

        def cost(theta, x, y):
            z = logits(theta, x)
            if data.classes:
                return -jnp.sum(y * jax.nn.log_softmax(z)) / x.shape[0]
            return 0.5 * jnp.sum((z - y) ** 2) / x.shape[0]

        def step(theta, x, y):
            return jax.tree.map(lambda t, g: t - RATE * g, theta, jax.grad(cost)(theta, x, y))

        def online(theta, xs, ys):
            return jax.lax.scan(lambda t, xy: (step(t, xy[0], xy[1]), None), theta, (xs, ys))[0]

        def stream(theta, x, state):
            if kind[0] != "causal":
                state = cell(theta[0], state, x)
                return state[0] @ theta[1][1] + theta[1][0], state
            after, x = [], x[:, None]
            for at, k in enumerate(data.kinds[:-1]):
                x = jnp.concatenate((state[at], x), 1)
                after.append(x[:, 1:])
                x = jax.nn.relu(conv(x, theta[at], k[4]))
            return conv(x, theta[-1]), tuple(after)

        self.predict = jax.jit(predict)
        self.step, self.online = jax.jit(step, donate_argnums=0), jax.jit(online, donate_argnums=0)
        self.stream = jax.jit(stream, donate_argnums=2)
        self.zeros = zeros
        self.calls = {n: [tuple(map(jnp.array, c)) for c in data.calls(n)] for n in (1, BATCH)}
        rows = (data.x[:POOL, None], data.y[:POOL, None])
        self.pool, self.few = tuple(map(jnp.array, rows)), tuple(jnp.array(r[:STEPS]) for r in rows)
        self.steps = [jnp.array(x).reshape(1, 1) for x in data.x.ravel()[:POOL]]
        self.reset()

    def reset(self):
        self.theta = [tuple(map(self.jnp.array, layer)) for layer in self.data.layers]
        self.state = self.zeros(1) if self.data.stream else None

    def run(self, quantity, count, at):
        calls = self.calls[SIZES[quantity]]
        mask = len(calls) - 1
        if quantity == "online":
            for _ in range(max(1, count // POOL)):
                self.theta = self.online(self.theta, *(self.few if count == STEPS else self.pool))
            self.jax.block_until_ready(self.theta)
        elif quantity == "batch-step":
            for i in range(at, at + count):
                self.theta = self.step(self.theta, *calls[i & mask])
            self.jax.block_until_ready(self.theta)
        elif quantity == "stream":
            theta, steps, state = self.theta, self.steps, self.state
            for i in range(at, at + count):
                self.out, state = self.stream(theta, steps[i & mask], state)
                self.out.block_until_ready()
            self.state = state
        else:
            for i in range(at, at + count):
                self.out = self.predict(self.theta, calls[i & mask][0])
                self.out.block_until_ready()

    def outputs(self):
        return np.asarray(self.out)


PEERS = {"torch-eager": (Torch, False), "torch-compile": (Torch, True), "onnxruntime": (Onnx, None), "jax": (Jax, None)}
