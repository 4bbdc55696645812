package experiment

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"testing"

	"glassbox/mat"
)

// The fingerprint is that of the bytes a reader of the README would hash.
func TestFingerprint(t *testing.T) {
	sum := sha256.Sum256([]byte("\x00\x00\x00\x00\x00\x00\xf0\x3f" + "\x00\x00\x00\x00\x00\x00\x00\x80" + "\x00\x00\x00\x00\x00\x00\xf0\xff"))
	wide := mat.Matrix{Rows: 2, Cols: 1, Stride: 2, Data: []float64{1, 99, math.Copysign(0, -1)}}
	if got, want := Fingerprint([]mat.Matrix{wide, mat.Of(1, 1, math.Inf(-1))}), hex.EncodeToString(sum[:]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Which NaN ∞−∞ is depends on the processor; a diverged run's fingerprint must
// not.
func TestFingerprintOfNaN(t *testing.T) {
	of := func(v float64) string { return Fingerprint([]mat.Matrix{mat.Of(1, 2, 1, v)}) }
	want := of(math.Float64frombits(0x7ff8000000000000))
	for _, bits := range []uint64{0xfff8000000000000, 0x7ff8000000000001, 0x7ff0000000000001, 0xffffffffffffffff} {
		if got := of(math.Float64frombits(bits)); got != want {
			t.Errorf("NaN %x: %s, want %s", bits, got, want)
		}
	}
	if of(math.Inf(1)) == want {
		t.Error("an infinity counts as a NaN")
	}
}
