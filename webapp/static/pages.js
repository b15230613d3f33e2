// What pages are better with: questions in a dialog, parts that stay true, times that go on. All of it works without.
"use strict";

// A link that asks before it does shows its question here; its answer is an ordinary form.
async function ask(link) {
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } }).catch(() => null);
  const text = answer?.ok ? await answer.text() : "";
  const question = new DOMParser().parseFromString(text, "text/html").querySelector(".ask");
  if (!question) {
    location.assign(link.href);
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "ask-title");
  question.classList.remove("card", "narrow");
  dialog.append(question);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  (dialog.querySelector("button") || dialog.querySelector("a")).focus();
}

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  const link = event.target.closest("a[data-ask]");
  const close = event.target.closest("dialog [data-close]");
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || link) menu.open = false;
  }
  if (plain && link) {
    event.preventDefault();
    ask(link);
  }
  if (plain && close) {
    event.preventDefault();
    close.closest("dialog").close();
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A part of the page is shown anew when it changes. Nobody reads a page that is hidden, and each watcher takes a place.
function renew(section, html) {
  const focused = section.contains(document.activeElement) && document.activeElement.getAttribute("href");
  const open = section.querySelector("details")?.open;
  section.innerHTML = html; // our own template's, escaped there
  const details = section.querySelector("details");
  if (details && open !== undefined) details.open = open;
  if (focused) section.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

function keep(section) {
  let source = null;
  function watch() {
    if (document.hidden || source) return;
    source = new EventSource(section.dataset.live);
    source.addEventListener("status", (event) => renew(section, JSON.parse(event.data)));
    source.onerror = () => {
      if (source?.readyState !== EventSource.CLOSED) return;
      source = null;
      setTimeout(watch, 5000);
    };
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else watch();
  });
  watch();
}

document.querySelectorAll("[data-live]").forEach(keep);

// As the server has it: in one unit.
const UNITS = [[172800, 86400, "days"], [7200, 3600, "h"], [120, 60, "min"], [0, 1, "s"]];
setInterval(() => {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000));
    const [, size, unit] = UNITS.find(([least]) => seconds >= least);
    time.textContent = `${Math.floor(seconds / size)} ${unit} ago`;
  }
}, 10000);

// A form that was refused is shown where it stood: so is its address, which else were that to which it was sent.
const refused = document.querySelector("[role=alert][data-page]");
if (refused) history.replaceState(null, "", refused.dataset.page);

// A log is one stop of the Tab key, however long it is; within it the arrow keys go through the lines' numbers.
const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
document.getElementById("log")?.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  const numbers = [...event.currentTarget.querySelectorAll("li > a")];
  const at = numbers.indexOf(document.activeElement);
  const next = Math.min(Math.max(at < 0 && step < 0 ? 0 : at + step, 0), numbers.length - 1);
  if (!numbers.length) return;
  event.preventDefault();
  numbers[next].focus();
});

// A link to a line that is not among those shown leads to where it is.
const wanted = /^#L(\d+)$/.exec(location.hash);
if (wanted && document.getElementById("log") && !document.getElementById(`L${wanted[1]}`)) {
  const shown = new URLSearchParams(location.search);
  if (!shown.has("after")) location.replace(`?after=${Math.max(0, wanted[1] - 20)}${location.hash}`);
}
