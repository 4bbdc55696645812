// Explanations: the words and formulas around stored numbers. Each kind of
// tensor has a function that names its terms; the values come from the store.

const elementOf = (tensor, i, j) => tensor === "loss" ? "loss" : `${tensor}[${i},${j}]`;

// parseElement reads "dW1[0,3]", "db1[3]" or "loss".
const parseElement = text => {
  const m = text.trim().match(/^([A-Za-z]+\d*(?:_new|_next)?)(?:\[\s*(\d+)\s*(?:,\s*(\d+)\s*)?\])?$/);
  if (!m) return null;
  if (m[2] === undefined) return m[1] === "loss" ? {tensor: "loss", i: 0, j: 0} : null;
  return m[3] === undefined ? {tensor: m[1], i: 0, j: Number(m[2])} : {tensor: m[1], i: Number(m[2]), j: Number(m[3])};
};

// inputOf is the tensor that goes into layer k.
const inputOf = k => k === 1 ? "x" : "h" + (k - 1);

const over = (index, n) => n === 1 ? `${index} = 0` : `${index} = 0 … ${n - 1}`;

// What the terms of an element are. Term n has a text, its text with numbers
// and the elements it is made from. Value and running are the stored ones.
const kinds = {
  // One chain of products, then maybe a last term.
  chain(e, n, a, w, formula, bias) {
    return {
      formula,
      term: k => {
        if (k === n) return {text: bias.name, numbers: factor(bias.value)};
        const [u, v] = [a(k), w(k)].map(p => ({name: elementOf(...p), value: e.view.at(...p)}));
        return {text: `${u.name}·${v.name}`, numbers: `${k === 0 ? num(u.value) : factor(u.value)}·${factor(v.value)}`};
      },
      numbers: terms => sumOf(terms),
    };
  },

  z(e) {
    const {k, i, j} = e, h = inputOf(k), n = e.rows("W" + k), b = `b${k}[0,${j}]`;
    return this.chain(e, n, c => [h, i, c], c => ["W" + k, c, j],
      `Σ ${h}[${i},k]·W${k}[k,${j}] + ${b}, ${over("k", n)}`, {name: b, value: e.view.at("b" + k, 0, j)});
  },

  dW(e) {
    const {k, i, j} = e, h = inputOf(k), n = e.rows("dz" + k);
    return this.chain(e, n, r => [h, r, i], r => ["dz" + k, r, j], `Σ ${h}[n,${i}]·dz${k}[n,${j}], ${over("n", n)}`);
  },

  dh(e) {
    const {k, i, j} = e, dz = "dz" + (k + 1), W = "W" + (k + 1), n = e.cols(W);
    return this.chain(e, n, c => [dz, i, c], c => [W, j, c], `Σ ${dz}[${i},c]·${W}[${j},c], ${over("c", n)}`);
  },

  db(e) {
    const {k, j} = e, dz = "dz" + k, n = e.rows(dz);
    return {
      formula: `Σ ${dz}[n,${j}], ${over("n", n)}`,
      term: r => ({text: elementOf(dz, r, j), numbers: factor(e.view.at(dz, r, j))}),
      numbers: terms => sumOf(terms),
    };
  },

  h(e) {
    const z = elementOf("z" + e.k, e.i, e.j), v = e.view.at("z" + e.k, e.i, e.j);
    const text = v <= 0 ? T("%s = %s is stopped: it is not above 0", z, num(v))
      : v === v ? T("%s passes: it is above 0", z) : T("%s passes: it is not a number", z);
    return single(T("%s if %s > 0, else 0", z, z), v <= 0 ? "0" : num(v), text);
  },

  dz(e) {
    if (e.k === model.layers.length - 1) return this.logits(e);
    const dh = elementOf("dh" + e.k, e.i, e.j), z = elementOf("z" + e.k, e.i, e.j);
    const d = e.view.at("dh" + e.k, e.i, e.j), v = e.view.at("z" + e.k, e.i, e.j);
    const text = v > 0 ? T("%s passes: %s = %s is above 0", dh, z, num(v)) : T("%s is stopped: %s = %s is not above 0", dh, z, num(v));
    return single(T("%s if %s > 0, else 0", dh, z), v > 0 ? num(d) : "0", text);
  },

  logits(e) {
    const p = elementOf("p", e.i, e.j), y = elementOf("y", e.i, e.j);
    const vp = e.view.at("p", e.i, e.j), vy = e.view.at("y", e.i, e.j), n = e.rows("p");
    return {
      formula: e.view.step.mean ? `(${p} − ${y}) / N, N = ${n}` : `${p} − ${y}`,
      term: (t, terms) => [
        () => ({text: p, numbers: num(vp)}),
        () => ({text: "−" + y, numbers: "−" + factor(vy)}),
        () => ({text: `/ N = ${n}`, numbers: `${factor(terms[1].running)} / ${n}`}),
      ][t](),
      numbers: () => e.view.step.mean ? `(${num(vp)} − ${factor(vy)}) / ${n}` : `${num(vp)} − ${factor(vy)}`,
    };
  },

  p(e) {
    const z = "z" + (model.layers.length - 1), n = e.cols(z);
    let largest = 0;
    for (let c = 1; c < n; c++) if (e.view.at(z, e.i, c) > e.view.at(z, e.i, largest)) largest = c;
    return {
      formula: `e${e.j} / Σ ec, ec = exp(${z}[${e.i},c] − m), m = max ${z}[${e.i},c], ${over("c", n)}`,
      given: "m = " + elementOf(z, e.i, largest),
      term: (c, terms, given) => c < n
        ? {text: `e${c} = exp(${elementOf(z, e.i, c)} − m)`, numbers: `exp(${num(e.view.at(z, e.i, c))} − ${factor(given)})`}
        : {text: `e${e.j} / Σ`, numbers: `${num(terms[c].value)} / ${num(terms[c - 1].running)}`},
      numbers: terms => terms[n].numbers,
    };
  },

  loss(e) {
    const rows = e.rows("p"), n = e.cols("p"), sum = rows * n;
    return {
      formula: `−(Σ y[n,c]·log(p[n,c] + ε))${e.view.step.mean ? " / N" : ""}, n = 0 … ${rows - 1}, c = 0 … ${n - 1}, ε = 1e-07`,
      term: (t, terms) => {
        if (t === sum) return {text: T("the sign"), numbers: "−" + factor(terms[t - 1].running)};
        if (t > sum) return {text: `/ N = ${rows}`, numbers: `${factor(terms[t - 1].running)} / ${rows}`};
        const at = [Math.floor(t / n), t % n], y = elementOf("y", ...at), p = elementOf("p", ...at);
        return {text: `${y}·log(${p} + ε)`, numbers: `${num(e.view.at("y", ...at))}·log(${num(e.view.at("p", ...at))} + ε)`};
      },
      numbers: terms => "−" + factor(terms[sum - 1].running) + (e.view.step.mean ? ` / ${rows}` : ""),
    };
  },

  update(e) {
    const name = e.tensor.slice(0, -4), by = e.view.step.momentum ? `v${name}_new` : "d" + name, rate = num(e.view.step.rate);
    const w = elementOf(name, e.i, e.j), d = elementOf(by, e.i, e.j), vw = e.view.at(name, e.i, e.j), vd = e.view.at(by, e.i, e.j);
    return {
      formula: `${w} − rate·${d}, rate = ${rate}`,
      term: t => t === 0 ? {text: w, numbers: num(vw)} : {text: "−rate·" + d, numbers: `−${rate}·${factor(vd)}`},
      numbers: () => `${num(vw)} − ${rate}·${factor(vd)}`,
    };
  },

  velocity(e) {
    const name = e.tensor.slice(1, -4), m = num(e.view.step.momentum);
    const v = elementOf("v" + name, e.i, e.j), d = elementOf("d" + name, e.i, e.j);
    const vv = e.view.at("v" + name, e.i, e.j), vd = e.view.at("d" + name, e.i, e.j);
    return {
      formula: `momentum·${v} + ${d}, momentum = ${m}`,
      term: t => t === 0 ? {text: "momentum·" + v, numbers: `${m}·${factor(vv)}`} : {text: d, numbers: factor(vd)},
      numbers: () => `${m}·${factor(vv)} + ${factor(vd)}`,
    };
  },

  next(e) {
    const from = elementOf(e.tensor.slice(0, -5) + "_new", e.i, e.j);
    return single(T("%s: the next step starts from it", from), num(e.value), from);
  },

  x(e) { return single(T("feature %s of row %s of the batch", e.j, e.i), num(e.value), T("given")); },
  y(e) { return single(T("1 if row %s of the batch is of class %s, else 0", e.i, e.j), num(e.value), T("given")); },

  // A parameter or a velocity as the step finds it.
  before(e) {
    if (e.view.step.n > 0) {
      const from = `${e.view.step.n - 1}.${elementOf(e.tensor + (e.tensor[0] === "v" ? "_new" : "_next"), e.i, e.j)}`;
      return single(T("%s: as the step before left it", from), num(e.value), from);
    }
    const what = e.tensor[0] === "W" ? T("drawn before the first step")
      : e.tensor[0] === "b" && e.value !== 0 ? T("set before the first step") : T("0 before the first step");
    return single(what, num(e.value), T("given"));
  },
};

// single is an explanation of one term.
const single = (formula, numbers, text) => ({formula, term: () => ({text, numbers}), numbers: () => numbers});

// sumOf writes what terms add up to: the first three and the last.
const sumOf = terms => {
  const parts = [];
  for (let n = 0; n < terms.length; n++) {
    if (n < 3 || n === terms.length - 1) parts.push(terms[n].numbers);
    else if (n === 3) parts.push("…");
  }
  return parts.join(" + ");
};

// kindOf finds the function that explains a tensor.
const kindOf = tensor => {
  if (tensor.endsWith("_next")) return "next";
  if (tensor.endsWith("_new")) return tensor[0] === "v" ? "velocity" : "update";
  const kind = tensor.replace(/\d+$/, "");
  return kind in kinds && kind !== "chain" ? kind : "before";
};

// explain says how an element came about; null if its numbers are not kept.
// Terms holds one entry a term; those in the middle of a long sum are null.
const explain = (view, tensor, i, j) => {
  const slot = view.slot(tensor, i, j), t = view.tensors.get(tensor);
  if (slot === undefined) return null;
  const e = {
    view, tensor, i, j, value: view.number(slot, 0), k: Number((tensor.match(/\d+/) || [0])[0]),
    rows: name => view.tensors.get(name).rows, cols: name => view.tensors.get(name).cols,
  };
  const name = elementOf(tensor, i, j), data = tensor === "x" || tensor === "y";
  const kind = t.explained || data ? kinds[kindOf(tensor)](e) : single(num(e.value), num(e.value), T("given"));
  const x = {name, tensor, i, j, formula: `${name} = ${kind.formula}`, given: null, terms: [], left: t.left, found: e.value, notes: []};
  let at = 1;
  if (t.given) x.given = {text: kind.given, value: view.number(slot, at++)};
  if (!t.explained) {
    x.terms = [{text: T("given"), numbers: num(e.value), value: e.value, running: e.value}];
    if (!t.why && !data) x.notes.push(T("Of %s this page holds the values alone.", tensor));
  } else {
    x.terms = new Array(t.terms).fill(null);
    const tailAt = at + 2 * t.head + (t.left > 0 ? 1 : 0);
    // All numbers first: a term's text may speak of another's.
    for (let n = 0; n < t.terms; n++) {
      if (n >= t.head && n < t.terms - t.tail) continue;
      const from = n < t.head ? at + 2 * n : tailAt + 2 * (n - (t.terms - t.tail));
      x.terms[n] = {value: view.number(slot, from), running: view.number(slot, from + 1)};
    }
    if (t.left > 0) x.before = view.number(slot, at + 2 * t.head);
    for (let n = 0; n < t.terms; n++) {
      if (x.terms[n]) Object.assign(x.terms[n], kind.term(n, x.terms, x.given && x.given.value));
    }
  }
  x.numbers = `${name} = ${kind.numbers(x.terms.map(term => term || {}))}`;
  x.result = x.terms[x.terms.length - 1].running;
  x.same = sameBits(x.result, x.found);
  if (t.why) x.notes.push(tr(t.why));
  if (t.computed) x.notes.push(T("%s is not recorded: it was computed from what is", tensor));
  if (t.single) x.notes.push(T("%s is recorded in float32 and computed here in float64: a relative difference of some 1e-7 is rounding", tensor));
  return x;
};
