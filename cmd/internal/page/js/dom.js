// Small helpers: texts in the language at hand, elements, packed numbers. Model is
// what the page was given, texts among it.

const root = document.documentElement;

// T returns a text in the language at hand, its %s filled in order, its %[n]s
// by number.
const T = (english, ...args) => {
  let next = 0;
  const text = root.lang === "en" ? english : model.texts[english] || english;
  return text.replace(/%(?:\[(\d+)\])?s/g, (_, n) => args[n ? n - 1 : next++]);
};

// tr picks the language of a text that came with the model.
const tr = text => typeof text === "string" ? text : root.lang === "en" ? text.EN : text.ZH;

const $ = id => document.getElementById(id);

const make = (space, name, attributes, children) => {
  const e = document.createElementNS(space, name);
  for (const [k, v] of Object.entries(attributes)) {
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else if (v !== undefined && v !== false) e.setAttribute(k, v === true ? "" : v);
  }
  e.append(...children.filter(c => c !== null && c !== undefined));
  return e;
};
const h = (name, attributes = {}, ...children) => make("http://www.w3.org/1999/xhtml", name, attributes, children);
const s = (name, attributes = {}, ...children) => make("http://www.w3.org/2000/svg", name, attributes, children);

const unpack = async text => {
  const packed = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new DataView(await new Response(stream).arrayBuffer());
};
