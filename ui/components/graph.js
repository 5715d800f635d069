// The graph of systems. Nodes are buttons above one drawing of the lines; one of them is a stop for the Tab key and the
// arrows go along the lines. Every word reaches the page by textContent or setAttribute, never as HTML.
const WIDE = 180, HIGH = 34, GAP_X = 78, GAP_Y = 12, EDGE = 28;
const SMALLEST = 0.08, LARGEST = 1.6, MUCH = 4, CROWD = 300;
const KINDS = ["outputs", "shared features", "shared data"];
const drawn = new WeakMap();

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function isDark(host) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/gi).map(pair => parseInt(pair, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

function hanging(count) {
  if (!count) return "nothing depends on it";
  return count === 1 ? "1 depends on it" : `${count} depend on it`;
}

function bandMark(band) {
  const mark = make("span", `band ${band}`, band || "?");
  mark.setAttribute("aria-hidden", "true");
  return mark;
}

function named(node, words) {
  const [label, group, band, , , count, inLoop] = node;
  const said = [label, group, band ? `band ${band}` : "not rated", hanging(count)];
  if (inLoop) said.push("in a feedback loop");
  return [...said, ...words].join(", ");
}

// A line from the right side of one box to the left side of the other; back or within a column it bows around.
function way(from, to) {
  const [x1, y1, x2, y2] = [from.x + WIDE, from.y + HIGH / 2, to.x, to.y + HIGH / 2];
  if (x2 > x1) {
    const bow = Math.min(90, (x2 - x1) / 2);
    return `M${x1} ${y1}C${x1 + bow} ${y1} ${x2 - bow} ${y2} ${x2 - 2} ${y2}`;
  }
  const drop = Math.max(y1, y2) + HIGH + Math.min(60, 14 + (x1 - x2) / 16);
  return `M${x1} ${y1}C${x1 + 46} ${y1} ${x1 + 46} ${drop} ${x1 - 16} ${drop}L${x2 + 16} ${drop}C${x2 - 46} ${drop} ${x2 - 46} ${y2} ${x2 - 2} ${y2}`;
}

function draw(graph, data) {
  const { stage, svg } = graph;
  for (const old of stage.querySelectorAll(".node")) old.remove();
  for (const old of svg.querySelectorAll(".edge")) old.remove();
  graph.width = data.columns * (WIDE + GAP_X) - GAP_X + 2 * EDGE + 40;
  graph.height = data.rows * (HIGH + GAP_Y) - GAP_Y + 2 * EDGE + 64; // a line that leads back passes below the last row
  svg.setAttribute("width", graph.width);
  svg.setAttribute("height", graph.height);
  const places = data.nodes.map(node => ({ x: EDGE + 20 + node[3] * (WIDE + GAP_X), y: EDGE + node[4] * (HIGH + GAP_Y) }));
  graph.places = places;
  graph.out = data.nodes.map(() => []);
  graph.into = data.nodes.map(() => []);
  const lines = document.createDocumentFragment();
  graph.lines = data.edges.map(([from, to, kind, directed, inLoop], place) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("class", `edge k${kind}${directed ? "" : " both"}${inLoop ? " loop" : ""}`);
    path.setAttribute("d", way(places[from], places[to]));
    lines.append(path);
    if (directed) {
      graph.out[from].push([to, place]);
      graph.into[to].push([from, place]);
    } else {
      graph.out[from].push([to, place]);
      graph.out[to].push([from, place]);
    }
    return path;
  });
  svg.append(lines);
  const boxes = document.createDocumentFragment();
  graph.nodes = data.nodes.map((node, place) => {
    const box = make("button", `node${node[6] ? " loop" : ""}${node[5] >= MUCH ? " much" : ""}${place === data.chosen ? " chosen" : ""}`);
    box.type = "button";
    box.tabIndex = -1;
    box.dataset.place = place;
    box.style.left = `${places[place].x}px`;
    box.style.top = `${places[place].y}px`;
    box.append(bandMark(node[2]), make("span", "name", node[0]));
    if (node[5]) box.append(make("span", "count", node[5]));
    box.setAttribute("aria-label", named(node, node[7]));
    if (place === data.chosen) box.setAttribute("aria-current", "true");
    boxes.append(box);
    return box;
  });
  stage.append(boxes);
  rove(graph, data.chosen >= 0 ? data.chosen : 0, false);
}

function drawList(graph, data) {
  const shown = new Map();
  for (const [from, to, kind, directed] of data.edges) {
    const words = [data.nodes[to][0], KINDS[kind]];
    if (!shown.has(from)) shown.set(from, { feeds: [], reads: [], beside: [] });
    if (!shown.has(to)) shown.set(to, { feeds: [], reads: [], beside: [] });
    if (directed) {
      shown.get(from).feeds.push(`${words[0]} (${words[1]})`);
      shown.get(to).reads.push(`${data.nodes[from][0]} (${words[1]})`);
    } else {
      shown.get(from).beside.push(data.nodes[to][0]);
      shown.get(to).beside.push(data.nodes[from][0]);
    }
  }
  const order = data.nodes.map((_, place) => place).sort((a, b) => data.nodes[b][5] - data.nodes[a][5] || a - b);
  graph.list.replaceChildren(...order.map(place => {
    const node = data.nodes[place];
    const entry = make("li");
    const button = make("button");
    button.type = "button";
    button.dataset.place = place;
    button.append(bandMark(node[2]), make("span", "", node[0]));
    entry.append(button, make("p", "", node[1]));
    const known = shown.get(place) || { feeds: [], reads: [], beside: [] };
    if (known.feeds.length) entry.append(make("p", "", `feeds ${known.feeds.join(", ")}`));
    if (known.reads.length) entry.append(make("p", "", `reads from ${known.reads.join(", ")}`));
    if (known.beside.length) entry.append(make("p", "", `reads the same data as ${known.beside.join(", ")}`));
    for (const line of node[7]) entry.append(make("p", "", line));
    if (node[6]) entry.append(make("p", "of", "in a feedback loop"));
    return entry;
  }));
}

function zoom(graph, scale) {
  graph.scale = Math.min(LARGEST, Math.max(SMALLEST, scale));
  graph.stage.style.transform = `scale(${graph.scale})`;
  graph.sized.style.width = `${graph.width * graph.scale}px`;
  graph.sized.style.height = `${graph.height * graph.scale}px`;
}

function fit(graph) {
  const wide = graph.view.clientWidth;
  if (wide) zoom(graph, Math.min(1, wide / graph.width));
}

function rove(graph, place, focus) {
  if (!graph.nodes[place]) return;
  if (graph.rover !== undefined && graph.nodes[graph.rover]) graph.nodes[graph.rover].tabIndex = -1;
  graph.rover = place;
  graph.nodes[place].tabIndex = 0;
  if (focus) graph.nodes[place].focus();
}

function trace(graph, place) {
  for (const node of graph.root.querySelectorAll(".near")) node.classList.remove("near");
  graph.root.classList.toggle("tracing", place !== null);
  if (place === null) {
    graph.tip.hidden = true;
    return;
  }
  graph.nodes[place].classList.add("near");
  for (const [other, line] of [...graph.out[place], ...graph.into[place]]) {
    graph.nodes[other].classList.add("near");
    graph.lines[line].classList.add("near");
  }
  const [label, group, band, , , count, inLoop, words] = graph.data.nodes[place];
  const said = [group, band ? `band ${band}` : "not rated yet", hanging(count)];
  graph.tip.replaceChildren(make("b", "", label), make("span", "", said.join(" · ")), ...words.map(line => make("span", "", line)));
  if (inLoop) graph.tip.append(make("span", "", "in a feedback loop"));
  graph.tip.hidden = false;
  const box = graph.nodes[place].getBoundingClientRect();
  const around = graph.root.getBoundingClientRect();
  const left = Math.min(box.left - around.left, around.width - graph.tip.offsetWidth - 4);
  const below = box.bottom - around.top + 8;
  graph.tip.style.left = `${Math.max(4, left)}px`;
  graph.tip.style.top = `${below + graph.tip.offsetHeight > around.height ? box.top - around.top - graph.tip.offsetHeight - 8 : below}px`;
}

// the next box above or below in the same column, or in the nearest one
function inColumn(graph, place, way) {
  const here = graph.places[place];
  let best = null;
  graph.places.forEach((there, other) => {
    const down = (there.y - here.y) * way;
    if (down <= 1) return;
    const far = Math.abs(there.x - here.x) * 4 + down;
    if (best === null || far < best[0]) best = [far, other];
  });
  return best && best[1];
}

function onKey(graph, event) {
  const box = event.target.closest(".node");
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  const place = Number(box.dataset.place);
  const along = list => (list.length ? list.map(([other]) => other).sort((a, b) => graph.places[a].y - graph.places[b].y)[0] : null);
  const next = {
    ArrowRight: () => along(graph.out[place]),
    ArrowLeft: () => along(graph.into[place]),
    ArrowDown: () => inColumn(graph, place, 1),
    ArrowUp: () => inColumn(graph, place, -1),
    Home: () => 0,
    End: () => graph.nodes.length - 1,
  }[event.key];
  if (event.key === "Escape") return trace(graph, null);
  if (!next) return;
  event.preventDefault();
  event.stopPropagation();
  const other = next();
  if (other !== null) rove(graph, other, true);
}

function setUp(parentElement) {
  const root = parentElement.querySelector(".graph");
  const graph = { root, scale: 1 };
  for (const name of ["view", "sized", "stage", "list", "tip"]) graph[name] = root.querySelector(`.${name}`);
  graph.svg = graph.stage.querySelector("svg");
  const choose = event => {
    const box = event.target.closest("[data-place]");
    if (box) graph.send("chosen", Number(box.dataset.place));
  };
  graph.stage.onclick = choose;
  graph.list.onclick = choose;
  graph.stage.onmouseover = event => {
    const box = event.target.closest(".node");
    trace(graph, box ? Number(box.dataset.place) : null);
  };
  graph.view.onmouseleave = () => trace(graph, null);
  graph.stage.addEventListener("focusin", event => {
    const box = event.target.closest(".node");
    if (!box) return;
    rove(graph, Number(box.dataset.place), false);
    if (box.matches(":focus-visible")) trace(graph, graph.rover);
  });
  graph.stage.addEventListener("focusout", () => trace(graph, null));
  graph.stage.addEventListener("keydown", event => onKey(graph, event));
  root.querySelector(".tools").onclick = event => {
    const how = event.target.closest("button")?.dataset.zoom;
    if (how === "fit") fit(graph);
    else if (how) zoom(graph, graph.scale * (how === "in" ? 1.25 : 0.8));
  };
  return graph;
}

export default function ({ data, parentElement, setTriggerValue }) {
  let graph = drawn.get(parentElement);
  if (!graph || !graph.root.isConnected) {
    graph = setUp(parentElement);
    drawn.set(parentElement, graph);
  }
  graph.send = setTriggerValue;
  graph.root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  const text = JSON.stringify(data);
  if (text !== graph.text) {
    Object.assign(graph, { text, data, rover: undefined, listed: false });
    graph.view.setAttribute("aria-label", data.caption);
    graph.root.querySelector(".ofloop").hidden = !data.edges.some(edge => edge[4]);
    trace(Object.assign(graph, { nodes: [], lines: [], out: [], into: [] }), null);
    graph.root.classList.toggle("crowded", data.edges.length > CROWD);
    draw(graph, data);
    fit(graph);
  }
  const measure = () => {
    const narrow = !graph.view.clientWidth;
    if (narrow && !graph.listed) {
      graph.listed = true;
      drawList(graph, data);
    }
    if (!narrow && graph.wide !== graph.view.clientWidth) {
      graph.wide = graph.view.clientWidth;
      fit(graph);
    }
  };
  const watch = new ResizeObserver(measure);
  watch.observe(graph.root);
  measure();
  return () => watch.disconnect();
}
