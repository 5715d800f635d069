// Actions as cards in lanes or as the rows of a table. Every word of people reaches the page by textContent.
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
function link(id, href, className, ...content) {
  const node = make("a", className, ...content);
  node.setAttribute("href", href);
  node.setAttribute("target", "_self");
  node.dataset.id = id;
  return node;
}
function card([id, href, title, lines, late, here], closed) {
  const node = link(id, href, `card${late ? " late" : ""}${closed ? " closed" : ""}`, make("span", "title", title));
  // each part reads in its own direction: a name written from right to left takes no number beside it along
  lines.forEach((words, at) => node.append(make("span", late && at === 0 ? "line late" : "line", ...words.split(" · ").flatMap((part, place) => [place ? " · " : "", make("bdi", "", part)]))));
  if (here) node.setAttribute("aria-current", "true");
  return make("li", "", node);
}
function lane([title, note, kind, cards, more], count) {
  const head = make("h3", "", title, make("span", "", `${count}`));
  const section = make("section", kind, head);
  if (cards.length) section.append(make("ul", "", ...cards.map(one => card(one, kind === "closed"))));
  if (!cards.length) section.append(make("p", "none", note));
  if (more) section.append(make("p", "more", more));
  return section;
}
function table(caption, heads, rows) {
  const named = heads.map(([title, kind]) => {
    const th = make("th", kind, title);
    th.scope = "col";
    return th;
  });
  const body = rows.map(([id, href, cells, late, here]) => {
    const th = make("th", "", link(id, href, "", cells[0]));
    th.scope = "row";
    const tr = make("tr", "", th);
    cells.slice(1).forEach((words, at) => {
      const [title, kind] = heads[at + 1];
      const td = make("td", `${kind}${late === at + 1 ? " late" : ""}${words ? "" : " empty"}`, words);
      td.dataset.head = title;
      tr.append(td);
    });
    if (here) tr.setAttribute("aria-current", "true");
    return tr;
  });
  const shown = make("table", "", make("caption", "unseen", caption), make("thead", "", make("tr", "", ...named)), make("tbody", "", ...body));
  return shown;
}
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".board");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  const active = root.getRootNode().activeElement;
  const held = active && active.dataset && active.dataset.id;
  const wide = data.table ? table(data.caption, data.table[0], data.table[1]) : make("div", "lanes", ...data.lanes.map(([one, count]) => lane(one, count)));
  const box = data.table ? make("div", "scroll", wide) : wide;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", data.caption);
  box.tabIndex = -1;
  root.replaceChildren(box);
  if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
  if (held) root.querySelector(`a[data-id="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  root.onclick = event => {
    const chosen = event.target.closest("a[data-id]");
    if (!chosen || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (!data.follow) return setTriggerValue("opened", chosen.dataset.id);
    window.history.pushState({}, "", chosen.href); // stay in this session: the address changes, and the page follows it
    window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  };
}
