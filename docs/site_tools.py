"""What the documentation site needs beside Sphinx: links, formulas and an order."""

import re

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

import pusklearn
from pusklearn import criteria, datasets, io, metrics, modules

LINKS = (nodes.reference, addnodes.pending_xref)
FACES = (pusklearn, criteria, modules, metrics, datasets, io)
APPLY = "<mo>&ApplyFunction;</mo>"
FUNCTION = "(?:log|exp|Pr|sin|arcsin)"
SPACE = '<mspace width="0.17em"/>'
# The order in which the examples are read.
EXAMPLES = (
    "plot_table.py",
    "plot_text.py",
    "plot_search_criteria.py",
    "plot_own_network.py",
    "plot_calibration.py",
    "plot_labels_not_random.py",
    "plot_pick_particles.py",
    "plot_pictures.py",
    "plot_own_step.py",
    "plot_masks.py",
    "plot_rejected_picks.py",
)


def public_names():
    """Return the full name of every public object, by what a page may call it."""
    names = {}
    for face in FACES:
        for name in face.__all__:
            full = f"{face.__name__}.{name}"
            short = full.removeprefix("pusklearn.")
            names |= dict.fromkeys((name, short, full), full)
    return names


class GalleryOrder:
    """Sort the examples in the order of `EXAMPLES`.

    Parameters
    ----------
    folder : str
        The folder of the examples.
    """

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, filename):
        """Return the place of an example."""
        return EXAMPLES.index(filename)


class LinkPublicNames(SphinxTransform):
    """Let literals on the pages that name a public object lead to its reference."""

    default_priority = 5
    names = public_names()

    def apply(self):
        """Replace each such literal by a reference."""
        for literal in list(self.document.findall(nodes.literal)):
            target = self.names.get(literal.astext().removesuffix("()"))
            if target is None or isinstance(literal.parent, LINKS):
                continue
            reference = addnodes.pending_xref(
                "",
                literal.deepcopy(),
                refdomain="py",
                reftype="obj",
                reftarget=target,
                refdoc=self.env.docname,
                refwarn=False,
            )
            literal.replace_self(reference)


def resolve_short_name(app, env, node, content):
    """Find a public name that a docstring uses without its namespace."""
    target = LinkPublicNames.names.get(node.get("reftarget"))
    if target is None:
        return None
    domain = env.get_domain("py")
    place = (env, node["refdoc"], app.builder)
    return domain.resolve_xref(*place, "obj", target, node, content)


def as_mathml(node, as_block):
    """Return a formula as MathML, which browsers draw without any script."""
    formula = str(tex2mathml(" ".join(node.astext().split()), as_block=as_block))
    # Functions stand apart from letters and numbers, as in "N log 2".
    formula = re.sub(rf"(</m[a-z]+>\s*)(<mi>{FUNCTION}</mi>)", rf"\1{SPACE}\2", formula)
    return re.sub(rf"({APPLY}\s*)(<m[in]>)", rf"\1{SPACE}\2", formula)


def visit_math(translator, node):
    """Write a formula in the text."""
    translator.body.append(as_mathml(node, as_block=False))
    raise nodes.SkipNode


def visit_math_block(translator, node):
    """Write a displayed formula."""
    formula = as_mathml(node, as_block=True)
    translator.body.append(f'<div class="formula">{formula}</div>\n')
    raise nodes.SkipNode


def setup(app):
    """Register everything with Sphinx."""
    app.add_transform(LinkPublicNames)
    app.connect("missing-reference", resolve_short_name)
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    return {"parallel_read_safe": True}
