// Light or dark, before the first paint: the address (?theme=) beats the choice made here, that beats the system.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const wish = () => new URLSearchParams(location.search).get("theme") || localStorage.getItem("theme");
  const apply = () => {
    const theme = wish();
    document.documentElement.dataset.theme = ["light", "dark"].includes(theme) ? theme : system.matches ? "dark" : "light";
  };
  system.addEventListener("change", apply);
  addEventListener("theme", apply);
  apply();
})();
