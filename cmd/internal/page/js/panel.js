// The explanation of one number, with the numbers it is made of as links.

class Panel {
  // closed() is called when no number is asked for any more; it returns a promise of
  // the page without it. The trail has the numbers that were asked for, their names
  // and what asks for them again().
  constructor(host, closed) { Object.assign(this, {host, closed, trail: []}); }

  // link is a name as a button, or as it is where it leads nowhere.
  link(name, label = name) {
    const ask = name !== this.x.name && this.about.link(name);
    return ask ? h("button", {type: "button", class: "link", "data-name": name, onclick: ask}, label) : label;
  }

  // linked returns text with the names in it as links.
  linked(text) {
    const parts = [];
    let from = 0;
    for (const m of this.about.shape ? text.matchAll(this.about.shape) : []) {
      parts.push(text.slice(from, m.index), this.link(m[0]));
      from = m.index + m[0].length;
    }
    parts.push(text.slice(from));
    return parts;
  }

  // term is a term's text with what it uses as links: where the text names it without
  // its epoch, or else behind the text.
  term(t) {
    if (!t.inputs) return this.linked(t.text);
    const parts = [], behind = [];
    let rest = t.text;
    for (const name of t.inputs) {
      const bare = name.replace(/^\d+\./, ""), at = rest.indexOf(bare);
      if (at < 0) {
        behind.push(" ", this.link(name));
      } else {
        parts.push(rest.slice(0, at), this.link(name, bare));
        rest = rest.slice(at + bare.length);
      }
    }
    return [...parts, rest, ...behind];
  }

  // draw shows the explanation x. About says what it is of, what a click on a name
  // does, the shape of names, further notes and the command that tells the same.
  draw(x, about) {
    Object.assign(this, {x, about});
    const line = (label, v) => h("div", {}, h("dt", {}, label), h("dd", {}, v));
    const out = [];
    out.push(h("h2", {id: "explained", tabindex: -1}, h("code", {}, x.name), " ", h("span", {class: "soft"}, about.of)));
    if (this.trail.length > 1) out.push(h("button", {type: "button", class: "back", onclick: () => this.back()}, "← " + this.trail.at(-2).name));
    out.push(h("p", {class: "formula"}, ...this.linked(x.formula)), x.numbers ? h("p", {class: "formula"}, x.numbers) : "");
    if (!x.same) {
      out.push(h("p", {class: "wrong", role: "note"}, T("By this formula it would be %s; the network has %s.", num(x.result), num(x.found))));
    }
    out.push(h("dl", {class: "value"}, line(T("decimal"), num(x.found)), line(T("hexadecimal"), hex(x.found)), line(T("bits"), bits(x.found)),
      x.same ? null : line(T("expected"), `${num(x.result)}  ${hex(x.result)}  ${bits(x.result)}`)));
    for (const given of [].concat(x.given || [])) out.push(h("p", {class: "formula"}, ...(about.shape ? this.linked(given.text) : [this.link(given.text)]), " = " + num(given.value)));
    if (x.large && x.large.length) out.push(this.largest(x));
    out.push(this.terms(x));
    for (const note of about.notes) out.push(h("p", {class: "note"}, note));
    out.push(h("p", {class: "soft"}, T("The same in a terminal:")), h("pre", {}, h("code", {}, about.command)));
    this.host.replaceChildren(h("button", {type: "button", class: "close", "aria-label": T("Close"), onclick: () => this.close()}, "×"), ...out);
    this.host.hidden = false;
    root.classList.add("explaining");
  }

  // largest are the terms that decide a long sum.
  largest(x) {
    const rows = x.large.map(t => h("tr", {}, h("td", {}, ...this.term(t)), h("td", {class: "r"}, num(t.value)), h("td", {class: "r"}, (100 * t.share).toPrecision(3) + " %")));
    return h("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": T("The largest terms")}, h("table", {class: "terms large"},
      h("thead", {}, h("tr", {}, ...[T("the largest terms"), T("value"), T("share of all sizes")].map((t, n) => h("th", {scope: "col", class: n ? "r" : ""}, t)))), h("tbody", {}, ...rows)));
  }

  terms(x) {
    const rows = [];
    let told = false;
    x.terms.forEach(t => {
      if (t) {
        rows.push(h("tr", {}, h("td", {}, ...this.term(t), h("span", {class: "soft"}, t.numbers)),
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
    this.trail.pop().again();
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
