"""Reference factors for tests/optimizers/schedules.rs, in plain Python floats:

    python tests/golden/schedules.py > tests/golden/schedules.txt

PyTorch's schedulers (torch.optim.lr_scheduler of version 2), written down as they are there: each step makes the rate
from the one before it by the recursive formulas of `get_lr`, `SequentialLR` starts the next scheduler by `step(0)`, which
takes the closed formula, and `ReduceLROnPlateau` is its own loop. The rate starts at 1, so that it is the factor. For each
case, the line holds the rate of each step or epoch.
"""

import bisect
import math


class Scheduler:
    """`_LRScheduler` of one group: `lr` is the group's rate, shared by all schedulers of an optimizer."""

    def __init__(self, group):
        self.group, self.last_epoch = group, -1
        self.step()

    def step(self, epoch=None):
        if epoch is None:
            self.last_epoch += 1
            self.group["lr"] = self.get_lr()
        else:
            self.last_epoch = epoch
            self.group["lr"] = self.closed()


class StepLR(Scheduler):
    def __init__(self, group, step_size, gamma):
        self.step_size, self.gamma = step_size, gamma
        super().__init__(group)

    def get_lr(self):
        lr = self.group["lr"]
        return lr if self.last_epoch == 0 or self.last_epoch % self.step_size else lr * self.gamma

    def closed(self):
        return self.group["initial_lr"] * self.gamma ** (self.last_epoch // self.step_size)


class ExponentialLR(StepLR):
    def __init__(self, group, gamma):
        super().__init__(group, 1, gamma)


class LinearLR(Scheduler):
    def __init__(self, group, start, total):
        self.start, self.end, self.total = start, 1.0, total
        super().__init__(group)

    def get_lr(self):
        lr = self.group["lr"]
        if self.last_epoch == 0:
            return lr * self.start
        if self.last_epoch > self.total:
            return lr
        slope = self.end - self.start
        return lr * (1 + slope / (self.total * self.start + (self.last_epoch - 1) * slope))

    def closed(self):
        part = min(self.total, self.last_epoch) / self.total
        return self.group["initial_lr"] * (self.start + (self.end - self.start) * part)


class CosineAnnealingLR(Scheduler):
    def __init__(self, group, t_max, eta_min):
        self.t_max, self.eta_min = t_max, eta_min
        super().__init__(group)

    def get_lr(self):
        lr, t, low = self.group["lr"], self.last_epoch, self.eta_min
        if t == 0:
            return lr
        wave = lambda t: 1 + math.cos(math.pi * t / self.t_max)
        return wave(t) / wave(t - 1) * (lr - low) + low

    def closed(self):
        high, low = self.group["initial_lr"], self.eta_min
        return low + (high - low) * (1 + math.cos(math.pi * self.last_epoch / self.t_max)) / 2


class SequentialLR:
    def __init__(self, group, schedulers, milestones):
        self.schedulers, self.milestones, self.last_epoch = schedulers, milestones, 0
        group["lr"] = group["initial_lr"]
        for scheduler in schedulers:
            scheduler.last_epoch -= 1
        schedulers[0].step()

    def step(self):
        self.last_epoch += 1
        index = bisect.bisect_right(self.milestones, self.last_epoch)
        if index > 0 and self.milestones[index - 1] == self.last_epoch:
            self.schedulers[index].step(0)
        else:
            self.schedulers[index].step()


class ReduceLROnPlateau:
    def __init__(self, group, factor, patience, threshold, cooldown, min_lr, eps=1e-8):
        self.group, self.factor, self.patience, self.threshold = group, factor, patience, threshold
        self.cooldown, self.min_lr, self.eps = cooldown, min_lr, eps
        self.best, self.num_bad_epochs, self.cooldown_counter = math.inf, 0, 0

    def step(self, metric):
        if metric < self.best * (1.0 - self.threshold):
            self.best, self.num_bad_epochs = metric, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            old = self.group["lr"]
            new = max(old * self.factor, self.min_lr)
            if old - new > self.eps:
                self.group["lr"] = new
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0


def rates(name, make, count):
    group = {"lr": 1.0, "initial_lr": 1.0}
    scheduler, found = make(group), []
    for _ in range(count):
        found.append(group["lr"])
        scheduler.step()
    print(name, *(repr(rate) for rate in found))


print("# Written by schedules.py")
rates("warm_up_then_cosine", lambda g: SequentialLR(g, [LinearLR(g, 0.1, 10), CosineAnnealingLR(g, 50, 0.1)], [10]), 60)
three = lambda g: [ExponentialLR(g, 0.9), StepLR(g, 5, 0.5), CosineAnnealingLR(g, 40, 0.05)]
rates("three", lambda g: SequentialLR(g, three(g), [7, 30]), 70)
rates("from_the_start", lambda g: SequentialLR(g, [ExponentialLR(g, 0.5), LinearLR(g, 0.25, 4)], [1]), 8)

# Losses that fall, then stay but for what is below the threshold, and fall again for one epoch in twenty.
LOSSES = [max(8 - n, 4 - n // 20) / 4 - n * 1e-6 for n in range(80)]
group = {"lr": 1.0}
plateau, found = ReduceLROnPlateau(group, 0.5, 2, 1e-4, 3, 0.1), []
for loss in LOSSES:
    found.append(group["lr"])
    plateau.step(loss)
print("losses", *(repr(loss) for loss in LOSSES))
print("plateau", *(repr(rate) for rate in found))
