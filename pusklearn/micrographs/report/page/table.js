// The table of micrographs: its numbers follow the cut, and it can be sorted.

const table = byId("micrographs");

function showTable() {
  for (const cell of table.querySelectorAll("[data-picks]")) {
    const number = Number(cell.dataset.picks);
    const { nPicks, nRight, nSuspected } = totalsOf(number, state.cut);
    cell.textContent = nPicks;
    const junk = cell.nextElementSibling;
    if (data.calibrated) junk.textContent = nPicks ? percent(1 - nRight / nPicks) : "";
    junk.nextElementSibling.textContent = nSuspected;
  }
}

function sortTable(column, button) {
  const isRising = button.classList.contains("sorted") && !button.classList.contains("rising");
  const direction = isRising ? 1 : -1;
  const value = (row) => {
    const text = row.cells[column].textContent;
    const number = Number.parseFloat(text);
    return column === 0 || column === 6 || Number.isNaN(number) ? text : number;
  };
  const compare = (a, b) => {
    const [first, second] = [value(a), value(b)];
    if (typeof first === "number" && typeof second === "number") return first - second;
    return String(first).localeCompare(String(second), "en", { numeric: true });
  };
  const rows = [...table.tBodies[0].rows].sort((a, b) => direction * compare(a, b));
  table.tBodies[0].append(...rows);
  for (const other of table.querySelectorAll("thead button")) {
    other.classList.remove("sorted", "rising");
    other.closest("th").removeAttribute("aria-sort");
  }
  button.classList.add("sorted");
  button.classList.toggle("rising", isRising);
  button.closest("th").setAttribute("aria-sort", isRising ? "ascending" : "descending");
}

function startTable() {
  for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sortTable(column, button));
    head.replaceChildren(button);
  }
  onCut.push(showTable);
}
