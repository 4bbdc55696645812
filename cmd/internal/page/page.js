"use strict";
(() => {
  const root = document.documentElement, all = (q, e = document) => [...e.querySelectorAll(q)];

  // Values on hover, at once and by touch. The figures' own titles do as much
  // where there is no script, but late, and not on a phone.
  const tip = (document.querySelector("main") || document.body).appendChild(Object.assign(document.createElement("div"), {className: "tip", hidden: true}));
  const texts = new WeakMap();
  for (const title of all(".drawing svg svg title, .drawing svg g title")) {
    const of = texts.get(title.parentNode) || {};
    of[title.getAttribute("lang") || "both"] = title.textContent;
    texts.set(title.parentNode, of);
    title.remove();
  }
  // A figure's first drawing has the texts and keys; the others have the same marks.
  for (const figure of all(".figures figure")) {
    const [first, ...others] = all(".drawing", figure).map(d => all("svg svg :is(.gbf, .gbo, .gbv) > *", d));
    for (const marks of others) marks.forEach((m, i) => {
      if (texts.has(first[i])) texts.set(m, texts.get(first[i]));
      if (first[i].dataset.key) m.dataset.key = first[i].dataset.key;
    });
  }
  const wordsOf = mark => {
    const of = texts.get(mark);
    return of && (of[root.lang] || of.both || of.en);
  };
  // Between the points of curves it is those at the pointer's step, of every
  // curve one, with a line through them.
  const cross = document.createElementNS("http://www.w3.org/2000/svg", "path");
  cross.setAttribute("class", "cross");
  const across = (e, x, y) => {
    cross.remove();
    const figure = e.closest && e.closest(".drawing > svg"), plot = figure && figure.querySelector("svg");
    const curves = plot ? all("g.gbv", plot).filter(g => !g.closest(".gboff") && g.querySelector("circle[data-key]")) : [];
    if (!curves.length) return "";
    const at = new DOMPoint(x, y).matrixTransform(plot.getScreenCTM().inverse());
    if (at.x < 0 || at.y < 0 || at.x > plot.width.baseVal.value || at.y > plot.height.baseVal.value) return "";
    const near = g => [...g.children].reduce((a, b) => Math.abs(b.cx.baseVal.value - at.x) < Math.abs(a.cx.baseVal.value - at.x) ? b : a);
    const marks = curves.map(near), middle = marks[0].cx.baseVal.value;
    cross.setAttribute("d", `M${middle} 0V${plot.height.baseVal.value}`);
    plot.prepend(cross);
    return marks.filter(m => Math.abs(m.cx.baseVal.value - middle) < 1).map(wordsOf).join("\n");
  };
  const show = (mark, x, y) => {
    const words = wordsOf(mark) || across(mark, x, y);
    tip.hidden = !words;
    if (wordsOf(mark)) cross.remove();
    if (!words) return;
    tip.textContent = words;
    const box = tip.getBoundingClientRect(), room = root.clientWidth - box.width - 8;
    tip.style.left = Math.max(8, Math.min(x - box.width / 2, room)) + scrollX + "px";
    tip.style.top = (y - box.height - 14 > 0 ? y - box.height - 14 : y + 18) + scrollY + "px";
  };
  // Of a curve's points, which may lie on each other, the one that is nearest.
  const markAt = e => {
    if (!e.target.matches || !e.target.matches(".gbv > circle")) return e.target;
    const at = new DOMPoint(e.clientX, e.clientY).matrixTransform(e.target.getScreenCTM().inverse());
    const away = c => Math.hypot(c.cx.baseVal.value - at.x, c.cy.baseVal.value - at.y);
    return [...e.target.parentNode.children].reduce((a, b) => away(b) < away(a) ? b : a);
  };
  document.addEventListener("pointerover", e => show(markAt(e), e.clientX, e.clientY));
  document.addEventListener("pointermove", e => show(markAt(e), e.clientX, e.clientY));
  document.addEventListener("pointerleave", () => { tip.hidden = true; cross.remove(); });
  addEventListener("scroll", () => { tip.hidden = true; }, {passive: true});

  // A curve's point and the row of a table that share a key belong together.
  const rows = new Map(all("tr[data-key]").map(r => [r.dataset.key, r]));
  const light = key => {
    for (const e of all("[data-key].lit")) e.classList.remove("lit");
    if (key) for (const e of all("[data-key]")) if (e.dataset.key === key) e.classList.add("lit");
  };
  const keyOf = e => e.closest && e.closest("[data-key]") ? e.closest("[data-key]").dataset.key : "";
  let held = false; // after a click, until the pointer moves: that the page scrolls under it says nothing
  document.addEventListener("pointermove", e => {
    if (e.movementX || e.movementY) held = false;
    if (!held && !tip.hidden) light(keyOf(markAt(e)));
  });
  document.addEventListener("pointerover", e => { if (!held) light(keyOf(markAt(e))); });
  document.addEventListener("focusin", e => light(keyOf(e.target)));
  document.addEventListener("click", e => {
    const point = markAt(e).closest("svg [data-key]"), row = point && rows.get(point.dataset.key);
    if (!row) return;
    for (let d = row.closest("details"); d; d = d.parentNode.closest("details")) d.open = true;
    row.tabIndex = -1;
    row.focus({preventScroll: true});
    row.scrollIntoView({block: "center"});
    light(point.dataset.key);
    held = true;
  });
  // From a row to its point: the step is a link to the figure that has it.
  const points = new Map(all("svg [data-key]").reverse().map(p => [p.dataset.key, p])); // the first of each key
  for (const [key, row] of rows) {
    const point = points.get(key), cell = row.cells[0];
    if (!point || cell.querySelector("a")) continue;
    const a = document.createElement("a");
    a.href = "#" + point.closest("figure").id;
    a.append(...cell.childNodes);
    a.addEventListener("click", e => {
      e.preventDefault();
      point.closest("figure").scrollIntoView({block: "center"});
      light(key);
      held = true;
    });
    cell.append(a);
  }

  // The contents mark where one is, and a short version leaves the claims.
  const links = all("nav a"), parts = links.map(a => document.getElementById(a.hash.slice(1)));
  const here = () => {
    const at = parts.findLastIndex(p => p.getBoundingClientRect().top < innerHeight / 3 && p.getClientRects().length);
    links.forEach((a, i) => {
      if (i === at === a.hasAttribute("aria-current")) return;
      a.removeAttribute("aria-current");
      if (i !== at) return;
      a.setAttribute("aria-current", "true");
      a.closest("ol").scrollTo({left: a.offsetLeft - a.closest("ol").offsetLeft - 20});
    });
  };
  if (links.length) {
    addEventListener("scroll", here, {passive: true});
    here();
  }
  const shorter = document.getElementById("shorter");
  if (shorter) {
    const cut = short => {
      root.classList.toggle("short", short);
      shorter.setAttribute("aria-pressed", short);
    };
    shorter.hidden = false;
    shorter.addEventListener("click", () => {
      const short = !root.classList.contains("short");
      cut(short);
      history.replaceState(null, "", short ? "#short" : location.pathname);
      scrollTo(0, 0);
    });
    cut(location.hash === "#short");
  }

  // The legend's entries switch what bears their names, in all drawings of a
  // figure; a button changes the scale.
  for (const entry of all(".drawing .gbk > [data-entry]")) {
    const figure = entry.closest("figure"), same = () => all(`[data-entry="${entry.dataset.entry}"]`, figure);
    entry.ownerSVGElement.setAttribute("role", "group"); // an image has no buttons in it
    entry.setAttribute("role", "button");
    entry.setAttribute("tabindex", "0");
    entry.setAttribute("aria-pressed", !entry.classList.contains("gboff"));
    const flip = () => {
      const off = !entry.classList.contains("gboff");
      for (const e of same()) {
        e.classList.toggle("gboff", off);
        if (e.hasAttribute("aria-pressed")) e.setAttribute("aria-pressed", !off);
      }
    };
    entry.addEventListener("click", flip);
    entry.addEventListener("keydown", e => {
      if (e.key !== "Enter" && e.key !== " ") return;
      e.preventDefault();
      flip();
    });
  }
  for (const button of all("button.scale")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
      for (const drawing of all(".drawing", button.closest("figure"))) drawing.hidden = !drawing.hidden;
    });
  }

  // Tables that sort by a click on a column's head.
  const value = cell => {
    const text = cell.dataset.sort ?? cell.textContent.replace("−", "-");
    const n = parseFloat(text);
    return Number.isNaN(n) ? text : n;
  };
  for (const table of all("table.sortable")) all("thead th", table).forEach((th, column) => {
    const button = Object.assign(document.createElement("button"), {type: "button", className: "sort"});
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener("click", () => {
      const up = th.getAttribute("aria-sort") !== "ascending";
      for (const other of all("th", table)) other.removeAttribute("aria-sort");
      th.setAttribute("aria-sort", up ? "ascending" : "descending");
      const body = table.tBodies[0], list = [...body.rows].map(r => [value(r.cells[column]), r]);
      list.sort(([a], [b]) => (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1) * (up ? 1 : -1));
      body.append(...list.map(([, r]) => r));
    });
  });
})();
