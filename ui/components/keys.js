// Keys that click. Nothing happens while somebody types, holds a modifier, or stands on something that uses the key.
const TYPING = "input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit]), textarea, select, "
  + "[contenteditable], [role=textbox], [role=combobox], [role=spinbutton], [role=slider], [role=listbox]";
const USE_ARROWS = "[role=grid], [role=tab], [role=menu], [role=menuitem], [role=option], canvas, video, audio";
const USE_ENTER = `a, button, summary, [role=button], ${USE_ARROWS}`;
const WAIT_MILLISECONDS = 5000;
let listening = null;
let targets = {};
let typed = []; // keys that wait
let leaving = null; // after a key that leaves the question: what is typed until the next one is here belongs to that one

const boxOf = target => document.querySelector(`.st-key-${CSS.escape(target.split("#")[0])}`);

function find(target) {
  const place = target.split("#")[1];
  const box = boxOf(target);
  if (!box) return null;
  const radios = box.querySelectorAll("input[type=radio]");
  if (place) return radios[Number(place) - 1] || box.querySelectorAll("button")[Number(place) - 1] || null;
  return box.querySelector("button, a, input");
}

function takesRoomless(parentElement) {
  const box = (parentElement.host || parentElement).closest('[data-testid="stElementContainer"]');
  if (box) box.style.position = "absolute";
}

function reachable(name) {
  const element = find(targets[name]);
  if (!element || element.disabled || element.closest("[inert], [aria-hidden=true]")) return null;
  const dialog = document.querySelector("[role=dialog]");
  return dialog && !dialog.contains(element) ? null : element;
}

function pressTyped(until) {
  while (typed.length && !leaving) {
    const element = reachable(typed[0]);
    if (!element && Date.now() < until) { // the question is on its way to the screen
      requestAnimationFrame(() => pressTyped(until));
      return;
    }
    typed.shift();
    if (!element) continue;
    if (element.type !== "radio") leaving = { from: JSON.stringify(targets), until: Date.now() + WAIT_MILLISECONDS };
    element.click();
  }
}

export default function ({ data, parentElement }) {
  takesRoomless(parentElement);
  targets = data.targets;
  if (leaving && leaving.from !== JSON.stringify(targets)) {
    leaving = null;
    pressTyped(Date.now() + WAIT_MILLISECONDS);
  }
  if (listening) document.removeEventListener("keydown", listening, true);
  const own = event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.isComposing || event.repeat || event.defaultPrevented) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!targets[name]) return;
    const at = event.composedPath()[0];
    if (at instanceof Element) {
      if (at.closest(TYPING)) return;
      if (event.key === "Enter" && at.closest(USE_ENTER)) return;
      if (event.key.startsWith("Arrow") && at.closest(USE_ARROWS)) return;
      // A choice has the focus after a click. Up and down move in it, as everywhere; left and right would change the
      // answer of somebody who only wanted to go on, so they go on. Other radios on the page keep all four.
      if (event.key.startsWith("Arrow") && at.closest("[type=radio], [role=radiogroup], [role=radio]")) {
        const ours = Object.values(targets).some(one => boxOf(one) && boxOf(one).contains(at));
        if (!ours || event.key === "ArrowUp" || event.key === "ArrowDown") return;
      }
    }
    if (leaving && Date.now() > leaving.until) {
      leaving = null;
      typed = [];
    }
    if (!leaving && !typed.length && !reachable(name)) return;
    typed.push(name);
    if (typed.length === 1) pressTyped(0);
    event.preventDefault();
    event.stopPropagation();
  };
  listening = own;
  document.addEventListener("keydown", own, true);
  return () => {
    document.removeEventListener("keydown", own, true);
    if (listening === own) listening = null;
  };
}
