// Keeps the display name in a cookie. Writes only after a person gave a name in this tab.
let written = 0;
export default function ({ data, parentElement }) {
  const box = (parentElement.host || parentElement).closest('[data-testid="stElementContainer"]');
  if (box) box.style.position = "absolute";
  if (data.given <= written) return;
  written = data.given;
  const age = data.name ? 31536000 : 0;
  const secure = window.location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${data.cookie}=${encodeURIComponent(data.name)}; path=/; max-age=${age}; samesite=lax${secure}`;
}
