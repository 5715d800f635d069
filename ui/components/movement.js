// From the old debt to the new one: a tick for each quarter, a bar for each step; a step opens into systems and
// questions. Every word reaches the page by textContent, never as HTML; every link stays inside Arrears.
function isDark(host) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/gi).map(pair => parseInt(pair, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}
function percent(share) {
  return `${Math.max(0, Math.min(1, share)) * 100}%`;
}
function mark(track, className, left, width) {
  const node = make("i", className);
  node.style.left = percent(left);
  if (width !== undefined) node.style.width = percent(width);
  track.append(node);
}
// Streamlit's own router listens to popstate: following a link this way keeps the session.
function linkTo(href, text) {
  const link = make("a", "", text);
  link.setAttribute("href", href);
  link.addEventListener("click", event => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    window.history.pushState({}, "", link.href);
    window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  });
  return link;
}
function fill(node, row) {
  const name = make("span", "label", row.label);
  if (row.note) name.append(make("small", "", row.note));
  const track = make("span", "track");
  track.setAttribute("aria-hidden", "true");
  if (row.at !== undefined) {
    mark(track, "tick", row.at);
  } else {
    mark(track, "thread", row.from);
    const way = row.to > row.from ? "worse" : row.to < row.from ? "better" : "still";
    mark(track, `bar ${way}${row.measure ? " measure" : ""}`, Math.min(row.from, row.to), Math.abs(row.to - row.from));
    mark(track, "after", row.to);
  }
  node.append(name, track, make("span", "value", row.value));
  return node;
}
function questionOf([id, text, moved, value, href]) {
  const item = make("li", "line");
  const words = make("span", "", "");
  words.append(linkTo(href, text || id));
  if (text) words.append(" ", make("span", "id", id));
  item.append(words, make("span", "moved", moved), make("span", "value", value));
  return item;
}
function systemOf(system) {
  const questions = make("ul", "questions");
  questions.append(...system.questions.map(questionOf));
  if (system.more) questions.append(make("li", "more", system.more));
  if (!system.name) return [...questions.childNodes];
  const item = make("li", "system");
  const name = make("span", "", `${system.name} `);
  name.append(make("small", "", system.team));
  const own = make("li", "more");
  own.append(linkTo(system.href, system.link));
  questions.append(own);
  const opens = make("details");
  const line = make("summary", "line");
  line.append(name, make("span", "moved", system.moved), make("span", "value", system.value));
  opens.append(line, questions);
  item.append(opens);
  return [item];
}
function stepOf(row) {
  const item = make("li", "step");
  const inside = make("ul", "inside");
  inside.append(...row.systems.flatMap(systemOf));
  if (row.more) inside.append(make("li", "more", row.more));
  if (!inside.childNodes.length) {
    item.append(fill(make("div", "row"), row));
    return item;
  }
  const opens = make("details");
  opens.append(fill(make("summary", "row"), row), inside);
  item.append(opens);
  return item;
}
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".movement");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  const list = make("ol");
  list.setAttribute("aria-label", data.label);
  const axis = make("li", "row axis");
  axis.setAttribute("aria-hidden", "true");
  const ends = make("span", "track");
  ends.append(make("span", "", data.low), make("span", "", data.high));
  axis.append(make("span", "label", ""), ends, make("span", "value", data.unit));
  list.append(axis);
  data.rows.forEach((row, place) => {
    if (row.at === undefined) return list.append(stepOf(row));
    const end = place ? "last" : "first";
    const item = make("li", `quarter ${end}`);
    item.append(fill(make("div", "row"), row));
    list.append(item);
  });
  const holder = make("div", "holder");
  holder.append(list, make("p", "note", data.note));
  root.replaceChildren(holder);
}
