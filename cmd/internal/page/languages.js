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
  // Where a Chinese heading has no stop, its lines end between two words of more
  // than a character.
  const words = Intl.Segmenter && new Intl.Segmenter("zh", { granularity: "word" });
  for (const heading of words ? document.querySelectorAll("h1, h2, h3, tbody th, dt, nav a") : []) {
    for (const part of heading.querySelectorAll("[lang=zh-Hans]")) for (const text of [...part.childNodes]) {
      if (text.nodeType !== Node.TEXT_NODE) continue;
      let before = "";
      for (const { segment } of [...words.segment(text.data)]) {
        if (before.length > 1 && segment.length > 1 && !/随机种子|梯度下降|第.部分/.test(before + segment)) text.before(document.createElement("wbr"));
        text.before(before = segment);
      }
      text.remove();
    }
  }
  document.querySelector(".languages").hidden = false;
  const found = remembered();
  speak(found === "en" || found === "zh-Hans" ? found : navigator.language.startsWith("zh") ? "zh-Hans" : "en");
})();
