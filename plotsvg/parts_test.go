package plotsvg

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestCents(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "0", 0.004: "0", -0.004: "0", 0.005: "0.01", -0.005: "0", -0.006: "-0.01",
		0.5: "0.5", -0.5: "-0.5", 12.345: "12.35", 7.1: "7.1", -100: "-100", 3.999: "4", 99.994: "99.99",
	} {
		if got := px(v).String(); got != want {
			t.Errorf("px(%v) = %s, want %s", v, got, want)
		}
	}
}

func TestPathIsShort(t *testing.T) {
	var p path
	p.moveTo(100, 250)
	p.lineTo(100, 250) // no length
	p.lineTo(150, 250)
	p.lineTo(175, 175)
	p.lineTo(200, 100)
	p.lineTo(200, 0)
	p.moveTo(100, 0)
	p.moveTo(0, 0) // a letter again: without it, this were a line
	p.lineTo(-5, 5)
	if got, want := string(p.b), "M1 2.5h.5l.25-.75 .25-.75v-1m-1 0m-1 0l-.05 .05"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var d path
	d.line([]point{{1, 1}, {1.001, 1}})
	d.line([]point{{2, 2}})
	if got, want := string(d.b), "M1 1h0m1 1h0"; got != want {
		t.Errorf("dots: got %s, want %s", got, want)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float64
		want  string
	}{
		{"", 100, ""},
		{" \n\t ", 100, ""},
		{"one two", 100, "one two"},
		{"one two", 40, "one|two"},
		{"one\n two\tthree", 1000, "one two three"},
		{"incomprehensible", 60, "incompre|hensible"},
		{"an incomprehensible word", 60, "an|incompre|hensible|word"},
		{"中文标签", 27, "中文|标签"},
		{"e\u0301e\u0301", 1, "e\u0301|e\u0301"},
		{"x", 0, "x"},
	} {
		lines := wrap(c.text, 12, c.width)
		if got := strings.Join(lines, "|"); got != c.want {
			t.Errorf("wrap(%q, %v) = %s, want %s", c.text, c.width, got, c.want)
		}
	}
	lines := wrap("one two three four five", 12, 40)
	short := shorten(lines, 3, 12, 40)
	if len(lines) < 4 || len(short) != 3 || !strings.HasSuffix(short[2], " …") || widest(short, 12) > 40 {
		t.Errorf("shorten(%q) = %q", lines, short)
	}
}

func TestThin(t *testing.T) {
	ts := []tick{{at: 0, label: "a"}, {at: 0.05, label: "b"}, {at: 0.06, minor: true}, {at: 0.2, label: "c"}, {at: 0.31, label: "d"}}
	thin(ts, 100, func(string) float64 { return 11 })
	got := ""
	for _, tk := range ts {
		got += tk.label + ","
	}
	if got != "a,,,c,," {
		t.Errorf("labels left: %s", got)
	}
}

// Colours stand out from their ground by WCAG's contrast and differ.
func TestPalette(t *testing.T) {
	luminance := func(hex string) float64 {
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
			if err != nil || len(hex) != 7 {
				t.Fatal(hex, err)
			}
			c := float64(v) / 255
			if c <= 0.04045 {
				c /= 12.92
			} else {
				c = math.Pow((c+0.055)/1.055, 2.4)
			}
			sum += weight * c
		}
		return sum
	}
	seen := map[string]bool{}
	for i, p := range palette {
		// Orange and sky blue are as light as Okabe and Ito made them.
		if c := 1.05 / (luminance(p.light) + 0.05); c < 2.2 || i < 4 && c < 3 {
			t.Errorf("%s on white: contrast %.1f", p.light, c)
		}
		if c := (luminance(p.dark) + 0.05) / (luminance("#14171b") + 0.05); c < 4 {
			t.Errorf("%s on the dark ground: contrast %.1f", p.dark, c)
		}
		for _, hex := range []string{p.light, p.dark} {
			if seen[hex] || !strings.Contains(Style, hex) {
				t.Errorf("%s is used twice or never", hex)
			}
			seen[hex] = true
		}
	}
}
