// What was found, in groups; the words that were looked for are marks. Every text reaches the page by textContent.
const SHOWN = 8; // of a group, before the rest is folded
function isDark(host) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/gi).map(pair => parseInt(pair, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
function make(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content);
  return node;
}
function pieces(all) {
  return all.map(([text, found]) => (found ? make("mark", "", text) : document.createTextNode(text)));
}
function hit([href, title, where, text]) {
  const link = make("a", "", ...pieces(title));
  link.setAttribute("href", href);
  link.setAttribute("target", "_self");
  const node = make("li", "", link);
  if (where) node.append(make("p", "where", where));
  if (text.length) node.append(make("p", "text", ...pieces(text)));
  return node;
}
function group([kind, count, hits]) {
  const section = make("section", "", make("h2", "", kind, make("span", "", count)), make("ul", "", ...hits.slice(0, SHOWN).map(hit)));
  const rest = hits.slice(SHOWN);
  if (rest.length) section.append(make("details", "", make("summary", "", `${rest.length} more`), make("ul", "", ...rest.map(hit))));
  return section;
}
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".hits");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  root.replaceChildren(...data.map(group));
  root.onclick = event => {
    const link = event.target.closest("a");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault(); // stay in this session: the address changes, and the page follows it
    window.history.pushState({}, "", link.href);
    window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  };
}
