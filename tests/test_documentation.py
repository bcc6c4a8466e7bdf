"""The site has every public name, its pages hold code that runs, its examples work."""

import ast
import inspect
import re
import subprocess
import sys
from functools import wraps
from importlib import import_module
from pathlib import Path

import pytest
from sklearn.ensemble._forest import BaseForest

import pusklearn
from pusklearn import PUClassifier, criteria, datasets, io, metrics, modules

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
EXAMPLES = sorted((ROOT / "examples").glob("plot_*.py"))
FACES = (pusklearn, criteria, datasets, io, metrics, modules)
PAGES = [
    *sorted(DOCS.glob("start_*.md")),
    *(page for page in sorted(DOCS.glob("guide/*.md")) if page.stem != "index"),
]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
each_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def reference_names():
    """Return the full names in the tables of the reference."""
    names, module, in_table = [], None, False
    pages = sorted((DOCS / "reference").glob("*.rst"))
    for line in "\n".join(page.read_text() for page in pages).splitlines():
        if line.startswith(".. currentmodule::"):
            module = line.split()[-1]
        elif line.startswith(".. autosummary::"):
            in_table = True
        elif line and not line.startswith(" "):
            in_table = False
        elif in_table and re.fullmatch(r"   \w+", line):
            names.append(f"{module}.{line.strip()}")
    return names


def test_every_public_name_stands_in_the_reference_once():
    public = [
        f"{face.__name__}.{name}"
        for face in FACES
        for name in face.__all__
        if not inspect.ismodule(getattr(face, name))
    ]
    assert sorted(reference_names()) == sorted(public)


def imports_of(tree):
    """Yield module and name of each import; the name is None for a whole module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)


@each_example
def test_the_imports_of_an_example_resolve(path):
    found = list(imports_of(ast.parse(path.read_text(), str(path))))
    assert any(module.startswith("pusklearn") for module, _ in found)
    for module, name in found:
        assert "._" not in module
        loaded = import_module(module)
        assert name is None or hasattr(loaded, name), (module, name)


@each_example
def test_an_example_begins_with_a_title_and_has_text_between_its_code(path):
    text = path.read_text()
    title, underline, *story = inspect.cleandoc(
        ast.get_docstring(ast.parse(text))
    ).split("\n")
    assert underline == "=" * len(title)
    assert " ".join(story).strip()
    assert text.count("\n# %%\n") >= 4


@each_example
def test_every_search_of_an_example_has_a_scorer_for_pu_labels(path):
    check_searches(path.read_text())


@each_page
def test_every_search_of_a_page_has_a_scorer_for_pu_labels(page):
    check_searches("\n".join(blocks_of(page)))


def check_searches(code):
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and re.search(
            "Search(CV)?$", ast.unparse(node.func)
        ):
            scoring = [word.value for word in node.keywords if word.arg == "scoring"]
            assert len(scoring) == 1
            assert "pu_scorer(" in ast.unparse(scoring[0])


def test_the_site_knows_the_order_of_all_examples():
    text = (DOCS / "site_tools.py").read_text()
    order = re.findall(r'"(plot_\w+\.py)"', text)
    assert sorted(order) == [path.name for path in EXAMPLES]


def blocks_of(page):
    return re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)


def run_blocks(page):
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    names = {}
    for code in blocks_of(page):
        exec(compile(code, str(page), "exec"), names)
    plt.close("all")


@pytest.fixture
def short_training(monkeypatch, few_trees, few_examples):
    """Let each training take one step, and each forest have ten trees."""
    fit = PUClassifier.fit
    forest_fit = BaseForest.fit

    @wraps(forest_fit)
    def short_forest_fit(self, *samples, **options):
        return forest_fit(self.set_params(n_estimators=10), *samples, **options)

    monkeypatch.setattr(BaseForest, "fit", short_forest_fit)

    @wraps(fit)
    def short_fit(self, X, y, **options):
        asked = self.max_epochs, self.steps_per_epoch, self.batch_size
        self.max_epochs, self.steps_per_epoch, self.batch_size = 1, 1, 32
        try:
            return fit(self, X, y, **options)
        finally:
            self.max_epochs, self.steps_per_epoch, self.batch_size = asked

    monkeypatch.setattr(PUClassifier, "fit", short_fit)


@each_page
@pytest.mark.filterwarnings("ignore::pusklearn.metrics.PUCollapseWarning")
def test_the_code_of_a_page_runs_in_its_order(
    page, short_training, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    run_blocks(page)


# A page may show a classifier that collapses, on purpose.
@pytest.mark.filterwarnings("ignore::pusklearn.metrics.PUCollapseWarning")
@pytest.mark.slow
@each_page
def test_the_code_of_a_page_runs_as_it_stands(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_blocks(page)


@pytest.mark.slow
@each_example
def test_an_example_runs(path, tmp_path):
    command = [sys.executable, "-W", "error::UserWarning:pusklearn", str(path)]
    environment = {"MPLBACKEND": "agg", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=600)


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(tmp_path):
    pytest.importorskip("sphinx_gallery", reason="the extra 'docs' is not installed")
    options = ["-W", "--keep-going", "-D", "plot_gallery=0", "-b", "html"]
    command = [sys.executable, "-m", "sphinx", *options, str(DOCS), str(tmp_path)]
    subprocess.run(command, check=True, timeout=900)


def test_relative_links_of_the_pages_lead_somewhere():
    folders = ("*.md", "guide/*.md", "tutorials/*.md")
    pages = [ROOT / "README.md", *(p for f in folders for p in DOCS.glob(f))]
    for page in pages:
        for link in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text()):
            target = page.parent / link
            example = ROOT / "examples" / Path(link).with_suffix(".py").name
            is_gallery = "examples/" in link and link.endswith(".rst")
            known = example.exists() or Path(link).stem == "index"
            assert known if is_gallery else target.exists(), (page.name, link)
