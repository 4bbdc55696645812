// The curves of the run, with a line at the step that is shown.

class Curves {
  // go(step) is called with the training step that was clicked.
  constructor(host, go) { Object.assign(this, {host, go}); }

  // draw draws one picture for the losses and, where they are known, one for
  // the accuracies.
  draw(step) {
    const losses = [], shares = [];
    model.nets.forEach((net, n) => {
      const c = net.curve, name = model.nets.length > 1 ? tr(net.name) + ": " : "";
      if (!c || !c.step || !c.step.length) return;
      losses.push({name: name + T("loss a row"), x: c.step, y: c.loss, class: n ? "b" : "a"});
      if (c.train && c.train.length) shares.push({name: name + T("training accuracy"), x: c.step, y: c.train, class: n ? "b" : "a"});
      if (c.test && c.test.length) shares.push({name: name + T("test accuracy"), x: c.step, y: c.test, class: (n ? "b" : "a") + " dashed"});
    });
    this.host.replaceChildren(...[[T("Loss"), losses], [T("Accuracy"), shares]].filter(([, list]) => list.some(l => l.y.some(v => v !== null))).map(([title, list]) => this.picture(title, list, step)));
  }

  picture(title, list, step) {
    const wide = 600, high = 190, bottom = 26, top = 8;
    const all = list.flatMap(l => l.y).filter(v => v !== null), steps = list.flatMap(l => l.x);
    const [first, last] = [0, Math.max(...steps, ...model.nets.flatMap(net => net.steps.map(t => t.n)), 1)];
    let [low, high1] = [Math.min(...all), Math.max(...all)];
    if (low === high1) [low, high1] = [low - .5, high1 + .5];
    const marks = apart(low, high1), left = 8 + (innerWidth < 640 ? 12 : 7.6) * Math.max(...marks.map(m => m.length));
    const x = v => left + (v - first) / (last - first) * (wide - left - 10);
    const y = v => high - bottom - (v - low) / (high1 - low) * (high - bottom - top);
    const path = l => l.x.map((t, n) => l.y[n] === null ? "" : `${n && l.y[n - 1] !== null ? "L" : "M"}${x(t).toFixed(1)} ${y(l.y[n]).toFixed(1)}`).join("");
    const svg = s("svg", {viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": title + ": " + list.map(l => l.name).join(", "),
      onclick: e => {
        const at = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
        this.go(first + (at.x - left) / (wide - left - 10) * (last - first));
      }},
      s("rect", {x: left, y: top, width: wide - left - 10, height: high - bottom - top, class: "sheet"}),
      ...[low, high1].map((v, k) => s("text", {x: left - 6, y: y(v) + (k ? 9 : 0), "text-anchor": "end"}, marks[k])),
      ...[first, last].map(v => s("text", {x: x(v), y: high - 8, "text-anchor": v === first ? "start" : "end"}, String(v))),
      s("text", {x: (left + wide - 10) / 2, y: high - 8, "text-anchor": "middle"}, T("step")),
      ...list.map(l => s("path", {d: path(l), class: "curve " + l.class})),
      s("line", {x1: x(step), x2: x(step), y1: top, y2: high - bottom, class: "now"}),
      ...list.flatMap(l => thinned(l.x.length, 150).filter(n => l.y[n] !== null).map(n =>
        withTip(s("circle", {cx: x(l.x[n]), cy: y(l.y[n]), r: 5, class: "target"}), () => `${l.name} ${num(l.y[n])}, ${T("step %s", l.x[n])}`))));
    return h("figure", {class: "curve"}, h("figcaption", {}, h("b", {}, title), ...list.map(l =>
      h("span", {class: "key"}, s("svg", {viewBox: "0 0 24 8", width: 24, height: 8, "aria-hidden": "true"}, s("path", {d: "M0 4h24", class: "curve " + l.class})), " " + l.name))), svg);
  }
}

// apart writes two numbers with as many digits as it takes to tell them apart, four
// at least.
const apart = (a, b) => {
  let [s, t] = [brief(a), brief(b)];
  for (let digits = 5; s === t && a !== b && digits <= 17; digits++) [s, t] = [a, b].map(v => v.toPrecision(digits).replace("-", "−"));
  return [s, t];
};

// thinned returns about n of the indices below count.
const thinned = (count, n) => {
  const every = Math.ceil(count / n);
  return Array.from({length: count}, (_, k) => k).filter(k => k % every === 0 || k === count - 1);
};
