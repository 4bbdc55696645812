"use strict";
// Every text stands in the page in both languages; the style shows one. The
// page hears "languagechange" on the document when it is switched.
(() => {
  const root = document.documentElement, buttons = [...document.querySelectorAll(".languages button")];
  const speak = code => {
    root.lang = code;
    const title = document.querySelector("title");
    document.title = code === "en" ? title.dataset.en : title.dataset.zh;
    for (const b of buttons) b.setAttribute("aria-pressed", b.dataset.lang === code);
    document.dispatchEvent(new Event("languagechange"));
  };
  const remembered = () => { try { return localStorage.getItem("glassbox-lang"); } catch { return null; } };
  for (const b of buttons) b.addEventListener("click", () => {
    speak(b.dataset.lang);
    try { localStorage.setItem("glassbox-lang", b.dataset.lang); } catch { /* a file may have no store */ }
  });
  document.querySelector(".languages").hidden = false;
  const found = remembered();
  speak(found === "en" || found === "zh-Hans" ? found : navigator.language.startsWith("zh") ? "zh-Hans" : "en");
})();
