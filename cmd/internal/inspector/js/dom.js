// Small helpers: texts in the language at hand, elements, tips.

const root = document.documentElement;

// T returns a text in the language at hand, its %s filled in order, its %[n]s
// by number.
const T = (english, ...args) => {
  let next = 0;
  const text = root.lang === "en" ? english : model.texts[english] || english;
  return text.replace(/%(?:\[(\d+)\])?s/g, (_, n) => args[n ? n - 1 : next++]);
};

// tr picks the language of a text that came with the model.
const tr = text => typeof text === "string" ? text : root.lang === "en" ? text.EN : text.ZH;

const $ = id => document.getElementById(id);

const make = (space, name, attributes, children) => {
  const e = document.createElementNS(space, name);
  for (const [k, v] of Object.entries(attributes)) {
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else if (v !== undefined && v !== false) e.setAttribute(k, v === true ? "" : v);
  }
  e.append(...children.filter(c => c !== null && c !== undefined));
  return e;
};
const h = (name, attributes = {}, ...children) => make("http://www.w3.org/1999/xhtml", name, attributes, children);
const s = (name, attributes = {}, ...children) => make("http://www.w3.org/2000/svg", name, attributes, children);

// A tip follows the pointer; what it says is asked for when it shows.
const tips = new WeakMap();
const tip = (document.querySelector("main") || document.body).appendChild(h("div", {class: "tip", hidden: true}));
const withTip = (e, text) => { tips.set(e, text); return e; };
const showTip = event => {
  let e = event.target;
  while (e && !tips.has(e)) e = e.parentNode;
  tip.hidden = !e;
  if (!e) return;
  tip.textContent = tips.get(e)();
  const box = tip.getBoundingClientRect(), x = event.clientX, y = event.clientY;
  tip.style.left = Math.max(8, Math.min(x - box.width / 2, root.clientWidth - box.width - 8)) + scrollX + "px";
  tip.style.top = (y - box.height - 14 > 0 ? y - box.height - 14 : y + 18) + scrollY + "px";
};
document.addEventListener("pointerover", showTip);
document.addEventListener("pointermove", event => { if (!tip.hidden) showTip(event); });
addEventListener("scroll", () => { tip.hidden = true; }, {passive: true});
