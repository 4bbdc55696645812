// What page.go asks of a page. Evaluated inside a function, so that a page's own
// names are left alone.

// describe names an element for a message: tag#id.class "text".
function describe(el) {
  if (!el || el === document.body || el === document.documentElement) {
    return el ? el.localName : "nothing";
  }
  const line = (text) => text.replace(/\s+/g, " ").trim();
  let name = el.localName;
  if (el.id) name += "#" + el.id;
  for (const word of [...el.classList].slice(0, 3)) name += "." + word;
  if (el.localName === "input") name += "[" + el.type + "]";
  let text = line(el.getAttribute("aria-label") || el.textContent || "");
  if (text.length > 40) text = text.slice(0, 39) + "…";
  return text ? name + " \"" + text + "\"" : name;
}

function focused() {
  return describe(document.activeElement);
}

// frame waits until the page has been drawn once more.
function frame() {
  return new Promise((done) => requestAnimationFrame(done));
}

// settle waits until what was changed has been drawn: handlers of the change run
// before the first frame, what they change is drawn by the second.
async function settle() {
  await frame();
  await frame();
}

// box returns the first part of an element that has a size: a link's first line.
function box(el) {
  const boxes = [...el.getClientRects()];
  return boxes.find((r) => r.width > 0 && r.height > 0) || boxes[0];
}

// middle returns the point in the middle of the first element that matches, once
// it stands still in the window, or why a mouse cannot reach it there.
async function middle(selector) {
  const el = document.querySelector(selector);
  if (!el) return { fault: "no element matches" };
  const name = describe(el);
  if (!el.checkVisibility({ visibilityProperty: true })) return { fault: name + " is not visible" };
  if (!box(el)) return { fault: name + " has no size" };
  await still(el);
  let at = reach(el);
  if (at.fault) {
    // Out of the window, or under something that stays when the page scrolls.
    el.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    await still(el);
    at = reach(el);
  }
  return at.fault ? { fault: name + " " + at.fault } : at;
}

// still waits until an element no longer moves, for a second or so at most. Where
// it was may have been drawn twice before a transition gets under way: those of
// the element and of what it is in have to be over.
async function still(el) {
  const same = (a, b) => a && b && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
  const ends = (a) => a.playState === "running" && isFinite(a.effect.getComputedTiming().endTime);
  const moves = (el) => el && (el.getAnimations().some(ends) || moves(el.parentElement));
  let was = box(el);
  for (let i = 0; i < 60; i++) {
    await frame();
    const is = box(el);
    if (same(is, was) && !moves(el)) return;
    was = is;
  }
}

// reach returns the middle of an element, or what is there instead of it.
function reach(el) {
  const r = box(el);
  if (!r) return { fault: "has gone" };
  const x = r.x + r.width / 2, y = r.y + r.height / 2;
  if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) {
    return { fault: "is out of the window, at " + Math.round(x) + ", " + Math.round(y) };
  }
  let hit = document.elementFromPoint(x, y);
  while (hit && hit.shadowRoot && hit.shadowRoot.elementFromPoint(x, y) && hit.shadowRoot.elementFromPoint(x, y) !== hit) {
    hit = hit.shadowRoot.elementFromPoint(x, y);
  }
  const label = hit && hit.closest("label");
  const near = hit && (el.contains(hit) || hit.contains(el) || (label && label.control === el));
  return near ? { x, y } : { fault: "is covered by " + describe(hit) };
}

// overflow describes what reaches beyond the sides of the window.
function overflow() {
  const found = [], seen = new Set(), width = innerWidth;
  const beyond = (r) => r.width * r.height > 1 && (r.right > width + 0.5 || (r.left < -0.5 && r.right > 0.5));
  const say = (el, r) => {
    for (let a = el; a; a = a.parentElement) if (seen.has(a)) return; // its outermost part is enough
    seen.add(el);
    found.push(describe(el) + " from " + Math.round(r.left) + " to " + Math.round(r.right));
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const text = node.nodeType === Node.TEXT_NODE;
    const el = text ? node.parentElement : node;
    if (text && !node.data.trim()) continue;
    let boxes;
    if (text) {
      const range = document.createRange();
      range.selectNodeContents(node);
      boxes = range.getClientRects();
    } else {
      boxes = el.getClientRects();
    }
    const r = [...boxes].find(beyond);
    if (r && el.checkVisibility({ visibilityProperty: true }) && !contained(el, text)) say(el, r);
  }
  const list = found.length > 20 ? [...found.slice(0, 20), "and " + (found.length - 20) + " more"] : found;
  const page = document.documentElement.scrollWidth;
  if (page > width) list.push("the page is " + page + " px wide in a window of " + width + " px");
  return list;
}

// contained tells whether something between an element and the page scrolls or
// clips it; for its text the element itself may.
function contained(el, text) {
  let style = getComputedStyle(el);
  if (text && style.overflowX !== "visible") return true;
  let position = style.position;
  for (let a = el.parentElement; a && a !== document.body; a = a.parentElement) {
    style = getComputedStyle(a);
    const holds = style.transform !== "none" || style.filter !== "none" || style.contain !== "none";
    // What is placed by hand is held by the box it is placed in.
    if (position === "fixed" && !holds) continue;
    if (position === "absolute" && style.position === "static" && !holds) continue;
    if (style.overflowX !== "visible") return true;
    position = style.position;
  }
  return false;
}

// small describes texts of drawings that are less than 11 px high and what is to
// be touched and has a side of less than 24 px, links in a sentence apart.
function small() {
  const found = [], shown = (el) => el.getClientRects().length > 0;
  for (const el of document.querySelectorAll("svg text")) {
    const m = el.getScreenCTM(), size = parseFloat(getComputedStyle(el).fontSize) * Math.hypot(m.a, m.b);
    if (shown(el) && size < 10.95) found.push(describe(el) + " is " + size.toFixed(1) + " px high");
  }
  for (const el of document.querySelectorAll("button, [role=button], select, summary, nav a, td a, th a, footer li a")) {
    const r = el.getBoundingClientRect();
    if (shown(el) && Math.min(r.width, r.height) < 23.9) found.push(describe(el) + " is " + Math.round(r.width) + "×" + Math.round(r.height) + " px");
  }
  return found.length > 20 ? [...found.slice(0, 20), "and " + (found.length - 20) + " more"] : found;
}
