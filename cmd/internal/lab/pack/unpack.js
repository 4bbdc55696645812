// unpack turns text of the package pack into the module that it means: expand, as
// coder.go and expand.go have it, then join.
function unpack(text) {
  const base = 94, least = base ** 3, whole = base ** 4;
  const digits = new Uint8Array(text.length);
  for (let i = 0; i < digits.length; i++) {
    const c = text.charCodeAt(i) - 32;
    digits[i] = c > 28 ? c - 1 : c;
  }
  // Where the chances of what stand.
  const match = 0, again = match + 27 * 4, which = again + 27, lengths = which + 27 * 4;
  const low = 64 + 64 * 32, numbers = low + 16, dists = lengths + 2 * numbers, bytes = dists + 4 * numbers;
  const chances = new Uint16Array(bytes + 32 * 768);
  let at = 0, span = 0, code = 0;
  function narrow() { while (span < least) { span *= base; code = code * base + digits[at++]; } }
  function bit(i) {
    const p = chances[i], zero = (span >>> 8) * p >>> 3;
    if (code < zero) {
      span = zero;
      chances[i] = p + (2048 - p >> 5);
      if (span < least) narrow();
      return 0;
    }
    span -= zero;
    code -= zero;
    chances[i] = p - (p >> 5);
    if (span < least) narrow();
    return 1;
  }
  function tree(i, n) {
    let k = 1;
    for (; n > 0; n--) k = k << 1 | bit(i + k);
    return k;
  }
  function plain(n) {
    let v = 0;
    for (; n > 0; n--) {
      const half = span >>> 1;
      if (code < half) { span = half; v <<= 1; } else { span -= half; code -= half; v = v << 1 | 1; }
      narrow();
    }
    return v;
  }
  function number(i) {
    const slot = tree(i, 6) - 64;
    if (slot < 4) return slot;
    const n = (slot >> 1) - 1, v = (2 | slot & 1) << n;
    if (n <= 5) return v + tree(i + 64 + slot * 32, n) - (1 << n);
    const high = plain(n - 4) << 4;
    return v + high + tree(i + low, 4) - 16;
  }

  function expand() {
    span = whole;
    code = 0;
    for (let i = 0; i < 4; i++) code = code * base + digits[at++];
    const out = new Uint8Array(plain(28)), phase = plain(2);
    chances.fill(1024);
    let state = 0, to = 0, d0 = 1, d1 = 1, d2 = 1, d3 = 1;
    while (to < out.length) {
      if (bit(match + state * 4 + (to & phase)) === 0) {
        const i = bytes + 768 * ((to > 0 ? out[to - 1] >> 5 : 0) | (to & phase) << 3);
        let k = 1;
        if (state % 3 !== 0 && d0 <= to) {
          let meant = out[to - d0] | 256;
          do {
            const want = meant >> 7 & 1, is = bit(i + (256 << want) + k);
            meant <<= 1;
            k = k << 1 | is;
            if (is !== want) break;
          } while (k < 256);
        }
        while (k < 256) k = k << 1 | bit(i + k);
        out[to++] = k;
        state = state % 9 * 3;
        continue;
      }
      let n;
      if (bit(again + state) === 1) {
        const used = tree(which + state * 4, 2) - 4;
        n = 1 + number(lengths + numbers);
        const d = [d0, d1, d2, d3][used];
        if (used > 2) d3 = d2;
        if (used > 1) d2 = d1;
        if (used > 0) d1 = d0;
        d0 = d;
        state = state % 9 * 3 + 2;
      } else {
        n = number(lengths);
        d3 = d2; d2 = d1; d1 = d0;
        d0 = 1 + number(dists + numbers * Math.min(n, 3));
        n += 2;
        state = state % 9 * 3 + 1;
      }
      for (const end = to + n; to < end; to++) out[to] = out[to - d0];
    }
    return out;
  }

  const streams = []; // as split.go has them
  while (at < text.length) streams.push(expand());
  const [other, forms] = streams, data = streams.at(-1), codes = streams[3], heads = streams[2];
  const ends = new Int32Array(streams.length); // how far each is read
  const out = new Uint8Array(streams.reduce((sum, s) => sum + s.length, 0) * 2);
  let to = 0;
  function take(s, n) { for (const b = streams[s]; n > 0; n--) out[to++] = b[ends[s]++]; }
  function leb(s) {
    const b = streams[s];
    let v = 0, shift = 0, c;
    do {
      c = out[to++] = b[ends[s]++];
      v |= (c & 127) << shift;
      shift += 7;
    } while (c > 127);
    return v;
  }
  function put(v) {
    for (; v < -64 || v > 63; v = Math.floor(v / 128)) out[to++] = v & 127 | 128;
    out[to++] = v & 127;
  }
  function count(v) {
    for (; v > 127; v >>>= 7) out[to++] = v & 127 | 128;
    out[to++] = v;
  }
  function putLength(from) {
    const n = to - from - 5;
    for (let i = 0; i < 5; i++) out[from + i] = n >> 7 * i & 127 | (i < 4 ? 128 : 0);
  }
  function joinFunction(number) {
    const from = to;
    to += 5;
    for (let n = leb(2); n > 0; n--) { leb(2); take(2, 1); }
    for (let depth = 1, next = 1; depth > 0;) {
      const op = codes[ends[3]++], form = forms[2 * op], s = forms[2 * op + 1];
      out[to++] = form === 9 || form === 10 ? 0x42 : op;
      switch (form) {
        case 0: break;
        case 1: leb(s); break;
        case 2: leb(s); leb(s); break;
        case 3: take(s, 4); break;
        case 4: take(s, 8); break;
        case 5: for (let n = leb(s); n >= 0; n--) leb(s); break;
        case 6: leb(s); depth++; break;
        case 7: depth--; break;
        case 8: { const n = leb(s); if (n > 7) take(s, 12 - n); break; }
        case 9: next += streams[s][ends[s]++]; put(number * 65536 + next++); break;
        case 10: { let v = 0; for (let i = 0; i < 4; i++) v = v * 256 + streams[s][ends[s]++]; put(v); break; }
        default: out[to++] = form - 11; leb(s);
      }
    }
    putLength(from);
  }
  take(0, 8);
  while (ends[0] < other.length) {
    const from = to, id = other[ends[0]];
    take(0, 1);
    const n = leb(0);
    if (id < 128) { take(0, n); continue; }
    to = from;
    out[to++] = id - 128;
    const begin = to;
    to += 5;
    if (id === 138) {
      count(n);
      for (let f = 0; f < n; f++) joinFunction(0x1000 + f);
    } else {
      out.set([1, 0, 0x41], to);
      to += 3;
      put(n);
      out[to++] = 0x0b;
      count(data.length);
      out.set(data, to);
      to += data.length;
    }
    putLength(begin);
  }
  return out.subarray(0, to);
}
