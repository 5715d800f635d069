// Page one of a report as it will be. Every word reaches the page by textContent; the drawings come from our own builder
// and are parsed as SVG, in which nothing runs.
function isDark(host) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/gi).map(pair => parseInt(pair, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
function put(parent, tag, text, name) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (name) node.className = name;
  parent.append(node);
  return node;
}
function picture(parent, drawing) {
  const figure = put(parent, "figure");
  figure.tabIndex = 0;
  figure.setAttribute("aria-label", drawing.title);
  const read = new DOMParser().parseFromString(drawing.svg, "image/svg+xml");
  figure.append(document.importNode(read.documentElement, true));
}
function draw(root, page) {
  root.replaceChildren();
  put(root, "p", page.eyebrow, "eyebrow");
  put(root, "h2", page.verdict);
  put(root, "p", page.about, "muted");
  const numbers = put(root, "dl", undefined, "numbers");
  for (const one of page.numbers) {
    const box = put(numbers, "div");
    put(box, "dt", one.label);
    put(box, "dd", one.shown, "big");
    if (one.change) put(box, "dd", one.change, one.way);
    if (one.note) put(box, "dd", one.note, "muted");
  }
  if (page.decisions.length) {
    put(root, "h3", "To decide");
    const list = put(root, "ol");
    for (const one of page.decisions) {
      const entry = put(list, "li");
      put(entry, "b", one.what);
      put(entry, "p", one.why, "muted");
      put(entry, "p", one.who);
    }
  }
  for (const drawing of page.drawings) {
    put(root, "h3", drawing.title);
    picture(root, drawing);
  }
  put(root, "footer", page.footer);
}
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".report-preview");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  draw(root, data);
}
