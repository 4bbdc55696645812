// The tables: every number of the chosen sample and of the batch. A number is
// a button; within a table the arrow keys go from one to the next.

// spoken is what a screen reader says of a number: what is seen, and where it stands.
const spoken = (tensor, i, j, v) => tensor === "loss" ? T("explain the loss, %s", brief(v)) : T("explain %s row %s column %s, %s", tensor, i, j, brief(v));

// heading is a cell that heads a column or a row; a corner has nothing to say.
const heading = (scope, text) => text === "" ? h("td", {}) : h("th", {scope}, text);

class Tables {
  // choose(tensor, i, j) is called with the number that was asked for. Net is whose
  // tables they are, where there are two networks.
  constructor(host, choose, net) {
    Object.assign(this, {host, choose, net});
    host.addEventListener("keydown", e => this.move(e));
  }

  // draw shows the sample's way through view's network. Other is the right
  // network's view where there are two, bad(tensor, i, j) marks what a finding
  // speaks of.
  draw(view, sample, other, bad) {
    Object.assign(this, {view, other, bad});
    const last = model.layers.length - 1, cards = [];
    cards.push(this.card(T("Sample %s", sample), [], "", ["x"], model.layers[0], (_, u) => [sample, u], u => model.features[u]));
    for (let k = 1; k <= last; k++) {
      const names = k < last ? ["z" + k, "h" + k, "dh" + k, "dz" + k] : ["z" + k, "p", "y", "dz" + k];
      cards.push(this.card(k < last ? T("Layer %s, sample %s", k, sample) : T("Layer %s, the last, sample %s", k, sample),
        this.formulas(names),
        k < last ? T("unit") : T("class"),
        names, model.layers[k], (_, u) => [sample, u], k < last ? u => u : u => model.classes[u]));
    }
    cards.push(this.card(T("The loss of the batch"), this.formulas(["loss"]), "", ["loss"], 1, () => [0, 0], () => ""));
    for (let k = 1; k <= last; k++) this.parameters(k, cards);
    this.host.replaceChildren(...cards.filter(c => c));
  }

  // parameters are weights, gradients and new weights of layer k, the longer
  // side down.
  parameters(k, cards) {
    const W = this.view.tensors.get("W" + k);
    if (!W) return;
    const down = W.rows > W.cols, across = Math.min(down ? W.cols : W.rows, 6), length = down ? W.rows : W.cols;
    const columns = [];
    for (const kind of ["W", "dW", "vW_new", "W_new", "W_next"]) {
      const name = kind.replace("W", "W" + k);
      if (!this.view.tensors.has(name)) continue;
      for (let c = 0; c < across; c++) columns.push({tensor: name, label: down ? `${name}[i,${c}]` : `${name}[${c},j]`, at: u => down ? [u, c] : [c, u]});
      const bias = name.replace("W", "b");
      if (!down && this.view.tensors.has(bias)) columns.push({tensor: bias, label: `${bias}[0,j]`, at: u => [0, u]});
    }
    cards.push(this.grid(T("Layer %s, the whole batch", k), this.formulas(["dW" + k, "db" + k, `vW${k}_new`, `W${k}_new`]), down ? "i" : "j", columns, length, u => u));
    if (down) cards.push(this.card(T("Layer %s, biases", k), this.formulas(["db" + k]), "j", ["b" + k, "db" + k, `vb${k}_new`, `b${k}_new`, `b${k}_next`], W.cols, (_, u) => [0, u], u => u));
  }

  // formulas are those of the tensors that are there.
  formulas(names) { return names.map(name => (this.view.tensors.get(name) || {}).formula).filter(f => f); }

  card(title, formulas, corner, names, length, at, label) {
    const columns = names.filter(name => this.view.tensors.has(name)).map(name => ({tensor: name, label: name, at: u => at(name, u)}));
    return this.grid(title, formulas, corner, columns, length, label);
  }

  grid(title, formulas, corner, columns, length, label) {
    if (!columns.length) return null;
    let first = true;
    const rows = Array.from({length: Math.min(length, 400)}, (_, u) => h("tr", {"data-unit": u}, heading("row", String(label(u))), ...columns.map(c => {
      const [i, j] = c.at(u), cell = this.cell(c.tensor, i, j, first);
      if (cell.firstChild) first = false;
      return cell;
    })));
    const marks = this.view.step.differs || [];
    const head = columns.map(c => {
      const th = h("th", {scope: "col", class: !marks.includes(c.tensor) ? "" : c.tensor === marks[0] ? "differs first" : "differs"}, c.label);
      return marks[0] === c.tensor ? withTip(th, () => T("the first tensor of this step that differs")) : th;
    });
    return h("figure", {class: "card"}, h("figcaption", {}, title, ...formulas.map(f => h("code", {}, f))), h("div", {class: "scroll", role: "region", tabindex: -1, "aria-label": this.net ? `${title}: ${tr(this.net.name)}` : title},
      h("table", {}, h("thead", {}, h("tr", {}, heading("col", corner), ...head)), h("tbody", {}, ...rows))));
  }

  cell(tensor, i, j, first) {
    const v = this.view.at(tensor, i, j), name = elementOf(tensor, i, j);
    if (v === undefined) return h("td", {});
    const there = this.other && this.other.at(tensor, i, j);
    const classes = [there !== undefined && this.other && !sameBits(v, there) ? "differs" : "", this.bad(tensor, i, j) ? "bad" : ""].join(" ").trim();
    const button = h("button", {type: "button", class: "number " + classes, tabindex: first ? 0 : -1, "data-name": name, "aria-label": spoken(tensor, i, j, v), onclick: () => this.choose(tensor, i, j)}, brief(v));
    return h("td", {}, withTip(button, () => `${name} = ${num(v)}` + (there !== undefined && classes.includes("differs") ? ", " + T("right: %s", num(there)) : "")));
  }

  // move goes from number to number by the arrow keys; one of a table's is in
  // the tab order.
  move(event) {
    const step = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -99], End: [0, 99]}[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell) return;
    event.preventDefault();
    const rows = [...cell.closest("tbody").rows], row = cell.parentNode, columns = [...row.cells];
    const next = rows[rows.indexOf(row) + step[0]];
    let at = Math.max(1, Math.min(columns.length - 1, columns.indexOf(cell) + step[1]));
    const button = next && next.cells[at].querySelector("button");
    if (!button) return;
    cell.querySelector("button").tabIndex = -1;
    button.tabIndex = 0;
    button.focus();
  }
}
