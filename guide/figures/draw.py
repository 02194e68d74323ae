#!/usr/bin/env python3
"""Draws the guide's figures: python3 guide/figures/draw.py [--check | --logo]

Lines and letters have the colour of the text around them (currentColor), so a figure within a page follows the page's
theme; alone, in a browser or a README, it follows the system's. Forward is blue and solid, backward orange and dashed: the
figures read without colour, too. Only Python's standard library."""

import math
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
BLUE, ORANGE = "#2f7fd6", "#d9731a"
STYLE = "<style>svg{color:#222;background:#fff}@media(prefers-color-scheme:dark){svg{color:#ddd;background:#222}}</style>"


def number(x):
    return f"{x:.1f}".rstrip("0").rstrip(".")


class Figure:
    def __init__(self, width, height, title):
        self.width, self.height, self.title, self.parts = width, height, title, []

    def line(self, x1, y1, x2, y2, color="currentColor", width=1.2, dash="", arrow=False, opacity=1.0):
        extra = (f' stroke-dasharray="{dash}"' if dash else "") + (f' opacity="{opacity}"' if opacity < 1 else "")
        self.parts.append(f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" '
                          f'stroke="{color}" stroke-width="{width}"{extra}/>')
        if arrow:
            a = math.atan2(y2 - y1, x2 - x1)
            points = [(x2, y2)] + [(x2 - 9 * math.cos(a + s), y2 - 9 * math.sin(a + s)) for s in (0.4, -0.4)]
            points = " ".join(f"{number(x)},{number(y)}" for x, y in points)
            self.parts.append(f'<polygon points="{points}" fill="{color}"/>')

    def circle(self, x, y, r, color="currentColor", dash="", fill="none"):
        dash = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<circle cx="{number(x)}" cy="{number(y)}" r="{r}" fill="{fill}" stroke="{color}" '
                          f'stroke-width="1.4"{dash}/>')

    def box(self, x, y, w, h, color="currentColor", dash=""):
        dash = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<rect x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}" rx="4" '
                          f'fill="none" stroke="{color}" stroke-width="1.4"{dash}/>')

    def curve(self, points, color=BLUE, dash=""):
        dash = f' stroke-dasharray="{dash}"' if dash else ""
        path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
        self.parts.append(f'<path d="{path}" fill="none" stroke="{color}" stroke-width="2"{dash}/>')

    def text(self, x, y, words, size=15, anchor="middle"):
        """Letters, in the colour of the page, whose contrast is the page's; `_{…}` below the line, `^{…}` above it."""
        spans, rest = "", words
        while rest:
            at = min((rest.find(m) for m in ("_{", "^{") if m in rest), default=-1)
            if at < 0:
                spans += rest
                break
            end = rest.index("}", at)
            shift = 4 if rest[at] == "_" else -6
            spans += (f'{rest[:at]}<tspan dy="{shift}" font-size="{size * 0.7:.0f}">{rest[at + 2:end]}</tspan>'
                      f'<tspan dy="{-shift}">​</tspan>')
            rest = rest[end + 1:]
        self.parts.append(f'<text x="{number(x)}" y="{number(y)}" font-size="{size}" text-anchor="{anchor}" '
                          f'fill="currentColor">{spans}</text>')

    def svg(self):
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
                f'style="max-width:100%;height:auto" font-family="serif">')
        return "\n".join([head, f"<title>{self.title}</title>", STYLE, *self.parts, "</svg>"]) + "\n"


def network():
    """The network that the derivation walks."""
    f = Figure(680, 360, "The network 3-5-5-3: three inputs, two layers of five units, three outputs")
    columns, place = [(1, 3), (2, 5), (3, 5), (4, 3)], {}
    for layer, units in columns:
        x, first = 70 + (layer - 1) * 180, 0 if layer < 4 else 1
        for unit in range(first, units + 1):
            place[layer, unit] = x, 190 + (unit - (units + first) / 2) * 48
    for layer, units in columns[1:]:
        before = columns[layer - 2][1]
        for j in range(1, units + 1):
            for i in range(0, before + 1):
                (x1, y1), (x2, y2) = place[layer - 1, i], place[layer, j]
                d = math.hypot(x2 - x1, y2 - y1)
                ux, uy = (x2 - x1) / d * 17, (y2 - y1) / d * 17
                f.line(x1 + ux, y1 + uy, x2 - ux, y2 - uy, BLUE if i else "currentColor", 0.8, "" if i else "2 3", opacity=0.6)
    for (layer, unit), (x, y) in place.items():
        f.circle(x, y, 17, dash="" if unit else "3 3")
        f.text(x, y + 5, "1" if unit == 0 else f"a_{{{unit}}}")
    for layer, name in [(1, "a^{(1)} = x"), (2, "a^{(2)}"), (3, "a^{(3)}"), (4, "a^{(4)} = h")]:
        f.text(70 + (layer - 1) * 180, 24, name, 16)
    for layer in (1, 2, 3):
        f.text(160 + (layer - 1) * 180, 24, f"Θ^{{({layer})}}", 16)
    return f


def unit():
    """What one unit does."""
    f = Figure(620, 220, "One unit: a weighted sum of the values before it, and a function of that sum")
    for i in range(4):
        y = 36 + i * 48
        f.circle(60, y, 17, dash="" if i else "3 3")
        f.text(60, y + 5, "1" if i == 0 else f"a_{{{i}}}")
        f.line(77, y, 262, 108 + (y - 108) * 0.16, BLUE if i else "currentColor", arrow=True, dash="" if i else "2 3")
        f.text(140, y - 8 + (108 - y) * 0.286, f"Θ_{{j{i}}}", 14)
    f.circle(290, 108, 27)
    f.text(290, 114, "Σ", 22)
    f.line(317, 108, 406, 108, BLUE, arrow=True)
    f.text(360, 98, "z_{j}")
    f.box(408, 80, 56, 56)
    f.curve([(414 + t * 44, 130 - 44 / (1 + math.exp(-(t - 0.5) * 12))) for t in [k / 20 for k in range(21)]])
    f.text(436, 158, "g", 16)
    f.line(464, 108, 552, 108, BLUE, arrow=True)
    f.text(580, 113, "a_{j}")
    return f


def sigmoid():
    """g and its slope."""
    f = Figure(560, 240, "The sigmoid function and its slope")
    sx, sy = lambda z: 280 + z * 40, lambda v: 200 - v * 160
    f.line(30, 200, 540, 200, arrow=True)
    f.line(280, 212, 280, 22, arrow=True)
    for z in (-6, -4, -2, 2, 4, 6):
        f.line(sx(z), 197, sx(z), 203)
        f.text(sx(z), 218, str(z).replace("-", "−"), 12)
    for v, name in [(0.25, "¼"), (0.5, "½"), (1, "1")]:
        f.line(277, sy(v), 283, sy(v))
        f.text(268, sy(v) + 4, name, 12, "end")
    zs = [k / 10 for k in range(-62, 63)]
    g = lambda z: 1 / (1 + math.exp(-z))
    f.curve([(sx(z), sy(g(z))) for z in zs])
    f.curve([(sx(z), sy(g(z) * (1 - g(z)))) for z in zs], ORANGE, "6 4")
    f.text(460, 36, "g(z)", 15)
    f.text(400, 166, "g′(z) = g(z) (1 − g(z))", 15, "start")
    f.text(536, 190, "z", 15)
    return f


def chain():
    """Values go forward, errors go back."""
    f = Figure(720, 170, "Values go forward from x to J, errors go back from J to the weights")
    names = ["a^{(1)}", "z^{(2)}", "a^{(2)}", "z^{(3)}", "a^{(3)}", "z^{(4)}", "h", "J"]
    for k, name in enumerate(names):
        x = 40 + k * 91
        f.circle(x, 60, 24)
        f.text(x, 65, name)
        if k:
            f.line(x - 67, 52, x - 25, 52, BLUE, arrow=True)
    for k, name in enumerate(["Θ^{(1)}", "Θ^{(2)}", "Θ^{(3)}"]):
        f.text(85 + k * 182, 30, name, 13)
    for k in range(2):
        f.text(176 + k * 182, 30, "g", 14)
    f.text(540, 30, "link", 13)
    for k, name in [(1, "δ^{(2)}"), (3, "δ^{(3)}"), (5, "δ^{(4)}")]:
        f.line(40 + k * 91, 118, 40 + k * 91, 85, ORANGE, dash="5 3", arrow=True)
        f.text(40 + k * 91, 138, name)
    for a, b in [(7, 5), (5, 3), (3, 1)]:
        f.line(40 + a * 91 - (0 if a == 7 else 22), 133, 40 + b * 91 + 22, 133, ORANGE, dash="5 3", arrow=True)
    f.line(677, 84, 677, 133, ORANGE, dash="5 3")
    return f


def blame():
    """The error of a hidden unit."""
    f = Figure(560, 230, "The error of a hidden unit is collected from all units that it feeds, by the weights that lead there")
    f.circle(110, 115, 26)
    f.text(110, 120, "a_{i}")
    f.text(110, 165, "δ_{i}^{(3)}")
    for k in range(1, 4):
        y = 115 + (k - 2) * 75
        f.circle(400, y, 22)
        f.text(400, y + 5, f"z_{{{k}}}")
        f.text(460, y + 5, f"δ_{{{k}}}^{{(4)}}")
        y1 = 115 + (k - 2) * 12
        f.line(137, y1 - 4, 375, y - 4 - (k - 2) * 2, BLUE, arrow=True)
        f.line(376, y + 5 - (k - 2) * 2, 140, y1 + 5, ORANGE, dash="5 3", arrow=True)
        f.text(285, y - 12 + (2 - k) * 22, f"Θ_{{{k}i}}", 14)
    return f


def unrolled():
    """A recurrent layer is a deep network with the same weights in each layer."""
    f = Figure(640, 230, "A recurrent layer, unrolled: the same weights at each step; errors go back through the steps")
    f.text(45, 112, "h_{0} = 0")
    for t in range(1, 4):
        x = 40 + t * 150
        f.box(x - 34, 84, 68, 44)
        f.text(x, 111, f"h_{{{t}}}")
        f.line(x, 178, x, 130, BLUE, arrow=True)
        f.text(x, 198, f"x_{{{t}}}")
        f.text(x + 16, 160, "W", 14)
        f.line(x - 116 if t > 1 else x - 110, 100, x - 36, 100, BLUE, arrow=True)
        f.text(x - 75, 92, "U", 14)
        if t > 1:
            f.line(x - 36, 114, x - 114, 114, ORANGE, dash="5 3", arrow=True)
        f.text(x, 74, f"δ_{{{t}}}", 14)
    f.line(525, 100, 580, 100, BLUE, arrow=True)
    f.text(600, 105, "J")
    f.line(580, 114, 527, 114, ORANGE, dash="5 3", arrow=True)
    f.text(340, 30, "W, U and b are the same at each step", 14)
    return f


def windows():
    """A convolution is one unit at many places."""
    f = Figure(600, 220, "A convolution: the same three weights at each place of the input")
    for i in range(5):
        f.box(60 + i * 100, 150, 60, 40)
        f.text(90 + i * 100, 175, f"x_{{{i + 1}}}")
    for t in range(3):
        f.box(160 + t * 100, 30, 60, 40)
        f.text(190 + t * 100, 55, f"y_{{{t + 1}}}")
        for k in range(3):
            dash = ["", "6 3", "2 3"][k]
            f.line(90 + (t + k) * 100, 150, 190 + t * 100 + (k - 1) * 14, 71, BLUE if k != 1 else "currentColor", 1.6, dash, True)
    f.text(500, 60, "w_{1} solid", 13, "start")
    f.text(500, 82, "w_{2} dashed", 13, "start")
    f.text(500, 104, "w_{3} dotted", 13, "start")
    return f


def logo():
    """The documentation's logo, as what `html_logo_url` takes: it is in src/lib.rs."""
    columns = [(9, [16, 32, 48]), (32, [10, 24, 40, 54]), (55, [24, 40])]
    lines, dots = [], []
    for (x1, first), (x2, second) in zip(columns, columns[1:]):
        lines += [f"M{x1} {y1}L{x2} {y2}" for y1 in first for y2 in second]
    dots = [f"<circle cx='{x}' cy='{y}' r='5'/>" for x, ys in columns for y in ys]
    svg = ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'>"
           f"<path d='{''.join(lines)}' stroke='{BLUE}' fill='none'/><path d='M55 24L32 40L9 16' stroke='{ORANGE}' "
           f"stroke-width='3' fill='none'/><g fill='{BLUE}'>{''.join(dots)}</g></svg>")
    return "data:image/svg+xml," + svg.replace("#", "%23").replace("<", "%3C").replace(">", "%3E")


def main():
    if "--logo" in sys.argv:
        return print(logo())
    stale = [] if logo() in (HERE.parent.parent / "src/lib.rs").read_text(encoding="utf-8") else ["the logo (--logo)"]
    for draw in (network, unit, sigmoid, chain, blame, unrolled, windows):
        path, svg = HERE / f"{draw.__name__}.svg", draw().svg()
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != svg:
                stale.append(path.name)
        else:
            path.write_text(svg, encoding="utf-8")
    if stale:
        sys.exit(f"not as drawn: {', '.join(stale)}; run python3 guide/figures/draw.py")


main()
