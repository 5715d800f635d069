// The questions of one area or of all. A choice stands in `pending`, with the revision it was made against, until the
// server says it has taken it: a click made while another is on its way, or while the server restarts, is not lost.
// Every word reaches the page by textContent or setAttribute, never as HTML.
const REACTION_MILLISECONDS = 600; // what was drawn less than this ago, a click cannot have been meant for
const AGAIN_MILLISECONDS = 2500; // what the server has not taken by then is said again: it may have been away
const UNKNOWN = 5; // after as many levels as a question can have; one with fewer leaves places out
const NOT_APPLICABLE = 6;
const UNDO = 7;
const KEYS = ["0", "1", "2", "3", "4", "u", "n"];
const lists = new Map(); // by key: a list that is mounted anew goes on where it was

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function option(list, question, place, strong, words) {
  const label = make("label", "option");
  const input = make("input");
  input.type = "radio";
  input.name = question.id;
  input.value = String(place);
  input.disabled = list.closed;
  const said = make("span");
  said.append(make("b", "", strong), ` · ${words}`);
  label.append(input, said);
  input.addEventListener("change", () => choose(list, question, place));
  return label;
}

function card(list, [id, head, text, why, levels]) {
  const question = { id, place: null, revision: 0, before: 0, drawn: 0, inputs: [] };
  const box = make("article", "card");
  const title = make("h4", "", text);
  title.id = `text-${id}`;
  box.setAttribute("aria-labelledby", title.id);
  const options = make("div", "options");
  options.setAttribute("role", "radiogroup");
  options.setAttribute("aria-labelledby", title.id);
  levels.forEach((level, place) => options.append(option(list, question, place, String(place), level)));
  options.append(option(list, question, UNKNOWN, "We do not know", "counts as an open question, not as a good one"));
  options.append(option(list, question, NOT_APPLICABLE, "Does not apply here", "needs a reason"));
  question.inputs = [...options.querySelectorAll("input")];
  const foot = make("div", "foot");
  question.said = make("span", "said");
  question.said.setAttribute("role", "status");
  question.undo = make("button", "", "Undo");
  question.more = make("button", "", "");
  for (const button of [question.undo, question.more]) button.type = "button";
  question.undo.setAttribute("aria-label", `Undo ${id}`);
  question.undo.addEventListener("click", () => choose(list, question, UNDO));
  question.more.addEventListener("click", () => list.open(id, false));
  foot.append(question.said, question.undo, question.more);
  question.trouble = make("p", "trouble");
  question.trouble.setAttribute("role", "alert");
  box.append(make("p", "head", head ? `${id} · ${head}` : id), title, make("p", "why", why), options, question.trouble, foot);
  box.addEventListener("keydown", event => {
    const place = KEYS.indexOf(event.key.toLowerCase());
    const input = question.inputs.find(each => place >= 0 && each.value === String(place));
    if (!list.keys || !input || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    event.preventDefault();
    event.stopPropagation();
    input.focus();
    input.click();
  });
  list.questions.set(id, question);
  return box;
}

function draw(list, areas) {
  list.questions.clear();
  list.counts = [];
  const sections = areas.map(([title, summary, questions]) => {
    const section = make("section");
    const heading = make("h3", "", title);
    const count = make("span", "count");
    heading.append(count);
    list.counts.push([count, questions.map(([id]) => id)]);
    section.append(heading, make("p", "summary", summary), ...questions.map(each => card(list, each)));
    return section;
  });
  list.box.replaceChildren(...sections);
}

function choose(list, question, place) {
  if (place === NOT_APPLICABLE) {
    show(question); // it is saved with its reason, or not at all
    list.open(question.id, true);
    return;
  }
  const now = performance.now();
  const revision = now - question.drawn < REACTION_MILLISECONDS ? question.before : question.revision;
  list.turn += 1;
  list.pending[question.id] = [place, revision, list.turn];
  question.said.textContent = "saving…";
  question.trouble.textContent = "";
  list.send();
  insist(list);
}

function insist(list) {
  clearTimeout(list.timer);
  if (!Object.keys(list.pending).length) return;
  list.timer = setTimeout(() => {
    list.send();
    insist(list);
  }, AGAIN_MILLISECONDS);
}

function show(question) {
  question.inputs.forEach(input => {
    input.checked = input.value === String(question.place);
    input.parentElement.classList.toggle("chosen", input.checked);
  });
}

function update(list, rows, taken) {
  for (const [id, turn] of Object.entries(taken)) {
    if (list.pending[id] && list.pending[id][2] === turn) delete list.pending[id];
  }
  for (const [id, [place, revision, said, more, trouble, others]] of Object.entries(rows)) {
    const question = list.questions.get(id);
    if (!question || list.pending[id]) continue; // a later choice is on its way; what it becomes comes with its answer
    if (revision !== question.revision) {
      const surprises = question.known && others;
      question.before = surprises ? question.revision : revision;
      question.drawn = surprises ? performance.now() : -REACTION_MILLISECONDS;
      question.revision = revision;
    }
    question.known = true;
    question.place = place;
    question.said.textContent = said;
    question.more.textContent = more;
    question.more.hidden = !more;
    question.more.setAttribute("aria-label", `${more} ${id}`);
    question.trouble.textContent = trouble;
    question.undo.hidden = place === null || list.closed;
    show(question);
  }
  for (const [count, ids] of list.counts) {
    const answered = ids.filter(id => list.questions.get(id).place !== null).length;
    count.textContent = `${answered} of ${ids.length}`;
  }
  insist(list);
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let list = lists.get(data.key);
  if (!list) {
    list = { pending: {}, turn: Date.now(), questions: new Map(), counts: [], box: null, timer: null };
    lists.set(data.key, list);
  }
  list.send = () => setStateValue("pending", { ...list.pending });
  list.open = (id, applies_not) => setTriggerValue("opened", [id, applies_not]);
  list.keys = data.keys;
  list.closed = data.closed;
  const box = parentElement.querySelector(".questions");
  if (data.areas) {
    const written = JSON.stringify([data.areas, data.closed]);
    if (written !== list.written || list.box !== box) {
      list.box = box;
      list.written = written;
      draw(list, data.areas);
    }
  } else if (list.box && list.box !== box) {
    box.append(...list.box.childNodes); // mounted anew between two drawings of the page
    list.box = box;
  }
  update(list, data.rows, data.taken);
  return () => clearTimeout(list.timer);
}
