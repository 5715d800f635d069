// The debt of a portfolio by quarter: the line, the middle half of its systems as a band, the target, and marks where
// something else was measured from then on. Every word reaches the page by textContent, never as HTML.
const HEIGHT = 218, TOP = 34, BOTTOM = 40, LEFT = 28;
function isDark(host) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/gi).map(pair => parseInt(pair, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
function make(tag, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}
// The part of 0..100 that is drawn: whole tens around everything, never less than 30 points.
function reach(data) {
  const all = data.points.flatMap(p => [p.debt, p.lower, p.upper, p.low, p.high]).filter(v => v !== null);
  if (data.target !== null) all.push(data.target);
  if (!all.length) return [0, 100]; // nothing is rated yet
  let low = Math.max(0, Math.floor(Math.min(...all) / 10) * 10);
  let high = Math.min(100, Math.ceil(Math.max(...all) / 10) * 10);
  while (high - low < 30) {
    if (low > 0) low -= 10;
    if (high < 100) high += 10;
  }
  return [low, high];
}
function draw(root, data, width) {
  const right = width < 480 ? 46 : 122;
  const svg = make("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": data.label });
  const [low, high] = reach(data);
  const count = data.points.length;
  const step = (width - LEFT - right) / Math.max(1, count - 1);
  const x = i => (count === 1 ? (LEFT + width - right) / 2 : LEFT + 8 + (i * (width - LEFT - right - 16)) / (count - 1));
  const y = v => TOP + ((high - v) * (HEIGHT - TOP - BOTTOM)) / (high - low);
  const put = (tag, attributes, text) => svg.append(make(tag, attributes, text));
  for (let v = low; v <= high; v += high - low > 50 ? 20 : 10) {
    put("line", { class: "grid", x1: LEFT, x2: width - right, y1: y(v), y2: y(v) });
    put("text", { x: LEFT - 6, y: y(v) + 4, "text-anchor": "end" }, v);
  }
  // years once, quarters as often as they fit
  const every = Math.max(1, Math.ceil(26 / step));
  data.points.forEach((p, i) => {
    if ((count - 1 - i) % every) return;
    put("text", { x: x(i), y: HEIGHT - 20, "text-anchor": "middle" }, p.quarter);
    const before = data.points.slice(0, i).filter((_, j) => (count - 1 - j) % every === 0).at(-1);
    if (!before || before.year !== p.year) put("text", { x: x(i), y: HEIGHT - 4, "text-anchor": "middle" }, p.year);
  });
  const rated = data.points.map((p, i) => ({ ...p, i })).filter(p => p.debt !== null);
  const runs = [];
  for (const p of rated) {
    const run = runs.at(-1);
    if (run && run.at(-1).i === p.i - 1) run.push(p);
    else runs.push([p]);
  }
  if (data.line) {
    for (const run of runs) {
      const along = run.map(p => `${x(p.i)},${y(p.upper)}`);
      const back = run.map(p => `${x(p.i)},${y(p.lower)}`).reverse();
      put("polygon", { class: "half", points: [...along, ...back].join(" ") });
    }
  } else {
    for (const p of rated) {
      put("rect", { class: "half", x: x(p.i) - 7, width: 14, y: y(p.upper), height: Math.max(1, y(p.lower) - y(p.upper)) });
    }
  }
  let lastWords = -1000;
  let shelf = 0;
  for (const [i, words] of data.marks) {
    put("line", { class: "mark", x1: x(i), x2: x(i), y1: TOP - 8, y2: HEIGHT - BOTTOM });
    const end = x(i) > width * 0.55;
    const from = end ? x(i) - words.length * 6.2 : x(i);
    shelf = from < lastWords + 8 ? 1 - shelf : 0;
    put("text", { x: x(i) + (end ? 3 : -3), y: TOP - 11 - shelf * 14, "text-anchor": end ? "end" : "start" }, words);
    lastWords = from + words.length * 6.2;
  }
  if (data.target !== null) {
    put("line", { class: "aim", x1: LEFT, x2: width - right, y1: y(data.target), y2: y(data.target) });
  }
  if (data.line) {
    for (const run of runs) put("polyline", { class: "way", points: run.map(p => `${x(p.i)},${y(p.debt)}`).join(" ") });
  }
  for (const p of rated) {
    const dot = make("circle", { class: p.open ? "dot open" : "dot", cx: x(p.i), cy: y(p.debt), r: 4 });
    dot.append(make("title", {}, p.words));
    svg.append(dot);
  }
  // what stands at the end is said at the end, and kept apart
  const last = rated.at(-1);
  if (last) {
    const ends = [{ at: y(last.debt), text: width < 480 ? `${last.debt}` : `portfolio ${last.debt}`, kind: "said" }];
    if (width >= 480 && last.upper - last.lower > 2) {
      ends.push({ at: y(last.upper), text: `quarter above ${last.upper}`, kind: "" });
      ends.push({ at: y(last.lower), text: `quarter below ${last.lower}`, kind: "" });
    }
    if (data.target !== null) ends.push({ at: y(data.target), text: width < 480 ? `→ ${data.target}` : `target ${data.target}`, kind: "aim" });
    ends.sort((a, b) => a.at - b.at);
    for (let n = 1; n < ends.length; n += 1) ends[n].at = Math.max(ends[n].at, ends[n - 1].at + 15);
    const over = ends.at(-1).at - (HEIGHT - BOTTOM + 6);
    if (over > 0) for (let n = ends.length - 1; n >= 0; n -= 1) {
      ends[n].at = Math.min(ends[n].at, n === ends.length - 1 ? ends[n].at - over : ends[n + 1].at - 15);
    }
    for (const end of ends) put("text", { class: end.kind, x: width - right + 8, y: end.at + 4 }, end.text);
  }
  root.replaceChildren(svg);
}
const drawn = new WeakMap();
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".portfolio-trend");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  const redraw = () => {
    const width = Math.round(root.getBoundingClientRect().width);
    if (width > 0) draw(root, data, width);
  };
  drawn.get(root)?.disconnect();
  let width = 0;
  const watch = new ResizeObserver(() => {
    const now = Math.round(root.getBoundingClientRect().width);
    if (now !== width) {
      width = now;
      redraw();
    }
  });
  drawn.set(root, watch);
  watch.observe(root);
  redraw();
  return () => watch.disconnect();
}
