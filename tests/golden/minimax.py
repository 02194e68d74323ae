"""Coefficients of nanoprop::math, by the exchange algorithm of Remez (1934), in 60 digits.

    python3 tests/golden/minimax.py [name...]

Each fit is f(x) = polynomial in x of the given degree on [a, b], minimising max |w(x) (p(x) - f(x))|.
Prints the weighted error as a power of two, then the coefficients, lowest first, rounded to the scalar.
"""
import struct
import sys
from mpmath import mp, mpf, exp, expm1, log, atanh, sqrt, erf, erfc, pi, matrix, lu_solve, cos, taylor, log1p

mp.dps = 60


def remez(f, w, a, b, degree):
    a, b = mpf(a), mpf(b)
    count = degree + 2
    points = [(a + b) / 2 - (b - a) / 2 * cos(pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    steps = 40 * count
    grid = [(a + b) / 2 - (b - a) / 2 * cos(pi * i / steps) for i in range(steps + 1)]
    table = [(x, f(x), w(x)) for x in grid]
    for _ in range(12):
        rows = matrix(count, count)
        right = matrix(count, 1)
        for i, x in enumerate(points):
            for k in range(degree + 1):
                rows[i, k] = x**k
            rows[i, degree + 1] = (-1) ** i / w(x)
            right[i] = f(x)
        solution = lu_solve(rows, right)
        c = [solution[k] for k in range(degree + 1)]
        level = abs(solution[degree + 1])
        errors = [(x, wx * (mp.polyval(c[::-1], x) - fx)) for x, fx, wx in table]
        # One extremum for each run of equal sign.
        runs = []
        for x, e in errors:
            if e == 0:
                continue
            if runs and (runs[-1][1] > 0) == (e > 0):
                if abs(e) > abs(runs[-1][1]):
                    runs[-1] = (x, e)
            else:
                runs.append((x, e))
        worst = max(abs(e) for _, e in runs)
        while len(runs) > count:
            runs.pop(0 if abs(runs[0][1]) < abs(runs[-1][1]) else -1)
        if len(runs) < count or worst < level * mpf("1.01"):
            break
        points = [x for x, _ in runs]
    return c, worst


def series(f, terms):
    """f near its removable singularity at 0, as a Taylor polynomial of a function without one."""
    return lambda x: mp.polyval(terms[::-1], x) if abs(x) < mpf("1e-6") else f(x)


half_ln2 = mpf("0.3475")
fact = mp.factorial
exp_tail = series(lambda r: (expm1(r) - r) / r**2, [1 / fact(k + 2) for k in range(11)])
log_tail = series(lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2) / z, [mpf(2) / (2 * k + 3) for k in range(9)])
erf_near = series(
    lambda z: erf(sqrt(z)) / sqrt(z) - 1,
    [2 / sqrt(pi) * (-1) ** k / (fact(k) * (2 * k + 1)) - (k == 0) for k in range(9)],
)
one = lambda x: mpf(1)
root2 = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2



def mills(t):
    """(a + 4) e^(a²/2) Φ(-a) with a = 4(1 + t)/(1 - t)."""
    a = 4 * (1 + t) / (1 - t)
    return (a + 4) * exp(a * a / 2) * erfc(a / sqrt(mpf(2))) / 2


# In [0, 1), without the constant term: of 2^f − 1 and of ln(1 + f), each over f.
exp2_rest = series(lambda f: (mpf(2) ** f - 1) / f, [log(2) ** (k + 1) / fact(k + 1) for k in range(6)])
log_rest = series(lambda f: log1p(f) / f, [mpf(-1) ** k / (k + 1) for k in range(6)])

# name: function, weight, interval, degree in f32, degree in f64
FITS = {
    "exp": (exp_tail, lambda r: (abs(r) + mpf("1e-6")) ** mpf("1.5"), -half_ln2, half_ln2, 4, 10),
    "ln": (log_tail, lambda z: z + mpf("1e-9"), 0, root2, 2, 6),
    "softplus": (log_tail, lambda z: z + mpf("1e-9"), 0, mpf(1) / 9, 4, 9),
    "erf_near": (erf_near, one, 0, 1, 6, 12),
    "erf_far": (lambda a: log(erfc(a)), lambda a: erfc(a), 1, (4, 6), 6, 17),
    # In fixed point, of 16 bits and of 32.
    "fixed_exp2": (exp2_rest, lambda f: f + mpf("1e-9"), 0, 1, 3, 6),
    "fixed_log": (log_rest, lambda f: f + mpf("1e-9"), 0, 1, 5, 11),
    "normal_cdf": (mills, lambda t: 1 / mills(t), -1, ((mpf(14.4) - 4) / (mpf(14.4) + 4), (mpf(38.6) - 4) / (mpf(38.6) + 4)), 10, 23),
}


def show(c, digits):
    if digits == 24:
        return [repr_f32(struct.unpack("f", struct.pack("f", float(x)))[0]) for x in c]
    return [repr(float(x)) for x in c]


def repr_f32(x):
    for p in range(1, 18):
        s = f"{x:.{p}g}"
        if struct.pack("f", float(s)) == struct.pack("f", x):
            return s


if __name__ == "__main__":
    for name in sys.argv[1:] or FITS:
        f, w, a, b, single, double = FITS[name]
        for digits, degree in (24, single), (53, double):
            end = b[digits == 53] if isinstance(b, tuple) else b
            c, worst = remez(f, w, a, end, degree)
            print(f"{name} {digits}: degree {degree}, error 2^{float(mp.log(worst, 2)):.1f}")
            print("    " + ", ".join(show(c, digits)))
