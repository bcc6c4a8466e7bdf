// The peaks: their scores, and sums over those above a cut.

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const bytesOf = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const floatsOf = (text) => new Float32Array(bytesOf(text).buffer);
const pngOf = (text) => `data:image/png;base64,${text}`;

const scores = floatsOf(data.scores); // of each micrograph in turn, in descending order
const flags = bytesOf(data.suspected);
const isSuspected = (peak) => (flags[peak >> 3] >> (7 - (peak & 7))) & 1;
const probabilityOf = (score) => 1 / (1 + Math.exp(-score));
const logOddsOf = (probability) => Math.log(probability / (1 - probability));

// Where the peaks of each micrograph start, and sums over all peaks before one.
const starts = [0];
for (const count of data.counts) starts.push(starts[starts.length - 1] + count);
const sums = new Float64Array(scores.length + 1);
const suspects = new Uint32Array(scores.length + 1);
scores.forEach((score, peak) => {
  sums[peak + 1] = sums[peak] + probabilityOf(score);
  suspects[peak + 1] = suspects[peak] + isSuspected(peak);
});

const sorted = Float32Array.from(scores).sort().reverse();
const sortedSums = new Float64Array(scores.length + 1);
sorted.forEach((score, rank) => {
  sortedSums[rank + 1] = sortedSums[rank] + probabilityOf(score);
});

// The first place from `low` on whose score is not above the cut.
function endAbove(values, cut, low, high) {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] > cut) low = middle + 1;
    else high = middle;
  }
  return low;
}

const [nBelow, sumBelow] = data.below;

// What a cut gives; peaks that are not in the page are picks only without a cut.
function totals(cut) {
  const end = endAbove(sorted, Math.fround(cut), 0, sorted.length);
  const isAll = cut === -Infinity;
  const nPicks = end + (isAll ? nBelow : 0);
  const nRight = sortedSums[end] + (isAll ? sumBelow : 0);
  return { nPicks, nRight };
}

function totalsOf(micrograph, cut) {
  const start = starts[micrograph];
  const end = endAbove(scores, Math.fround(cut), start, starts[micrograph + 1]);
  const [more, sumOfMore] = cut === -Infinity ? data.micrographs[micrograph].below : [0, 0];
  const nPicks = end - start + more;
  const nRight = sums[end] - sums[start] + sumOfMore;
  return { nPicks, nRight, nSuspected: suspects[end] - suspects[start] };
}

// The intervals at a cut, between those of the two thresholds around it.
function intervalsAt(cut) {
  const after = data.grid.findIndex((point) => point.score >= cut);
  if (!data.grid.length) return {};
  const high = data.grid[after < 0 ? data.grid.length - 1 : after];
  const low = data.grid[Math.max(0, (after < 0 ? data.grid.length : after) - 1)];
  const span = high.score - low.score;
  const share = span ? Math.min(1, Math.max(0, (cut - low.score) / span)) : 0;
  const found = {};
  for (const name of Object.keys(high)) {
    if (name === "score" || !low[name]) continue;
    found[name] = [0, 1].map((end) => low[name][end] + share * (high[name][end] - low[name][end]));
  }
  return found;
}
