// Numbers of the page's tables that open how they came about. Model has all that can
// be asked for, packed, by name; links go to names with the same start.

const model = JSON.parse($("explained-data").textContent), host = $("explanation");
let all = null, asked = null;

const panel = new Panel(host, async () => name(null));
const button = name => [...document.querySelectorAll("[data-explain]")].find(b => b.dataset.explain === name);

// name puts what is asked for into the address.
const name = key => {
  asked = key;
  for (const b of document.querySelectorAll("[data-explain]")) b.classList.toggle("asked", b.dataset.explain === key);
  try {
    history.replaceState(null, "", key ? "#explain=" + encodeURIComponent(key) : location.pathname);
  } catch { /* a page inside another one has no address of its own */ }
};

const ask = async (key, show) => {
  all ??= JSON.parse(new TextDecoder().decode(await unpack(model.data)));
  const x = all[key];
  if (!x) return;
  const from = button(key), before = from && from.getBoundingClientRect().top;
  if (!panel.trail.length) panel.home = () => button(key);
  if (!panel.trail.length || panel.trail.at(-1).key !== key) panel.trail.push({key, name: x.name, again: () => ask(key)});
  name(key);
  const start = key.slice(0, key.indexOf("/") + 1), terms = x.terms.map(t => ({...t, text: tr(t.text)}));
  if (x.left) terms.splice(x.head, 0, null);
  const result = x.terms.at(-1).running, found = x.found ?? result;
  panel.draw({
    ...x, terms, result, found, same: sameBits(result, found), formula: x.name + " = " + tr(x.formula), given: x.given.map(g => ({...g, text: tr(g.text)})),
    large: (x.large || []).map(t => ({...t, text: tr(t.text)})),
  }, {of: tr(x.of), notes: [], command: x.command, link: to => all[start + to] && (() => ask(start + to))});
  const row = from && from.closest("[data-key]");
  host.dataset.key = row ? row.dataset.key : ""; // its point in a figure stays lit
  $("explained").focus({preventScroll: true});
  if (!from) return;
  // The number stays where it was while the page makes room, as far as nothing lies over it.
  if (show) from.scrollIntoView({block: "center"});
  else scrollBy(0, from.getBoundingClientRect().top - before);
  const box = from.getBoundingClientRect(), cover = host.getBoundingClientRect();
  if (cover.left < box.right && box.bottom > cover.top) scrollBy(0, box.bottom - cover.top + 8);
};

const recall = () => {
  const key = new URLSearchParams(location.hash.slice(1)).get("explain");
  if (key) ask(key, true);
};
document.addEventListener("click", e => {
  const b = e.target.closest("[data-explain]");
  if (!b) return;
  panel.trail = [];
  ask(b.dataset.explain);
});
document.addEventListener("keydown", e => { if (e.key === "Escape" && !host.hidden) panel.close(); });
document.addEventListener("languagechange", () => { if (asked && !host.hidden) ask(asked); });
addEventListener("hashchange", recall);
recall();
