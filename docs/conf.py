"""Settings of the documentation site; `make docs` builds it."""

import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))
sys.path.insert(0, str(DOCS.parent))

import pusklearn  # noqa: E402

project = "pusklearn"
author = "The pusklearn developers"
copyright = author
version = release = pusklearn.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "site_tools",
]
exclude_patterns = ["_build"]
default_role = "py:obj"

# Docstrings
autosummary_generate = True
autodoc_typehints = "none"
toc_object_entries_show_parents = "hide"
autodoc_default_options = {"members": True, "inherited-members": False}
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
templates_path = ["_templates"]

# Pages in Markdown
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 4
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# Examples
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    # A script that needs a server of cryoSPARC.
    "ignore_pattern": r"cryosparc_\w+\.py$",
    "gallery_dirs": "examples",
    "within_subsection_order": "site_tools.GalleryOrder",
    "backreferences_dir": "reference/examples",
    "doc_module": ("pusklearn",),
    "reference_url": {"pusklearn": None},
    "remove_config_comments": True,
    "show_memory": False,
    "min_reported_time": 10_000,
    "show_signature": False,
    "download_all_examples": False,
    "capture_repr": ("_repr_html_", "__repr__"),
    "ignore_repr_types": r"matplotlib|list|pusklearn\.metrics",
    "abort_on_example_error": True,
}

# Looks
html_theme = "pydata_sphinx_theme"
html_title = "pusklearn"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "show_nav_level": 1,
    "navigation_depth": 3,
    "show_toc_level": 2,
    "header_links_before_dropdown": 6,
    "navbar_persistent": ["search-button"],
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {
    "index": [],
    "start_*": [],
    "architecture": [],
    "contributing": [],
    "mutation": [],
    "changelog": [],
}
