// What the tabs share.
const $ = id => document.getElementById(id);
function T(english) { return document.documentElement.lang === "en" ? english : chinese[english] || english; }

// A say is a line that screen readers announce.
function say(id, text, bad = false) {
  const e = $(id);
  e.textContent = text;
  e.classList.toggle("bad", bad);
}

// save hands a file to the reader.
function save(name, content, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const a = document.createElement("a");
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

// frame shows a whole page inside this one.
function frame(holder, html, title) {
  const url = URL.createObjectURL(new Blob([html], { type: "text/html" }));
  const inner = document.createElement("iframe");
  inner.title = title;
  inner.src = url;
  inner.addEventListener("load", () => {
    URL.revokeObjectURL(url);
    inner.contentDocument?.querySelector(`[data-lang="${document.documentElement.lang}"]`)?.click();
  }, { once: true });
  holder.replaceChildren(inner);
}

function button(text, act) {
  const b = document.createElement("button");
  b.type = "button";
  b.textContent = text;
  b.addEventListener("click", act);
  return b;
}
