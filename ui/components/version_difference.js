// Two versions of questions side by side. Every word of a checklist reaches the page by textContent, never as HTML.
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
function side(kind, label, pieces) {
  if (!pieces.length) return make("dd", `side ${kind} none`, make("span", "unseen", `${label}: `), "–");
  const words = pieces.flatMap(([text, mark]) => {
    if (mark === "same") return [text];
    const [, before, word, after] = text.match(/^(\s*)([^]*?)(\s*)$/); // a line under a blank looks like a fault
    return [before, make(mark === "gone" ? "del" : "ins", "", word), after];
  });
  return make("dd", `side ${kind}`, make("span", "unseen", `${label}: `), ...words.filter(word => word !== ""));
}
function question(one, [before, after]) {
  const [id, tags, texts] = one;
  const name = make("p", "name", make("b", "", id), ...tags.map(([text, strong]) => make("span", strong ? "tag strong" : "tag", text)));
  const both = texts.some(([, old, now]) => old.length && now.length);
  const list = make("dl", both ? "sides" : "sides one");
  for (const [what, old, now] of texts) {
    list.append(make("dt", "", what));
    if (both || old.length) list.append(side("before", before, old));
    if (both || now.length) list.append(side("now", after, now));
  }
  return make("article", "", name, list);
}
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".difference");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  const [versions, groups] = data;
  root.replaceChildren(...groups.map(([title, note, questions]) => {
    const head = make("div", "head", make("h3", "", title), note ? make("p", "note", note) : "");
    const beside = questions.some(([, , texts]) => texts.some(([, old, now]) => old.length && now.length));
    const columns = make("div", "sides columns", ...versions.map(version => make("span", "", version)));
    columns.setAttribute("aria-hidden", "true"); // each text says its version to a screen reader
    return make("section", "", head, beside ? columns : "", ...questions.map(one => question(one, versions)));
  }));
}
