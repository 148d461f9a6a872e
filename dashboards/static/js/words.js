// Which words, numbers and times does the reader see? Texts are in ../texts; names of things come with the data.

const LANGUAGES = { zh: "zh-CN", en: "en" };
let texts = {};
let zone = "Asia/Shanghai";
export let language = "zh";

function wished() {
  const asked = new URLSearchParams(location.search).get("lang") || localStorage.getItem("lang");
  const own = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in LANGUAGES);
  return asked in LANGUAGES ? asked : own || "zh";
}

export async function loadWords() {
  language = wished();
  document.documentElement.lang = LANGUAGES[language];
  texts = await (await fetch(`/static/texts/${language}.json`)).json();
}

export function switchLanguage() {
  localStorage.setItem("lang", language === "zh" ? "en" : "zh");
  const here = new URL(location);
  here.searchParams.delete("lang");
  location.replace(here);
}

export const setZone = (name) => (zone = name);
export const has = (key) => key in texts;
/** The text of `key` with its {holes} filled. */
export const t = (key, holes = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, hole) => holes[hole]);

/** Like `t` for a count: of a text "one|many" the half that the language asks for. */
export function counted(key, n) {
  const [one, many = one] = t(key, { n: number(n) }).split("|");
  return new Intl.PluralRules(LANGUAGES[language]).select(n) === "one" ? one : many;
}
/** The reader's half of a name that comes in both languages. */
export const say = (name) => name[language];

export const number = (value) => new Intl.NumberFormat(LANGUAGES[language]).format(value);
export const percent = (value) => (value === null ? "—" : value.toFixed(2) + "%");
const format = (options) => new Intl.DateTimeFormat(LANGUAGES[language], { timeZone: zone, hour12: false, ...options });
export const clock = (ms) => format({ timeStyle: "medium" }).format(ms);
export const hour = (text) => format({ hour: "2-digit", minute: "2-digit" }).format(new Date(text));
export const moment = (text) => format({ dateStyle: "medium", timeStyle: "medium" }).format(new Date(text));
export const day = (ms) => format({ dateStyle: "full" }).format(ms);
/** Like "UTC+8". */
export const zoneName = (ms) =>
  format({ timeZoneName: "shortOffset" }).formatToParts(ms).find((part) => part.type === "timeZoneName").value
    .replace("GMT", "UTC");

const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

function inUnits(ms) {
  const seconds = Math.max(0, ms / 1000);
  const [unit, size] = STEPS.find(([, size]) => seconds >= size) || STEPS.at(-1);
  return [Math.floor(seconds / size), unit];
}

/** A span of time in its largest whole unit: "4 min". */
export function span(ms) {
  const [count, unit] = inUnits(ms);
  return new Intl.NumberFormat(LANGUAGES[language], { style: "unit", unit, unitDisplay: "short" }).format(count);
}

/** How long ago, in parts, so that the number can stand out: [["", "4"], ["min. ago", …]]. */
export function agoParts(ms) {
  const [count, unit] = inUnits(ms);
  return new Intl.RelativeTimeFormat(LANGUAGES[language], { style: "narrow" }).formatToParts(-count, unit);
}

export const ago = (ms) => agoParts(ms).map((part) => part.value).join("");
