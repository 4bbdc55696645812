// The laboratory: a network trains in its own worker, a few milliseconds at a
// time, so that it can be stopped after each of them.
const lab = new Engine();
const fields = [...document.querySelectorAll("#lab-setup [data-flag]")];
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let running = 0, now = 0, setup = null, drawn = null;

// settings are the command's flags, as far as they are not its defaults.
function settings() {
  const words = [];
  for (const f of fields) {
    if (f.type === "checkbox") { if (f.checked) words.push("-" + f.dataset.flag); continue; }
    const text = f.value.trim();
    if (text !== f.dataset.default) words.push(`-${f.dataset.flag} ${text || '""'}`);
  }
  return words.join(" ");
}

// explain shows what the words chosen stand for.
function explain() {
  $("lab-says").textContent = fields.map(f => f.selectedOptions?.[0]?.dataset.says).filter(Boolean).join("; ");
}

// fill puts flags into the fields; what has none stays part of the run.
function fill(s) {
  const words = String(s.flags ?? "").split(/\s+/);
  for (const f of fields) {
    const at = words.findIndex(w => w.replace(/^--?/, "") === f.dataset.flag);
    if (f.type === "checkbox") f.checked = at >= 0;
    else f.value = at >= 0 ? words[at + 1] ?? "" : f.dataset.default;
  }
  $("lab-data").value = s.data || "moons";
  $("lab-csv").value = String(s.csv ?? "");
  $("lab-own").hidden = s.data !== "own";
}

// begin begins a run; what cannot be leaves the one that is there.
async function begin(s) {
  running++;
  explain();
  try {
    const { value } = await lab.call("start", s);
    now = value.step;
    await draw(true);
    say("lab-status", "");
    return true;
  } catch (error) { refuse(error); return false; }
}

function own() {
  const data = $("lab-data").value;
  return { flags: settings(), ...(data === "moons" ? {} : { data }), ...(data === "own" ? { csv: $("lab-csv").value } : {}) };
}

function refuse(error) {
  running++;
  buttons(false);
  say("lab-status", error.message, true);
}

function buttons(on) {
  $("lab-run").hidden = on;
  $("lab-pause").hidden = !on;
}

// run trains up to a step and draws now and then.
async function run(to) {
  const turn = ++running;
  buttons(true);
  say("lab-status", T("training"));
  let last = performance.now(), rest = 400;
  try {
    while (turn === running && now < to) {
      const { value } = await lab.call("advance", { to, ms: 40 });
      now = value.step;
      $("lab-now").textContent = now;
      if (value.ended) { to = now; break; }
      const begun = performance.now();
      if (begun - last > rest) { // drawing takes a tenth of the time at most
        await draw(false);
        last = performance.now();
        rest = Math.max(calm.matches ? 3000 : 400, 9 * (last - begun));
      }
    }
    if (turn !== running) return;
    await draw(true);
    buttons(false);
    say("lab-status", T("at step") + " " + now);
  } catch (error) { if (turn === running) refuse(error); }
}

// pause ends the run after the slice in hand; one step of a network that is far
// too large is not waited for, and the run begins anew.
async function pause() {
  running++;
  buttons(false);
  const hung = setTimeout(() => { lab.stop(); begin(own()); }, 5000);
  try {
    await draw(true);
    say("lab-status", T("paused at step") + " " + now);
  } catch (error) { refuse(error); }
  clearTimeout(hung);
}

async function act(does) { try { await does(); } catch (error) { refuse(error); } }

// go goes to a step, forwards or back; what is asked for meanwhile comes instead.
function go(step) {
  return act(async () => {
    const turn = ++running;
    if (step < now) now = (await lab.call("back", { to: step })).value.step;
    if (turn === running) await run(step);
  });
}

async function change(name, text) {
  const on = !$("lab-pause").hidden, to = target();
  await act(async () => {
    running++;
    await lab.call("change", { name, text });
    await draw(true);
    if (on) run(to);
    else say("lab-status", `${name} = ${text || "–"}`);
  });
}

// draw shows the run as it is; full with its weights and its link.
async function draw(full) {
  const { value } = await lab.call("view", { full });
  drawn = value;
  now = value.step;
  $("lab-now").textContent = now;
  $("lab-state").innerHTML = value.status;
  $("lab-figures").classList.toggle("pairs", value.figures.length > 3);
  $("lab-figures").replaceChildren(...value.figures.map(({ svg, caption }) => {
    const figure = document.createElement("figure");
    figure.innerHTML = svg + "<figcaption>" + caption + "</figcaption>";
    return figure;
  }));
  $("lab-print").textContent = value.fingerprint;
  $("lab-command").textContent = value.command;
  if (!full) return;
  setup = value.setup;
  const made = (setup.changes || []).filter(c => c.name === "fault").at(-1);
  $("lab-fault").value = made ? made.text : (/-fault (\S+)/.exec(setup.flags) || ["", ""])[1];
  mistake();
  $("lab-weights").innerHTML = value.weights;
  const text = JSON.stringify(setup);
  if (text.length < 30000) history.replaceState(null, "", "#lab=" + encodeURIComponent(text));
}

function mistake() {
  const o = $("lab-fault").selectedOptions[0];
  $("lab-doc").textContent = o && o.value ? (document.documentElement.lang === "en" ? o.dataset.en : o.dataset.zh) : "";
}

const whole = (id, otherwise) => /^\d{1,9}$/.test($(id).value.trim()) ? Number($(id).value) : otherwise;
const target = () => Math.max(whole("lab-to", 1500), now);

$("lab-setup").addEventListener("submit", event => { event.preventDefault(); begin(own()); });
$("lab-run").addEventListener("click", () => run(target() > now ? target() : now + 1500));
$("lab-pause").addEventListener("click", pause);
$("lab-step").addEventListener("click", () => go(now + 1));
$("lab-back").addEventListener("click", () => go(Math.max(0, now - 1)));
$("lab-restart").addEventListener("click", () => go(0));
$("lab-undo").addEventListener("click", () => act(async () => {
  const turn = ++running, at = now;
  now = (await lab.call("undo")).value.step;
  if (turn === running) await run(at);
}));
$("lab-goto").addEventListener("keydown", event => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const step = whole("lab-goto", -1);
  if (step < 0) say("lab-status", T("a step is a whole number, 0 or above"), true);
  else go(step);
});
$("lab-fault").addEventListener("change", event => { mistake(); change("fault", event.target.value); });
$("lab-weights").addEventListener("change", event => change(event.target.dataset.name, event.target.value));
for (const f of fields) f.addEventListener("change", () => {
  if ("live" in f.dataset && now > 0) change(f.dataset.flag, f.value);
  else begin(own());
});
function layers(change) {
  const list = $("lab-units").value.split(",").filter(Boolean);
  change(list);
  $("lab-units").value = list.join(",");
  begin(own());
}
$("lab-more").addEventListener("click", () => layers(list => list.push(list.at(-1) || "20")));
$("lab-less").addEventListener("click", () => layers(list => { if (list.length > 1) list.pop(); }));
$("lab-data").addEventListener("change", () => {
  $("lab-own").hidden = $("lab-data").value !== "own";
  if ($("lab-data").value !== "own" || $("lab-csv").value.trim()) begin(own());
});
$("lab-csv").addEventListener("change", () => begin(own()));
$("lab-file").addEventListener("change", async event => {
  const [file] = event.target.files;
  if (!file) return;
  if (file.size > 8 << 20) return say("lab-status", T("a table of up to 8 MB would be right"), true);
  $("lab-csv").value = await file.text();
  begin(own());
});
// A click into the square adds a point.
$("lab-pad").addEventListener("pointerdown", event => {
  const box = $("lab-pad").getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width * 4 - 2).toFixed(3), y = (2 - (event.clientY - box.top) / box.height * 4).toFixed(3);
  const text = $("lab-csv").value.trim(), name = $("lab-class").value;
  $("lab-csv").value = (text ? text + "\n" : "") + `${x},${y},${name}`;
  const c = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  for (const [k, v] of Object.entries({ cx: x, cy: -y, r: 0.06, class: "c" + name })) c.setAttribute(k, v);
  $("lab-pad").append(c);
  say("lab-status", T("points so far") + ": " + $("lab-csv").value.split("\n").length);
});

$("lab-inspect").addEventListener("click", () => act(async () => {
  running++;
  const { file } = await lab.call("inspect");
  frame($("lab-inside"), file, T("Explain every number of the next step"));
}));
for (const b of document.querySelectorAll("[data-save]")) b.addEventListener("click", () => act(async () => {
  const { file } = await lab.call("save", { what: b.dataset.save });
  save(b.textContent, file, "application/octet-stream");
}));
$("lab-svg").addEventListener("click", () => { if (drawn) save("boundary.svg", drawn.figures[0].svg, "image/svg+xml"); });
$("lab-link").addEventListener("click", async () => {
  try {
    if (JSON.stringify(setup).length >= 30000) throw new Error(T("this table is too long for a link: save data.csv and hand it on"));
    await navigator.clipboard.writeText(location.href);
    say("lab-status", T("copied"));
  } catch (error) { say("lab-status", error.name === "Error" ? error.message : location.href, error.name === "Error"); }
});

// open begins the run that the address asks for, or the default.
async function open() {
  let s = {};
  if (location.hash.startsWith("#lab=")) {
    try { s = JSON.parse(decodeURIComponent(location.hash.slice(5))); } catch { return say("lab-status", T("the link is damaged"), true); }
    if (!s || typeof s !== "object") s = {};
  }
  fill(s);
  const to = Number.isInteger(s.step) ? s.step : 0;
  if (await begin(s) && to > 0) await run(to);
}
document.addEventListener("tab", event => { if (event.detail === "lab" && !lab.worker) open(); });
document.addEventListener("languagechange", mistake);
addEventListener("hashchange", () => { if (location.hash.startsWith("#lab=")) { tab("lab"); open(); } });
