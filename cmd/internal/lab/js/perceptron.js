// Part I: a training shown up to an update; each picture is asked for anew.
const one = new Engine();
let playing = 0, asking = 0;

async function learn(updates) {
  const turn = ++asking, seed = Number($("one-seed").value);
  try {
    if (!Number.isInteger(seed) || seed < 0 || seed > 4294967295) throw new Error(T("a seed is a whole number from 0 to 4294967295"));
    const { value } = await one.call("learn", { test: Number($("one-test").value), rosenblatt: $("one-rule").value === "rosenblatt", bias: $("one-bias").checked,
      rate: Number($("one-rate").value) || 0, seed, updates });
    if (turn !== asking) return;
    $("one-update").max = value.updates;
    if (updates < 0) $("one-update").value = value.updates;
    $("one-figure").innerHTML = value.svg;
    $("one-texts").innerHTML = value.html;
    $("one-command").textContent = value.command;
    say("one-status", "");
  } catch (error) { halt(); say("one-status", error.message, true); }
}

function halt() {
  playing++;
  $("one-play").hidden = false;
  $("one-halt").hidden = true;
}

async function play() {
  const turn = ++playing, slider = $("one-update");
  $("one-play").hidden = true;
  $("one-halt").hidden = false;
  if (slider.value === slider.max) slider.value = 0;
  for (;;) {
    await learn(Number(slider.value));
    await new Promise(resolve => setTimeout(resolve, calm.matches ? 1000 : 250));
    if (turn !== playing) return;
    if (slider.value === slider.max) return halt();
    slider.stepUp();
  }
}

// An option holds one language at a time.
function rules() {
  const [report, rosenblatt] = $("one-rule").options;
  report.textContent = T("the report's rule");
  rosenblatt.textContent = T("Rosenblatt's rule");
}
rules();
document.addEventListener("languagechange", rules);

$("one").addEventListener("change", () => { halt(); learn(-1); });
$("one").addEventListener("submit", event => event.preventDefault());
$("one-update").addEventListener("input", () => { halt(); learn(Number($("one-update").value)); });
$("one-play").addEventListener("click", play);
$("one-halt").addEventListener("click", halt);
document.addEventListener("tab", event => { if (event.detail === "perceptron" && !one.worker) learn(-1); else if (event.detail !== "perceptron") halt(); });
