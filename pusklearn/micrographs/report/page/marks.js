// Marks of picks and of missed particles, and the file that holds them.

const KEY = `pusklearn-report-${data.id}`;
const FORMAT = "pusklearn corrections";
let marks = new Map(); // number of a micrograph -> [{x, y, verdict}]
const before = []; // what the last changes have replaced
const listeners = [];

const marksOf = (micrograph) => marks.get(micrograph) || [];
const markAt = (micrograph, x, y) =>
  marksOf(micrograph).find((mark) => mark.x === x && mark.y === y);

function replaceMarks(all) {
  before.push(marks);
  marks = all;
  changed();
}

// A mark that is there already is taken away; null takes away any.
function mark(micrograph, x, y, verdict) {
  const found = markAt(micrograph, x, y);
  const others = marksOf(micrograph).filter((one) => one !== found);
  const isNew = verdict !== null && (!found || found.verdict !== verdict);
  replaceMarks(new Map(marks).set(micrograph, isNew ? [...others, { x, y, verdict }] : others));
  return isNew;
}

function undo() {
  if (before.length) {
    marks = before.pop();
    changed();
  }
}

function changed() {
  keepMarks();
  tellMarks();
  for (const listener of listeners) listener();
}

function tellMarks(text) {
  const counts = { right: 0, wrong: 0, missed: 0 };
  for (const list of marks.values()) for (const one of list) counts[one.verdict] += 1;
  const told = Object.entries(counts).filter(([, n]) => n).map(([name, n]) => `${n} ${name}`);
  byId("marked").textContent = text || told.join(", ") || "No marks";
  byId("undo").disabled = !before.length;
  byId("save").disabled = byId("clear").disabled = !told.length;
}

function corrections() {
  const listed = [];
  for (const [number, list] of [...marks].sort(([a], [b]) => a - b)) {
    if (!list.length) continue;
    const { name, path, uid } = data.micrographs[number];
    const points = (verdict) =>
      list.filter((one) => one.verdict === verdict).map(({ x, y }) => [x, y]);
    listed.push({
      name, path, uid, right: points("right"), wrong: points("wrong"), missed: points("missed"),
    });
  }
  return {
    format: FORMAT, version: 1, created: new Date().toISOString(),
    picker: { ...data.picker, cut: Number.isFinite(state.cut) ? state.cut : null, report: data.id },
    diameter: data.diameter, micrographs: listed,
  };
}

// Returns the marks of a file, and the names of micrographs that are not in this report.
function readCorrections(text) {
  const file = JSON.parse(text);
  if (file.format !== FORMAT || file.version !== 1) throw new Error("not a file of corrections");
  const found = new Map();
  const unknown = [];
  for (const entry of file.micrographs) {
    const same = (one) => one.name === entry.name &&
      (!entry.path || !one.path || one.path === entry.path) &&
      (!entry.uid || !one.uid || one.uid === entry.uid);
    const number = data.micrographs.findIndex(same);
    if (number < 0) {
      unknown.push(entry.name);
      continue;
    }
    const list = ["right", "wrong", "missed"].flatMap((verdict) =>
      (entry[verdict] || []).map(([x, y]) => ({ x: Number(x), y: Number(y), verdict })));
    found.set(number, [...(found.get(number) || []), ...list]);
  }
  return { found, unknown };
}

function saveMarks() {
  const text = JSON.stringify(corrections(), null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "corrections.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function loadMarks(text) {
  try {
    const { found, unknown } = readCorrections(text);
    replaceMarks(found);
    if (unknown.length) tellMarks(`Loaded; ${unknown.length} micrographs are not in this report`);
  } catch (error) {
    tellMarks(`Not loaded: ${error.message}`);
  }
}

// Marks survive a reload where the browser lets pages of files keep something.
function keepMarks() {
  try {
    localStorage.setItem(KEY, JSON.stringify([...marks]));
  } catch { /* They are kept until the page is closed. */ }
}

function recallMarks() {
  try {
    marks = new Map(JSON.parse(localStorage.getItem(KEY) || "[]"));
  } catch {
    marks = new Map();
  }
}
