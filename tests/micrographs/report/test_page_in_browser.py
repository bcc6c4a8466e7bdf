"""The page, opened in a real browser that nobody sees."""

import html
import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from scipy.special import expit, logit

from pusklearn import Micrograph
from pusklearn.io import read_corrections
from pusklearn.micrographs.report._page_html import page_html

pytestmark = pytest.mark.slow

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
NASTY = "<script>alert(1)</script>\"&'</script>"
# Waits for images and for what the page does in the next frame.
TOOLS = """
window.requestAnimationFrame = (show) => setTimeout(show, 0); // nobody sees frames
const wait = (time = 50) => new Promise((resolve) => setTimeout(resolve, time));
const byId = (id) => document.getElementById(id);
const text = (id) => byId(id).textContent;
const found = { errors: [] };
window.addEventListener("error", (event) => found.errors.push(event.message));
window.addEventListener("unhandledrejection", (event) => {
  found.errors.push(String(event.reason));
  finish();
});
const set = async (id, value) => {
  byId(id).value = value;
  byId(id).dispatchEvent(new Event("input", { bubbles: true }));
  await wait();
};
const press = async (key, more = {}, target = byId("canvas")) => {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  await wait();
};
const click = async (x, y) => {
  const box = byId("canvas").getBoundingClientRect();
  byId("canvas").dispatchEvent(new MouseEvent("click", {
    clientX: box.left + x, clientY: box.top + y, bubbles: true }));
  await wait();
};
// Virtual time does not wait for files: what they hold is handed over.
const saved = () => {
  const Whole = Blob;
  let content = null;
  window.Blob = function (parts, options) {
    [content] = parts;
    return new Whole(parts, options);
  };
  byId("save").click();
  window.Blob = Whole;
  return content;
};
const load = async (content) => {
  const files = new DataTransfer();
  files.items.add(new File([content], "corrections.json"));
  File.prototype.text = async () => content;
  byId("load").files = files.files;
  byId("load").dispatchEvent(new Event("change"));
  await wait();
};
const finish = () => {
  const result = document.createElement("pre");
  result.id = "result";
  result.textContent = JSON.stringify(found);
  document.body.append(result);
};
"""


@pytest.fixture(scope="module")
def browser():
    path = next((path for name in NAMES if (path := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser is installed (looked for {', '.join(NAMES)})")
    return path


@pytest.fixture
def run(browser, tmp_path):
    """Open a page, and return its elements in the end and what it has complained of."""

    def run_browser(page, *options):
        (tmp_path / "page.html").write_text(page, encoding="utf-8")
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--virtual-time-budget=20000",
            f"--user-data-dir={tmp_path / 'browser'}",
            *(options or ["--window-size=1280,800", "--dump-dom"]),
            (tmp_path / "page.html").as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, timeout=120, check=True)
        said = done.stderr.decode(errors="replace").splitlines()
        return done.stdout.decode(), [line for line in said if "CONSOLE" in line]

    return run_browser


@pytest.fixture
def scene(make_scene):
    scene = make_scene(6, size=200)
    scene.micrographs[0] = Micrograph(scene.micrographs[0], NASTY, path="a/b.mrc")
    return scene


@pytest.fixture
def act(run, content_of, scene):
    """Act on the page by a script, and return what that has found."""

    def run_script(script, **known):
        page = page_html(content_of(scene, **known), "Picks", "now")
        # The page itself runs no other script.
        page = re.sub('<meta http-equiv="Content-Security.*?>', "", page)
        page = page.replace("<body", f"<script>{TOOLS}</script><body", 1)
        acting = f"(async () => {{ await wait(300); {script} finish(); }})();"
        page = page.replace("</body>", f"<script>{acting}</script></body>", 1)
        elements, said = run(page)
        assert not said
        result = re.search('<pre id="result">(.*?)</pre>', elements, re.DOTALL)
        found = json.loads(html.unescape(result[1]))
        assert not found.pop("errors")
        return found

    return run_script


def all_scores(scene):
    return np.concatenate([peaks[:, 2] for peaks in scene.peaks])


def expected(scene, cut):
    scores = all_scores(scene)
    above = expit(scores[scores > cut])
    return {
        "n_picks": f"{len(above)}",
        "n_particles": f"{expit(scores).sum():.0f}",
        "junk": f"{np.floor(100 * (1 - above.mean()) + 0.5):.0f}%",
        "recall": f"{np.floor(100 * above.sum() / expit(scores).sum() + 0.5):.0f}%",
    }


def test_the_page_opens_without_a_complaint(run, content_of, scene):
    elements, said = run(page_html(content_of(scene), "Picks", "now"))
    assert not said
    assert '<html lang="en" class="">' in elements
    assert elements.count('class="crop') > 20


def test_the_cut_changes_all_numbers(act, scene):
    found = act(
        """
        const numbers = () => Object.fromEntries(
          ["n_picks", "n_particles", "junk", "recall"].map((id) => [id, text(id)]));
        found.start = numbers();
        for (const value of ["0.3", "0.8"]) {
          await set("exact", value);
          found[value] = numbers();
        }
        found.rows = Object.fromEntries([...document.querySelectorAll("[data-picks]")]
          .map((cell) => [cell.dataset.picks, cell.textContent]));
        found.hint = text("hint");
        found.slider = byId("slider").getAttribute("aria-valuetext");
        await set("slider", 0);
        found.all = text("n_picks");
        document.querySelector("[data-cut='0.0'] button").click();
        await wait();
        found.again = numbers();
        """
    )
    assert found["start"] == found["again"] == expected(scene, 0.0)
    assert found["0.3"] == expected(scene, logit(0.3))
    assert found["0.8"] == expected(scene, logit(0.8))
    counts = [str((peaks[:, 2] > logit(0.8)).sum()) for peaks in scene.peaks]
    assert [found["rows"][str(number)] for number in range(6)] == counts
    assert found["hint"] == "--threshold probability:0.8"
    assert found["slider"] == "Probability above 0.800"
    assert found["all"] == str(len(all_scores(scene)))


def test_intervals_follow_the_cut(act):
    found = act(
        """
        await set("exact", "0.9");
        found.junk = text("junk_more");
        found.recall = text("recall_more");
        """,
        quality=interval_around,
    )
    assert found["junk"].endswith("90 % interval 5% to 15%")
    assert found["recall"] == "90 % interval 50% to 100%"


def interval_around(rule, picks):
    # The interval of the precision is linear in the threshold.
    middle = 0.9 + 0.01 * (rule - float(logit(0.9)))
    return {
        "precision_interval": (middle - 0.05, middle + 0.05),
        "recall_interval": (0.5, 1.0),
    }


def test_picks_are_marked_and_saved(act, scene, tmp_path):
    name = "grid_3"
    points = scene.peaks[3]
    found = act(
        """
        const data = JSON.parse(text("data"));
        const one = data.micrographs[3];
        document.querySelector("table [data-open='3']").click();
        await wait(300);
        found.value = byId("which").value;
        const scaling = byId("canvas").clientWidth / one.size[0];
        const place = (value) => (value + 0.5) / one.factor * scaling;
        const points = new Float32Array(
          Uint8Array.from(atob(one.points), (sign) => sign.charCodeAt(0)).buffer);
        await click(place(points[0]) + 2, place(points[1]));
        found.said = text("said");
        document.querySelector("[value=right]").click();
        await click(place(points[2]), place(points[3]));
        document.querySelector("[value=missed]").click();
        await click(place(3), place(190));
        await click(place(190), place(3));
        byId("undo").click();
        await press("n");
        found.least = text("said");
        await press("r");
        await press("ArrowRight");
        await press("ArrowRight");
        await press("m");
        await press("u");
        found.marked = text("marked");
        found.file = saved();
        byId("clear").click();
        found.cleared = text("marked");
        await load(found.file);
        found.loaded = text("marked");
        found.again = saved();
        await load("{}");
        found.refused = text("marked");
        """
    )
    assert found["value"] == "3"
    order = np.argsort(-points[:, 2])
    n_picks = int((points[:, 2] > 0).sum())
    first, second, last = points[order[[0, 1, n_picks - 1]]]
    assert found["said"].startswith(f"Pick 1 of {n_picks}: probability ")
    assert found["said"].endswith(" marked wrong.")
    assert (
        f"Pick {n_picks} of {n_picks}: probability {expit(last[2]):.3f}"
        in (found["least"])
    )
    assert found["marked"] == found["loaded"] == "2 right, 1 wrong, 1 missed"
    assert found["cleared"] == "No marks"
    assert found["refused"] == "Not loaded: not a file of corrections"
    path = tmp_path / "corrections.json"
    path.write_text(found["file"])
    table = read_corrections(path)
    assert set(table["micrograph"]) == {name}
    marks = {
        verdict: part[["x", "y"]].to_numpy()
        for verdict, part in table.groupby("verdict")
    }
    np.testing.assert_allclose(marks["wrong"], [first[:2]], atol=1e-4)
    np.testing.assert_allclose(marks["right"], [second[:2], last[:2]], atol=1e-4)
    # A click lies on a whole pixel of the screen.
    np.testing.assert_allclose(marks["missed"], [[3, 190]], atol=0.6)
    file, again = json.loads(found["file"]), json.loads(found["again"])
    assert file["version"] == 1
    assert file["diameter"] == 20
    assert file["micrographs"] == again["micrographs"]
    assert file["picker"]["cut"] == 0


def test_crops_are_marked(act, scene):
    found = act(
        """
        const crop = () => document.querySelector("[data-crop='0']");
        crop().click();
        found.first = [crop().className, text("marked")];
        crop().click();
        found.second = [crop().className, text("marked")];
        crop().click();
        found.third = [crop().className, text("marked")];
        await press("w", {}, crop());
        found.label = crop().getAttribute("aria-label");
        found.file = JSON.parse(saved());
        """
    )
    assert found["first"] == ["crop wrong", "1 wrong"]
    assert found["second"] == ["crop right", "1 right"]
    assert found["third"] == ["crop ", "No marks"]
    assert found["label"].endswith("marked wrong")
    (entry,) = found["file"]["micrographs"]
    scores = [peaks[:, 2].max() for peaks in scene.peaks]
    best = scene.peaks[int(np.argmax(scores))]
    np.testing.assert_allclose(
        entry["wrong"], [best[np.argmax(best[:, 2]), :2]], atol=1e-4
    )


def test_marks_survive_a_reload(act):
    found = act(
        """
        if (text("marked") === "No marks") {
          document.querySelector("[data-crop='0']").click();
          location.reload();
          return;
        }
        found.marked = text("marked");
        """
    )
    assert found["marked"] == "1 wrong"


def test_the_picture_has_the_picks(act):
    found = act(
        """
        const canvas = byId("canvas");
        const blues = () => {
          const copy = Object.assign(document.createElement("canvas"),
            { width: canvas.width, height: canvas.height });
          const pen = copy.getContext("2d", { willReadFrequently: true });
          pen.drawImage(canvas, 0, 0);
          const { data } = pen.getImageData(0, 0, copy.width, copy.height);
          let n = 0;
          for (let i = 0; i < data.length; i += 4) n += data[i + 2] > data[i] + 60;
          return n;
        };
        found.some = blues();
        await set("exact", "0.01");
        found.many = blues();
        await set("exact", "1");
        found.none = blues();
        found.wide = canvas.clientWidth;
        await set("zoom", 2);
        found.zoomed = canvas.clientWidth;
        """
    )
    assert found["none"] == 0
    assert found["many"] > 1.2 * found["some"] > 100
    assert found["zoomed"] == pytest.approx(2 * found["wide"], abs=2)


def test_the_table_is_sorted_by_a_column(act, scene):
    found = act(
        """
        const heads = () => [...document.querySelectorAll("#micrographs thead button")];
        const counts = () => [...document.querySelectorAll("[data-picks]")]
          .map((cell) => Number(cell.textContent));
        heads()[1].click();
        found.falling = counts();
        found.said = heads()[1].closest("th").getAttribute("aria-sort");
        heads()[1].click();
        found.rising = counts();
        """
    )
    counts = sorted(int((peaks[:, 2] > 0).sum()) for peaks in scene.peaks)
    assert found["rising"] == counts
    assert found["falling"] == counts[::-1]
    assert found["said"] == "descending"


@pytest.mark.parametrize(
    "known",
    [{"calibrated": False}, {"calibrated": False, "scored": False, "threshold": None}],
    ids=["scores", "no_scores"],
)
def test_pages_without_probabilities_promise_none(act, known):
    found = act(
        """
        const seen = (one) => one.offsetParent !== null;
        found.text = [".first", "#montage", "#look"]
          .map((part) => document.querySelector(part).innerText).join(" ");
        found.slider = seen(byId("slider"));
        found.n_picks = text("n_picks");
        found.crops = document.querySelectorAll("[data-crop]").length;
        """,
        **known,
    )
    assert found["slider"] == known.get("scored", True)
    assert "robability" not in found["text"]
    assert "Found" not in found["text"]
    assert found["crops"] > 10


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(run, content_of, scene, tmp_path, width):
    page = page_html(content_of(scene), "Picks", "now")
    page = re.sub('<meta http-equiv="Content-Security.*?>', "", page)
    script = """setTimeout(() => parent.postMessage(
      [document.documentElement.scrollWidth, innerWidth], "*"), 1000);"""
    page = page.replace("</body>", f"<script>{script}</script></body>")
    (tmp_path / "inner.html").write_text(page, encoding="utf-8")
    outer = f"""<!doctype html><iframe src="inner.html" width="{width}" height="800"
      style="border:0"></iframe><script>onmessage = (event) => {{
      document.title = event.data.join(" "); }};</script>"""
    elements, _ = run(outer)
    seen, wide = map(int, re.search("<title>(.*?)</title>", elements)[1].split())
    assert seen <= wide == width


def test_the_page_can_be_printed(run, content_of, scene, tmp_path):
    target = tmp_path / "report.pdf"
    run(page_html(content_of(scene), "Picks", "now"), f"--print-to-pdf={target}")
    assert target.read_bytes().startswith(b"%PDF")
