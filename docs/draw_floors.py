"""Draw docs/floors.svg, the picture of the two floors; run it when rooms change."""

from pathlib import Path

WIDTH = 940
ROOM, GAP = 42, 8
STYLE = """
svg { background: #ffffff; }
text { font: 15px sans-serif; text-anchor: middle; fill: #1d2733; }
.small { font-size: 12px; fill: #4a5766; }
.title { font-size: 17px; font-weight: bold; text-anchor: start; }
.note { font-size: 14px; text-anchor: start; fill: #4a5766; }
.face { fill: #fff4d6; stroke: #b98900; }
.micrographs { fill: #e3f0fb; stroke: #3b7cb3; }
.pu { fill: #e5f4e6; stroke: #4c9150; }
.command { fill: #f6e9f3; stroke: #9a5b8b; }
.saving { fill: #eef0f2; stroke: #6b7785; }
.floor { fill: none; stroke: #8894a1; stroke-width: 1.5; }
.roof { fill: #fffbef; stroke: #b98900; stroke-width: 1.5; }
.arrow { stroke: #4a5766; stroke-width: 2; fill: none; marker-end: url(#tip); }
"""
TIP = (
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
    'markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="#4a5766"/>'
    "</marker></defs>"
)
FACES = ["pusklearn", ".criteria", ".modules", ".metrics", ".datasets", ".io"]
COMMANDS = [
    ("commands/", "the command pusklearn"),
    ("topaz/", "the command line of topaz"),
]
SAVING = ("saving/", "save, load, export_onnx: fitted estimators in files")
# Rows of rooms from the top; a room imports from the rows below it.
MICROGRAPHS = [
    [("_make_picker.py", "puts a picker together")],
    [
        ("general/", "general_picker, which needs no label"),
        ("displays/", "figures of picks"),
    ],
    [("regions/", "TiledRegions, RegionScorer"), ("references/", "ReferencePicker")],
    [("peaks/", "PeakExtractor, thresholds of picks")],
    [
        ("metrics/", "matching, curves"),
        ("preprocessing/", "downsample, normalize"),
        ("simulation/", "make_micrographs"),
        ("io/", "files"),
    ],
    [("images/", "Micrograph, lists of them, coordinates")],
]
PU = [
    [("displays/", "figures from PU labels")],
    [("metrics/", "scores from PU labels")],
    [
        ("network/", "PUClassifier and its training"),
        ("wrappers/", "threshold, calibration, prior, bagging"),
    ],
    [("criteria/", "objectives"), ("splits/", "folds")],
    [("priors/", "estimate_prior"), ("_samples.py", "the door for samples")],
    [("modules/", "networks"), ("small files", "labels, checks, turns, log-odds")],
]


def box(x, y, width, height, kind, name, note=None):
    """Return a room: a rectangle with its name, and what is in it."""
    middle, centre = x + width / 2, y + height / 2
    line = centre - 2 if note else centre + 5
    parts = [
        f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" '
        f'height="{height:g}" rx="5"/>',
        f'<text x="{middle:g}" y="{line:g}">{name}</text>',
    ]
    if note:
        parts.append(
            f'<text class="small" x="{middle:g}" y="{centre + 15:g}">{note}</text>'
        )
    return "".join(parts)


def heading(y, title, note, x=40):
    """Return the title of a floor, and what it is for."""
    return (
        f'<text class="title" x="{x}" y="{y}">{title}</text>'
        f'<text class="note" x="{x + 10.5 * len(title):g}" y="{y}">{note}</text>'
    )


def floor(y, kind, title, note, rows):
    """Return a floor with its rows of rooms, and its height."""
    height = 46 + len(rows) * (ROOM + GAP) + 6
    parts = [
        f'<rect class="floor" x="20" y="{y}" width="{WIDTH - 40}" height="{height}" '
        'rx="8"/>',
        heading(y + 30, title, note),
    ]
    for k, rooms in enumerate(rows):
        inside = WIDTH - 80
        width = (inside - 12 * (len(rooms) - 1)) / len(rooms)
        for j, (name, content) in enumerate(rooms):
            x, top = 40 + j * (width + 12), y + 46 + k * (ROOM + GAP)
            parts.append(box(x, top, width, ROOM, kind, name, content))
    return "\n".join(parts), height


def arrow(path):
    """Return an arrow along a path."""
    return f'<path class="arrow" d="{path}"/>'


def commands():
    """Return the commands, above the roof."""
    parts = [
        box(160 + k * 320, 14, 300, ROOM, "command", name, content)
        for k, (name, content) in enumerate(COMMANDS)
    ]
    return "\n".join(parts)


def roof(y):
    """Return the faces."""
    right = WIDTH - 20
    parts = [
        f'<path class="roof" d="M20 {y + 130} L130 {y} H{right - 110} '
        f'L{right} {y + 130} Z"/>',
        heading(
            y + 32, "The faces", "what users import; lazy, they only hand names on", 150
        ),
    ]
    for k, name in enumerate(FACES):
        parts.append(box(113 + k * 120, y + 62, 112, 44, "face", name))
    return "\n".join(parts)


def draw():
    """Return the whole picture."""
    step = 40  # between floors, for the arrows
    faces = 14 + ROOM + step
    loft = faces + 130 + step
    upper = loft + ROOM + step
    first, height = floor(
        upper,
        "micrographs",
        "pusklearn/micrographs/",
        "first floor: one row is one micrograph",
        MICROGRAPHS,
    )
    below = upper + height + step
    note = "ground floor: one row is one sample; it knows nothing of micrographs"
    ground, depth = floor(below, "pu", "pusklearn/pu/", note, PU)
    arrows = [
        arrow(f"M{x} {bottom - step} V{bottom - 2}")
        for x in (200, WIDTH - 200)
        for bottom in (faces, loft, upper, below)
    ]
    arrows.append(arrow(f"M22 {faces + 128} H8 V{below + depth / 2:g} H18"))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} '
        f'{below + depth + 20}" role="img" aria-label="The two floors of pusklearn">',
        f"<style>{STYLE}</style>",
        TIP,
        commands(),
        roof(faces),
        box(20, loft, WIDTH - 40, ROOM, "saving", *SAVING),
        first,
        ground,
        *arrows,
        f'<text class="small" x="{WIDTH / 2:g}" y="{below - 16}">'
        "imports point down only</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("floors.svg").write_text(draw())
