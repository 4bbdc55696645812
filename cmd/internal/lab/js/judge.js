// The judge: traces come in, verdicts stand below, the first to be opened open.
const judge = new Engine();
const judged = []; // {file, sheet}
let judging = 0, sorted = { column: null, down: false };

async function take(files) {
  const turn = ++judging;
  $("judge-stop").hidden = false;
  let done = 0, drawn = performance.now();
  for (const file of files) {
    if (turn !== judging) return;
    say("judge-status", T("judging") + " " + file.name + (files.length > 1 ? ` (${done + 1}/${files.length})` : ""));
    try {
      if (file.size > 2 ** 30) throw new Error(file.name + ": " + T("more than 1 GB is more than a page can hold; compare on the command line would be right"));
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { value } = await judge.call("judge", { name: file.name }, bytes);
      judged.push({ file, sheet: value });
      if (performance.now() - drawn > 300) { table(); drawn = performance.now(); }
    } catch (error) {
      if (turn !== judging) return;
      say("judge-status", error.message, true);
      $("judge-stop").hidden = true;
      table();
      return;
    }
    done++;
  }
  $("judge-stop").hidden = true;
  if (!files.length) return;
  table();
  show(judged.length - files.length);
  say("judge-status", files.length === 1 ? judged.at(-1).sheet.row.file + ": " + T(judged.at(-1).sheet.row.verdict) : `${done} ` + T("files judged"));
}

// show draws the sheet of number i.
function show(i) {
  const { file, sheet } = judged[i];
  const h = document.createElement("h2");
  h.tabIndex = -1;
  h.id = "judge-name";
  const code = document.createElement("code");
  code.textContent = file.name;
  h.append(code);
  const body = document.createElement("div");
  body.innerHTML = sheet.html;
  const tools = document.createElement("p");
  tools.className = "tools";
  if (sheet.page) tools.append(button(T("Look inside"), () => look(i)));
  tools.append(button(T("Save as text"), () => save(file.name + ".txt", sheet.text, "text/plain")),
    button(T("Save as JSON"), () => save(file.name + ".json", sheet.json, "application/json")));
  const inside = document.createElement("div");
  inside.id = "judge-inside";
  $("judge-sheet").replaceChildren(h, body, tools, inside);
  $("judge-sheet").dataset.shown = i;
}

async function look(i) {
  const { file } = judged[i];
  try {
    say("judge-status", T("making the page of") + " " + file.name);
    const { file: html } = await judge.call("judgePage", { name: file.name }, new Uint8Array(await file.arrayBuffer()));
    frame($("judge-inside"), html, file.name);
    const tools = document.createElement("p");
    tools.className = "tools";
    tools.append(button(T("Save this page"), () => save(file.name + ".html", html, "text/html")));
    $("judge-inside").prepend(tools);
    say("judge-status", "");
  } catch (error) { say("judge-status", error.message, true); }
}

// The table of a class: a click on a head sorts by it, on a name shows the file.
const columns = ["file", "verdict", "errors", "warnings", "first"];
function order() {
  const list = judged.map((_, i) => i);
  const c = sorted.column;
  if (c) list.sort((i, j) => {
    const a = judged[i].sheet.row[c], b = judged[j].sheet.row[c];
    return (sorted.down ? -1 : 1) * (typeof a === "number" ? a - b : a.localeCompare(b));
  });
  return list;
}

function table() {
  $("class").hidden = judged.length < 2;
  const body = $("class-rows");
  body.replaceChildren(...order().map(i => {
    const tr = document.createElement("tr"), row = judged[i].sheet.row;
    for (const c of columns) {
      const td = document.createElement(c === "file" ? "th" : "td");
      if (c === "file") {
        td.scope = "row";
        td.append(button(row.file, () => { show(i); $("judge-name").focus(); }));
      } else td.textContent = c === "verdict" ? T(row[c]) : row[c];
      tr.append(td);
    }
    return tr;
  }));
  for (const b of document.querySelectorAll("#class [data-sort]")) {
    b.closest("th").ariaSort = b.dataset.sort !== sorted.column ? "none" : sorted.down ? "descending" : "ascending";
  }
}
for (const b of document.querySelectorAll("#class [data-sort]")) b.addEventListener("click", () => {
  sorted = { column: b.dataset.sort, down: sorted.column === b.dataset.sort && !sorted.down };
  table();
});
$("class-csv").addEventListener("click", async () => {
  const { file } = await judge.call("classCSV", order().map(i => judged[i].sheet.row));
  save("class.csv", file, "text/csv");
});

$("judge-file").addEventListener("change", event => { take([...event.target.files]); event.target.value = ""; });
$("judge-stop").addEventListener("click", () => {
  judging++;
  judge.stop();
  $("judge-stop").hidden = true;
  say("judge-status", T("stopped"));
});
addEventListener("dragover", event => { event.preventDefault(); document.body.classList.add("dropping"); });
addEventListener("dragleave", event => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
addEventListener("drop", event => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  tab("judge");
  take([...event.dataTransfer.files]);
});
document.addEventListener("languagechange", () => {
  if (!judged.length) return;
  table();
  if (!$("judge-inside").firstChild) show(Number($("judge-sheet").dataset.shown));
});
// The verdicts in words, for T.
void [T("clean"), T("warnings"), T("findings"), T("not judged"), T("unreadable")];
