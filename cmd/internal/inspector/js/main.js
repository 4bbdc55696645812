// One state, one way to change it: show() draws the step, the sample and the
// number that the state names.

const steps = [...new Set(model.nets.flatMap(net => net.steps.map(t => t.n)))].sort((a, b) => a - b);
const state = {at: 0, sample: null, edges: "weights", asked: null, playing: 0};

const keptStep = (n, step) => {
  let best = 0;
  model.nets[n].steps.forEach((t, k) => { if (t.n <= step) best = k; });
  return best;
};

const pick = row => { state.sample = row; show(); };
const ask = (n, tensor, i, j, where) => { // "table": asked for there; "found": to be shown there
  const there = () => $("tables-" + n).querySelector(`[data-name="${elementOf(tensor, i, j)}"]`);
  if (!panel.trail.length) panel.home = there;
  state.asked = {n, tensor, i, j};
  const from = where === "table" && there() ? there().getBoundingClientRect().top : null;
  show().then(() => {
    if (where && there()) stay(there(), from ?? there().getBoundingClientRect().top);
    const title = $("explained");
    if (title) title.focus({preventScroll: true});
  });
};

// below tells the style how much of the window the bar takes, which the pictures
// stay under.
const below = () => root.style.setProperty("--bar", (getComputedStyle($("find")).position === "sticky" ? $("find").offsetHeight : 0) + "px");

// stay keeps a number of the tables where it was in the window while the page
// makes room for its explanation, as far as nothing lies over it there.
const stay = (e, from) => {
  below(); // the bar may have broken into more lines
  scrollBy(0, e.getBoundingClientRect().top - from);
  const box = e.getBoundingClientRect(), cover = panel.host.getBoundingClientRect(), look = $("look").getBoundingClientRect();
  const bottom = cover.left < box.right ? cover.top : innerHeight;
  if (box.top < look.bottom) scrollBy(0, box.top - look.bottom - 8);
  else if (box.bottom > bottom) scrollBy(0, box.bottom - bottom + 8);
};

const panel = new Panel($("explanation"), () => { state.asked = null; return show(); });
const parts = model.nets.map((_, n) => ({
  graph: new Graph($("graph-" + n), (...e) => ask(n, ...e)),
  plane: model.points.x.length ? new Plane($("plane-" + n), pick) : null,
  tables: new Tables($("tables-" + n), (...e) => ask(n, ...e, "table"), model.nets.length > 1 ? model.nets[n] : undefined),
}));
const curves = new Curves($("curves"), step => { state.at = nearest(step); show(); });

// A finding's elements, by step and tensor.
const marked = new Map((model.findings || []).map(f => [`${f.step}.${f.tensor}`, new Set(f.where || [])]));

let turn = 0; // a later call of show wins over one that still waits for its numbers

async function show() {
  const mine = ++turn, step = steps[state.at];
  const shown = await Promise.all(model.nets.map((_, n) => viewOf(n, keptStep(n, step))));
  if (mine !== turn) return;
  const kept = shown[0].step.kept;
  if (!kept.includes(state.sample)) state.sample = kept[0];
  controls(step, shown[0]);
  shown.forEach((view, n) => {
    parts[n].graph.draw(view, state.sample, state.edges);
    if (parts[n].plane) parts[n].plane.draw(view, state.sample);
    parts[n].tables.draw(view, state.sample, n ? shown[0] : null, (tensor, i, j) => {
      const where = marked.get(`${view.step.n}.${tensor}`), t = view.tensors.get(tensor);
      return where && where.has(i * t.cols + j);
    });
    const ended = $("ended-" + n);
    ended.hidden = view.step.n === step;
    ended.textContent = T("This network's last kept step before it is %s.", view.step.n);
  });
  curves.draw(step);
  if (state.asked) {
    const {n, tensor, i, j} = state.asked, x = explain(shown[n], tensor, i, j);
    if (x) {
      const last = panel.trail.at(-1);
      if (!last || last.n !== n || last.name !== x.name) panel.trail.push({n, name: x.name, again: () => ask(n, tensor, i, j)});
      const net = model.nets[n], at = shown[n].step.n;
      panel.draw(x, {
        of: T("of step %s", at) + (model.nets.length > 1 ? ", " + tr(net.name) : ""),
        shape: nameShape,
        link: name => { // one of another step is no link
          const e = name.includes(".") ? {wrong: true} : parseElement(name);
          return !e.wrong && shown[n].slot(e.tensor, e.i, e.j) !== undefined && (() => ask(n, e.tensor, e.i, e.j));
        },
        notes: [...x.notes, ...(shown[n].step.notes || []).map(tr)],
        command: `${net.explain}${x.left > 0 ? " -all" : ""} -step ${at} '${x.name}'`,
      });
    } else {
      panel.hide();
    }
    mark(shown, n, x);
  } else {
    mark(shown, 0, null);
  }
  remember();
  say(step);
}

// mark shows in the tables, the graph and the data what the explanation x of
// network n is about: its own place, and what its largest terms are made of.
const mark = (shown, n, x) => {
  for (const e of document.querySelectorAll(".number.asked")) e.classList.remove("asked");
  const e = x && $("tables-" + n).querySelector(`[data-name="${x.name}"]`);
  if (e) e.classList.add("asked");
  const edges = [], units = [], rows = new Set();
  let hinge = null;
  const lit = (tensor, i, j, self) => {
    const [, kind, number] = tensor.match(/^([A-Za-z]+?)(\d*)(?:_new|_next)?$/), last = model.layers.length - 1;
    const k = {x: 0, p: last, y: last}[kind] ?? Number(number);
    if (kind === "loss") return;
    if (kind.endsWith("W")) edges.push(`${k}.${i}.${j}`);
    if (self && kind.endsWith("W")) units.push(`${k - 1}.${i}`);
    if (self || !/[Wb]$/.test(kind)) units.push(`${k}.${j}`);
    if (self && k === 1) hinge = j;
  };
  if (x) {
    lit(x.tensor, x.i, x.j, true);
    const overRows = !shown[n].tensors.get(x.tensor).byRow;
    for (const t of largestOf(x)) {
      for (const m of t.text.matchAll(nameShape)) {
        const of = m[0].includes(".") ? {wrong: true} : parseElement(m[0]), tensor = !of.wrong && shown[n].tensors.get(of.tensor);
        if (!tensor) continue;
        if (overRows && tensor.byRow) rows.add(of.i);
        else if (of.tensor !== x.tensor) lit(of.tensor, of.i, of.j, false);
      }
    }
  }
  parts.forEach((p, m) => {
    const mine = x && m === n;
    p.graph.light(mine ? edges : [], mine ? units : []);
    if (p.plane) p.plane.light(shown[m], mine ? hinge : null, mine ? [...rows] : []);
  });
};

// largestOf are the terms of an explanation that decide it.
const largestOf = x => x.large && x.large.length ? x.large
  : x.terms.filter(t => t && t.value !== 0).sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, 5);

// The address names the step, the sample and the number: a link to it, a reload
// and the browser's way back show the same.
let remembered = null; // the number that the address names, "" for none; null before there is an address
const remember = () => {
  const a = state.asked, number = a ? `&n=${elementOf(a.tensor, a.i, a.j)}${a.n ? "&net=" + a.n : ""}` : "";
  const address = `#step=${steps[state.at]}&sample=${state.sample}${number}`;
  const first = remembered === null, other = !first && remembered !== number;
  remembered = number;
  if (first && !location.hash || location.hash === address) return;
  try {
    history[other ? "pushState" : "replaceState"](null, "", address);
  } catch { /* a page inside another one has no address of its own */ }
};

// recall takes the state from the address.
const recall = () => {
  const wanted = new URLSearchParams(location.hash.slice(1)), step = Number(wanted.get("step") ?? NaN), sample = wanted.get("sample");
  if (Number.isFinite(step)) state.at = nearest(step);
  if (/^\d+$/.test(sample || "")) state.sample = Number(sample);
  const n = Number(wanted.get("net") || 0), e = wanted.has("n") && parseElement(wanted.get("n"));
  state.asked = e && !e.wrong && model.nets[n] ? {n, tensor: e.tensor, i: e.i, j: e.j} : null;
  remembered = state.asked ? `&n=${elementOf(e.tensor, e.i, e.j)}${n ? "&net=" + n : ""}` : "";
  if (!state.asked) panel.hide();
};
const nearest = step => steps.reduce((best, t, k) => Math.abs(t - step) < Math.abs(steps[best] - step) ? k : best, 0);
addEventListener("popstate", () => { recall(); show(); });

const controls = (step, view) => {
  const slider = $("step");
  slider.max = steps.length - 1;
  slider.value = state.at;
  slider.setAttribute("aria-valuetext", T("step %s", step));
  $("step-now").textContent = T("step %s", step);
  $("step-kept").textContent = T("%s of %s kept", state.at + 1, steps.length);
  $("back").disabled = state.at === 0;
  $("next").disabled = state.at === steps.length - 1;
  for (const [id, name] of [["back", T("previous step")], ["next", T("next step")], ["sample-back", T("previous sample")], ["sample-next", T("next sample")],
    ["explain", T("explain this number")], ["find", T("Step, sample and number")]]) $(id).setAttribute("aria-label", name);
  $("play").textContent = state.playing ? T("Stop") : T("Play");
  const select = $("sample"), kept = view.step.kept;
  if (select.dataset.kept !== kept.join() + root.lang) {
    select.dataset.kept = kept.join() + root.lang;
    select.replaceChildren(...kept.map((row, at) => {
      const n = view.step.row[at], c = n === undefined ? -1 : model.points.class[n];
      return h("option", {value: row}, T("row %s", row) + (c === undefined || c < 0 ? "" : ", " + T("class %s", model.classes[c])));
    }));
  }
  select.value = state.sample;
  $("sample-of").textContent = T("of %s in the batch", view.step.batch);
};

// say tells a screen reader what is shown now.
const say = step => { $("status").textContent = T("step %s", step) + ", " + T("sample %s", state.sample); };

const walk = by => { state.at = Math.max(0, Math.min(steps.length - 1, state.at + by)); return show(); };
const play = () => {
  clearInterval(state.playing);
  if (state.playing) { state.playing = 0; show(); return; }
  if (state.at === steps.length - 1) state.at = 0;
  state.playing = setInterval(() => {
    if (state.at === steps.length - 1) { clearInterval(state.playing); state.playing = 0; show(); } else walk(1);
  }, 500);
  show();
};
const other = by => {
  const options = [...$("sample").options].map(o => Number(o.value));
  pick(options[(options.indexOf(state.sample) + by + options.length) % options.length]);
};

$("step").addEventListener("input", e => { state.at = Number(e.target.value); show(); });
$("back").addEventListener("click", () => walk(-1));
$("next").addEventListener("click", () => walk(1));
$("play").addEventListener("click", play);
$("sample").addEventListener("change", e => pick(Number(e.target.value)));
$("sample-back").addEventListener("click", () => other(-1));
$("sample-next").addEventListener("click", () => other(1));
for (const b of document.querySelectorAll("[name=edges]")) b.addEventListener("change", () => { state.edges = b.value; show(); });
$("find").addEventListener("submit", async e => {
  e.preventDefault();
  const text = $("element").value.trim(), n = model.nets.length - 1, step = /^\d+$/.test(text) ? Number(text) : null;
  // What the page has not kept a terminal computes anew, to the same bits.
  const say = (text, element, step = steps[state.at]) => {
    const command = element && `${model.nets[n].explain} -step ${step} '${element}'`;
    $("find-error").replaceChildren(...text ? [text, ...command ? [" " + T("In a terminal:") + " ", h("code", {}, command)] : []] : []);
  };
  const wanted = step === null ? parseElement(text) : {step};
  if (wanted.wrong) return say(wanted.wrong);
  if (wanted.step !== null && wanted.step !== undefined) {
    if (!steps.includes(wanted.step)) {
      const near = steps[nearest(wanted.step)];
      if (step !== null) {
        state.at = nearest(step);
        await show();
      }
      return say(T("Step %s is not kept in this page; the nearest is %s.", wanted.step, near), step === null ? elementOf(wanted.tensor, wanted.i, wanted.j) : "loss", wanted.step);
    }
    state.at = steps.indexOf(wanted.step);
    if (step !== null) return say(""), show();
  }
  const view = await viewOf(n, keptStep(n, steps[state.at]));
  const there = view.slot(wanted.tensor, wanted.i, wanted.j) !== undefined;
  const t = view.tensors.get(wanted.tensor), missing = (view.step.missing || {})[wanted.tensor];
  say(there ? "" : missing ? `${wanted.tensor}: ${tr(missing)}` : !t ? T("This step has no tensor %s; it has %s.", wanted.tensor, [...view.tensors.keys()].join(", "))
    : wanted.i < t.rows && wanted.j < t.cols ? T("Row %s of the batch is not kept in this page; there are %s.", wanted.i, view.step.kept.join(", "))
    : T("%s is %s×%s.", wanted.tensor, t.rows, t.cols), !there && !missing && t && wanted.i < t.rows && wanted.j < t.cols && elementOf(wanted.tensor, wanted.i, wanted.j));
  if (there) ask(n, wanted.tensor, wanted.i, wanted.j, "found");
});
const enlarge = large => {
  root.classList.toggle("projector", large);
  $("larger").setAttribute("aria-pressed", large);
  try { localStorage.setItem("glassbox-projector", large); } catch { /* a file may have no store */ }
};
$("larger").addEventListener("click", () => enlarge(!root.classList.contains("projector")));
try { enlarge(localStorage.getItem("glassbox-projector") === "true"); } catch { /* as it is */ }
document.addEventListener("keydown", e => { if (e.key === "Escape" && !panel.host.hidden) panel.close(); });

// A place is a link to an element of a step.
const goTo = (n, place) => {
  state.at = Math.max(0, steps.indexOf(model.nets[n].steps[keptStep(n, place.step)].n));
  const t = model.nets[n].layouts[model.nets[n].steps[keptStep(n, place.step)].layout].find(t => t.name === place.tensor);
  if (t && t.byRow) state.sample = place.i;
  panel.trail = [];
  ask(n, place.tensor, place.i, place.j, "found");
};
const placeLink = (n, place) => h("button", {type: "button", class: "link", "data-name": elementOf(place.tensor, place.i, place.j), onclick: () => goTo(n, place)},
  `${elementOf(place.tensor, place.i, place.j)}, ${T("step %s", place.step)}`);

// head draws what does not change with the step.
const head = () => {
  model.nets.forEach((net, n) => {
    $("net-name-" + n).textContent = tr(net.name);
    $("net-note-" + n).textContent = net.note ? tr(net.note) : "";
  });
  if ($("differs")) {
    $("differs").replaceChildren(...(model.differs ? [T("The first number that differs:") + " ", placeLink(1, model.differs)] : [T("The two never differ in a bit.")]));
  }
  if ($("findings")) {
    const list = model.findings || [], first = f => list.find(g => g.cause === f.cause && g.level === f.level && (f.cause || g === f));
    $("findings").replaceChildren(...list.filter(f => first(f) === f).map(f => {
      const more = list.filter(g => g !== f && first(g) === f);
      return h("li", {class: f.level},
        h("p", {}, h("b", {}, f.level === "error" ? T("error") : T("warning")), " ", placeLink(0, f), f.cause ? " " : "", f.cause ? h("code", {}, f.cause) : null),
        f.got === "" ? null : h("p", {}, T("found %s, expected %s; %s of %s elements are off", f.got, f.want, f.off, f.of) + (f.ratio ? "; " + T("%s times as far as rounding goes", f.ratio) : "")), h("p", {}, tr(f.message)),
        h("pre", {}, h("code", {}, `${model.nets[0].explain} -step ${f.step} '${elementOf(f.tensor, f.i, f.j)}'`)),
        more.length ? h("p", {class: "soft"}, T("also"), ...more.flatMap((g, k) => [k ? ", " : " ", placeLink(0, g)])) : null);
    }), ...(model.left ? [h("li", {class: "soft"}, T("and %s findings more, which compare lists", model.left))] : []));
  }
};

// Browsers unpack the numbers since 2023, the first ones since 2020.
if (!("DecompressionStream" in window)) {
  document.querySelector("main").prepend(h("p", {class: "banner", role: "alert"}, T("This browser is too old to unpack the numbers of this page.")));
}
document.addEventListener("languagechange", () => { head(); show(); });
// What a test or a curious reader can ask from the console.
window.glassbox = {explain: async (name, step, n = 0) => { const e = parseElement(name); return explain(await viewOf(n, keptStep(n, step)), e.tensor, e.i, e.j); }, num, hex, bits, model, state};
if (location.hash) recall();
new ResizeObserver(below).observe($("find"));
head();
show().then(() => { root.dataset.ready = "true"; });
