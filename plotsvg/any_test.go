package plotsvg

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// Figures of numbers that hardly ever are an error: many kinds of ranges,
// texts of many lengths, all combinations of layers.
func TestAnyFigure(t *testing.T) {
	n := 600
	if testing.Short() {
		n = 100
	}
	r := rand.New(rand.NewPCG(5, 6))
	words := []string{"step", "accuracy", "α", "中文标签", "<&>", "\x00", "mean ± sd", "a_word_longer_than_most_of_them_are",
		"WWWWWWWW", "iiiiiii", "\u0301", "N·ln 2", "\n"}
	text := func() string {
		s := ""
		for range r.IntN(3) * r.IntN(9) {
			s += words[r.IntN(len(words))] + " "
		}
		return s
	}
	drawn := 0
	for i := range n {
		base, spread := 0.0, math.Pow(10, float64(r.IntN(13)-6))
		if r.IntN(2) == 0 {
			base = math.Pow(10, float64(r.IntN(24)-8))
		}
		positive := r.IntN(3) > 0
		var data []byte
		for range 2 * (1 + r.IntN(40)) {
			v := base + spread*r.NormFloat64()
			switch r.IntN(60) {
			case 0:
				v = math.Pow(10, float64(r.IntN(600)-300))
			case 1:
				v = math.Float64frombits(r.Uint64())
			}
			if positive {
				v = math.Abs(v)
			}
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
		}
		fig := figureFrom(r.Uint64(), data, text(), text())
		start := time.Now()
		svg, err := fig.SVG()
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("figure %d took %v: %+v", i, took, fig)
		}
		if err != nil {
			continue
		}
		drawn++
		if err := crowded(svg); err != nil {
			t.Errorf("figure %d: %v\n%+v", i, err, fig)
		}
	}
	if drawn < n/4 {
		t.Errorf("only %d of %d figures were drawn", drawn, n)
	}
}
