// The vote while the page stays open: a choice is sent at once, what cannot be sent is kept and sent later, and the page
// follows the workshop. Without this script the same page works as a plain form.
"use strict";
(() => {
  const POLL_MS = 2000, SPREAD_POLL_MS = 15000, RETRY_MS_MAX = 4000, PATIENCE_MS = 5000, SETTLE_MS = 250, READ_MS = 15000;
  const SENDING = "Sending ...", UNSENT = "Not sent yet. It is sent by itself when the connection is back.";
  const main = document.getElementById("turn"), lost = document.getElementById("lost"), said = document.getElementById("said");
  const memory = new Map();  // where the browser keeps nothing
  let failures = 0, polling = 0, settling = 0, sending = false, ticking = 0, boxEnds = 0, retrying = 0;
  let refused = { words: "", until: 0 };  // why the last vote was not kept: said long enough to be read, also on the next page
  document.documentElement.classList.add("live");

  const now = () => document.getElementById("now").dataset;
  const room = () => `arrears ${now().workshop} `;
  const place = () => `${room()}${now().question} ${now().round}`;

  // --- what this browser remembers of its own votes: workshop + question + round -> {level, comment, turn, kept, at} ---
  function recall(key) {
    try { return JSON.parse(localStorage.getItem(key)) || memory.get(key); } catch { return memory.get(key); }
  }
  function remember(key, entry) {
    memory.set(key, entry);
    try { localStorage.setItem(key, JSON.stringify(entry)); } catch { /* only in memory then */ }
  }
  function forget(key) {
    memory.delete(key);
    try { localStorage.removeItem(key); } catch { /* nothing was there */ }
  }
  function places() {
    try { return [...new Set([...Object.keys(localStorage), ...memory.keys()])]; } catch { return [...memory.keys()]; }
  }
  function tidy() {
    for (const key of places()) {
      if (!key.startsWith("arrears ") || key === place() || key === `${room()}last`) continue;
      const entry = recall(key);
      if (!key.startsWith(room()) || !entry || entry.kept || entry.level === undefined) forget(key);
    }
  }

  // --- what is said ---
  const clock = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  const say = (words) => put(said, words);
  function put(element, words) { if (element && element.textContent !== words) element.textContent = words; }
  const lastKept = () => (recall(`${room()}last`) || { at: 0 }).at;
  function tell() {
    const own = document.getElementById("own"), entry = recall(place());
    if (own && entry && entry.level !== undefined) {
      put(own, !entry.kept ? (failures ? UNSENT : SENDING)
        : `Voted${entry.at ? ` at ${clock(entry.at)}` : ""}: you can change it until the reveal.`);
    }
    const at = lastKept();
    put(lost, failures ? `Connection lost. ${at ? `Your last kept vote is from ${clock(at)}.` : "No vote of yours was waiting."}`
      + " Leave this page open: it comes back by itself." : "");
  }
  function trouble(words, until = Date.now() + READ_MS) {
    refused = { words, until };
    const shown = document.createElement("p");
    shown.className = "problem";
    shown.setAttribute("role", "alert");
    shown.textContent = words;
    document.querySelectorAll("#now > .problem").forEach((old) => old.remove());
    document.getElementById("now").prepend(shown);
  }

  // --- voting ---
  function chosen() {
    const box = document.querySelector("#vote input[name=level]:checked");
    return box ? (box.value === "unknown" ? null : Number(box.value)) : undefined;
  }
  function choose() {
    const comment = document.getElementById("comment"), level = chosen();
    if (!comment || now().takes !== "1") return;
    const before = recall(place()) || {};
    const entry = { level, comment: comment.value, turn: Math.max(before.turn || 0, Number(now().turn)), kept: false, at: before.at };
    if (level === undefined) {  // words only: sent with the level
      remember(place(), entry);
      put(document.getElementById("own"), "Choose a level too: the comment is sent with it.");
      return;
    }
    if (before.kept && before.level === level && before.comment === entry.comment) { tell(); return; }
    entry.turn += 1;
    remember(place(), entry);
    refused.until = 0;
    document.querySelectorAll("#now > .problem").forEach((old) => old.remove());
    tell();
    send();
  }
  function settle(ms) {
    clearTimeout(settling);
    settling = 0;
    if (ms) settling = setTimeout(() => settle(0), ms); else choose();
  }
  async function send() {
    if (sending) return;
    const key = places().filter((k) => k.startsWith(room())).find((k) => {
      const entry = recall(k);
      return entry && !entry.kept && entry.level !== undefined;
    });
    if (!key) return;
    sending = true;
    let again = false;
    try {
      const entry = recall(key), [question, round] = key.slice(room().length).split(" ");
      const answer = await ask("/vote", {
        method: "POST", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ question, round: Number(round), level: entry.level, comment: entry.comment, turn: entry.turn }),
      });
      if (answer.ok) {
        const { kept } = await answer.json(), newest = recall(key) || entry;
        if (kept.turn === entry.turn && newest.turn === entry.turn && kept.level !== entry.level) {
          remember(key, { ...newest, turn: kept.turn + 1 });  // another tab used this number: this choice is the newer one
        } else if (newest.turn === entry.turn || kept.turn > newest.turn) {
          remember(key, { ...newest, turn: kept.turn, kept: true, at: Date.now() });
          remember(`${room()}last`, { kept: true, at: Date.now() });
          if (now().spread === "1") { now().seen = ""; poll(0); }  // its place in the list is voted on now
        }
        again = true;
        reached();
      } else if (answer.status === 401) {
        gone();
      } else if (answer.status === 429 || answer.status >= 500) {
        later();
      } else {
        forget(key);
        reached();
        trouble((await answer.json()).error);
        poll(0);
      }
    } catch {
      later();
    }
    sending = false;
    tell();
    if (again) send();
  }
  function later() {
    failed();
    clearTimeout(retrying);
    retrying = setTimeout(send, wait());
  }

  // --- following ---
  async function ask(address, options = {}) {
    const patience = new AbortController(), timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      return await fetch(address, { ...options, signal: patience.signal, redirect: "error", cache: "no-store" });
    } finally {
      clearTimeout(timer);
    }
  }
  const wait = () => Math.min(RETRY_MS_MAX, 500 * 2 ** Math.min(failures, 6)) * (0.75 + Math.random() / 4);
  function failed() { failures += 1; tell(); }
  function reached() {
    if (failures) { failures = 0; tell(); send(); }
  }
  function gone() { location.replace("/join?gone=1"); }
  function poll(ms) {
    clearTimeout(polling);
    const usual = now().spread === "1" ? SPREAD_POLL_MS : POLL_MS;
    polling = setTimeout(look, ms ?? (failures ? wait() : usual * (0.9 + Math.random() / 5)));
  }
  async function look() {
    if (document.hidden) return;  // a sleeping page asks again when it wakes
    try {
      const question = now().spread === "1" ? `&question=${encodeURIComponent(now().question)}` : "";
      const answer = await ask(`/vote/state?seen=${encodeURIComponent(now().seen)}${question}`);
      if (answer.status === 401) { gone(); return; }
      if (answer.status === 200) show(await answer.json());
      if (answer.status >= 500) failed(); else reached();
    } catch {
      failed();
    }
    poll();
  }
  function show(news) {
    if (settling) settle(0);  // a choice that has not been looked at yet would go with the page it was made on
    const before = { question: now().question, round: now().round };
    const active = document.activeElement, inside = main.contains(active);
    const typing = active && active.id === "comment" ? active.selectionStart : -1;
    const level = active && active.name === "level" ? active.value : "";
    main.innerHTML = news.html;  // made by the server with every text escaped
    const same = before.question === now().question && before.round === now().round;
    dress();
    if (Date.now() < refused.until) trouble(refused.words, refused.until);
    if (same && typing >= 0 && document.getElementById("comment")) {
      document.getElementById("comment").focus();
      document.getElementById("comment").setSelectionRange(typing, typing);
    } else if (same && level && document.querySelector(`#vote input[name=level][value="${level}"]:enabled`)) {
      document.querySelector(`#vote input[name=level][value="${level}"]`).focus();
    } else if (inside || !same) {
      document.querySelector("#now h1").focus({ preventScroll: same });
      if (!same) scrollTo(0, 0);
    }
    say(news.say);
  }
  function dress() {
    tidy();
    const entry = recall(place()), comment = document.getElementById("comment");
    if (comment && entry && !entry.kept) {  // what the server does not have yet
      const value = entry.level === null ? "unknown" : entry.level;
      const box = document.querySelector(`#vote input[name=level][value="${value}"]`);
      if (box) box.checked = true;
      comment.value = entry.comment;
      if (entry.comment) comment.closest("details").open = true;
    } else if (entry && !comment) {
      forget(place());
    }
    const box = document.getElementById("box");
    boxEnds = box ? performance.now() + Number(box.dataset.left) * 1000 : 0;
    tick();
    tell();
    send();
  }
  function tick() {
    clearTimeout(ticking);
    const box = document.getElementById("box");
    if (!box) return;
    const left = Math.max(0, Math.ceil((boxEnds - performance.now()) / 1000));
    put(box, left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left` : "time is up");
    if (left) ticking = setTimeout(tick, 1000);
  }

  main.addEventListener("change", (event) => {
    if (!event.target.closest("#vote")) return;
    put(document.getElementById("own"), failures ? UNSENT : SENDING);
    settle(event.target.name === "level" ? SETTLE_MS : 0);
  });
  main.addEventListener("input", (event) => {
    if (event.target.id !== "comment") return;
    settle(800);
  });
  main.addEventListener("submit", (event) => {
    if (event.target.id === "vote") { event.preventDefault(); choose(); }
  });
  for (const woken of ["online", "pageshow", "focus"]) addEventListener(woken, () => { poll(0); send(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { poll(0); send(); } else settle(0); });
  addEventListener("offline", () => { failed(); });
  dress();
  if (document.querySelector("#vote input[name=level]:checked:not([checked])")) choose();  // chosen before this script came
  poll();
})();
