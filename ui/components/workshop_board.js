// What a workshop shows: the question's levels with dots, who has voted, the clock, the way in. Words by textContent.
const DOTS_MAX = 15;
const SIZE_MAX = 56;
const SIZE_MIN = 15;
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
function dots(count, className) {
  const row = make("span", "dots");
  row.setAttribute("aria-hidden", "true");
  for (let dot = 0; dot < (count > DOTS_MAX ? 1 : count); dot += 1) row.append(make("i", className));
  if (count > DOTS_MAX) row.append(make("small", "", `× ${count}`));
  return row;
}
const wide = count => (count > DOTS_MAX ? 3 : (count || 0) + 0.5); // of a row of dots, in letters
const times = count => `${count} ${count === 1 ? "vote" : "votes"}`;
function line(head, text, count, first, marked, note) {
  const item = make("li", marked ? "mark" : "");
  const number = make("b", "", head);
  if (head !== "?") number.prepend(make("span", "unseen", "Level "));
  const said = make("span", "", text);
  if (note) said.append(make("small", "unseen", ` (${note})`));
  item.append(number, said);
  if (count !== null) {
    const votes = make("span", "votes");
    votes.append(dots(count, ""));
    if (first !== null) {
      const before = dots(first, "before");
      if (first) before.append(make("small", "", "first vote"));
      votes.append(before);
    }
    votes.append(make("span", "unseen", first === null ? times(count) : `${times(count)}, ${times(first)} at first`));
    item.append(votes);
  }
  return item;
}
function levels(data) {
  const list = make("ol", data.open ? "levels open" : "levels");
  list.setAttribute("aria-label", "Levels");
  const rows = [...data.levels.map(([, count, first]) => [count, first]), ...(data.unknown ? [data.unknown] : [])];
  const widest = Math.max(...rows.map(([count, first]) => Math.max(wide(count), wide(first))));
  if (data.open) list.style.setProperty("--votes", `${Math.max(rows.some(row => row[1]) ? 6.5 : 4, widest)}em`);
  data.levels.forEach(([text, count, first, marked], level) => {
    list.append(line(String(level), text, count, first, marked, marked ? data.note : ""));
  });
  if (data.unknown) list.append(line("?", "We do not know", data.unknown[0], data.unknown[1], data.unknown[2], data.note));
  return list;
}
function people(list) {
  const names = make("ul", "people");
  names.setAttribute("aria-label", "Who is in");
  for (const [name, role, voted] of list) {
    const item = make("li", voted ? "voted" : "");
    const dot = make("i");
    dot.setAttribute("aria-hidden", "true");
    const said = make("span", "", name);
    if (role) said.append(make("small", "", ` ${role}`));
    if (voted !== null) said.append(make("span", "unseen", voted ? ", has voted" : ", has not voted yet"));
    if (voted !== null) item.append(dot);
    item.append(said);
    names.append(item);
  }
  return names;
}
function clock(timer, ends) {
  const left = Math.round((ends - Date.now()) / 1000);
  const past = Math.abs(left);
  const said = `${Math.floor(past / 60)}:${String(past % 60).padStart(2, "0")}`;
  timer.classList.toggle("over-time", left < 0);
  timer.replaceChildren(left < 0 ? `+${said} ` : `${said} `, make("small", "", left < 0 ? "over the time box" : "left"));
}
function door(data) {
  const box = make("div", "door");
  if (data.qr) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", `0 0 ${data.qr[0]} ${data.qr[0]}`);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", "QR code of the link");
    svg.setAttribute("shape-rendering", "crispEdges");
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", data.qr[1]);
    path.setAttribute("stroke", "#000");
    svg.append(path);
    box.append(svg);
  }
  const code = make("p", "code", data.code);
  code.setAttribute("aria-label", `Code ${[...data.code].join(" ")}`);
  code.setAttribute("role", "img");
  const words = make("div");
  words.append(make("p", "link", data.link), make("p", "over", "Code"), code);
  box.append(words);
  return box;
}
function fit(root, main) {
  if (getComputedStyle(root).display !== "grid") return root.style.removeProperty("--size");
  let low = SIZE_MIN;
  let high = SIZE_MAX;
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    root.style.setProperty("--size", `${middle}px`);
    if (main.scrollHeight <= root.clientHeight) low = middle;
    else high = middle;
  }
  root.style.setProperty("--size", `${low}px`);
}
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".board");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  root.classList.toggle("projector", data.projector);
  const main = make("div", "main");
  const side = data.projector ? make("div", "side") : main;
  if (data.over) main.append(make("p", "over", data.over));
  if (data.heading) main.append(make("h1", "", data.heading));
  if (data.levels) main.append(levels(data));
  if (data.sentence) main.append(make("p", "sentence", data.sentence));
  clearInterval(root.ticking);
  if (data.timer) {
    const timer = make("p", "timer");
    timer.setAttribute("role", "timer");
    side.append(timer);
    const ends = Date.now() + data.timer;
    clock(timer, ends);
    root.ticking = setInterval(() => clock(timer, ends), 1000);
  }
  if (data.counted) {
    const counted = make("p", "counted");
    counted.append(make("b", "", data.counted[0]), make("span", "", data.counted[1]));
    side.append(counted);
  }
  if (data.people) side.append(people(data.people));
  if (data.door) (data.levels ? side : main).append(door(data.door));
  root.replaceChildren(...(data.projector ? [main, side] : [main]));
  const again = () => fit(root, main);
  window.removeEventListener("resize", root.again);
  root.again = again;
  if (data.projector) {
    again();
    document.fonts?.ready.then(again);
    window.addEventListener("resize", again);
  }
  return () => {
    clearInterval(root.ticking);
    window.removeEventListener("resize", again);
  };
}
