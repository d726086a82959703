// What the page adds to what the server rendered: the reader's own time, and new events as they come.
"use strict";

const byId = (id) => document.getElementById(id);

// Times: the server writes UTC; here it becomes the reader's zone, with UTC on hover.
const ownTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function spoken(at, { due, end }) {
  const seconds = (at - Date.now()) / 1000;
  const isDue = due !== undefined, past = Math.abs(seconds);
  if (end !== undefined) return ownTime.format(at);
  if (isDue && seconds < 0) return "due now";
  // What happened is never to come, whatever the reader's clock says.
  if (!isDue && seconds > 0) return past < 3600 ? "just now" : ownTime.format(at);
  if (past < 45) return isDue ? "in a moment" : "just now";
  if (past < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (past < 86400) return relative.format(Math.round(seconds / 3600), "hour");
  return ownTime.format(at);
}

function tellTimes(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const at = new Date(element.dateTime);
    element.title ||= `${ownTime.format(at)}, that is ${element.textContent}`;
    element.textContent = spoken(at, element.dataset);
  }
}

tellTimes(document);
document.addEventListener("htmx:load", (loaded) => tellTimes(loaded.detail.elt));
setInterval(() => tellTimes(document), 30_000);

// New events. A card that stands there is replaced where it stands. A new one goes to the top at once
// where that moves nothing under the reader's eyes, and waits behind a button otherwise.
const MOST_CARDS = 200; // a page that stays open for weeks stays as light as on its first day
const events = byId("events");
if (events?.dataset.after && "EventSource" in window) follow(events);

function follow(events) {
  const wanted = events.dataset;
  const pulse = byId("pulse"), word = byId("pulse-word"), pause = byId("pause");
  const waiting = byId("waiting"), show = byId("show-waiting"), announce = byId("announce");
  const older = document.querySelector(".older");
  const held = new Map(); // event id → card, the oldest first
  let isPaused = false, olderThan = 0;

  const isSelected = ({ type, stage, countries, followed }) =>
    (!wanted.type || wanted.type === type) &&
    (!wanted.stage || wanted.stage === stage) &&
    (!wanted.country || countries.split(" ").includes(wanted.country)) &&
    (!wanted.company || followed.split(" ").includes(wanted.company));

  function cardOf(html, seq) {
    const template = document.createElement("template");
    template.innerHTML = html; // rendered and escaped by the server, like the page itself
    const card = template.content.firstElementChild;
    card.dataset.seq = seq;
    tellTimes(card);
    return card;
  }

  // How far the history had come with a card, no less than where its event was opened.
  const seqOf = (card) => card.dataset.seq ?? wanted.after;

  // The pages behind this one begin with what is taken from it, and may repeat some of it.
  function leaveToOlder(card) {
    olderThan = Math.max(olderThan, Number(seqOf(card)) + 1);
    const link = older.querySelector("a"), address = new URL(link.href);
    address.searchParams.set("cursor", olderThan);
    link.href = address;
    older.hidden = false;
    card.remove();
  }

  function put(card) {
    const before = byId(card.id);
    if (before) {
      const hadFocus = before.contains(document.activeElement);
      card.dataset.seq = seqOf(before);
      before.replaceWith(card);
      if (hadFocus) card.focus({ preventScroll: true });
    } else {
      events.prepend(card);
      while (events.children.length > MOST_CARDS) leaveToOlder(events.lastElementChild);
      document.querySelector(".empty")?.remove();
    }
    card.classList.add("is-new");
  }

  function showHeld() {
    const cards = [...held.values()];
    held.clear();
    waiting.hidden = true;
    cards.forEach(put);
    return cards.at(-1);
  }

  const wouldMove = () => window.scrollY > 120 || events.contains(document.activeElement);

  function take(card) {
    if (!byId(card.id) && !held.has(card.id) && !isSelected(card.dataset)) return;
    if (!isPaused && (byId(card.id) || !wouldMove())) {
      put(card);
      announce.textContent = card.querySelector("h2").textContent;
      return;
    }
    held.set(card.id, card);
    show.textContent = held.size === 1 ? "1 new event" : `${held.size} new events`;
    waiting.hidden = false;
    announce.textContent = show.textContent;
  }

  show.addEventListener("click", () => {
    const newest = showHeld();
    window.scrollTo({ top: 0 });
    newest?.focus({ preventScroll: true });
  });

  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    if (!isPaused && held.size) showHeld();
  });

  // j and k move from card to card, only while the focus is among them.
  events.addEventListener("keydown", (press) => {
    if (press.ctrlKey || press.metaKey || press.altKey || !"jk".includes(press.key)) return;
    const card = document.activeElement.closest(".card");
    const next = press.key === "j" ? card?.nextElementSibling : card?.previousElementSibling;
    next?.querySelector("h2 a").focus();
  });

  const say = (text, isLive) => {
    word.textContent = text;
    pulse.classList.toggle("is-live", isLive);
  };
  pulse.hidden = false;

  // Browsers have six connections to one host: a seventh tab would wait for ever. One that nobody looks at
  // lets go of its own, and asks for what it missed when somebody looks again.
  let source = null, seen = wanted.after, isOver = false;

  function listen() {
    source = new EventSource(`/events/stream?after=${seen}`);
    source.addEventListener("open", () => say("live", true));
    source.addEventListener("error", ({ target }) =>
      say(target.readyState === EventSource.CLOSED ? "not live: load the page again" : "reconnecting", false));
    source.addEventListener("change", ({ data, lastEventId }) => {
      seen = lastEventId;
      const change = JSON.parse(data);
      if (change.kind !== "merged") return take(cardOf(change.card, seen));
      held.delete(change.event); // the same happening as another event, which has its own card
      byId(change.event)?.remove();
    });
    source.addEventListener("resync", () => {
      isOver = true;
      source.close();
      say("too much is new", false);
      show.textContent = "Load the page again";
      show.addEventListener("click", () => location.reload());
      waiting.hidden = false;
    });
  }

  function listenWhileSeen() {
    source?.close();
    if (!document.hidden && !isOver) listen();
  }

  document.addEventListener("visibilitychange", listenWhileSeen);
  listenWhileSeen();
}
