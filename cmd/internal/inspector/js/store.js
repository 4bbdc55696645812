// The store: the numbers of a kept step, unpacked when they are wanted.

const model = JSON.parse(document.getElementById("model").textContent);

// A View answers for one kept step of one network.
class View {
  constructor(net, step, data) {
    Object.assign(this, {net, step, data, tensors: new Map()});
    this.rowAt = new Map(step.kept.map((row, at) => [row, at]));
    let at = 0;
    for (const t of net.layouts[step.layout]) {
      const left = t.terms - t.head - t.tail; // terms that are not stored
      const stride = 1 + (t.explained ? (t.given ? 1 : 0) + 2 * (t.head + t.tail) + (left > 0 ? 1 + 3 * t.large : 0) : 0);
      this.tensors.set(t.name, {...t, at, stride, left});
      at += (t.byRow ? step.kept.length : t.rows) * t.cols * stride;
    }
  }

  // slot is where the numbers of an element begin, undefined if it is not kept.
  slot(name, i, j) {
    const t = this.tensors.get(name);
    if (!t || !(i >= 0 && i < t.rows && j >= 0 && j < t.cols)) return undefined;
    const row = t.byRow ? this.rowAt.get(i) : i;
    return row === undefined ? undefined : t.at + (row * t.cols + j) * t.stride;
  }

  // number k of those stored for an element.
  number(slot, k) { return this.data.getFloat64(8 * (slot + k), true); }

  // at is the element's value, undefined if it is not kept.
  at(name, i, j) {
    const slot = this.slot(name, i, j);
    return slot === undefined ? undefined : this.number(slot, 0);
  }
}

const views = new Map();

// viewOf returns a promise of the numbers of kept step s of network n.
const viewOf = (n, s) => {
  const key = n + "." + s;
  if (!views.has(key)) {
    if (views.size > 40) views.delete(views.keys().next().value);
    const net = model.nets[n], step = net.steps[s];
    views.set(key, unpack(step.data).then(data => new View(net, step, data)));
  }
  return views.get(key);
};
