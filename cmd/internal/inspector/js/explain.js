// Explanations: the forms that came with the model, filled with stored numbers.

const elementOf = (tensor, i, j) => tensor === "loss" ? "loss" : `${tensor}[${i},${j}]`;

const nameShape = /(?:\d+\.)?\b[A-Za-z]+\d*(?:_new|_next)?\[\d+,\d+\]/g;

// parseElement reads what the command explain takes: "dW1[0,3]", "12.dW1[0, 3]",
// "db1[3]" or "loss". Of another text it returns why it is none.
const parseElement = text => {
  const m = text.trim().match(/^(?:(\d+)\.)?\s*([A-Za-z]+\d*(?:_new|_next)?)\s*(?:\[\s*(\d+)\s*(?:,\s*(\d+)\s*)?\])?$/);
  if (!m) return {wrong: T("NAME[ROW,COLUMN] would be right, for example dW1[0,3]")};
  const [, step, tensor, first, second] = m, e = {step: step === undefined ? null : Number(step), tensor, i: 0, j: 0};
  if (first === undefined) return tensor === "loss" ? e : {wrong: T("%s names no element; for example %s[0,0]", tensor, tensor)};
  if (second !== undefined) return {...e, i: Number(first), j: Number(second)};
  return /^[vd]*b/.test(tensor) ? {...e, j: Number(first)} : {wrong: T("%s has rows and columns and this is one index; for example %s[0,%s]", tensor, tensor, first)};
};

const holds = {">0": v => v > 0, "<=0": v => v <= 0, "!=0": v => v !== 0};

// explain says how an element came about; null if its numbers are not kept.
// Terms holds one entry a term; those in the middle of a long sum are null.
const explain = (view, tensor, i, j) => {
  const slot = view.slot(tensor, i, j), t = view.tensors.get(tensor);
  if (slot === undefined) return null;
  const name = elementOf(tensor, i, j), found = view.number(slot, 0);
  const x = {name, tensor, i, j, given: null, left: t.left, found, ...stored(view, t, slot)};

  // An element of form.of, in term number at.
  const place = (ref, at) => {
    const index = {i, j, 0: 0, t: at, "t/n": Math.floor(at / ref.width), "t%n": at % ref.width};
    return [ref.tensor, index[ref.row], index[ref.col]];
  };
  const numberOf = (ref, at) => view.at(...place(ref, at));
  const nameOf = (ref, at) => (ref.before ? `${view.step.n - 1}.` : "") + elementOf(...place(ref, at));
  let form = t.form;
  for (let c; (c = (form.cases || []).find(c => holds[c.is](numberOf(form.of[c.ref], 0))));) form = c.form;

  // fill puts in what stands in braces: see audit.Form.
  const numbers = [];
  const fill = (text, {t = 0, value = found, before} = {}) => tr(text).replace(/\{([^}]*)\}/g, (_, key) => {
    if (key in {i, j, t}) return {i, j, t}[key];
    if (key.endsWith(":numbers")) return numbers[parseInt(key)] ?? "…";
    const [, mark, of] = key.match(/^([#(~]?)([^)]*)\)?$/), write = mark === "(" || mark === "~" && t > 0 ? factor : num;
    if (of in {"=": 0, "<": 0, m: 0}) return write({"=": value, "<": before, m: x.given && x.given.value}[of]);
    if (!mark) return nameOf(form.of[of], t);
    const v = numberOf(form.of[of], t);
    return v === undefined ? "…" : write(v); // of a row that is not kept
  });

  if (x.given) {
    for (let c = 0; c < form.given.count && !x.given.text; c++) {
      if (sameBits(numberOf(form.of[0], c), x.given.value)) x.given.text = fill(form.given.text, {t: c});
    }
  }
  let n = 0;
  form.parts.forEach((part, k) => {
    for (let at = 0; at < part.count; at++, n++) {
      const term = x.terms[n];
      if (!term) continue;
      const where = {t: at, value: term.value, before: n > 0 ? (x.terms[n - 1] || {running: x.before}).running : 0};
      Object.assign(term, {text: fill(part.text, where), numbers: fill(part.numbers, where)});
      if (at === 0) numbers[k] = term.numbers;
    }
  });
  for (const big of x.large || []) {
    let from = 0;
    for (const part of form.parts) {
      if (big.at < from + part.count) { big.text = fill(part.text, {t: big.at - from, value: big.value}); break; }
      from += part.count;
    }
  }
  const last = x.terms.at(-1);
  x.result = last ? last.running : x.before;
  x.same = sameBits(x.result, found);
  x.formula = `${name} = ${fill(form.formula)}`;
  x.numbers = `${name} = ${(form.numbers && fill(form.numbers)) || sumOf(x.terms)}`;
  x.notes = t.notes.map(tr);
  return x;
};

// stored reads the numbers of an explanation; where none is stored there is one
// term, the element itself.
const stored = (view, t, slot) => {
  let at = slot;
  const next = () => view.number(at++, 0), term = () => ({value: next(), running: next()}), found = next();
  if (!t.explained) return {terms: [{value: found, running: found}]};
  const x = {};
  if (t.given) x.given = {value: next()};
  x.terms = Array.from({length: t.head}, term);
  if (t.left > 0) {
    x.before = next();
    x.terms.push(...new Array(t.left).fill(null), ...Array.from({length: t.tail}, term));
    x.large = Array.from({length: t.large}, () => ({at: next(), value: next(), share: next()}));
  }
  return x;
};

// sumOf writes what terms add up to: the first three and the last.
const sumOf = terms => {
  const parts = [];
  for (let n = 0; n < terms.length; n++) {
    const shown = terms[n] && (n < 3 || n === terms.length - 1);
    if (shown || parts.at(-1) !== "…") parts.push(shown ? terms[n].numbers : "…");
  }
  return parts.join(" + ");
};
