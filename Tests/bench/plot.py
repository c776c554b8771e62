"""A picture of series, both axes logarithmic, as SVG."""
import math

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720, 480, 80, 60, 106, 30
COLOURS = ["#1b6ca8", "#c2571a", "#3c7d3c", "#7a4fa3"]

def size(n):
    for unit, factor in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if n >= factor:
            return f"{n / factor:.3g} {unit}"
    return f"{n} B"

def svg(title, series):
    """`series` is a list of a name and points of bytes and seconds."""
    points = [p for _, ps in series for p in ps]
    x0, x1 = (math.log10(f(p[0] for p in points)) for f in (min, max))
    y0, y1 = math.floor(math.log10(min(p[1] for p in points))), math.ceil(math.log10(max(p[1] for p in points)))
    x = lambda v: LEFT + (math.log10(v) - x0) / (x1 - x0 or 1) * (WIDTH - LEFT - RIGHT)
    y = lambda v: HEIGHT - BOTTOM - (math.log10(v) - y0) / (y1 - y0 or 1) * (HEIGHT - BOTTOM - TOP)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
           f'<text x="{LEFT}" y="22" font-size="14">{title}</text>']
    for power in range(y0, y1 + 1):
        at = y(10 ** power)
        out += [f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>',
                f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0 ** power:g} s</text>']
    for value in sorted({p[0] for p in points}):
        out += [f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM + 5}" stroke="#888"/>',
                f'<text transform="translate({x(value) + 4:.1f} {HEIGHT - BOTTOM + 16}) rotate(30)" font-size="10">{size(value)}</text>']
    for number, (name, ps) in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in ps)
        out += [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
        out += [f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="3.5" fill="{colour}"/>' for a, b in ps]
        out += [f'<text x="{LEFT + 10}" y="{42 + 16 * number}" fill="{colour}">{name}</text>']
    return "\n".join(out + ["</svg>", ""])
