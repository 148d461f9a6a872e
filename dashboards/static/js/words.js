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

/** A span of time in its largest whole unit: "4 min". */
export function span(seconds) {
  const [unit, size] = STEPS.find(([, size]) => seconds >= size) || STEPS.at(-1);
  const options = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 0 };
  return new Intl.NumberFormat(LANGUAGES[language], options).format(Math.max(0, Math.floor(seconds / size)));
}
