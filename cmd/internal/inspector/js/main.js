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
const ask = (n, tensor, i, j) => {
  if (!panel.trail.length) panel.home = () => $("tables-" + n).querySelector(`[data-name="${elementOf(tensor, i, j)}"]`);
  state.asked = {n, tensor, i, j};
  show().then(() => { const title = $("explained"); if (title) title.focus({preventScroll: true}); });
};

const panel = new Panel($("explanation"), ask);
const parts = model.nets.map((_, n) => ({
  graph: new Graph($("graph-" + n), (...e) => ask(n, ...e)),
  plane: model.points.x.length ? new Plane($("plane-" + n), pick) : null,
  tables: new Tables($("tables-" + n), (...e) => ask(n, ...e)),
}));
const curves = new Curves($("curves"), step => {
  let best = 0;
  steps.forEach((t, k) => { if (Math.abs(t - step) < Math.abs(steps[best] - step)) best = k; });
  state.at = best;
  show();
});

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
      if (!last || last.n !== n || last.tensor !== tensor || last.i !== i || last.j !== j) panel.trail.push({n, tensor, i, j, name: x.name});
      panel.draw(shown[n], n, x);
      mark(n, x.name);
    } else {
      panel.host.hidden = true;
    }
  }
  say(step);
}

// mark shows which number of the tables is explained.
const mark = (n, name) => {
  for (const e of document.querySelectorAll(".number.asked")) e.classList.remove("asked");
  const e = $("tables-" + n).querySelector(`[data-name="${name}"]`);
  if (!e) return;
  e.classList.add("asked");
  // The tables moved to make room, and on a phone the explanation covers some.
  const box = e.getBoundingClientRect(), cover = panel.host.getBoundingClientRect();
  const bottom = cover.left < box.right ? cover.top : innerHeight;
  if (box.top < 0 || box.bottom > bottom) scrollBy(0, box.top - bottom / 2);
};

const controls = (step, view) => {
  const slider = $("step");
  slider.max = steps.length - 1;
  slider.value = state.at;
  slider.setAttribute("aria-valuetext", T("step %s", step));
  $("step-now").textContent = T("step %s", step);
  $("step-kept").textContent = T("%s of %s kept", state.at + 1, steps.length);
  $("back").disabled = state.at === 0;
  $("next").disabled = state.at === steps.length - 1;
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
  const wanted = parseElement($("element").value), n = model.nets.length - 1;
  const view = await viewOf(n, keptStep(n, steps[state.at]));
  const there = wanted && view.slot(wanted.tensor, wanted.i, wanted.j) !== undefined;
  const t = wanted && view.tensors.get(wanted.tensor), missing = wanted && (view.step.missing || {})[wanted.tensor];
  $("find-error").textContent = there ? "" : !wanted ? T("NAME[ROW,COLUMN] would be right, for example dW1[0,3]")
    : missing ? `${wanted.tensor}: ${tr(missing)}` : !t ? T("This step has no tensor %s; it has %s.", wanted.tensor, [...view.tensors.keys()].join(", "))
    : wanted.i < t.rows && wanted.j < t.cols ? T("Row %s of the batch is not kept in this page; there are %s.", wanted.i, view.step.kept.join(", "))
    : T("%s is %s×%s.", wanted.tensor, t.rows, t.cols);
  if (there) ask(n, wanted.tensor, wanted.i, wanted.j);
});
document.addEventListener("keydown", e => { if (e.key === "Escape" && !panel.host.hidden) panel.close(); });

// A place is a link to an element of a step.
const goTo = (n, place) => {
  state.at = Math.max(0, steps.indexOf(model.nets[n].steps[keptStep(n, place.step)].n));
  const t = model.nets[n].layouts[model.nets[n].steps[keptStep(n, place.step)].layout].find(t => t.name === place.tensor);
  if (t && t.byRow) state.sample = place.i;
  panel.trail = [];
  ask(n, place.tensor, place.i, place.j);
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
        f.got === "" ? null : h("p", {}, T("found %s, expected %s; %s of %s elements are off", f.got, f.want, f.off, f.of)), h("p", {}, tr(f.message)),
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
head();
show().then(() => { root.dataset.ready = "true"; });
