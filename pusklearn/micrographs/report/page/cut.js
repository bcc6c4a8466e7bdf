// The cut: the slider, the exact number, and all numbers that follow from it.

const [LOWEST, HIGHEST] = data.limits;
const STEPS = 1000;
const state = { cut: data.start === null ? -Infinity : data.start };
const onCut = [];

const grouped = (number) => Math.round(number).toLocaleString("en-US");
const percent = (share) => `${Math.round(100 * share)}%`;

function probabilityText(score) {
  const probability = probabilityOf(score);
  if (probability > 0.9995) return "> 0.999";
  return probability > 0.0005 ? probability.toFixed(3) : probability.toPrecision(1);
}

const valueText = (score) =>
  data.calibrated ? probabilityText(score) : Number(score.toPrecision(4)).toString();

// What the field for the exact number holds, which takes no sign.
function exactText(cut) {
  if (cut === -Infinity) return "";
  return data.calibrated ? Number(probabilityOf(cut).toPrecision(4)) : Number(cut.toPrecision(6));
}

function intervalText(interval, form) {
  return interval ? `90 % interval ${form(interval[0])} to ${form(interval[1])}` : "";
}

let isPlanned = false;
function setCut(cut, source) {
  state.cut = cut;
  if (source !== "slider") byId("slider").value = stepOf(cut);
  if (source !== "exact") byId("exact").value = exactText(cut);
  if (isPlanned) return;
  isPlanned = true;
  requestAnimationFrame(() => {
    isPlanned = false;
    showCut();
    for (const listener of onCut) listener();
  });
}

function stepOf(cut) {
  return Math.round(STEPS * Math.min(1, Math.max(0, (cut - LOWEST) / (HIGHEST - LOWEST))));
}

function showCut() {
  const { cut } = state;
  const { nPicks, nRight } = totals(cut);
  const all = cut === -Infinity;
  const text = all ? "every peak" : valueText(cut);
  byId("slider").setAttribute("aria-valuetext", all ? text : `${byId("exact").labels[0].textContent.trim()} ${text}`);
  byId("n_picks").textContent = grouped(nPicks);
  const line = document.querySelector(".histogram .cut");
  line.setAttribute("d", line.getAttribute("d").replace(/^M\S+/, `M${(stepOf(cut) / STEPS) * 720}`));
  byId("hint").textContent = hintOf(cut);
  if (!data.calibrated) return;
  const intervals = intervalsAt(Math.max(LOWEST, cut));
  const { precision, recall } = intervals;
  byId("junk").textContent = nPicks ? percent(1 - nRight / nPicks) : "not known";
  const junk = precision && [1 - precision[1], 1 - precision[0]];
  byId("junk_more").textContent =
    [`${grouped(nPicks - nRight)} picks`, intervalText(junk, percent)].filter(Boolean).join(", ");
  if (!data.n_particles) return;
  byId("recall").textContent = percent(nRight / data.n_particles);
  byId("recall_more").textContent = intervalText(recall, percent);
}

function hintOf(cut) {
  if (cut === -Infinity) return "--threshold none";
  return data.calibrated ? `--threshold probability:${exactText(cut)}` : `--threshold=${exactText(cut)}`;
}

function cutOfExact() {
  const value = Number.parseFloat(byId("exact").value);
  if (Number.isNaN(value)) return -Infinity;
  if (!data.calibrated) return value;
  return value <= 0 ? -Infinity : value >= 1 ? Infinity : logOddsOf(value);
}

function startCut() {
  const slider = byId("slider");
  Object.assign(slider, { min: 0, max: STEPS, step: 1 });
  slider.addEventListener("input", () => {
    const step = Number(slider.value);
    setCut(step ? LOWEST + (step / STEPS) * (HIGHEST - LOWEST) : -Infinity, "slider");
  });
  const exact = byId("exact");
  Object.assign(exact, data.calibrated ? { min: 0, max: 1, step: 0.01 } : { step: "any" });
  exact.addEventListener("input", () => setCut(cutOfExact(), "exact"));
  for (const cell of document.querySelectorAll("[data-cut]")) {
    const text = cell.dataset.cut;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = cell.textContent;
    button.title = "Move the cut there";
    button.addEventListener("click", () => setCut(text === "" ? -Infinity : Number(text)));
    cell.replaceChildren(button);
  }
  slider.value = stepOf(state.cut);
  exact.value = exactText(state.cut);
  showCut();
}
