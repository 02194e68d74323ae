"""Writes elementary.txt: correctly rounded f64 values of the functions of nanoprop::math.

    python3 tests/golden/elementary.py > tests/golden/elementary.txt

A line: function, bits of x, bits of y = f(x) rounded to nearest, and f(x) - y in ulps of y, so that an error
can be measured in fractions of an ulp. 700 digits, for 1 + 5e-324; the points are
a golden-ratio sequence in each of a function's intervals, uniform or (ends of one sign) logarithmic, and the ends.
"""
import struct
from mpmath import mp, mpf, exp, expm1, log, log1p, erf, erfc, sqrt, floor, frexp, ldexp

mp.dps = 700
TINY, NORMAL, HUGE = 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308
GOLDEN = 0.6180339887498949


def softplus(x):
    return log1p(exp(x)) if x < 0 else x + log1p(exp(-x))


def sigmoid(x):
    return exp(x) / (1 + exp(x)) if x < 0 else 1 / (1 + exp(-x))


def tanh(x):
    return expm1(2 * x) / (expm1(2 * x) + 2)


def normal_cdf(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def near(centre, count=40, width=1e-3):
    """Uniformly around a point."""
    return ("uniform", centre - width, centre + width, count)


def both(*spans):
    return [s for span in spans for s in (span, (span[0], -span[2], -span[1], span[3]))]


ODD = both(("log", TINY, NORMAL, 12), ("log", NORMAL, 1e-9, 14), ("log", 1e-9, 0.1, 30), ("uniform", 0.1, 1.0, 40))
FUNCTIONS = {
    "exp": (exp, both(("log", TINY, 1e-9, 8), ("log", 1e-9, 0.1, 15), ("uniform", 0.0, 1.0, 50), ("uniform", 1.0, 40.0, 30))
        + [("uniform", 40.0, 709.782, 20), ("uniform", -708.0, -40.0, 20), ("uniform", -745.1, -708.0, 30), near(709.7827, 9, 1e-4)]),
    "expm1": (expm1, ODD + [("uniform", 1.0, 40.0, 40), ("uniform", 40.0, 709.782, 20), ("uniform", -2.0, -1.0, 20),
        ("uniform", -40.0, -2.0, 20), near(0.34657, 20), near(-0.34657, 20), near(709.7827, 9, 1e-4)]),
    "ln": (log, [("log", TINY, NORMAL, 40), ("log", NORMAL, 0.1, 40), ("uniform", 0.1, 0.7, 30), ("uniform", 0.7, 1.42, 80),
        near(1.0), near(1.0, 30, 1e-8), near(0.70711, 20), near(1.41421, 20), ("uniform", 1.4, 10.0, 30), ("log", 10.0, HUGE, 40)]),
    "ln_1p": (log1p, ODD + [("uniform", -0.9999, -0.1, 40), near(-0.29289, 20), near(0.41421, 20), ("log", 1.0, 1e17, 50),
        ("log", 1e17, HUGE, 20), ("uniform", -0.999999999999, -0.9999999, 10)]),
    "tanh": (tanh, ODD + both(("uniform", 1.0, 5.0, 20), ("uniform", 5.0, 20.0, 15), near(0.17328, 20))),
    "sigmoid": (sigmoid, both(("log", TINY, 0.1, 15), ("uniform", 0.1, 1.0, 40), ("uniform", 1.0, 6.0, 40), ("uniform", 6.0, 40.0, 40))
        + [("uniform", -708.0, -40.0, 30), ("uniform", -745.1, -708.0, 30), ("uniform", 40.0, 700.0, 3)]),
    "softplus": (softplus, both(("log", TINY, 0.1, 15), ("uniform", 0.1, 1.0, 40), ("uniform", 1.0, 6.0, 40), ("uniform", 6.0, 40.0, 40))
        + [("uniform", -708.0, -40.0, 30), ("uniform", -745.1, -708.0, 30), ("uniform", 40.0, 700.0, 3), ("log", 700.0, HUGE, 4)]),
    "erf": (erf, ODD + both(("uniform", 1.0, 3.0, 40), ("uniform", 3.0, 6.0, 20), near(1.0, 10))),
    "normal_cdf": (normal_cdf, both(("log", TINY, 0.1, 15), ("uniform", 0.1, 1.0, 40), ("uniform", 1.0, 6.0, 40))
        + [("uniform", -37.5, -6.0, 80), ("uniform", -38.48, -37.5, 20), ("uniform", 6.0, 9.0, 10)]),
}


def points(kind, a, b, count):
    for i in range(count):
        t = 0.0 if i == 0 else 1.0 if i == 1 else (i * GOLDEN) % 1.0
        if i < 2:
            yield (a, b)[i]
        elif kind == "uniform":
            yield a + (b - a) * t
        else:
            s = -1 if a < 0 else 1
            yield s * float(exp(log(abs(mpf(a))) * (1 - t) + log(abs(mpf(b))) * t))


def rounded(y):
    """y as a double and what is left in ulps of it."""
    near = mp.mpf(y)
    exponent = max(int(frexp(near)[1]) - 53, -1074)
    scaled = ldexp(near, -exponent)
    whole = floor(scaled)
    rest = scaled - whole
    if rest > mpf(1) / 2 or rest == mpf(1) / 2 and int(whole) % 2:
        whole, rest = whole + 1, rest - 1
    value = ldexp(whole, exponent)
    if value > HUGE:
        return float("inf"), mpf(0)
    return float(value), rest


def bits(x):
    return struct.pack(">d", x).hex()


for name, (f, spans) in FUNCTIONS.items():
    seen = set()
    for span in spans:
        for x in points(*span):
            if x not in seen and (name, x) != ("ln_1p", -1.0):
                seen.add(x)
                y, rest = rounded(f(mpf(x)))
                print(name, bits(x), bits(y), f"{float(rest):.4f}")
