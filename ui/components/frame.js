// Marks the document as dark or light, so that the few rules of ui/frame.py can tell, also in popovers and dialogs.
export default function ({ parentElement }) {
  const host = parentElement.host || parentElement;
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/gi).map(pair => parseInt(pair, 16));
  document.documentElement.classList.toggle("arrears-dark", 0.299 * red + 0.587 * green + 0.114 * blue < 128);
}
