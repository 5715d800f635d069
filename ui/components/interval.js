// One bar: the five bands, the range from low to high, a dot where the estimate stands.
const percent = share => `${Math.max(0, Math.min(1, share)) * 100}%`;
function isDark(host) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/gi).map(pair => parseInt(pair, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".interval");
  root.classList.toggle("dark", isDark(parentElement.host || parentElement));
  root.setAttribute("aria-label", data.label);
  const piece = (className, left, width) => {
    const span = document.createElement("span");
    span.className = className;
    span.style.left = percent(left);
    if (width !== undefined) span.style.width = percent(width);
    return span;
  };
  const bands = data.bands.map(([start, end, letter]) => {
    const span = piece("band", start, end - start);
    span.style.background = `var(--${letter.toLowerCase()})`;
    const name = document.createElement("b");
    name.textContent = letter;
    span.append(name);
    return span;
  });
  const marks = [piece("range", data.low, data.high - data.low), piece("end", data.low), piece("end", data.high)];
  if (data.estimate !== null) marks.push(piece("point", data.estimate));
  root.replaceChildren(...bands, ...marks);
}
