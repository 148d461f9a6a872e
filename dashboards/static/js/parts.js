// The parts that all pages are made of: frame, icons, states, ages.

import { html, render, useEffect, useState } from "../vendor/htm-3.1.1/preact.js";
import { ask, Problem, serverNow, session, signOut, toSignIn } from "./api.js";
import { ago, clock, day, has, loadWords, moment, percent, setZone, say, switchLanguage, t, zoneName } from "./words.js";

export { html, render, useEffect, useState };

// ── signs: colour never stands alone ──────────────────────────────────────────────────────────────

const SHAPES = {
  check: html`<circle cx="8" cy="8" r="7" /><path class="mark" d="M4.6 8.3 7 10.6 11.5 5.6" />`,
  info: html`<circle cx="8" cy="8" r="7" /><path class="mark" d="M8 7.2v4M8 4.7v.2" />`,
  warn: html`<path d="M8 1 15.3 14.4H.7Z" /><path class="mark" d="M8 6v4M8 12.1v.2" />`,
  serious: html`<path d="M8 .6 15.4 8 8 15.4.6 8Z" /><path class="mark" d="M8 4.4v4.4M8 11.2v.2" />`,
  cross: html`<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5Z" /><path class="mark" d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" />`,
  ask: html`<circle class="open" cx="8" cy="8" r="6.4" /><path class="line" d="M6.2 6.3a1.9 1.9 0 1 1 2.6 1.9c-.6.3-.8.6-.8 1.3M8 11.6v.1" />`,
  tools: html`<rect x="1" y="1" width="14" height="14" rx="3" /><path class="mark" d="M5.5 4.5v7M10.5 4.5v7" />`,
  minus: html`<circle class="open" cx="8" cy="8" r="6.4" /><path class="line" d="M5 8h6" />`,
  clock: html`<circle class="open" cx="8" cy="8" r="6.4" /><path class="line" d="M8 4.4V8l2.4 1.6" />`,
};
const OF_STATE = { good: "check", bad: "cross", unknown: "ask", maintenance: "tools", excluded: "minus" };
const OF_GRADE = { green: "check", blue: "info", yellow: "warn", orange: "serious", red: "cross", grey: "ask" };
export const COLOUR = { good: "green", bad: "red", unknown: "grey", maintenance: "blue", excluded: "grey" };

export const Icon = ({ name }) =>
  html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${SHAPES[name]}</svg>`;

/** A state as colour, icon and word. */
export const State = ({ state, word }) =>
  html`<span class="state ${COLOUR[state]}"><${Icon} name=${OF_STATE[state]} />${word || t("state." + state)}</span>`;

/** A judged number as colour, icon, value and word; `bare` where the value stands beside it. */
export const Grade = ({ heat, bare = false }) => {
  const { grade, actual } = heat || { grade: "grey", actual: null };
  return html`<span class="grade ${grade}">
    <${Icon} name=${OF_GRADE[grade]} />${!bare && html`<b>${percent(actual)}</b>`}<span class="word">${t("grade." + grade)}</span>
  </span>`;
};

// ── time ──────────────────────────────────────────────────────────────────────────────────────────

/** The server's clock, again every `every` ms. */
export function useNow(every) {
  const [now, tick] = useState(serverNow());
  useEffect(() => {
    const timer = setInterval(() => tick(serverNow()), every);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Is what was read no longer true to `now`? Also when nothing was ever read. */
export const isStale = (fresh, now) => fresh.stale_at === null || now >= Date.parse(fresh.stale_at);

/** How old a reading is, and in words when it is too old. */
export function Age({ fresh, now }) {
  if (fresh.as_of === null) return html`<span class="age"><${Icon} name="clock" />${t("age.none")}</span>`;
  const stale = isStale(fresh, now);
  return html`<time class="age ${stale ? "old" : ""}" datetime=${fresh.as_of} title=${t("age.read_at", { time: moment(fresh.as_of) })}>
    <${Icon} name="clock" />${stale && html`<b>${t("age.stale")}</b>`} ${ago(now - Date.parse(fresh.as_of))}
  </time>`;
}

// ── what is to blame ──────────────────────────────────────────────────────────────────────────────

export function causeText(cause, state) {
  const key = ["cause." + cause.kind + "." + state, "cause." + cause.kind, "cause.other"].find(has);
  return t(key, cause);
}

// ── the frame ─────────────────────────────────────────────────────────────────────────────────────

const PAGES = [["overview", "/"], ["aps", "/aps"]];

function switchTheme() {
  localStorage.setItem("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  const here = new URL(location);
  here.searchParams.delete("theme");
  history.replaceState(null, "", here);
  dispatchEvent(new Event("theme"));
}

function Switches() {
  const [, again] = useState(0);
  const target = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  return html`
    <button class="quiet" onClick=${switchLanguage}>${t("head.language")}</button>
    <button class="quiet" onClick=${() => (switchTheme(), again(Date.now()))}>${t("head.to_" + target)}</button>`;
}

function Clock({ zone }) {
  const now = useNow(1000);
  return html`<span class="clock" title=${t("head.clock", { zone })}>
    <span class="day">${day(now)}</span><b>${clock(now)}</b><span class="zone">${zoneName(now)}</span>
  </span>`;
}

const Mark = () => html`<svg class="mark-of-house" viewBox="0 0 32 32" aria-hidden="true">
  <path d="M4 13.5a17 17 0 0 1 24 0M9 18.5a10 10 0 0 1 14 0" /><circle cx="16" cy="24" r="3" />
</svg>`;

function Frame({ page, who, children }) {
  return html`
    <a class="skip" href="#content">${t("nav.skip")}</a>
    <header class="head">
      <${Mark} />
      <div class="title"><b>${who ? say(who.campus) : "campusops"}</b><h1>${t("page." + page)}</h1></div>
      ${who && html`<nav aria-label=${t("nav.label")}>
        ${PAGES.map(([name, path]) => html`<a href=${path} aria-current=${name === page ? "page" : null}>${t("page." + name)}</a>`)}
      </nav>`}
      <div class="tools">
        ${who && html`<${Clock} zone=${who.zone} />`}<${Switches} />
        ${who && html`<button class="quiet" onClick=${signOut}>${t("head.sign_out")}</button>`}
      </div>
    </header>
    <main id="content" tabindex="-1">${children}</main>`;
}

/** Load the words and, unless the page is open to all, the session; then draw `Body` in the frame. */
export async function start(page, Body, { open = false } = {}) {
  await loadWords();
  document.title = t("page." + page);
  const draw = (who, inside) => render(html`<${Frame} page=${page} who=${who}>${inside}</${Frame}>`, document.getElementById("page"));
  if (open) return draw(null, html`<${Body} />`);
  try {
    const who = await session();
    setZone(who.zone);
    document.title += " · " + say(who.campus);
    draw(who, html`<${Body} />`);
  } catch (fault) {
    draw(null, html`<${Fault} found=${{ fault }} />`);
    setTimeout(() => location.reload(), EVERY_MS); // a wall has nobody who would
  }
}

// ── live data ─────────────────────────────────────────────────────────────────────────────────────

const EVERY_MS = 15_000;

/** Read `path` now, when the server says that something changed, and every 15 s; keep what was read when it fails. */
export function useLive(path) {
  const [found, keep] = useState({ path, data: null, fault: null });
  useEffect(() => {
    let over = false;
    const read = async () => {
      try {
        const data = await ask(path);
        if (!over) keep({ path, data, at: serverNow(), fault: null });
      } catch (fault) {
        if (fault.status === 401) toSignIn();
        if (!over) keep((before) => ({ ...before, fault }));
      }
    };
    const timer = setInterval(read, EVERY_MS);
    const stop = onChange(read);
    read();
    return () => ((over = true), clearInterval(timer), stop());
  }, [path]);
  return found;
}

/** Call `then` when the server tells of newer readings, at most once in ten seconds. */
function onChange(then) {
  const events = new EventSource("/api/v1/events");
  let last = Date.now();
  events.addEventListener("changed", () => {
    if (Date.now() - last < 10_000) return;
    last = Date.now();
    then();
  });
  return () => events.close();
}

/** One line when reading failed; what is on the page stays. */
export function Fault({ found }) {
  if (!found.fault) return null;
  return html`<p class="fault" role="alert"><${Icon} name="warn" />${faultText(found)}</p>`;
}

function faultText({ fault, at }) {
  if (!(fault instanceof Problem)) return t("fault.offline", { time: at ? clock(at) : "—" });
  const known = "fault.status_" + fault.status;
  return has(known) ? t(known) : t("fault.failed", { title: fault.title });
}
