// Crops of picks: the best, around the cut, and those that look unlike the others.

const PER_ROW = window.matchMedia("(max-width: 800px)").matches ? 10 : 24;
const sheet = new Image();
const crops = data.crops.rows.map(([micrograph, x, y, score, odd], place) =>
  ({ micrograph, x, y, score, odd, place }));

function cropRows() {
  const end = crops.findIndex((crop) => !(crop.score > state.cut));
  const at = end < 0 ? crops.length : end;
  const odd = crops.filter((crop) => crop.odd && crop.score > state.cut);
  if (!data.scored) return [["Some picks", crops.slice(0, 2 * PER_ROW)], ["Picks that look unlike the others", odd.slice(-PER_ROW)]];
  return [
    ["The best", crops.slice(0, Math.min(PER_ROW, at))],
    ["Just above the cut", crops.slice(Math.max(0, at - PER_ROW), at)],
    ["Just below the cut: no picks", crops.slice(at, at + PER_ROW)],
    ["Picks that look unlike the others", odd.slice(-PER_ROW)],
  ];
}

function showMontage() {
  const parts = cropRows().map(([title, row]) => {
    const heading = document.createElement("h3");
    heading.textContent = title;
    const list = document.createElement("div");
    list.className = "crops";
    if (row.length) list.append(...row.map(cropButton));
    else list.textContent = "None.";
    return [heading, list];
  });
  byId("montage").replaceChildren(...parts.flat());
}

function cropButton(crop) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.crop = crop.place;
  const { edge, columns } = data.crops;
  const picture = document.createElement("canvas");
  picture.width = picture.height = edge;
  const [left, top] = [(crop.place % columns) * edge, Math.floor(crop.place / columns) * edge];
  picture.getContext("2d").drawImage(sheet, left, top, edge, edge, 0, 0, edge, edge);
  button.append(picture, data.scored ? valueText(crop.score) : "");
  dress(button, crop);
  button.addEventListener("click", () => turnMark(crop));
  button.addEventListener("keydown", (event) => {
    const verdict = { w: "wrong", r: "right" }[event.key];
    if (verdict && !event.ctrlKey) mark(crop.micrograph, crop.x, crop.y, verdict);
    if (event.key === "u") undo();
  });
  return button;
}

// Nothing, wrong, right, nothing.
function turnMark(crop) {
  const now = markAt(crop.micrograph, crop.x, crop.y);
  const next = !now ? "wrong" : now.verdict === "wrong" ? "right" : null;
  mark(crop.micrograph, crop.x, crop.y, next);
}

function dress(button, crop) {
  const now = markAt(crop.micrograph, crop.x, crop.y);
  button.className = `crop ${now ? now.verdict : ""}`;
  const { name } = data.micrographs[crop.micrograph];
  const value = data.scored ? `${data.calibrated ? "Probability" : "Score"} ${valueText(crop.score)}` : "Pick";
  const text = `${value}, micrograph ${name}, ${now ? `marked ${now.verdict}` : "not marked"}`;
  button.setAttribute("aria-label", text);
  button.title = text;
}

function startMontage() {
  sheet.onload = showMontage;
  sheet.src = pngOf(data.crops.image);
  onCut.push(showMontage);
  listeners.push(() => {
    for (const button of document.querySelectorAll("[data-crop]")) dress(button, crops[button.dataset.crop]);
  });
}
