package progress

import (
	"bytes"
	"io"
	"math"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// fake is a terminal of the test's.
type fake struct {
	bytes.Buffer
	cols int
}

var start = time.Unix(1000, 0)

func newFake(label string, total int) (*fake, *Bar) {
	f := &fake{cols: 100}
	return f, newBar(f, label, total, start, func() int { return f.cols }, false)
}

// drawings returns the lines drawn so far, without the control sequences, and
// forgets them.
func (f *fake) drawings() []string {
	text := f.String()
	f.Reset()
	if text == "" {
		return nil
	}
	lines := strings.Split(strings.TrimPrefix(text, "\r"), "\r")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\x1b[K")
	}
	return lines
}

func TestDrawing(t *testing.T) {
	f, b := newFake("training", 1500)
	b.Show("loss", 0.123456)
	b.Add(374)
	b.Add(1)
	if got := f.drawings(); got != nil {
		t.Errorf("drawn by those who count: %q", got)
	}
	b.draw(start.Add(10 * time.Second))
	want := "training  #######.......................  25%  375/1,500  37.5 steps/s  loss 0.1235  0:30 left"
	if got := f.drawings(); len(got) != 1 || got[0] != want {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	b.Show("loss", math.NaN())
	b.Add(1125)
	b.draw(start.Add(20 * time.Second))
	want = "training  ##############################  100%  1,500/1,500  75.0 steps/s  loss NaN  0:00 left"
	if got := f.drawings(); len(got) != 1 || got[0] != want {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	b.Clear()
	b.Clear()
	b.tick()
	if got := f.String(); got != "\r\x1b[K" {
		t.Errorf("Clear and what may come after it wrote %q", got)
	}
}

func TestWidths(t *testing.T) {
	f, b := newFake("training", 45000)
	b.Show("loss", 123.456)
	b.Add(100)
	last := -1
	for cols := 1; cols <= 140; cols++ {
		f.cols = cols
		line := b.line(start.Add(3 * time.Second))
		n := utf8.RuneCountInString(line)
		if n > cols-1 {
			t.Errorf("%d columns: %d characters: %q", cols, n, line)
		}
		parts := strings.Count(line, "  ")
		if cols >= 40 && !strings.Contains(line, "left") || parts < last {
			t.Errorf("%d columns: %q", cols, line)
		}
		last = parts
	}
}

func TestUnknownTotal(t *testing.T) {
	f, b := newFake("reading", 0)
	b.SetUnit("rows")
	b.Add(5000)
	b.draw(start.Add(2 * time.Second))
	if got := f.drawings(); len(got) != 1 || got[0] != "reading  5,000  2,500 rows/s  0:02" {
		t.Errorf("%q", got)
	}
}

func TestPause(t *testing.T) {
	f, b := newFake("run", 10)
	b.draw(start)
	f.Reset()
	b.Pause(func() { io.WriteString(f, "row\n") })
	b.Pause(func() { io.WriteString(f, "row\n") })
	if got := f.String(); got != "\r\x1b[Krow\nrow\n" {
		t.Errorf("Pause wrote %q", got)
	}
	f.Reset()
	b.draw(start)
	if f.drawings() == nil {
		t.Error("the bar does not come back")
	}
}

// TestElsewhere: on what is no terminal, nothing is ever written.
func TestElsewhere(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var buf bytes.Buffer
	var none *Bar
	bars := []*Bar{New(file, "x", 3), New(null, "x", 3), New(w, "x", 3), New(&buf, "x", 3), none}
	for i, b := range bars {
		b.SetUnit("rows")
		b.Show("loss", 1)
		ran := false
		b.Pause(func() { ran = true })
		if !ran {
			t.Errorf("%d: Pause did not call its function", i)
		}
		if b != nil && b.w != nil {
			t.Errorf("%d: taken for a terminal", i)
		}
		b.Add(3)
		b.Clear()
	}
	w.Close()
	if text, _ := io.ReadAll(r); len(text) > 0 || buf.Len() > 0 {
		t.Errorf("wrote %q, %q", text, buf.String())
	}
	if info, _ := file.Stat(); info.Size() > 0 {
		t.Errorf("wrote %d bytes into a file", info.Size())
	}
}

func TestConcurrent(t *testing.T) {
	_, b := newFake("runs", 4000)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 1000 {
				b.mu.Lock()
				b.draw(start.Add(time.Second))
				b.mu.Unlock()
				b.Show("loss", float64(i))
				b.Add(1)
				if i%100 == 0 {
					b.Pause(func() {})
				}
			}
		})
	}
	wg.Wait()
	if got := b.done.Load(); got != 4000 {
		t.Errorf("%d counted", got)
	}
}

func TestNoAllocation(t *testing.T) {
	f, b := newFake("run", 1<<30)
	for what, bar := range map[string]*Bar{"drawn": b, "not drawn": New(&f.Buffer, "run", 9)} {
		if n := testing.AllocsPerRun(1000, func() { bar.Show("loss", 2); bar.Add(1) }); n != 0 {
			t.Errorf("%s: %v allocations a step", what, n)
		}
	}
}

func TestFormats(t *testing.T) {
	for v, want := range map[float64]string{0: "0.00", 0.456: "0.46", 12.34: "12.3", 123.4: "123", 1234: "1,230", 98765: "98,800", 1e6: "1,000,000"} {
		if got := speed(v); got != want {
			t.Errorf("speed(%v) = %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0:00", 0.2: "0:01", 59.5: "1:00", 754: "12:34", 3723: "1:02:03", math.Inf(1): "days", math.NaN(): "days"} {
		if got := clock(v); got != want {
			t.Errorf("clock(%v) = %q, want %q", v, got, want)
		}
	}
	if bar(0.5, 8, true) != "████░░░░" || bar(2, 4, false) != "####" || bar(-1, 4, false) != "...." {
		t.Error("bar")
	}
}

// One bar for as many goroutines as there are cores.
func BenchmarkAddParallel(b *testing.B) {
	_, p := newFake("run", 1<<30)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			p.Add(1)
		}
	})
}
