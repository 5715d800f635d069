// A list of links with a sentence each. Every word reaches the page by textContent, never as HTML.
const PATHS = { worse: "M4 .8 7.4 7.2H.6z", better: "M4 7.2 .6 .8H7.4z" };
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
function follow(event) {
  if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  window.history.pushState({}, "", event.currentTarget.href);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".link-rows");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  const list = make("ul");
  list.setAttribute("aria-label", data.label);
  for (const [label, href, note, said, value, tone] of data.rows) {
    const row = make("li");
    const name = make("span", "name");
    const link = make("a", "", label);
    link.setAttribute("href", href);
    link.setAttribute("target", "_self");
    link.onclick = follow;
    name.append(link);
    if (note) name.append(make("small", "", note));
    const number = make("span", `value ${tone}`);
    if (PATHS[tone]) {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("viewBox", "0 0 8 8");
      svg.setAttribute("aria-hidden", "true");
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", PATHS[tone]);
      svg.append(path);
      number.append(svg);
    }
    number.append(make("span", "", value));
    row.append(name, number);
    if (said) row.append(make("span", "said", said));
    list.append(row);
  }
  root.replaceChildren(list);
}
