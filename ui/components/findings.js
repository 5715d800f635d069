// Groups of findings as plain rows. Every word of a repository reaches the page by textContent, never as HTML.
const SHOWN = 3; // places before "and 7 more"
const SAYS = {
  debt: "Sign of debt", care: "Sign of care", absent: "Not seen", unknown: "Could not tell", off: "Does not apply",
  worse: "Worse", better: "Better", same: "No longer comparable",
};
const PATHS = {
  debt: "M8 1.5 14.5 8 8 14.5 1.5 8z", care: "M2 8.5 6.2 12.7 14 4",
  absent: "M8 2.5a5.5 5.5 0 1 0 .01 0z", unknown: "M5.2 5.4a2.8 2.8 0 1 1 4.2 2.5C8.4 8.5 8 9 8 10.2M8 12.6v1", off: "M3 8H13",
  worse: "M8 2.5 14 13H2z", better: "M8 13.5 14 3H2z", same: "M2 6H14M2 10H14",
};
function isDark(host) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/gi).map(pair => parseInt(pair, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
function make(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content.filter(part => part !== ""));
  return node;
}
function mark(kind) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", kind);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[kind]);
  svg.append(path);
  return svg;
}
function fold(title, ...content) {
  return make("details", "", make("summary", "", title), ...content);
}
function places(all) {
  const lines = all.map(place => make("code", "", place));
  const shown = make("div", "places", ...lines.slice(0, SHOWN));
  if (lines.length > SHOWN) shown.append(fold(`and ${lines.length - SHOWN} more`, ...lines.slice(SHOWN)));
  return shown;
}
function row([kind, title, text, tag, where, aside, folds]) {
  const said = make("p", "title", make("span", "unseen", `${SAYS[kind]}: `), make("span", "", title));
  if (tag) said.append(" ", make("span", "tag", tag));
  const body = make("div", "body", title ? said : "", text ? make("p", "text", text) : "");
  for (const [name, paragraphs] of folds) body.append(fold(name, ...paragraphs.map(words => make("p", "", words))));
  const item = make("li", `row ${kind}`, mark(kind), body);
  if (where.length) item.append(places(where));
  else if (aside) item.append(make("p", "aside", aside));
  return item;
}
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".findings");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  root.replaceChildren(...data.map(([title, note, rows]) => {
    const head = make("div", "head");
    if (title) head.append(make("h3", "", title));
    if (note) head.append(make("p", "note", note));
    return make("section", "", head.childNodes.length ? head : "", make("ul", "", ...rows.map(row)));
  }));
}
