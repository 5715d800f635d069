// Says so when the server is gone: two failures in a row. While the page's live connection stands, the server itself is
// asked only every tenth time.
let timer = null;
let failures = 0;
let looks = 0;

async function alive(address) {
  const url = window.location.pathname.replace(/[^/]*$/, "") + address;
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), 4000);
  try {
    const answer = await fetch(url, { cache: "no-store", signal: stop.signal });
    return answer.ok;
  } catch {
    return false;
  } finally {
    clearTimeout(limit);
  }
}

function connected() {
  const app = document.querySelector("[data-test-connection-state]");
  return !app || app.getAttribute("data-test-connection-state") === "CONNECTED";
}

function isDark(host) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/gi).map(pair => parseInt(pair, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

export default function ({ data, parentElement }) {
  const host = parentElement.host || parentElement;
  const box = host.closest('[data-testid="stElementContainer"]');
  if (box) box.style.position = "absolute";
  const bar = parentElement.querySelector(".lost");
  bar.classList.toggle("dark", isDark(host));
  bar.querySelector("button").onclick = () => window.location.reload();
  const what = bar.querySelector(".what");
  const look = async () => {
    if (document.visibilityState === "hidden") return;
    looks += 1;
    const asks = failures > 0 || looks % 10 === 0;
    const fine = connected() && (!asks || (await alive(data.address)));
    failures = fine ? 0 : failures + 1;
    if (failures >= 2 && bar.hidden) {
      what.textContent = data.message;
      bar.hidden = false;
    } else if (failures === 0) bar.hidden = true;
  };
  if (!bar.hidden) what.textContent = data.message;
  clearInterval(timer);
  timer = setInterval(look, data.seconds * 1000);
  const mine = timer;
  return () => clearInterval(mine);
}
