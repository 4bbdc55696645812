// The explanation of one number, with the numbers it is made of as links.

const nameShape = /(?:\d+\.)?\b[A-Za-z]+\d*(?:_new|_next)?\[\d+,\d+\]/g;

class Panel {
  // ask(net, tensor, i, j) is called with a number that was asked for, closed()
  // when none is asked for any more; it returns a promise of the page without it.
  constructor(host, ask, closed) { Object.assign(this, {host, ask, closed, trail: []}); }

  // linked returns text with the elements that are kept as links, except self.
  linked(text, view, n, self) {
    const parts = [];
    let from = 0;
    for (const m of text.matchAll(nameShape)) {
      const e = m[0].includes(".") ? null : parseElement(m[0]); // one of another step is no link
      parts.push(text.slice(from, m.index));
      from = m.index + m[0].length;
      parts.push(e && m[0] !== self && view.slot(e.tensor, e.i, e.j) !== undefined
        ? h("button", {type: "button", class: "link", "data-name": m[0], onclick: () => this.ask(n, e.tensor, e.i, e.j)}, m[0]) : m[0]);
    }
    parts.push(text.slice(from));
    return parts;
  }

  draw(view, n, x) {
    const net = model.nets[n], step = view.step.n;
    const line = (label, v) => h("div", {}, h("dt", {}, label), h("dd", {}, v));
    const out = [];
    out.push(h("h2", {id: "explained", tabindex: -1}, h("code", {}, x.name), " ", h("span", {class: "soft"}, T("of step %s", step), model.nets.length > 1 ? ", " + tr(net.name) : "")));
    if (this.trail.length > 1) out.push(h("button", {type: "button", class: "back", onclick: () => this.back()}, "← " + this.trail.at(-2).name));
    out.push(h("p", {class: "formula"}, ...this.linked(x.formula, view, n, x.name)), h("p", {class: "formula"}, x.numbers));
    if (!x.same) {
      out.push(h("p", {class: "wrong", role: "note"}, T("By this formula it would be %s; the network has %s.", num(x.result), num(x.found))));
    }
    out.push(h("dl", {class: "value"}, line(T("decimal"), num(x.found)), line(T("hexadecimal"), hex(x.found)), line(T("bits"), bits(x.found)),
      x.same ? null : line(T("expected"), `${num(x.result)}  ${hex(x.result)}  ${bits(x.result)}`)));
    if (x.given) out.push(h("p", {class: "formula"}, ...this.linked(x.given.text, view, n), " = " + num(x.given.value)));
    if (x.large && x.large.length) out.push(this.largest(x, view, n));
    out.push(this.terms(x, view, n));
    for (const note of [...x.notes, ...(view.step.notes || []).map(tr)]) out.push(h("p", {class: "note"}, note));
    out.push(h("p", {class: "soft"}, T("The same in a terminal:")), h("pre", {}, h("code", {}, `${net.explain}${x.left > 0 ? " -all" : ""} -step ${step} '${x.name}'`)));
    this.host.replaceChildren(h("button", {type: "button", class: "close", "aria-label": T("Close"), onclick: () => this.close()}, "×"), ...out);
    this.host.hidden = false;
    root.classList.add("explaining");
  }

  // largest are the terms that decide a long sum.
  largest(x, view, n) {
    const rows = x.large.map(t => h("tr", {}, h("td", {}, ...this.linked(t.text, view, n)), h("td", {class: "r"}, num(t.value)), h("td", {class: "r"}, (100 * t.share).toPrecision(3) + " %")));
    return h("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": T("The largest terms")}, h("table", {class: "terms large"},
      h("thead", {}, h("tr", {}, ...[T("the largest terms"), T("value"), T("share of all sizes")].map((t, n) => h("th", {scope: "col", class: n ? "r" : ""}, t)))), h("tbody", {}, ...rows)));
  }

  terms(x, view, n) {
    const rows = [];
    let told = false;
    x.terms.forEach(t => {
      if (t) {
        rows.push(h("tr", {}, h("td", {}, ...this.linked(t.text, view, n), h("span", {class: "soft"}, t.numbers)),
          h("td", {class: "r"}, num(t.value), h("span", {class: "soft"}, hex(t.value))), h("td", {class: "r"}, num(t.running), h("span", {class: "soft"}, hex(t.running)))));
      } else if (!told) {
        told = true;
        rows.push(h("tr", {class: "gap"}, h("td", {colspan: 2}, T("… %s terms more; -all in a terminal shows them", x.left)), h("td", {class: "r"}, num(x.before), h("span", {class: "soft"}, hex(x.before)))));
      }
    });
    return h("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": T("The terms")}, h("table", {class: "terms"},
      h("thead", {}, h("tr", {}, ...[T("term"), T("value"), T("running sum")].map((t, n) => h("th", {scope: "col", class: n ? "r" : ""}, t)))), h("tbody", {}, ...rows)));
  }

  back() {
    this.trail.pop();
    const {n, tensor, i, j} = this.trail.pop();
    this.ask(n, tensor, i, j);
  }

  hide() {
    this.trail = [];
    this.host.hidden = true;
    root.classList.remove("explaining");
  }

  close() {
    this.hide();
    this.closed().then(() => {
      const home = this.home && this.home(); // the number that was asked for first
      if (home) home.focus({preventScroll: true});
    });
  }
}
