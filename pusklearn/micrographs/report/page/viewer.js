// One micrograph at a time, with its picks and marks.

const COLORS = { pick: "#4aa3ff", right: "#3fd26a", wrong: "#ff5b60", missed: "#ffd33d" };
const LEAST_WIDTH = 12; // of a particle on the screen, in CSS pixels
const largeOnes = data.order.filter((number) => data.micrographs[number].image);
const canvas = byId("canvas");
const image = new Image();
let shown = null; // {number, points, ...} of the micrograph
let cross = null; // {x, y} in pixels of the original
let scaling = 1; // CSS pixels per pixel of the image

function openMicrograph(number) {
  const micrograph = data.micrographs[number];
  const points = floatsOf(micrograph.points);
  shown = { ...micrograph, number, points };
  cross = null;
  byId("which").value = number;
  const row = document.querySelector(`[data-picks="${number}"]`).closest("tr");
  const why = row.lastElementChild.textContent;
  byId("reasons").textContent = why ? `${micrograph.name} is odd: ${why}.` : `${micrograph.name}: nothing about it is remarkable.`;
  say("");
  image.onload = drawViewer;
  image.src = pngOf(micrograph.image);
}

// From pixels of the original to CSS pixels of the canvas, and back.
const toScreen = (value) => ((value / shown.scale + 0.5) / shown.factor) * scaling;
const toOriginal = (value) => ((value / scaling) * shown.factor - 0.5) * shown.scale;
const unit = () => shown.diameter / shown.scale / shown.factor; // a particle in the image

function drawViewer() {
  if (!shown || !image.naturalWidth) return;
  const [width, height] = shown.size;
  const fits = Math.min(byId("stage").clientWidth / width, (0.82 * window.innerHeight) / height);
  scaling = Math.max(Math.min(fits, 3), LEAST_WIDTH / unit()) * Number(byId("zoom").value);
  const sharp = Math.min(window.devicePixelRatio || 1, 2);
  canvas.width = Math.round(width * scaling * sharp);
  canvas.height = Math.round(height * scaling * sharp);
  canvas.style.width = `${width * scaling}px`;
  canvas.style.height = `${height * scaling}px`;
  const pen = canvas.getContext("2d");
  pen.scale(sharp, sharp);
  pen.drawImage(image, 0, 0, width * scaling, height * scaling);
  for (const peak of visiblePeaks()) {
    if (!markAt(shown.number, peak.x, peak.y)) drawPeak(pen, peak);
  }
  for (const one of marksOf(shown.number)) drawMark(pen, one);
  if (cross) drawCross(pen);
}

// The picks above the cut, and the peaks below it if they are wanted.
function visiblePeaks() {
  const start = starts[shown.number];
  const end = byId("below").checked
    ? starts[shown.number + 1]
    : endAbove(scores, Math.fround(state.cut), start, starts[shown.number + 1]);
  const peaks = [];
  for (let peak = start; peak < end; peak += 1) {
    const place = 2 * (peak - start);
    peaks.push({
      peak, x: shown.points[place], y: shown.points[place + 1], score: scores[peak],
    });
  }
  return peaks;
}

function ring(pen, { x, y }, color, dashes = []) {
  pen.beginPath();
  pen.setLineDash(dashes);
  pen.arc(toScreen(x), toScreen(y), (unit() * scaling) / 2, 0, 2 * Math.PI);
  pen.lineWidth = 3.5;
  pen.strokeStyle = "rgb(0 0 0 / 45%)";
  pen.stroke();
  pen.lineWidth = 1.8;
  pen.strokeStyle = color;
  pen.stroke();
  pen.setLineDash([]);
}

function drawPeak(pen, peak) {
  const isPick = peak.score > Math.fround(state.cut);
  pen.globalAlpha = isPick ? 1 : 0.55;
  ring(pen, peak, isPick ? COLORS.pick : "#fff", isSuspected(peak.peak) ? [2, 4] : isPick ? [] : [5, 4]);
  pen.globalAlpha = 1;
}

function drawMark(pen, one) {
  ring(pen, one, COLORS[one.verdict], one.verdict === "missed" ? [5, 3] : []);
  const [x, y, size] = [toScreen(one.x), toScreen(one.y), (unit() * scaling) / 5];
  pen.beginPath();
  if (one.verdict === "wrong") {
    pen.moveTo(x - size, y - size); pen.lineTo(x + size, y + size);
    pen.moveTo(x - size, y + size); pen.lineTo(x + size, y - size);
  } else if (one.verdict === "right") {
    pen.moveTo(x - size, y); pen.lineTo(x - size / 4, y + size); pen.lineTo(x + size, y - size);
  } else {
    pen.moveTo(x - size, y); pen.lineTo(x + size, y);
    pen.moveTo(x, y - size); pen.lineTo(x, y + size);
  }
  pen.lineWidth = 2;
  pen.stroke();
}

function drawCross(pen) {
  const [x, y] = [toScreen(cross.x), toScreen(cross.y)];
  const far = unit() * scaling;
  pen.beginPath();
  for (const [a, b] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    pen.moveTo(x + a * far * 0.6, y + b * far * 0.6);
    pen.lineTo(x + a * far * 1.1, y + b * far * 1.1);
  }
  pen.lineWidth = 2;
  pen.strokeStyle = "#fff";
  pen.stroke();
}

// The mark or the visible peak that is nearest to a point, at most half a particle away.
function nearest(point, candidates) {
  let found = null;
  let least = shown.diameter / 2;
  for (const one of candidates) {
    const distance = Math.hypot(one.x - point.x, one.y - point.y);
    if (distance <= least) [found, least] = [one, distance];
  }
  return found;
}

function markPoint(point, verdict) {
  const { number } = shown;
  const near = nearest(point, marksOf(number));
  if (verdict === "missed") {
    if (near && near.verdict === "missed") mark(number, near.x, near.y, null);
    else mark(number, rounded(point.x, shown.width), rounded(point.y, shown.height), verdict);
    return say(`${near && near.verdict === "missed" ? "Took back a" : "Marked a"} missed particle.`);
  }
  if (near && near.verdict === "missed") {
    mark(number, near.x, near.y, null);
    return say("Took back a missed particle.");
  }
  const pick = near || nearest(point, visiblePeaks());
  if (!pick) return say("There is no pick here. Choose “a missed particle” to mark one.");
  const isMarked = mark(number, pick.x, pick.y, verdict);
  return describe(pick, isMarked ? `marked ${verdict}` : "not marked any more");
}

// A tenth of a pixel is all that a click tells, and lies in the micrograph.
function rounded(value, size) {
  return Math.round(10 * Math.min(size - 1, Math.max(0, value))) / 10;
}

function say(text) {
  byId("said").textContent = text;
}

function describe(pick, more) {
  const peaks = visiblePeaks();
  const rank = peaks.findIndex((peak) => peak.x === pick.x && peak.y === pick.y);
  if (rank < 0) return say(`${more}.`);
  const value = data.scored ? `${data.calibrated ? "probability" : "score"} ${valueText(peaks[rank].score)}` : "no score";
  const odd = isSuspected(peaks[rank].peak) ? ", looks unlike the others" : "";
  const now = markAt(shown.number, pick.x, pick.y);
  const end = more || (now ? `marked ${now.verdict}` : "not marked");
  return say(`Pick ${rank + 1} of ${peaks.length}: ${value}${odd}, x ${pick.x.toFixed(0)}, y ${pick.y.toFixed(0)}, ${end}.`);
}

function moveCross(point) {
  cross = {
    x: Math.min(shown.width - 1, Math.max(0, point.x)),
    y: Math.min(shown.height - 1, Math.max(0, point.y)),
  };
  drawViewer();
  const stage = byId("stage");
  const margin = 40;
  const [x, y] = [toScreen(cross.x), toScreen(cross.y)];
  stage.scrollLeft = Math.min(x - margin, Math.max(stage.scrollLeft, x - stage.clientWidth + margin));
  stage.scrollTop = Math.min(y - margin, Math.max(stage.scrollTop, y - stage.clientHeight + margin));
}

// Steps through the picks, the least probable first.
function stepPick(step) {
  const peaks = visiblePeaks().reverse();
  if (!peaks.length) return say("There is no pick above the cut.");
  const at = cross ? peaks.findIndex((peak) => peak.x === cross.x && peak.y === cross.y) : -1;
  const next = at < 0 ? (step > 0 ? 0 : peaks.length - 1) : (at + step + peaks.length) % peaks.length;
  moveCross(peaks[next]);
  return describe(peaks[next]);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const VERDICTS = { w: "wrong", r: "right", m: "missed" };

function onKey(event) {
  if (event.ctrlKey && event.key === "z") undo();
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key in ARROWS) {
    const by = shown.diameter * (event.shiftKey ? 0.05 : 0.5);
    const from = cross || { x: shown.width / 2, y: shown.height / 2 };
    const [a, b] = ARROWS[event.key];
    moveCross({ x: from.x + a * by, y: from.y + b * by });
  } else if (event.key === "n" || event.key === "p") stepPick(event.key === "n" ? 1 : -1);
  else if (event.key === "u") undo();
  else if (event.key in VERDICTS || event.key === "Enter") {
    const verdict = VERDICTS[event.key] || document.querySelector("[name=mode]:checked").value;
    if (cross) markPoint(cross, verdict);
    else say("Move the cross first: n goes to the next pick, the arrows move it.");
  } else return;
  event.preventDefault();
}

function startViewer() {
  const which = byId("which");
  for (const number of largeOnes) which.add(new Option(data.micrographs[number].name, number));
  which.addEventListener("change", () => openMicrograph(Number(which.value)));
  const step = (by) => {
    const at = largeOnes.indexOf(shown.number) + by + largeOnes.length;
    openMicrograph(largeOnes[at % largeOnes.length]);
  };
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  byId("zoom").addEventListener("input", drawViewer);
  byId("below").addEventListener("change", drawViewer);
  window.addEventListener("resize", drawViewer);
  canvas.addEventListener("keydown", onKey);
  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const point = { x: toOriginal(event.clientX - box.left), y: toOriginal(event.clientY - box.top) };
    markPoint(point, document.querySelector("[name=mode]:checked").value);
  });
  for (const button of document.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => {
      openMicrograph(Number(button.dataset.open));
      byId("look").scrollIntoView();
      canvas.focus({ preventScroll: true });
    });
  }
  onCut.push(drawViewer);
  listeners.push(drawViewer);
  openMicrograph(largeOnes[0]);
}
