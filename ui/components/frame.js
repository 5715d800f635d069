// Marks the document as dark or light, so that the few rules of ui/frame.py can tell, also in popovers and dialogs.
// And lets the key "/" lead to the search, where shortcuts are on and nobody is typing.
const TYPING = "input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit]), textarea, select, "
  + "[contenteditable], [role=textbox], [role=combobox], [role=listbox], [role=dialog]";
let listening = null;

function search(event) {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.defaultPrevented || document.querySelector("[role=dialog]")) return;
  const at = event.composedPath()[0];
  if (at instanceof Element && at.closest(TYPING)) return;
  const field = document.querySelector(".st-key-search-words input");
  const link = document.querySelector(".st-key-arrears-search a");
  if (!field && !link) return;
  event.preventDefault();
  if (field) field.focus();
  else link.click();
}

export default function ({ data, parentElement }) {
  if (listening) document.removeEventListener("keydown", listening);
  listening = data && data.search ? search : null;
  if (listening) document.addEventListener("keydown", listening);
  const host = parentElement.host || parentElement;
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/gi).map(pair => parseInt(pair, 16));
  document.documentElement.classList.toggle("arrears-dark", 0.299 * red + 0.587 * green + 0.114 * blue < 128);
}
