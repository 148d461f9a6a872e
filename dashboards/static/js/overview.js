// The first page: five tiles, the heat table of places, the problems by cause.

import { Age, causeText, COLOUR, Fault, Grade, html, Icon, isStale, start, State, useLive, useNow } from "./parts.js";
import { fold } from "./fold.js";
import { agoParts, clock, counted, hour, number, percent, say, span, t } from "./words.js";

// ── tiles ─────────────────────────────────────────────────────────────────────────────────────────

const Tile = ({ name, label, fresh, now, blind = false, note = null, children }) => html`
  <section class="tile ${blind || isStale(fresh, now) ? "stale" : ""}" data-panel=${name}>
    <h2>${label}</h2>
    ${children}
    <footer><${Age} fresh=${fresh} now=${now} />${note}</footer>
  </section>`;

const knownOf = (counts) => counts.good + counts.bad;
const isBlind = (counts) => counts.in_service > 0 && knownOf(counts) === 0;

/** The shares of a whole, side by side; the words stand below it. */
const Shares = ({ counts }) => html`<div class="shares" aria-hidden="true">
  ${["good", "maintenance", "unknown", "bad"].map((state) => counts[state] > 0 && html`
    <i class=${COLOUR[state]} style=${{ flexGrow: counts[state] }}></i>`)}
</div>`;

const Breakdown = ({ counts, lost, all }) => {
  const words = ["bad", "unknown", "maintenance"].filter((state) => counts[state] > 0);
  if (counts.in_service === 0) return null;
  if (words.length === 0) return html`<p class="sub"><${State} state="good" word=${all} /></p>`;
  return html`<p class="sub">${words.map((state) => html`
    <${State} state=${state} word=${t("count." + (state === "bad" ? lost : state), { n: number(counts[state]) })} />`)}</p>`;
};

const Of = ({ counts }) => html`<p class="big">
  <b>${knownOf(counts) === 0 ? "—" : number(counts.good)}</b><span class="of">/ ${number(counts.in_service)}</span></p>`;

const ApsTile = ({ tile, now }) => html`
  <${Tile} name="aps" label=${t("tile.aps")} fresh=${tile.fresh} now=${now} blind=${isBlind(tile.counts)}
    note=${tile.unplaced > 0 && html`<a href="/aps?state=excluded">${t("tile.unplaced", { n: number(tile.unplaced) })}</a>`}>
    <${Of} counts=${tile.counts} /><${Shares} counts=${tile.counts} />
    <${Breakdown} counts=${tile.counts} lost="bad" all=${t("tile.aps_all")} />
  </${Tile}>`;

const StationsTile = ({ tile, now }) => html`
  <${Tile} name="stations" label=${t("tile.stations")} fresh=${tile.fresh} now=${now}>
    <p class="big"><b>${tile.count === null ? "—" : number(tile.count)}</b></p>
    ${tile.count !== null && html`<p class="sub">${t("tile.stations_from", { n: number(tile.reporting_aps) })}</p>`}
  </${Tile}>`;

const ControllersTile = ({ tile, now }) => html`
  <${Tile} name="controllers" label=${t("tile.controllers")} fresh=${tile.fresh} now=${now} blind=${isBlind(tile.counts)}>
    <${Of} counts=${tile.counts} /><${Shares} counts=${tile.counts} />
    <${Breakdown} counts=${tile.counts} lost="lost" all=${t("tile.controllers_all")} />
  </${Tile}>`;

const AvailabilityTile = ({ tile, now }) => html`
  <${Tile} name="availability" label=${html`${say(tile.name)} · ${t("tile.today")}<span class="target">${t("tile.target", { n: tile.target + "%" })}</span>`} fresh=${tile.fresh} now=${now}
    blind=${!tile.today || tile.today.actual === null}>
    <p class="big"><b>${percent(tile.today ? tile.today.actual : null)}</b><span class="verdict"><${Grade} heat=${tile.today} bare /></span></p>
    <div class="lane"><${Strip} hours=${tile.hours} />
      ${tile.hours.length > 0 && html`<p class="axis"><span>${hour(tile.hours[0].start)}</span><span>${t("strip.now")}</span></p>`}</div>
  </${Tile}>`;

const Part = ({ type, value }) => (type === "integer" ? html`<b>${value}</b>` : html`<span class="of">${value}</span>`);

const AgeTile = ({ fresh, now }) => html`
  <${Tile} name="age" label=${t("tile.age")} fresh=${fresh} now=${now}>
    <p class="big">${fresh.as_of ? agoParts(now - Date.parse(fresh.as_of)).map(Part) : html`<b>—</b>`}</p>
    <p class="sub">${t("tile.age_sub")} ${fresh.as_of ? clock(Date.parse(fresh.as_of)) : t("age.none")}</p>
  </${Tile}>`;

// ── the heat table ────────────────────────────────────────────────────────────────────────────────

const HEIGHT = { green: 6, blue: 11, yellow: 15, orange: 19, red: 24, grey: 3 };

/** 24 hours as 24 columns; the taller, the worse, so colour does not stand alone. */
function Strip({ hours }) {
  const known = hours.filter((heat) => heat.actual !== null);
  const worst = known.reduce((low, heat) => (low && low.actual <= heat.actual ? low : heat), null);
  const good = known.filter((heat) => heat.grade === "green").length;
  const words = worst
    ? t("strip.summary", { good, worst: percent(worst.actual), time: hour(worst.start) })
    : t("strip.no_data");
  return html`<svg class="strip" viewBox="0 0 ${hours.length * 10} 24" preserveAspectRatio="none" role="img" aria-label=${words}>
    ${hours.map((heat, at) => html`<g class="hour ${heat.grade}">
      <rect class="back" x=${at * 10} width="9" height="24" />
      <rect x=${at * 10} y=${24 - HEIGHT[heat.grade]} width="9" height=${HEIGHT[heat.grade]} />
      <title>${t("strip.hour", { time: hour(heat.start), value: percent(heat.actual), grade: t("grade." + heat.grade) })}</title>
    </g>`)}
  </svg>`;
}

/** The worst that can be said of a place now. */
function Now({ aps }) {
  const words = aps.excluded > 0 ? t("board.not_in_service", { n: number(aps.excluded) }) : t("board.no_aps");
  if (aps.in_service === 0) return html`<${State} state="excluded" word=${words} />`;
  const state = ["bad", "unknown", "maintenance"].find((one) => aps[one] > 0);
  if (!state) return html`<${State} state="good" word=${t("board.normal")} />`;
  return html`<${State} state=${state} word=${t("count." + state, { n: number(aps[state]) })} />`;
}

const Bare = ({ row }) => html`
  <td class="now"><${Now} aps=${row.aps} /></td>
  <td class="number online">—</td><td class="number">—</td><td class="heat">—</td><td class="day"></td>`;

const Cells = ({ row }) => row.aps.in_service === 0 ? html`<${Bare} row=${row} />` : html`
  <td class="now"><${Now} aps=${row.aps} /></td>
  <td class="number online"><b>${number(row.aps.good)}</b> / ${number(row.aps.in_service)}</td>
  <td class="number">${row.stations === null ? "—" : number(row.stations)}</td>
  <td class="heat"><${Grade} heat=${row.today} /></td>
  <td class="day"><${Strip} hours=${row.hours} /></td>`;

const Place = ({ row }) => html`<a href=${"/aps?scope=" + encodeURIComponent(row.scope)}>${say(row.name)}</a>`;

const Board = ({ areas, synthetic, stale }) => html`
  <section class="board ${stale ? "stale" : ""}" data-panel="board" aria-labelledby="board">
    <h2 id="board">${t("board.title")}
      ${synthetic && html`<span class="note">${t("board.synthetic", { time: hour(synthetic.end) })}</span>`}</h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="board"><table>
      <thead><tr>
        <th scope="col">${t("board.place")}</th><th scope="col">${t("board.now")}</th>
        <th scope="col" class="number online">${t("board.online")}</th><th scope="col" class="number">${t("board.stations")}</th>
        <th scope="col">${t("board.today")}</th><th scope="col" class="day">${t("board.day")}</th>
      </tr></thead>
      ${areas.map(({ area, buildings }) => html`<tbody key=${area.scope}>
        <tr class="area"><th scope="rowgroup"><${Place} row=${area} /></th><${Cells} row=${area} /></tr>
        ${buildings.map((row) => html`<tr key=${row.scope}><th scope="row"><${Place} row=${row} /></th><${Cells} row=${row} /></tr>`)}
      </tbody>`)}
    </table></div>
  </section>`;

// ── problems ──────────────────────────────────────────────────────────────────────────────────────

const SHOWN = 12;

const Since = ({ since, now }) => html`<time datetime=${since}>${t("problems.since", {
  time: hour(since),
  age: span(now - Date.parse(since)),
})}</time>`;

const kinds = (affected) => affected.map(({ kind, count }) => counted("kind." + kind, count)).join(" · ");

function Impact({ problem }) {
  const places = problem.places.map((place) => `${say(place.name)} ×${number(place.count)}`).join(" · ");
  const more = problem.places_total > problem.places.length;
  const alone = problem.cause.kind === "ap" && problem.places_total === 1;
  if (alone) return html`<span>${say(problem.places[0].name)}</span>`;
  return html`<span>${t("problems.affected")} ${kinds(problem.affected)}</span>
    <span>${places}${more && " " + t("problems.more_places", { n: problem.places_total })}</span>`;
}

/** A controller that lost all its APs may itself answer: it is at fault, but not gone. */
function what({ cause, state, affected }) {
  const answers = cause.kind === "controller" && affected.every(({ kind }) => kind === "ap");
  return answers ? t("cause.controller.answers", cause) : causeText(cause, state);
}

const One = ({ problem, now }) => html`
  <li class="problem ${COLOUR[problem.state]}">
    <${Icon} name=${problem.state === "bad" ? "cross" : "ask"} />
    <div><p>${what(problem)}</p>
      <p class="sub"><${Impact} problem=${problem} /><${Since} since=${problem.since} now=${now} /></p></div>
  </li>`;

const Folded = ({ group, now }) => html`
  <li class="problem ${COLOUR[group.state]}">
    <${Icon} name=${group.state === "bad" ? "cross" : "ask"} />
    <details><summary>${t("problems.folded", {
      place: say(group.place.name),
      n: number(group.problems.length),
      state: t("state." + group.state),
    })}<span class="sub"><${Since} since=${group.since} now=${now} /></span></summary>
      <ul>${group.problems.map((one) => html`<li>${one.cause.name} <${Since} since=${one.since} now=${now} /></li>`)}</ul>
    </details>
  </li>`;

function Problems({ data, now }) {
  const stale = isStale(data.witnesses, now);
  const groups = fold(data.problems);
  const calm = groups.length === 0;
  return html`<section class="problems ${stale ? "stale" : ""}" data-panel="problems" aria-labelledby="problems">
    <h2 id="problems">${t("problems.title")}
      ${!calm && html`<span class="total">${t("problems.count", { n: number(data.problems_total) })}</span>`}</h2>
    ${calm && html`<p class="calm"><${State} state=${stale ? "unknown" : "good"} word=${t(stale ? "problems.no_view" : "problems.none")} /></p>`}
    <ul>${groups.slice(0, SHOWN).map((group) => group.problems.length > 1
      ? html`<${Folded} key=${group.id} group=${group} now=${now} />`
      : html`<${One} key=${group.id} problem=${group.problems[0]} now=${now} />`)}</ul>
    ${groups.length > SHOWN && html`<p class="note">${t("problems.rest", { n: groups.length - SHOWN })}</p>`}
    <footer><${Age} fresh=${data.witnesses} now=${now} />
      ${data.aps.counts.bad > 0 && html`<a href="/aps?state=bad">${t("problems.show_aps")}</a>`}</footer>
  </section>`;
}

// ── the page ──────────────────────────────────────────────────────────────────────────────────────

const Empty = ({ unplaced }) => html`<section class="empty">
  <h2>${t("empty.title")}</h2><p>${t("empty.lead")}</p>
  <ol><li>${t("empty.step1")}</li><li>${t("empty.step2")}</li><li>${t("empty.step3")}</li></ol>
  ${unplaced > 0 && html`<p><a href="/aps?state=excluded">${t("empty.unplaced", { n: number(unplaced) })}</a></p>`}
</section>`;

function Overview() {
  const found = useLive("/overview");
  const now = useNow(1000);
  const data = found.data;
  if (!data) return html`<${Fault} found=${found} /><p class="loading">${!found.fault && t("loading")}</p>`;
  const empty = data.aps.counts.in_service === 0;
  return html`
    <${Fault} found=${found} />
    <div class="tiles">
      <${ApsTile} tile=${data.aps} now=${now} /><${StationsTile} tile=${data.stations} now=${now} />
      <${ControllersTile} tile=${data.controllers} now=${now} /><${AvailabilityTile} tile=${data.availability} now=${now} />
      <${AgeTile} fresh=${data.aps.fresh} now=${now} />
    </div>
    <div class="columns">
      ${empty ? html`<${Empty} unplaced=${data.aps.unplaced} />` : html`<${Board} areas=${data.areas} synthetic=${data.synthetic} stale=${isStale(data.aps.fresh, now)} />`}
      <${Problems} data=${data} now=${now} />
    </div>`;
}

start("overview", Overview);
