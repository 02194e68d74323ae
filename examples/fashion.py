"""Fashion-MNIST by nanoprop and by PyTorch: the same network, recipe, batch and start, one thread each, in one run.

    pip install torch && python examples/fashion.py [rounds]

Both read 784-128-64-10 with ReLU, Adam with rate 0.001 that falls to 0 along a cosine, shuffled batches of 64,
5 epochs, weights uniform in +-sqrt(6 / in), biases 0; after each epoch the mean loss of the 10,000 held out is taken, and that time counts for both.
PyTorch has its data in one tensor, in memory, without a DataLoader, and is called as fast as an eager loop goes. The
processor's time is that of the training; of nanoprop, it has reading the files and the pictures in it.
"""

import gzip
import os
import re
import resource
import statistics
import subprocess
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FOLDER = "/usr/share/datasets/fashion-mnist"
EPOCHS, BATCH, RATE = 5, 64, 1e-3

PROGRAM = os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "release/examples/fashion")

torch.set_num_threads(1)
subprocess.run(["cargo", "build", "--quiet", "--release", "--features", "fashion", "--example", "fashion"], check=True)


def load(part):
    images = np.frombuffer(gzip.open(f"{FOLDER}/{part}-images-idx3-ubyte.gz").read(), np.uint8, offset=16)
    labels = np.frombuffer(gzip.open(f"{FOLDER}/{part}-labels-idx1-ubyte.gz").read(), np.uint8, offset=8)
    return torch.tensor(images.reshape(-1, 784) / np.float32(255)), torch.tensor(labels.astype(np.int64))


def pytorch(seed):
    (x, y), (test_x, test_y) = load("train"), load("t10k")
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    adam = torch.optim.Adam(net.parameters(), lr=RATE)
    rates = torch.optim.lr_scheduler.CosineAnnealingLR(adam, EPOCHS * -(-len(x) // BATCH))
    start, start_cpu = time.perf_counter(), time.process_time()
    for _ in range(EPOCHS):
        order = torch.randperm(len(x))
        for batch in order.split(BATCH):
            adam.zero_grad(set_to_none=True)
            F.cross_entropy(net(x[batch]), y[batch]).backward()
            adam.step()
            rates.step()
        with torch.no_grad():
            F.cross_entropy(net(test_x), test_y)
    seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    with torch.no_grad():
        return seconds, cpu, 100 * (net(test_x).argmax(1) == test_y).float().mean().item()


def nanoprop():
    start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    text = subprocess.run([PROGRAM], check=True, capture_output=True, text=True).stdout
    seconds, percent = re.search(r"epochs and ([\d.]+) s: ([\d.]+) %", text).groups()
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start
    return float(seconds), cpu, float(percent)


rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
found = {"nanoprop": [], "PyTorch": []}
for round in range(rounds):
    found["nanoprop"].append(nanoprop())
    found["PyTorch"].append(pytorch(round))
    print(round + 1, {name: results[-1] for name, results in found.items()}, flush=True)
for name, results in found.items():
    seconds, cpu, percents = zip(*results)
    wall = f"median {statistics.median(seconds):6.2f} s, least {min(seconds):6.2f} s"
    print(f"{name:9} {wall}, processor {statistics.median(cpu):6.2f} s, {min(percents):.2f} to {max(percents):.2f} %")
print(f"PyTorch {torch.__version__}, one thread")
