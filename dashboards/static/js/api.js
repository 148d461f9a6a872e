// How do pages read the API, and what time is it on the server?

const ROOT = "/api/v1";
let csrf = "";
let ahead = 0; // the server's clock minus this one's, ms

/** The server's clock, ms; it runs on by itself, so a dead server makes data old as well. */
export const serverNow = () => Date.now() + ahead;

export class Problem extends Error {
  constructor(document) {
    super(document.detail);
    this.status = document.status;
    this.title = document.title;
  }
}

/** Ask the API; throws a Problem when it refuses and a TypeError when nobody answers. */
export async function ask(path, { method = "GET", body, language } = {}) {
  const headers = { Accept: "application/json", "Accept-Language": language || document.documentElement.lang };
  if (body) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  const answer = await fetch(ROOT + path, { method, headers, body: body && JSON.stringify(body) });
  const date = Date.parse(answer.headers.get("Date"));
  if (date) ahead = date + 500 - Date.now(); // the header is cut to whole seconds
  if (answer.status === 204) return null;
  const document_ = await answer.json().catch(() => ({ status: answer.status, title: answer.statusText }));
  if (!answer.ok) throw new Problem(document_);
  return document_;
}

/** The session of this page; without one, on to the sign-in page and back again later. */
export async function session() {
  try {
    const found = await ask("/session");
    csrf = found.csrf_token;
    return found;
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    toSignIn();
    return new Promise(() => {}); // the browser is leaving
  }
}

export function toSignIn() {
  location.replace("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));
}

export async function signOut() {
  await ask("/session", { method: "DELETE" });
  toSignIn();
}
