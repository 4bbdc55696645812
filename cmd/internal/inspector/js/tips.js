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
