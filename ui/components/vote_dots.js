// The votes on each question as dots on its levels, with what they say in words. Every word arrives by textContent.
const DOTS_MAX = 12;
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
function column(count, className) {
  const cell = make("span", className);
  if (count > DOTS_MAX) cell.append(make("em", "", `${count} ×`));
  for (let dot = 0; dot < (count > DOTS_MAX ? 1 : count); dot += 1) cell.append(make("i"));
  return cell;
}
function strip(counts, unsure, settled) {
  const levels = make("div", "levels");
  levels.setAttribute("aria-hidden", "true");
  levels.style.gridTemplateColumns = `repeat(${counts.length + 1}, 1fr)`;
  counts.forEach((count, level) => levels.append(column(count, level === settled ? "settled" : "")));
  levels.append(column(unsure, "unsure"));
  for (let level = 0; level < counts.length; level += 1) levels.append(make("b", "", String(level)));
  levels.append(make("b", "", "?"));
  return levels;
}
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".vote-dots");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  const list = make("ul");
  list.setAttribute("aria-label", data.label);
  for (const [id, text, counts, unsure, settled, state, note, words] of data.lines) {
    const item = make("li");
    const question = make("span", "question", `${text} `);
    question.append(make("span", "id", id));
    const said = make("span", "said");
    said.append(make("strong", "", state), make("small", "", note));
    question.append(make("span", "unseen", words));
    item.append(question, strip(counts, unsure, settled), said);
    list.append(item);
  }
  root.replaceChildren(list);
}
