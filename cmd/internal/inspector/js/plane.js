// The data: points by class, what the network says of the plane, and the line
// where each hidden unit of the first layer switches.

class Plane {
  // pick(point) is called with the index of the point nearest to a click.
  constructor(host, pick) {
    Object.assign(this, {host, pick});
    const [x0, x1, y0, y1] = model.points.frame, wide = 600;
    this.scale = Math.min(wide / (x1 - x0), 440 / (y1 - y0));
    const even = model.planar ? [this.scale, this.scale] : [wide / (x1 - x0), 360 / (y1 - y0)];
    this.x = v => (v - x0) * even[0];
    this.y = v => (y1 - v) * even[1];
    this.wide = (x1 - x0) * even[0];
    this.high = (y1 - y0) * even[1];
    this.region = s("path", {class: "region", transform: `matrix(${even[0]} 0 0 ${-even[1]} ${-x0 * even[0]} ${y1 * even[1]})`});
    this.hinges = s("g", {class: "hinges"});
    this.points = model.points.x.map((_, n) => this.point(n));
    this.lights = s("g", {class: "lights"});
    this.chosen = s("circle", {r: 9, class: "chosen", visibility: "hidden"});
    this.svg = s("svg", {viewBox: `-8 -8 ${this.wide + 16} ${this.high + 16}`, role: "img", onclick: e => this.click(e)},
      s("rect", {x: 0, y: 0, width: this.wide, height: this.high, class: "sheet"}),
      s("clipPath", {id: host.id + "-clip"}, s("rect", {x: 0, y: 0, width: this.wide, height: this.high})),
      s("g", {"clip-path": `url(#${host.id}-clip)`}, this.region, this.hinges), 
      s("text", {x: this.wide - 5, y: this.high - 6, "text-anchor": "end"}, model.features[0] || ""), s("text", {x: 5, y: 15}, model.features[1] || ""),
      ...this.points, this.lights, this.chosen);
    this.caption = h("p", {class: "soft"});
    host.append(this.svg, this.caption);
  }

  point(n) {
    const {x, y, class: classes} = model.points, c = classes[n] % 7;
    if (x[n] === null || y[n] === null) return s("g"); // no number, no place
    const [a, b] = [this.x(x[n]), this.y(y[n])];
    const e = c === 1 ? s("rect", {x: a - 2.6, y: b - 2.6, width: 5.2, height: 5.2})
      : c === 2 ? s("path", {d: `M${a} ${b - 3.6}l3.4 6h-6.8z`}) : s("circle", {cx: a, cy: b, r: 2.9});
    e.setAttribute("class", "point c" + (c < 0 ? "x" : c));
    return withTip(e, () => T("row %s", model.points.row ? model.points.row[n] : n) + (classes[n] < 0 ? "" : ", " + T("class %s", model.classes[classes[n]])) +
      (this.kept.has(n) ? "" : ", " + T("its numbers are not kept")));
  }

  draw(view, sample) {
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
    if (n !== undefined && model.points.x[n] !== null) {
      this.chosen.setAttribute("cx", this.x(model.points.x[n]));
      this.chosen.setAttribute("cy", this.y(model.points.y[n]));
    }
    this.caption.textContent = model.points.of ? T("%s of %s rows are drawn.", model.points.x.length, model.points.of) : "";
    this.svg.setAttribute("aria-label", T("The data. Choose a sample with the buttons above, or by a click."));
  }

  // light marks the line of a unit of the first layer, if any, and rows of the batch.
  light(view, unit, rows) {
    for (const e of this.hinges.children) e.classList.toggle("lit", e.dataset.unit === String(unit));
    const {kept, row} = view.step, whole = kept.every((r, at) => row[at] === r);
    const at = new Set(rows.map(r => kept.includes(r) ? row[kept.indexOf(r)] : whole ? r : -1));
    this.lights.replaceChildren(...[...at].filter(n => Number.isFinite(model.points.x[n]) && Number.isFinite(model.points.y[n])).map(n =>
      s("circle", {cx: this.x(model.points.x[n]), cy: this.y(model.points.y[n]), r: 7, class: "lit"})));
  }

  // click picks the kept sample nearest to the pointer.
  click(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    let best, least = Infinity;
    for (const [n, row] of this.kept) {
      if (model.points.x[n] === null || model.points.y[n] === null) continue;
      const d = Math.hypot(this.x(model.points.x[n]) - at.x, this.y(model.points.y[n]) - at.y);
      if (d < least) [best, least] = [row, d];
    }
    if (best !== undefined) this.pick(best);
  }
}
