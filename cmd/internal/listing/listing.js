// The values of one step are shown at a time.
(() => {
  const bar = document.getElementById("steps");
  if (!bar) return;
  const values = [...document.querySelectorAll(".values")], buttons = [...bar.querySelectorAll("button")];
  for (const b of buttons) b.addEventListener("click", () => {
    for (const v of values) v.hidden = v.dataset.step !== b.dataset.step;
    for (const other of buttons) other.setAttribute("aria-pressed", other === b);
  });
})();
