// The ranked repayments. Each click stands in `wishes` with a turn until the server says it took it, so that none is
// lost; the row shows it at once, and the numbers wait, paler, for what follows from it.
// Every word reaches the page by textContent or setAttribute, never as HTML.
const LEVEL = 0;
const MARK = 1;
const OPEN = 2;
const RESET = 3;
const SHOWN = 10; // of "everything else" before the button that shows all
const AGAIN_MILLISECONDS = 2500; // what the server has not taken by then is said again: it may have been away
const TIERS = ["now", "likely", "not now"];
const HEADS = ["avoids", "costs", "pays back"];
const boards = new Map(); // by key: a list that is mounted anew goes on where it was

function make(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content);
  return node;
}

function isDark(host) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/gi).map(pair => parseInt(pair, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

function tierMark(tier) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("aria-hidden", "true");
  const paths = { 0: ["full", "M6 1a5 5 0 1 0 .01 0z"], 1: ["full", "M6 1a5 5 0 0 0 0 10z"], 2: ["", ""] };
  const ring = document.createElementNS("http://www.w3.org/2000/svg", "path");
  ring.setAttribute("d", "M6 1a5 5 0 1 0 .01 0z");
  const inside = document.createElementNS("http://www.w3.org/2000/svg", "path");
  inside.setAttribute("class", paths[tier][0]);
  inside.setAttribute("d", paths[tier][1]);
  svg.append(ring, inside);
  return svg;
}

function wish(board, kind, question, value) {
  board.turn += 1;
  board.wishes.push([board.turn, kind, question, value]);
  board.root.classList.add("waiting");
  board.send();
  insist(board);
}

function insist(board) {
  clearTimeout(board.timer);
  if (!board.wishes.length) return;
  board.timer = setTimeout(() => {
    board.send();
    insist(board);
  }, AGAIN_MILLISECONDS);
}

function figure(title) {
  const node = make("div", "figure");
  node.value = make("b");
  node.append(node.value, make("small", "", title));
  return node;
}

function levels(board, id, texts) {
  const box = make("fieldset", "levels", make("legend", "", "Level today"));
  const inputs = texts.map((text, level) => {
    const input = make("input");
    input.type = "radio";
    input.name = `${board.key}-${id}`;
    input.value = String(level);
    input.setAttribute("aria-label", `Level ${level}: ${text}`);
    const label = make("label", "", input, make("span", "", String(level)));
    label.title = `${level} · ${text}`;
    input.addEventListener("change", () => {
      const row = board.rows.get(id);
      const back = level === row.answered;
      row.moved = back ? null : level;
      paintLevels(row);
      wish(board, LEVEL, id, back ? null : level);
    });
    box.append(label);
    return input;
  });
  return [box, inputs];
}

function paintLevels(row) {
  const shown = row.moved === null ? row.answered : row.moved;
  row.inputs.forEach((input, level) => {
    input.checked = level === shown;
    input.parentElement.classList.toggle("was", row.moved !== null && level === row.answered);
  });
  row.node.classList.toggle("moved", row.moved !== null);
}

function build(board, id) {
  const [area, text, texts] = board.words[id];
  const row = { id, node: make("li"), moved: null, answered: null, mark: 0 };
  row.node.dataset.question = id;
  row.about = make("p", "about");
  row.area = area;
  const [box, inputs] = levels(board, id, texts);
  row.inputs = inputs;
  row.figures = HEADS.map(figure);
  row.tier = make("div", "tier");
  row.percent = make("span");
  row.bar = make("i");
  row.share = make("div", "share", make("span", "bar", row.bar), row.percent);
  const top = make("div", "figure top", row.tier, row.share);
  row.pin = make("button", "", "Pin");
  row.out = make("button", "", "Leave out");
  row.open = make("button", "", "Why, and your estimate");
  for (const button of [row.pin, row.out, row.open]) button.type = "button";
  row.pin.setAttribute("aria-label", `Pin ${id}`);
  row.out.setAttribute("aria-label", `Leave out ${id}`);
  row.open.setAttribute("aria-label", `Why, and your estimate ${id}`);
  row.pin.addEventListener("click", () => wish(board, MARK, id, row.mark === 1 ? 0 : 1));
  row.out.addEventListener("click", () => wish(board, MARK, id, row.mark === 2 ? 0 : 2));
  row.open.addEventListener("click", () => wish(board, OPEN, id, null));
  const words = make("div", "words", make("p", "text", text), row.about);
  row.node.append(
    make("div", "figures", words, ...row.figures, top),
    make("div", "tools", box, row.pin, row.out, row.open),
  );
  return row;
}

function paint(row, [, answered, moved, , mark, avoids, costs, back, percent, tier, notes], moving) {
  row.answered = answered;
  if (!moving) row.moved = moved;
  row.mark = mark;
  paintLevels(row);
  row.about.replaceChildren(`${row.id} · ${row.area}`, ...notes.map(note => make("span", "note", ` · ${note}`)));
  [avoids, costs, back].forEach((value, place) => { row.figures[place].value.textContent = value; });
  row.tier.replaceChildren(...(tier === null ? ["nothing to repay"] : [tierMark(tier), make("span", "", TIERS[tier])]));
  row.share.hidden = tier === null;
  row.share.style.display = tier === null ? "none" : "";
  row.bar.style.width = `${percent}%`;
  row.percent.textContent = `${percent} %`;
  row.share.title = `Among the five best in ${percent} % of the draws`;
  row.pin.setAttribute("aria-pressed", String(mark === 1));
  row.pin.textContent = mark === 1 ? "Pinned" : "Pin";
  row.out.setAttribute("aria-pressed", String(mark === 2));
  row.out.textContent = mark === 2 ? "Left out" : "Leave out";
  row.node.classList.toggle("out", mark === 2);
}

function head(box, data, title, note) {
  const heading = make("h3", "", title);
  if (note) heading.append(make("small", "", note));
  const names = [`avoids in ${data.horizon}`, ...HEADS.slice(1)].map(name => make("span", "", name));
  box.replaceChildren(make("span", "first", heading), ...names, make("span", "left", "among the first 5"));
}

function place(list, nodes) {
  let at = list.firstElementChild;
  for (const node of nodes) {
    if (node === at) at = at.nextElementSibling;
    else list.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextElementSibling;
    at.remove();
    at = next;
  }
}

function scroller(node) {
  for (let at = node; at; at = at.parentNode || at.host) {
    if (at.scrollHeight > at.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
    if (at === document.body) break;
  }
  return document.scrollingElement;
}

function draw(board, data) {
  const held = board.root.getRootNode().activeElement;
  const row = held && board.rows.get(held.closest("li")?.dataset.question);
  const before = row ? row.node.getBoundingClientRect().top : 0;
  const chosen = [];
  const rest = [];
  const moving = new Set(board.wishes.filter(each => each[1] === LEVEL).map(each => each[2]));
  for (const numbers of data.rows) {
    const id = numbers[0];
    if (!board.words[id]) {
      board.missing(Date.now());
      continue;
    }
    if (!board.rows.has(id)) board.rows.set(id, build(board, id));
    const known = board.rows.get(id);
    paint(known, numbers, moving.has(id));
    (numbers[3] ? chosen : rest).push(known);
  }
  const standing = board.order;
  if (data.tried) {
    // While levels are tried out each row keeps its place, so that the eye finds the next one where it was.
    const at = each => standing.get(each.id) ?? standing.size;
    rest.sort((one, other) => at(one) - at(other));
  } else {
    board.order = new Map(data.rows.map(([id], at) => [id, at]));
  }
  head(board.chosenHead, data, "In the plan", chosen.length ? String(chosen.length) : "");
  head(board.restHead, data, data.only || "Everything else", data.tried ? "in the order before the what-if" : "what a day buys most of first");
  const kept = rest.filter((each, at) => board.everything || at < SHOWN || each.moved !== null || each.mark || each === row);
  place(board.chosenList, chosen.map(each => each.node));
  place(board.restList, kept.map(each => each.node));
  board.rest.hidden = !rest.length;
  board.none.textContent = chosen.length ? "" : data.empty;
  board.all.hidden = rest.length <= SHOWN;
  board.all.textContent = board.everything ? `Show the first ${SHOWN} only` : `Show all ${rest.length}`;
  board.tried.hidden = !data.tried;
  board.tried.firstElementChild.textContent = data.tried;
  if (!row) return;
  if (board.root.getRootNode().activeElement !== held) held.focus({ preventScroll: true }); // it moved in the list
  const moved = row.node.getBoundingClientRect().top - before;
  if (row.node.isConnected && Math.abs(moved) > 1) scroller(board.root).scrollBy({ top: moved, behavior: "instant" });
}

export default function ({ data, parentElement, setStateValue }) {
  let board = boards.get(data.key);
  if (!board) {
    board = { key: data.key, wishes: [], turn: Date.now(), words: {}, rows: new Map(), everything: false, order: new Map(), timer: null };
    boards.set(data.key, board);
  }
  const root = parentElement.querySelector(".plan");
  if (board.root !== root) {
    board.root = root;
    for (const name of ["chosen", "rest"]) {
      const section = root.querySelector(`.${name}`);
      board[name] = section;
      board[`${name}Head`] = section.querySelector(".head");
      board[`${name}List`] = section.querySelector("ul");
    }
    board.none = root.querySelector(".none");
    board.all = root.querySelector(".all");
    board.tried = root.querySelector(".tried");
    board.all.addEventListener("click", () => {
      board.everything = !board.everything;
      draw(board, board.data);
    });
    board.tried.querySelector("button").addEventListener("click", () => wish(board, RESET, "", null));
  }
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  board.send = () => setStateValue("wishes", board.wishes.map(each => [...each]));
  board.missing = moment => {
    if (board.asked && moment - board.asked < AGAIN_MILLISECONDS) return;
    board.asked = moment;
    setStateValue("words", moment);
  };
  if (data.words) {
    for (const [id, words] of Object.entries(data.words)) {
      if (JSON.stringify(words) !== JSON.stringify(board.words[id])) board.rows.delete(id);
      board.words[id] = words;
    }
  }
  board.data = data;
  board.wishes = board.wishes.filter(each => each[0] > data.taken);
  draw(board, data);
  root.classList.toggle("waiting", board.wishes.length > 0);
  insist(board);
  return () => clearTimeout(board.timer);
}
