// The list of APs: what is asked stands in the address, so it can be shared and gone back to.

import { ask } from "./api.js";
import { Age, Fault, html, isStale, start, State, useEffect, useLive, useNow, useState } from "./parts.js";
import { ago, has, moment, number, say, span, t } from "./words.js";

const PAGE = 50;
const STATES = ["bad", "unknown", "maintenance", "good", "excluded"];
const KEPT = ["q", "scope", "state", "sort", "cursor"];
const DAY_MS = 86_400_000;

// ── the question, as it stands in the address ─────────────────────────────────────────────────────

function asked() {
  const search = new URLSearchParams(location.search);
  return Object.fromEntries(KEPT.map((name) => [name, search.get(name) || ""]));
}

function useQuestion() {
  const [question, set] = useState(asked());
  useEffect(() => {
    const back = () => set(asked());
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  const change = (part, { push = true } = {}) => {
    const next = { ...question, cursor: "", ...part };
    const here = new URL(location);
    for (const name of KEPT) next[name] ? here.searchParams.set(name, next[name]) : here.searchParams.delete(name);
    history[push ? "pushState" : "replaceState"](null, "", here);
    set(next);
  };
  return [question, change];
}

const pathOf = (question) =>
  "/aps?" + new URLSearchParams([["limit", PAGE], ...Object.entries(question).filter(([, value]) => value)]);

// ── filters ───────────────────────────────────────────────────────────────────────────────────────

function usePlaces() {
  const [places, set] = useState([]);
  useEffect(() => {
    Promise.all([ask("/areas?limit=1000"), ask("/buildings?limit=1000")]).then(([areas, buildings]) =>
      set(areas.items.map((area) => ({ ...area, buildings: buildings.items.filter((one) => one.parent === area.scope) }))),
    ).catch(() => {}); // the list below tells of the fault
  }, []);
  return places;
}

const Option = ({ value, chosen, children }) => html`<option value=${value} selected=${value === chosen}>${children}</option>`;

function Filters({ question, change }) {
  const places = usePlaces();
  return html`<form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
    <input type="search" aria-label=${t("aps.search")} placeholder=${t("aps.search")} value=${question.q}
      onInput=${(event) => change({ q: event.target.value }, { push: false })} />
    <select aria-label=${t("aps.place")} onChange=${(event) => change({ scope: event.target.value })}>
      <${Option} value="" chosen=${question.scope}>${t("aps.all_places")}</${Option}>
      ${places.map((area) => html`<optgroup label=${say(area.name)}>
        <${Option} value=${area.scope} chosen=${question.scope}>${t("aps.whole_area", { name: say(area.name) })}</${Option}>
        ${area.buildings.map((one) => html`<${Option} value=${one.scope} chosen=${question.scope}>${say(one.name)}</${Option}>`)}
      </optgroup>`)}
    </select>
    <select aria-label=${t("aps.state")} onChange=${(event) => change({ state: event.target.value })}>
      <${Option} value="" chosen=${question.state}>${t("aps.all_states")}</${Option}>
      ${STATES.map((state) => html`<${Option} value=${state} chosen=${question.state}>${t("state." + state)}</${Option}>`)}
    </select>
    ${(question.q || question.scope || question.state) && html`
      <button type="button" class="quiet" onClick=${() => change({ q: "", scope: "", state: "" })}>${t("aps.clear")}</button>`}
  </form>`;
}

// ── the table ─────────────────────────────────────────────────────────────────────────────────────

const Head = ({ name, kind = "" }) => html`<th scope="col" class=${kind}>${t("aps." + name)}</th>`;

/** A column head that sorts; a second press turns it round. */
function Sorter({ by, question, change, kind = "" }) {
  const sort = question.sort || "state";
  const down = sort === "-" + by;
  const order = down ? "descending" : sort === by ? "ascending" : null;
  return html`<th scope="col" class=${kind} aria-sort=${order}>
    <button onClick=${() => change({ sort: sort === by ? "-" + by : by })}>${t("aps." + by)}<i aria-hidden="true"></i></button>
  </th>`;
}

/** Why an AP is not good, where that is not the AP itself; or why it is not counted. */
function charged(ap) {
  if (ap.service !== "in_service") return t("service." + ap.service);
  const cause = ap.condition.cause;
  const key = cause && "charged." + cause.kind;
  return key && has(key) ? t(key, cause) : "";
}

function For({ since, now }) {
  const ms = now - Date.parse(since);
  return html`<time datetime=${since} title=${moment(since)}>${ms >= DAY_MS ? t("since.day") : span(ms)}</time>`;
}

function Row({ ap, now }) {
  const places = [ap.area, ap.building, ap.floor].filter(Boolean).map((place) => say(place.name));
  const { state, since, seen_at: seen } = ap.condition;
  return html`<tr>
    <td class="first"><div><${State} state=${state} /><span class="sub">${charged(ap)}</span></div></td>
    <th scope="row">${ap.name}</th>
    <td data-label=${t("aps.place")}>${places.join(" / ") || "—"}</td>
    <td data-label=${t("aps.stations")} class="number">${ap.stations === null ? "—" : number(ap.stations)}</td>
    <td data-label=${t("aps.since")} class="number"><${For} since=${since} now=${now} /></td>
    <td data-label=${t("aps.seen")} class="number">${seen ? html`<time datetime=${seen} title=${moment(seen)}>${ago(now - Date.parse(seen))}</time>` : t("aps.never")}</td>
    <td data-label=${t("aps.controller")}>${ap.controller || "—"}</td>
    <td data-label=${t("aps.model")}>${ap.model || "—"}</td>
    <td data-label=${t("aps.serial")} class="code">${ap.serial || "—"}</td>
    <td data-label=${t("aps.mac")} class="code">${ap.mac || "—"}</td>
    <td data-label=${t("aps.ip")} class="code">${ap.ip || "—"}</td>
  </tr>`;
}

function Table({ data, now, question, change }) {
  const sorting = { question, change };
  return html`<div class="scroll" data-panel="list" tabindex="0" role="group" aria-label=${t("aps.caption")}>
    <table class="list ${isStale(data.fresh, now) ? "stale" : ""}">
      <thead><tr>
        <${Sorter} by="state" ...${sorting} /><${Sorter} by="name" ...${sorting} /><${Sorter} by="place" ...${sorting} />
        <${Sorter} by="stations" kind="number" ...${sorting} /><${Sorter} by="since" kind="number" ...${sorting} />
        <${Head} name="seen" kind="number" /><${Head} name="controller" /><${Head} name="model" />
        <${Head} name="serial" /><${Head} name="mac" /><${Head} name="ip" />
      </tr></thead>
      <tbody>${data.items.map((ap) => html`<${Row} key=${ap.id} ap=${ap} now=${now} />`)}</tbody>
    </table></div>`;
}

// ── the page ──────────────────────────────────────────────────────────────────────────────────────

function Aps() {
  const [question, change] = useQuestion();
  const found = useLive(pathOf(question));
  const now = useNow(1000);
  const data = found.data;
  return html`
    <${Fault} found=${found} />
    <div class="bar"><${Filters} question=${question} change=${change} />
      ${data && html`<p class="total" aria-live="polite">${t("aps.total", { n: number(data.total) })}<${Age} fresh=${data.fresh} now=${now} /></p>`}</div>
    ${!data && !found.fault && html`<p class="loading">${t("loading")}</p>`}
    ${data && (data.items.length > 0 ? html`<${Table} data=${data} now=${now} question=${question} change=${change} />` : html`<p class="calm">${t("aps.none")}</p>`)}
    ${data && (data.next_cursor || question.cursor) && html`<div class="pager">
      ${question.cursor && html`<button class="quiet" onClick=${() => change({})}>${t("aps.first")}</button>`}
      ${data.next_cursor && html`<button class="main" onClick=${() => (change({ cursor: data.next_cursor }), scrollTo(0, 0))}>${t("aps.next")}</button>`}
    </div>`}`;
}

start("aps", Aps);
