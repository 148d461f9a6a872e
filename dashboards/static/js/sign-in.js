// Signing in: a key typed in, or handed over in the address after '#', where no server or log sees it.

import { ask } from "./api.js";
import { Fault, html, start, useEffect, useState } from "./parts.js";
import { language, t } from "./words.js";

function onward() {
  const next = new URLSearchParams(location.search).get("next") || "/";
  location.replace(/^\/(?![/\\])/.test(next) ? next : "/"); // never to another house
}

function SignIn() {
  const [state, set] = useState({ busy: false, fault: null });
  const enter = async (key) => {
    set({ busy: true, fault: null });
    try {
      await ask("/session", { method: "POST", body: { key }, language });
      onward();
    } catch (fault) {
      set({ busy: false, fault });
    }
  };
  useEffect(() => {
    const handed = new URLSearchParams(location.hash.slice(1)).get("key");
    if (!handed) return;
    history.replaceState(null, "", location.pathname + location.search);
    enter(handed);
  }, []);
  const submit = (event) => {
    event.preventDefault();
    enter(new FormData(event.target).get("key"));
  };
  return html`<form class="sign-in" onSubmit=${submit}>
    <h2>${t("sign_in.title")}</h2><p>${t("sign_in.lead")}</p>
    <label for="key">${t("sign_in.key")}</label>
    <input id="key" name="key" type="password" autocomplete="current-password" required autofocus aria-describedby="hint" />
    <p class="sub" id="hint">${t("sign_in.hint")}</p>
    <${Fault} found=${state} />
    <button class="main" disabled=${state.busy}>${t(state.busy ? "sign_in.busy" : "sign_in.go")}</button>
  </form>`;
}

start("sign_in", SignIn, { open: true });
