// The tabs, as the pattern of the WAI has them: arrows go from one to the next.
const tabs = [...document.querySelectorAll('[role="tab"]')];
function tab(name) {
  for (const t of tabs) {
    const on = t.dataset.tab === name;
    t.ariaSelected = on;
    t.tabIndex = on ? 0 : -1;
    $(t.dataset.tab).hidden = !on;
  }
  document.dispatchEvent(new CustomEvent("tab", { detail: name }));
}
for (const [i, t] of tabs.entries()) {
  t.addEventListener("click", () => tab(t.dataset.tab));
  t.addEventListener("keydown", event => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const to = tabs[(i + by + tabs.length) % tabs.length];
    tab(to.dataset.tab);
    to.focus();
    event.preventDefault();
  });
}
tab(location.hash.startsWith("#lab=") ? "lab" : "judge");
judge.start();
judge.ready.then(() => { document.documentElement.dataset.ready = Math.round(performance.now()); });
