// The network as a graph: units in columns, an edge for each weight. Edges
// have the colour of the sign and the width of the size; units the strength of
// what the sample makes of them.

const mostUnits = 200, mostEdges = 3000; // of a layer that are drawn

// shortened is a name as it fits beside a unit.
const shortened = name => [...name].length > 18 ? [...name].slice(0, 17).join("") + "…" : name;

class Graph {
  // choose(tensor, i, j) is called with what was clicked.
  constructor(host, choose) { Object.assign(this, {host, choose}); }

  // shown are the units of layer k that are drawn.
  shown(k) { return Math.min(model.layers[k], mostUnits); }

  draw(view, sample, edges) {
    const wide = 640, high = Math.max(300, 40 + 17 * Math.min(40, Math.max(...model.layers.map((_, k) => this.shown(k)))));
    const room = names => 36 + 10.5 * Math.max(...names.map(name => shortened(name).length)), left = room(model.features), right = room(model.classes);
    const x = k => left + k * (wide - left - right) / (model.layers.length - 1);
    const named = k => k === 0 || k === model.layers.length - 1; // their names need room
    const gap = k => Math.min(this.shown(k) < 4 ? 80 : named(k) ? 28 : 17, (high - 60) / this.shown(k));
    const y = (k, u) => high / 2 + 12 + (u - (this.shown(k) - 1) / 2) * gap(k);
    this.radius = k => Math.min(7, .45 * gap(k));
    const lines = [], units = [], labels = [];
    for (let k = 1; k < model.layers.length; k++) lines.push(this.edges(view, edges, k, x, y));
    for (let k = 0; k < model.layers.length; k++) {
      for (let u = 0; u < this.shown(k); u++) units.push(this.unit(view, sample, k, u, x(k), y(k, u), labels));
      const more = model.layers[k] - this.shown(k);
      const name = k === 0 ? "x" : k === model.layers.length - 1 ? "p" : "h" + k;
      labels.push(s("text", {x: x(k), y: 18, "text-anchor": "middle", class: "strong"}, more > 0 ? T("%s, and %s units more", name, more) : name));
    }
    this.host.replaceChildren(s("svg", {viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": T("The network as a graph; its numbers stand in the tables below.")}, ...lines, ...units, ...labels));
  }

  // light marks the edges and units, by layer and number, that an explanation is about.
  light(edges, units) {
    const lit = (attribute, names) => {
      for (const e of this.host.querySelectorAll(`[${attribute}]`)) e.classList.toggle("lit", names.includes(e.getAttribute(attribute)));
    };
    lit("data-edge", edges);
    lit("data-unit", units);
  }

  // value is what an edge shows: the weight, its gradient, or nothing.
  edges(view, edges, k, x, y) {
    const name = {weights: "W", gradients: "dW"}[edges] + k, list = [];
    for (let i = 0; i < this.shown(k - 1); i++) {
      for (let j = 0; j < this.shown(k); j++) {
        const v = view.at(name, i, j);
        if (v !== undefined && Number.isFinite(v)) list.push([v, i, j]);
      }
    }
    const top = Math.max(...list.map(([v]) => Math.abs(v)), Number.MIN_VALUE);
    list.sort(([a], [b]) => Math.abs(a) - Math.abs(b)); // the strongest lie on top
    return s("g", {class: "edges"}, ...list.slice(-mostEdges).map(([v, i, j]) => {
      const share = Math.abs(v) / top;
      const e = s("line", {
        x1: x(k - 1), y1: y(k - 1, i), x2: x(k), y2: y(k, j), class: v < 0 ? "minus" : "plus",
        "stroke-width": (.4 + 3.6 * share).toFixed(2), "stroke-opacity": (.15 + .75 * share).toFixed(2), "data-edge": `${k}.${i}.${j}`, onclick: () => this.choose(name, i, j),
      });
      return withTip(e, () => `${elementOf(name, i, j)} = ${num(v)}`);
    }));
  }

  unit(view, sample, k, u, x, y, labels) {
    const last = model.layers.length - 1;
    const name = k === 0 ? "x" : k === last ? "p" : "h" + k, v = view.at(name, sample, u);
    const dead = k > 0 && k < last && view.step.dead && (view.step.dead[k - 1] || []).includes(u);
    let top = 1;
    if (k < last) for (let c = 0; c < this.shown(k); c++) top = Math.max(top, Math.abs(view.at(name, sample, c) ?? 0));
    const share = v === undefined ? 0 : Math.min(1, Math.abs(v) / top);
    const label = k === 0 ? model.features[u] : k === last ? model.classes[u] : "";
    const r = this.radius(k);
    if (label && (r > 5 || u % Math.ceil(12 / r) === 0)) labels.push(s("text", {x: x + (k === 0 ? -14 : 14), y: y + 4, "text-anchor": k === 0 ? "end" : "start"}, shortened(label)));
    const e = s("g", {class: "unit" + (dead ? " dead" : ""), "data-unit": `${k}.${u}`, onclick: () => this.choose(name, sample, u)},
      s("circle", {cx: x, cy: y, r, class: "ground"}),
      s("circle", {cx: x, cy: y, r, class: v < 0 ? "minus" : "plus", "fill-opacity": dead ? 0 : share.toFixed(2)}));
    return withTip(e, () => `${elementOf(name, sample, u)} = ${v === undefined ? "–" : num(v)}` + (dead ? ", " + T("dead: 0 for every row") : ""));
  }
}
