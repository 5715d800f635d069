// The change split by cause: a bar each, left of the middle is better; a cause opens into its questions.
// Every word reaches the page by textContent, never as HTML.
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
function fill(row, label, note, value, share, measure) {
  const name = make("span", "label", label);
  if (note) name.append(make("small", "", note));
  const track = make("span", "track");
  track.setAttribute("aria-hidden", "true");
  if (share) {
    const bar = make("i", `${share < 0 ? "better" : "worse"}${measure ? " measure" : ""}`);
    bar.style.width = `${Math.min(1, Math.abs(share)) * 50}%`;
    track.append(bar);
  }
  row.append(name, track, make("span", "value", value));
  return row;
}
function questionOf([id, text, moved]) {
  const item = make("li");
  const words = make("span", "", `${text} `);
  words.append(make("span", "id", id));
  item.append(words, make("span", "moved", moved));
  return item;
}
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".change-split");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  const list = make("ul");
  const axis = make("li", "row axis");
  const ends = make("span", "track");
  ends.append(make("span", "", "← better"), make("span", "", "worse →"));
  axis.append(make("span", "label", ""), ends, make("span", "value", data.unit));
  axis.setAttribute("aria-hidden", "true");
  list.append(axis);
  for (const [label, note, value, share, measure, questions] of data.causes) {
    const item = make("li", "cause");
    if (!questions.length) item.append(fill(make("div", "row"), label, note, value, share, measure));
    else {
      const opens = make("details");
      const inside = make("ul", "questions");
      inside.append(...questions.map(questionOf));
      opens.append(fill(make("summary", "row"), label, note, value, share, measure), inside);
      item.append(opens);
    }
    list.append(item);
  }
  const [label, note, value, share] = data.whole;
  const whole = make("li", "cause whole");
  whole.append(fill(make("div", "row"), label, note, value, share, false));
  list.append(whole);
  list.setAttribute("aria-label", data.label);
  const holder = make("div", "holder");
  holder.append(list);
  root.replaceChildren(holder);
}
