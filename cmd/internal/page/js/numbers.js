// Numbers as texts. Nothing here computes one: a number goes in with all its
// bits and comes out in decimal, in hexadecimal or as it stands in memory.

// num writes a number with the digits that read back as the same one, as Go
// does: 0.5, 1e-07, 1.25e+06.
const num = v => {
  if (Number.isNaN(v)) return "NaN";
  if (!Number.isFinite(v)) return v > 0 ? "+Inf" : "-Inf";
  if (v === 0) return Object.is(v, -0) ? "-0" : "0";
  const [, sign, mantissa, power] = v.toExponential().match(/^(-?)([\d.]+)e([+-]\d+)$/);
  const digits = mantissa.replace(".", ""), exp = Number(power);
  if (exp < -4 || exp >= 6) {
    const e = String(Math.abs(exp)).padStart(2, "0");
    return sign + digits[0] + (digits.length > 1 ? "." + digits.slice(1) : "") + "e" + (exp < 0 ? "-" : "+") + e;
  }
  if (exp < 0) return sign + "0." + "0".repeat(-exp - 1) + digits;
  if (digits.length <= exp + 1) return sign + digits.padEnd(exp + 1, "0");
  return sign + digits.slice(0, exp + 1) + "." + digits.slice(exp + 1);
};

// factor is num for a factor or a term: a negative one stands in brackets.
const factor = v => v < 0 || Object.is(v, -0) ? "(" + num(v) + ")" : num(v);

const scratch = new DataView(new ArrayBuffer(8));
const bitsOf = v => { scratch.setFloat64(0, v); return scratch.getBigUint64(0); };
const sameBits = (a, b) => bitsOf(a) === bitsOf(b) || a !== a && b !== b;

// bits is the number as it stands in memory.
const bits = v => "0x" + bitsOf(v).toString(16).padStart(16, "0");

// hex is the number in C's and Go's hexadecimal notation: 0x1.8p-03.
const hex = v => {
  if (!Number.isFinite(v)) return num(v);
  const b = bitsOf(v), sign = b >> 63n ? "-" : "";
  let exp = Number(b >> 52n & 0x7ffn), fraction = b & 0xfffffffffffffn;
  if (exp === 0 && fraction === 0n) return sign + "0x0p+00";
  if (exp === 0) { // a denormal number is shown as a normal one
    exp = 1;
    while (!(fraction >> 52n)) { fraction <<= 1n; exp--; }
    fraction &= 0xfffffffffffffn;
  }
  const digits = fraction.toString(16).padStart(13, "0").replace(/0+$/, "");
  const e = exp - 1023;
  return sign + "0x1" + (digits && "." + digits) + "p" + (e < 0 ? "-" : "+") + String(Math.abs(e)).padStart(2, "0");
};

// brief writes a number with some four digits, for tables and labels.
const brief = v => {
  if (v === undefined) return "–";
  if (v === 0 || !Number.isFinite(v)) return num(v).replace("-", "−");
  const size = Math.abs(v);
  const text = size >= 1e-3 && size < 1e5 ? v.toPrecision(4) : v.toExponential(2).replace("e+", "e");
  return text.replaceAll("-", "−");
};
