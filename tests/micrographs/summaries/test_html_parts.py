from xml.etree import ElementTree

import numpy as np

from pusklearn.micrographs.summaries._html_parts import (
    histogram,
    panel,
    paragraph,
    side_by_side,
    table,
)


def parsed(html):
    """Return the tree of the HTML, which is well-formed XML too."""
    return ElementTree.fromstring(html)


def test_panel_holds_its_parts_and_needs_nothing_from_elsewhere():
    html = panel("a title", paragraph("one"), side_by_side("<b>two</b>", "three"))
    tree = parsed(html)
    assert [p.text for p in tree.iter("p")] == ["a title", "one"]
    assert [div.get("class") for div in tree.iter("div")] == [
        "pusklearn-summary",
        "columns",
        None,
        None,
    ]
    for text in ("<script", "http", "src=", " id="):
        assert text not in html


def test_every_text_is_escaped():
    bad = "<script>alert('x')</script> & \""
    html = panel(bad, paragraph(bad), table([bad, "b"], [[bad, 1]], bad))
    html += histogram([0, 1], bad)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 8


def test_table_has_a_row_for_each():
    tree = parsed(f"<div>{table(['name', 'n'], [['a', 1], ['b', 2.5]], 'end')}</div>")
    assert [cell.text for cell in tree.iter("th")] == ["name", "n"]
    assert [cell.text for cell in tree.iter("td")] == ["a", "1", "b", "2.5"]
    assert [p.text for p in tree.iter("p")] == ["end"]
    assert "<p>" not in table(["name"], [["a"]])


def test_bars_of_the_histogram_are_the_counts():
    values = [0.01, 0.02, 0.03, 0.04, 0.51, 0.52, 1.0, np.nan, np.inf]
    tree = parsed(histogram(values, "probability", (0, 1)))
    bars = {float(bar.get("x")): float(bar.get("height")) for bar in tree.iter("rect")}
    assert bars == {0: 44, 120: 22, 228: 11}
    assert [text.text for text in tree.iter("text")] == ["0", "probability", "1"]
    assert tree.get("aria-label") == (
        "probability: 7 values from 0 to 1; the tallest bar holds 4"
    )


def test_bar_of_few_values_can_be_seen():
    tree = parsed(histogram([0.0] * 1000 + [1.0], "score"))
    assert [bar.get("height") for bar in tree.iter("rect")] == ["44.0", "1.0"]


def test_no_histogram_of_nothing():
    assert histogram([], "score") == histogram([np.nan], "score") == ""


def test_bars_outside_the_limits_do_not_count():
    tree = parsed(histogram([2.0, 3.0], "score", (0, 1)))
    assert list(tree.iter("rect")) == []
