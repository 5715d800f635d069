// A small table of words and bars. Every word of a repository reaches the page by textContent, never as HTML.
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
function cell([text, share, style, words], kind, first) {
  const node = make(first ? "th" : "td", kind);
  if (first) node.scope = "row";
  const shown = make("span", "shown", text);
  if (words) {
    shown.setAttribute("aria-hidden", "true");
    node.append(make("span", "unseen", words));
    node.title = words;
  }
  node.append(shown);
  if (share !== null) {
    const bar = make("i", `bar ${style}`);
    const filled = make("i");
    filled.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
    bar.append(filled);
    bar.setAttribute("aria-hidden", "true");
    node.append(bar);
  }
  return node;
}
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".small-table");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  const table = make("table");
  table.append(make("caption", data.shown ? "" : "unseen", data.caption));
  const heads = make("tr");
  for (const [title, kind, note] of data.columns) {
    const head = make("th", kind, title);
    if (note) head.append(" ", make("small", "", note));
    head.scope = "col";
    heads.append(head);
  }
  table.append(make("thead"), make("tbody"));
  table.tHead.append(heads);
  for (const row of data.rows) {
    const line = make("tr");
    line.append(...row.map((one, place) => cell(one, data.columns[place][1], place === 0)));
    table.tBodies[0].append(line);
  }
  const scroll = make("div", "scroll");
  scroll.append(table);
  root.replaceChildren(scroll);
  const ofQuarters = data.columns.at(-1)[1] === "share";
  if (ofQuarters) scroll.scrollLeft = scroll.scrollWidth; // the newest counts
  // only a box that scrolls is a stop for the keyboard
  const measure = () => {
    const scrolls = scroll.scrollWidth > scroll.clientWidth;
    if (scrolls) {
      scroll.tabIndex = 0;
      scroll.setAttribute("role", "region");
      scroll.setAttribute("aria-label", data.caption);
    } else for (const name of ["tabindex", "role", "aria-label"]) scroll.removeAttribute(name);
  };
  const watch = new ResizeObserver(measure);
  watch.observe(scroll);
  return () => watch.disconnect();
}
