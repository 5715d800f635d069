// The heatmap grid. Data, deflated: line 1 the selection, line 2 the heads as JSON, then five bytes a cell
// (ui/heatmap.py writes them). Every word a person wrote reaches the page by textContent or setAttribute, never as HTML.
const KINDS = ["score", "ask", "na", "none"];
const PATHS = {
  worse: "M4 .8 7.4 7.2H.6z",
  better: "M4 7.2 .6 .8H7.4z",
  ring: "M4 1a3 3 0 1 0 .01 0z",
  unlike: "M.5 2.6H7.5M.5 5.4H7.5M6 .4 2 7.6",
  aim: "M1.5 7.5V.8L6.8 2.9 1.5 5",
};
const grids = new WeakMap();
const held = new Map(); // where the keyboard was in each heatmap, for a page that moves the heatmap elsewhere

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function drawing(name, className) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 8 8");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", className);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

async function unpack(data) {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const first = bytes.indexOf(10);
  const second = bytes.indexOf(10, first + 1);
  const text = new TextDecoder();
  return {
    selected: JSON.parse(text.decode(bytes.subarray(0, first))),
    body: bytes.subarray(first + 1),
    heads: JSON.parse(text.decode(bytes.subarray(first + 1, second))),
    cells: bytes.subarray(second + 1),
  };
}

function cellAt(grid, row, column) {
  const { heads, cells } = grid;
  const index = row * heads.columns.length + column;
  const [flags, b1, b2, b3, b4] = cells.subarray(index * 5, index * 5 + 5);
  const known = value => (value === 127 ? null : value);
  return {
    kind: KINDS[flags & 3],
    change: ["", "worse", "better"][(flags >> 2) & 3],
    uncertain: (flags & 16) > 0,
    unlike: (flags & 32) > 0,
    hatched: (flags & 64) > 0,
    lettered: (flags & 128) > 0,
    debt: known(b1 & 127),
    low: known(b2 & 127),
    high: known(b3 & 127),
    coverage: known(b4 & 127),
    band: (b1 >> 7) | ((b2 >> 7) << 1) | ((b3 >> 7) << 2),
    moved: heads.moved[index],
    label: heads.labels[index],
    aim: heads.aims[index],
  };
}

function words(cell, compared) {
  if (cell.label !== undefined) return cell.label;
  if (cell.kind === "ask") return "not answered yet";
  if (cell.kind === "na") return "does not apply";
  if (cell.kind === "none") return "nothing recorded";
  const said = [cell.debt === null ? "not rated" : `${cell.debt}`];
  said.push(cell.lettered ? `band ${" ABCDE"[cell.band]}` : "no band yet");
  if (cell.low !== null && cell.high !== null) said.push(`${cell.low} to ${cell.high}`);
  if (cell.coverage !== null) said.push(`${cell.coverage} % known`);
  if (cell.change) said.push(compared ? `${cell.change} than ${compared}` : cell.change);
  if (cell.uncertain) said.push("low confidence");
  if (cell.unlike) said.push("answer and evidence disagree");
  if (cell.hatched) said.push("from evidence only");
  if (cell.aim) said.push(cell.aim[1]);
  return said.join(", ");
}

function drawCell(cell, total) {
  const td = make("td");
  td.setAttribute("role", "gridcell");
  td.tabIndex = -1;
  if (cell.kind !== "score") {
    td.className = cell.kind;
    td.textContent = { ask: "?", na: "–", none: "" }[cell.kind];
    return td;
  }
  td.className = [`b${cell.band}`, cell.change, cell.hatched && "hatch", cell.unlike && "both", total && "total"].filter(Boolean).join(" ");
  const number = make("span", "n", cell.debt === null ? "–" : cell.debt);
  if (total) {
    const row = make("div", "slots");
    const moved = make("span", "moved", cell.moved);
    if (cell.change) moved.prepend(drawing(cell.change, "change"));
    row.append(number, make("span", "letter", cell.lettered ? " ABCDE"[cell.band] : ""), moved);
    td.append(row);
  } else {
    td.append(number);
    if (cell.change) td.append(drawing(cell.change, "change"));
  }
  if (cell.uncertain) td.append(drawing("ring", "ring"));
  if (cell.unlike) td.append(drawing("unlike", "unlike"));
  if (cell.aim) td.append(drawing("aim", cell.aim[0] ? "aim late" : "aim"));
  return td;
}

function drawTable(grid) {
  const { corner, rows, columns, groups, href, compared } = grid.heads;
  const table = make("table");
  table.setAttribute("role", "grid");
  table.setAttribute("aria-labelledby", "caption");
  const widths = make("colgroup");
  const phone = window.matchMedia("(max-width: 640px)").matches;
  const [first, other, last] = phone ? [7.5, 3.5, 5.75] : [13, 3.75, 6.75];
  let least = first;
  for (const column of [null, ...columns]) {
    const col = make("col");
    if (!column) col.style.width = `${first}rem`;
    else if (column[2]) col.style.width = `${last}rem`;
    if (column) least += column[2] ? last : other;
    widths.append(col);
  }
  table.style.minWidth = `${least}rem`;
  table.style.maxWidth = `${first + columns.length * 7.5}rem`;
  table.append(widths);
  const head = make("tr");
  const cornerHead = make("th", "corner", corner);
  cornerHead.scope = "col";
  head.append(cornerHead);
  for (const [short, title, total] of columns) {
    const th = make("th", total ? "total" : "");
    th.scope = "col";
    const shown = make("span", "", short);
    if (title !== short) {
      shown.setAttribute("aria-hidden", "true");
      th.append(shown, make("span", "unseen", title));
      th.dataset.tip = title;
    } else th.append(shown);
    head.append(th);
  }
  const thead = make("thead");
  thead.append(head);
  table.append(thead);
  let body = null;
  let group;
  rows.forEach(([, label, note = "", groupIndex = -1, path = null, summary = 0], r) => {
    if (!body || groupIndex !== group) {
      body = make("tbody");
      table.append(body);
      group = groupIndex;
      if (groupIndex >= 0) {
        const tr = make("tr");
        const th = make("th", "group");
        th.colSpan = columns.length + 1;
        th.scope = "rowgroup";
        th.append(make("span", "", groups[groupIndex]));
        tr.append(th);
        body.append(tr);
      }
    }
    const tr = make("tr", summary ? "sum" : "");
    tr.dataset.row = r;
    const th = make("th");
    th.scope = "row";
    const name = make(path === null ? "span" : "a", "label", label);
    if (path !== null) {
      name.setAttribute("href", href + path);
      name.setAttribute("target", "_self");
      name.tabIndex = -1;
    }
    th.append(name);
    if (note) th.append(make("span", "note", note));
    tr.append(th);
    columns.forEach(([, title, total], c) => {
      const cell = cellAt(grid, r, c);
      const td = drawCell(cell, total);
      td.dataset.column = c;
      td.setAttribute("aria-label", `${label}, ${title}: ${words(cell, compared)}`);
      td.setAttribute("aria-selected", "false");
      tr.append(td);
    });
    body.append(tr);
  });
  return table;
}

// -- where the keyboard is: a row and a column, -1 being the row's link --
function stops(grid) {
  return [...grid.table.querySelectorAll("tr[data-row]")].map(tr => {
    const link = tr.querySelector("th a");
    return [...(link ? [link] : []), ...tr.querySelectorAll("td")];
  });
}

function place(node) {
  const tr = node.closest("tr");
  return { row: Number(tr.dataset.row), column: node.tagName === "A" ? -1 : Number(node.dataset.column) };
}

function nodeAt(grid, row, column) {
  const tr = grid.table.querySelector(`tr[data-row="${row}"]`);
  return tr && (column < 0 ? tr.querySelector("th a") : tr.querySelectorAll("td")[column]);
}

function roveTo(grid, node, focus) {
  if (!node) return;
  if (grid.rover) grid.rover.tabIndex = -1;
  node.tabIndex = 0;
  grid.rover = node;
  if (focus) {
    node.focus();
    reveal(grid, node);
  }
}

// Scroll so far that the sticky heads hide nothing of the cell; the page itself moves only when it must.
function reveal(grid, node) {
  const box = grid.scroll.getBoundingClientRect();
  const cell = node.getBoundingClientRect();
  const left = box.left + grid.table.querySelector("th.corner").offsetWidth + 6;
  const top = box.top + grid.table.tHead.offsetHeight + 6;
  if (node.tagName === "TD" && cell.left < left) grid.scroll.scrollLeft -= left - cell.left;
  else if (cell.right > box.right - 8) grid.scroll.scrollLeft += cell.right - box.right + 8;
  if (cell.top < top) grid.scroll.scrollTop -= top - cell.top;
}

function markSelected(grid) {
  const [token, column] = grid.selected || [null, null];
  const row = grid.heads.rows.findIndex(head => head[0] === token);
  const next = row < 0 ? null : nodeAt(grid, row, column);
  if (grid.marked && grid.marked !== next) grid.marked.setAttribute("aria-selected", "false");
  if (next) next.setAttribute("aria-selected", "true");
  grid.marked = next;
}

function choose(grid, node) {
  let chosen = null;
  if (node) {
    if (node.classList.contains("none")) return;
    const { row, column } = place(node);
    chosen = [grid.heads.rows[row][0], column];
  }
  grid.selected = chosen;
  markSelected(grid);
  const { row, column } = place(grid.rover);
  const { scrollLeft, scrollTop } = grid.scroll;
  held.set(grid.heads.key, { token: grid.heads.rows[row][0], column, scrollLeft, scrollTop, when: Date.now() });
  grid.send("chosen", chosen || []);
}

// Streamlit's own router listens to popstate: following a link this way keeps the session.
function follow(event, link) {
  if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  window.history.pushState({}, "", link.href);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

function onKey(grid, event) {
  const node = event.target.closest("td, th a");
  if (!node || event.metaKey || event.altKey) return;
  const all = stops(grid);
  const row = place(node).row;
  const at = all[row].indexOf(node);
  const to = (r, c) => all[Math.max(0, Math.min(all.length - 1, r))].at(c);
  const keep = r => {
    const next = all[Math.max(0, Math.min(all.length - 1, r))];
    const column = place(node).column;
    return next.find(stop => place(stop).column === column) || next[0];
  };
  const moves = {
    ArrowRight: () => all[row][Math.min(at + 1, all[row].length - 1)],
    ArrowLeft: () => all[row][Math.max(at - 1, 0)],
    ArrowDown: () => keep(row + 1),
    ArrowUp: () => keep(row - 1),
    PageDown: () => keep(row + 10),
    PageUp: () => keep(row - 10),
    Home: () => (event.ctrlKey ? to(0, 0) : all[row][0]),
    End: () => (event.ctrlKey ? to(all.length - 1, -1) : all[row].at(-1)),
  };
  if (event.key in moves && (!event.ctrlKey || event.key === "Home" || event.key === "End")) {
    roveTo(grid, moves[event.key](), true);
  } else if ((event.key === "Enter" || event.key === " ") && node.tagName === "TD") {
    choose(grid, node);
  } else if (event.key === " " && node.tagName === "A") {
    node.click();
  } else if (event.key === "Escape") {
    hideTip(grid);
    if (!grid.selected) return;
    choose(grid, null);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

// -- the tip says what a screen reader hears --
function showTip(grid, node) {
  const text = node && (node.getAttribute("aria-label") || node.dataset.tip);
  if (!text) return hideTip(grid);
  const { tip, root } = grid;
  tip.textContent = text;
  tip.hidden = false;
  const box = root.getBoundingClientRect();
  const cell = node.getBoundingClientRect();
  const left = Math.min(cell.left - box.left, box.width - tip.offsetWidth);
  const above = cell.top - box.top - tip.offsetHeight - 6;
  const room = cell.top - tip.offsetHeight - 6 > 60;
  tip.style.left = `${Math.max(0, left)}px`;
  tip.style.top = `${room ? above : cell.bottom - box.top + 6}px`;
}

function hideTip(grid) {
  grid.tip.hidden = true;
}

// The page drew the heatmap in another place (beside a drawer, say) right after a choice: the keyboard moves along.
function takeUp(grid) {
  const before = held.get(grid.heads.key);
  if (!before || Date.now() - before.when > 5000) return;
  held.delete(grid.heads.key);
  const row = grid.heads.rows.findIndex(head => head[0] === before.token);
  const node = row >= 0 && nodeAt(grid, row, before.column);
  if (!node) return;
  Object.assign(grid.scroll, { scrollLeft: before.scrollLeft, scrollTop: before.scrollTop });
  roveTo(grid, node, false);
  const again = wait => setTimeout(() => {
    if (document.activeElement === document.body && node.isConnected) roveTo(grid, node, true);
  }, wait);
  [0, 100, 300].forEach(again);
}

function isDark(host) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/gi).map(pair => parseInt(pair, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

function setUp(parentElement) {
  const root = parentElement.querySelector(".heatmap");
  const [scroll, tip, caption] = [".scroll", ".tip", ".caption"].map(name => root.querySelector(name));
  const grid = { root, scroll, tip, caption, body: null };
  const stop = event => event.target.closest("td, th[data-tip]");
  root.onkeydown = event => onKey(grid, event);
  root.onclick = event => {
    const link = event.target.closest("th a");
    if (link) return follow(event, link);
    const td = event.target.closest("td");
    if (!td) return;
    roveTo(grid, td, true);
    choose(grid, td);
  };
  root.onmouseover = event => showTip(grid, stop(event));
  root.onmouseleave = () => hideTip(grid);
  root.addEventListener("focusin", event => {
    if (event.target.matches("td, th a") && event.target !== grid.rover) roveTo(grid, event.target, false);
    if (event.target.matches("td:focus-visible")) showTip(grid, event.target);
  });
  root.addEventListener("focusout", () => hideTip(grid));
  grid.scroll.onscroll = () => hideTip(grid);
  return grid;
}

let turns = 0;

export default async function ({ data, parentElement, setTriggerValue }) {
  const turn = (parentElement.turn = turns += 1);
  const { selected, body, heads, cells } = await unpack(data);
  if (parentElement.turn !== turn) return; // a later drawing was faster
  let grid = grids.get(parentElement);
  const fresh = !grid || !grid.root.isConnected;
  if (fresh) {
    grid = setUp(parentElement);
    grids.set(parentElement, grid);
  }
  grid.send = setTriggerValue;
  grid.root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  const same = grid.body && grid.body.length === body.length && grid.body.every((byte, i) => byte === body[i]);
  if (!same) {
    const before = grid.rover && { ...place(grid.rover), held: grid.root.getRootNode().activeElement === grid.rover };
    const token = before && grid.heads.rows[before.row][0];
    Object.assign(grid, { body, heads, cells, marked: null, rover: null });
    grid.table = drawTable(grid);
    hideTip(grid);
    grid.caption.textContent = heads.caption;
    grid.scroll.replaceChildren(grid.table);
    const row = before ? heads.rows.findIndex(head => head[0] === token) : -1;
    const stop = (row >= 0 && nodeAt(grid, row, before.column)) || grid.table.querySelector("td");
    roveTo(grid, stop, Boolean(before && before.held));
  }
  grid.selected = selected;
  markSelected(grid);
  if (!same && grid.marked && grid.root.getRootNode().activeElement === null) roveTo(grid, grid.marked, false);
  if (fresh) takeUp(grid);
}
