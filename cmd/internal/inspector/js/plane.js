// The data: points by class, what the network says of the plane, and the line
// where each hidden unit of the first layer switches.

// around is the range of values with some room, of area where they are all alike.
const around = values => {
  const list = values.filter(v => Number.isFinite(v)), low = Math.min(...list), high = Math.max(...list), room = .06 * (high - low) || 1;
  return list.length ? [low - room, high + room] : [0, 1];
};

class Plane {
  // pick(point) is called with the index of the point nearest to a click.
  constructor(host, pick) {
    Object.assign(this, {host, pick, pair: [0, 1]});
    this.build();
  }

  // build lays out the pair of features that is chosen.
  build() {
    const {host, pair} = this, {x, y, all, frame} = model.points, wide = 600;
    this.lang = root.lang;
    [this.across, this.up] = all ? pair.map(j => all[j]) : [x, y];
    const [x0, x1, y0, y1] = !all ? frame : [...around(this.across), ...around(this.up)];
    const scale = Math.min(wide / (x1 - x0), 440 / (y1 - y0));
    const even = model.planar ? [scale, scale] : [wide / (x1 - x0), 360 / (y1 - y0)];
    this.x = v => (v - x0) * even[0];
    this.y = v => (y1 - v) * even[1];
    this.wide = (x1 - x0) * even[0];
    this.high = (y1 - y0) * even[1];
    this.region = s("path", {class: "region", transform: `matrix(${even[0]} 0 0 ${-even[1]} ${-x0 * even[0]} ${y1 * even[1]})`});
    this.hinges = s("g", {class: "hinges"});
    this.points = this.across.map((_, n) => this.point(n));
    this.lights = s("g", {class: "lights"});
    this.chosen = s("circle", {r: 9, class: "chosen", visibility: "hidden"});
    this.svg = s("svg", {viewBox: `-8 -8 ${this.wide + 16} ${this.high + 16}`, role: "img", onclick: e => this.click(e)},
      s("rect", {x: 0, y: 0, width: this.wide, height: this.high, class: "sheet"}),
      s("clipPath", {id: host.id + "-clip"}, s("rect", {x: 0, y: 0, width: this.wide, height: this.high})),
      s("g", {"clip-path": `url(#${host.id}-clip)`}, this.region, this.hinges), 
      s("text", {x: this.wide - 5, y: this.high - 6, "text-anchor": "end"}, model.features[pair[0]] || ""), s("text", {x: 5, y: 15}, model.features[pair[1]] || ""),
      ...this.points, this.lights, this.chosen);
    this.caption = h("p", {class: "soft"});
    const choices = all ? h("p", {class: "pair"}, ...[T("across"), T("up")].map((name, k) => h("label", {}, name + " ", h("select", {onchange: e => {
      this.pair[k] = Number(e.target.value);
      this.build();
      this.pick(state.sample);
    }}, ...all.map((_, j) => h("option", {value: j, selected: j === pair[k]}, model.features[j])))))) : null;
    host.replaceChildren(...[this.svg, choices, this.caption].filter(e => e));
  }

  point(n) {
    const classes = model.points.class, c = classes[n] % 7;
    if (!this.placed(n)) return s("g"); // no number, no place
    const [a, b] = [this.x(this.across[n]), this.y(this.up[n])];
    const e = c === 1 ? s("rect", {x: a - 2.6, y: b - 2.6, width: 5.2, height: 5.2})
      : c === 2 ? s("path", {d: `M${a} ${b - 3.6}l3.4 6h-6.8z`}) : s("circle", {cx: a, cy: b, r: 2.9});
    e.setAttribute("class", "point c" + (c < 0 ? "x" : c));
    return withTip(e, () => T("row %s", model.points.row ? model.points.row[n] : n) + (classes[n] < 0 ? "" : ", " + T("class %s", model.classes[classes[n]])) +
      (this.kept.has(n) ? "" : ", " + T("its numbers are not kept")));
  }

  // placed reports whether point n has a place.
  placed(n) { return Number.isFinite(this.across[n]) && Number.isFinite(this.up[n]); }

  draw(view, sample) {
    if (this.lang !== root.lang) this.build(); // its words
    const step = view.step;
    this.kept = new Map(step.row.map((n, at) => [n, step.kept[at]]));
    this.points.forEach((e, n) => {
      e.classList.toggle("kept", this.kept.has(n));
      e.classList.toggle("wrong", step.right && step.right[n] === false);
    });
    this.region.setAttribute("d", step.boundary || "");
    this.hinges.replaceChildren(...(step.hinges || []).map(([x0, y0, x1, y1], u) => x0 === x1 && y0 === y1 ? null :
      withTip(s("line", {x1: this.x(x0), y1: this.y(y0), x2: this.x(x1), y2: this.y(y1), "data-unit": u}), () => T("unit %s of layer 1 switches here", u)))
      .filter(e => e));
    const n = step.row[step.kept.indexOf(sample)];
    this.chosen.setAttribute("visibility", n === undefined ? "hidden" : "visible");
    if (n !== undefined && this.placed(n)) {
      this.chosen.setAttribute("cx", this.x(this.across[n]));
      this.chosen.setAttribute("cy", this.y(this.up[n]));
    }
    this.caption.textContent = model.points.of ? T("%s of %s rows are drawn.", model.points.x.length, model.points.of) : "";
    this.svg.setAttribute("aria-label", T("The data. Choose a sample with the buttons above, or by a click."));
  }

  // light marks the line of a unit of the first layer, if any, and rows of the batch.
  light(view, unit, rows) {
    for (const e of this.hinges.children) e.classList.toggle("lit", e.dataset.unit === String(unit));
    const {kept, row} = view.step, whole = kept.every((r, at) => row[at] === r);
    const at = new Set(rows.map(r => kept.includes(r) ? row[kept.indexOf(r)] : whole ? r : -1));
    this.lights.replaceChildren(...[...at].filter(n => this.placed(n)).map(n =>
      s("circle", {cx: this.x(this.across[n]), cy: this.y(this.up[n]), r: 7, class: "lit"})));
  }

  // click picks the kept sample nearest to the pointer.
  click(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    let best, least = Infinity;
    for (const [n, row] of this.kept) {
      if (!this.placed(n)) continue;
      const d = Math.hypot(this.x(this.across[n]) - at.x, this.y(this.up[n]) - at.y);
      if (d < least) [best, least] = [row, d];
    }
    if (best !== undefined) this.pick(best);
  }
}
