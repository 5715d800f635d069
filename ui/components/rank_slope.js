// The place of a system before and after, joined by a line. Labels are placed by the page, so none lies on another.
// Every word reaches the page by textContent, never as HTML; every link stays inside Arrears.
const SVG = "http://www.w3.org/2000/svg";
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
// Streamlit's own router listens to popstate: following a link this way keeps the session.
function linkTo(href, text) {
  const link = make("a", "name", text);
  link.setAttribute("href", href);
  link.title = text;
  link.addEventListener("click", event => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    window.history.pushState({}, "", link.href);
    window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  });
  return link;
}
function placed(node, top) {
  node.style.top = `${top}rem`;
  return node;
}
function pathOf(line, height) {
  const middle = 0.875; // half a label
  const [from, to] = [line.left, line.right].map(top => ((top + middle) / height) * 100);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", `M 0 ${from} C 45 ${from}, 55 ${to}, 100 ${to}`);
  path.setAttribute("class", line.way);
  return path;
}
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".rank-slope");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  const heads = make("div", "heads");
  heads.setAttribute("aria-hidden", "true");
  heads.append(make("span", "", data.before), make("span", "", data.after));
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  svg.append(...data.lines.map(line => pathOf(line, data.height)));
  const left = make("ul", "left");
  const right = make("ul", "right");
  left.setAttribute("aria-hidden", "true"); // the words of the right column say both places
  right.setAttribute("aria-label", data.label);
  for (const line of data.lines) {
    left.append(placed(make("li", "", line.before), line.left));
    const item = placed(make("li", ""), line.right);
    item.append(make("b", "", line.after), linkTo(line.href, line.name), make("small", "", line.moved));
    right.append(item);
  }
  const lines = make("div", "lines");
  lines.style.height = `${data.height}rem`;
  lines.append(left, svg, right);
  const holder = make("div", "holder");
  holder.append(heads, lines);
  root.replaceChildren(holder);
}
