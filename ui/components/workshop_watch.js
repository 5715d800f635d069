// Asks every two seconds whether the workshop has moved, and says when it last knew. Only what moved draws the page anew.
const AGAIN = 3; // looks after which a drawing that never came is asked for again

const clock = () => new Date().toLocaleTimeString("en-GB", { hour12: false });

async function ask(address) {
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), 4000);
  try {
    const answer = await fetch(address, { cache: "no-store", signal: stop.signal });
    return answer.ok ? (await answer.json()).seq : undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(limit);
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const said = parentElement.querySelector(".watched");
  const address = window.location.pathname.replace(/[^/]*$/, "") + data.address;
  const watch = { asking: false, told: data.seq, looks: 0, gone: false };
  const say = words => { if (said.textContent !== words) said.textContent = words; };
  const look = async () => {
    if (document.hidden || watch.asking || watch.gone) return;
    watch.asking = true;
    const seq = await ask(address);
    watch.asking = false;
    if (watch.gone) return;
    if (seq === undefined) {
      say(said.known ? `not updated since ${said.known}` : "not updated yet");
      return;
    }
    said.known = clock();
    say(`updated ${said.known}`);
    watch.looks += 1;
    if (seq === data.seq || (seq === watch.told && watch.looks < AGAIN)) return;
    watch.told = seq;
    watch.looks = 0;
    setTriggerValue("moved", seq);
  };
  said.known = clock();
  say(`updated ${said.known}`);
  const timer = setInterval(look, data.seconds * 1000);
  document.addEventListener("visibilitychange", look);
  return () => {
    watch.gone = true;
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
  };
}
