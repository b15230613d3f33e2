// The live part of a deployment's page: appends lines of its log, and shows its summary anew when that changes.
"use strict";

const log = document.getElementById("log");
const note = document.getElementById("live-note");
const follow = document.getElementById("follow");
let last = Number(log.dataset.last);
let step = log.dataset.step;

function element(name, text, attributes) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  return made;
}

function append(line) {
  if (line.n <= last) return;
  if (line.step !== step) log.append(element("li", line.step, { class: "log-step" }));
  const row = element("li", "", { id: `L${line.n}` });
  const time = element("time", line.at.slice(11, 19), { datetime: line.at });
  row.append(element("a", String(line.n), { href: `#L${line.n}`, tabindex: "-1" }), time, element("span", line.text));
  log.append(row);
  last = line.n;
  step = line.step;
}

// Following ends where the reader scrolls up, and goes on where they come back to the end.
function atEnd() {
  return window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 120;
}

function following(on) {
  follow.setAttribute("aria-pressed", String(on));
  if (on) window.scrollTo(0, document.documentElement.scrollHeight);
}

follow.hidden = false;
follow.addEventListener("click", () => following(follow.getAttribute("aria-pressed") !== "true"));
window.addEventListener("wheel", (event) => { if (event.deltaY < 0) following(false); }, { passive: true });

function watch() {
  const source = new EventSource(`${log.dataset.stream}?after=${last}`);
  source.onopen = () => { note.textContent = "live"; };
  source.addEventListener("line", (event) => {
    const pinned = follow.getAttribute("aria-pressed") === "true" || (atEnd() && last > 0);
    document.getElementById("log-empty").hidden = true;
    JSON.parse(event.data).forEach(append);
    if (pinned) window.scrollTo(0, document.documentElement.scrollHeight);
  });
  source.addEventListener("status", (event) => renew(document.getElementById("summary"), JSON.parse(event.data)));
  source.addEventListener("end", () => {
    source.close();
    note.textContent = "";
  });
  source.onerror = () => {
    note.textContent = "reconnecting";
    // A refusal ends the browser's own attempts (all places taken, or the server is being replaced).
    if (source.readyState === EventSource.CLOSED) setTimeout(watch, 5000);
  };
}

watch();
setInterval(() => {
  for (const shown of document.querySelectorAll("[data-since]")) {
    shown.textContent = `${Math.max(0, Math.round((Date.now() - Date.parse(shown.dataset.since)) / 1000))} s`;
  }
}, 1000);
