package audit

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"glassbox/cmd/internal/experiment"
	"glassbox/mat/nptest"
	"glassbox/nn/audit"
)

// Every number of every batch and every first weight follows from the seed, to
// the bit.
func TestOrigin(t *testing.T) {
	for _, flags := range []string{"-n 50", "-n 51 -noise 0 -standardize", "-n 40 -sgd", "-n 40 -batch_size 9 -dnn_hidden_units 3,4",
		"-data ../../../testdata/iris.csv -standardize -init 0.1 -batch_size 50", "-as_reported -n 30"} {
		config, err := experiment.FromFlags(flags, 7)
		if err != nil {
			t.Fatal(err)
		}
		e, run := experiment.New(config), experiment.New(config)
		same := func(step int, name string, i, j int, want float64) {
			t.Helper()
			x, ok := origin(e, step, "", audit.ElementName{Tensor: name, I: i, J: j})
			if !ok || x.Result != want {
				t.Fatalf("%s: %s[%d,%d] of step %d is %v, explained as %v", flags, name, i, j, step, want, x.Result)
			}
		}
		for k, p := range run.Net.Params() {
			for i := range p.Rows {
				for j := range p.Cols {
					if k%2 == 0 {
						same(0, fmt.Sprint("W", k/2+1), i, j, p.At(i, j))
					}
				}
			}
		}
		for step := range 9 {
			x, _ := run.Next()
			for i := range x.Rows {
				for j := range x.Cols {
					same(step, "x", i, j, x.At(i, j))
				}
			}
		}
	}
}

var shownWord = regexp.MustCompile(`words? (\d+)(?: to \d+)?((?: 0x[0-9a-f]{8})+)`)

// sameWords holds the words that texts show against those of NumPy's generator
// with the seed 42.
func sameWords(t *testing.T, texts []string) {
	t.Helper()
	shown, most := map[int]uint32{}, 0
	for _, m := range shownWord.FindAllStringSubmatch(strings.Join(texts, "\n"), -1) {
		at, _ := strconv.Atoi(m[1])
		for k, hex := range strings.Fields(m[2]) {
			bits, err := strconv.ParseUint(hex[2:], 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			shown[at+k] = uint32(bits)
			most = max(most, at+k)
		}
	}
	if len(shown) < 4*len(texts) {
		t.Fatalf("%d words in %d explanations", len(shown), len(texts))
	}
	words := nptest.Run(t, nptest.Python(t, "numpy"), `
import sys
import numpy as np
sys.stdout.buffer.write(np.random.RandomState(42).bytes(4 * int(sys.argv[1])))`, nil, fmt.Sprint(most+1))
	for at, bits := range shown {
		if want := binary.LittleEndian.Uint32(words[4*at:]); bits != want {
			t.Errorf("word %d is shown as %#08x and is %#08x", at, bits, want)
		}
	}
}

// What explain shows at the end of the way are NumPy's words.
func TestExplainEndsAtNumPysWords(t *testing.T) {
	var texts []string
	for _, args := range []string{"x[3,0]", "x[3,1]", "x[799,1]", "-sgd -step 30 x[0,0]", "-batch_size 32 -step 60 x[7,1]", "W1[1,3]", "W2[19,1]"} {
		out, stderr, status := audits(t, append([]string{"explain"}, strings.Fields(args)...)...)
		if status != 0 || !strings.Contains(out, "\nthe network in training has the same 64 bits\n") {
			t.Fatalf("%s: status %d, %s%s", args, status, stderr, out)
		}
		texts = append(texts, out)
	}
	sameWords(t, texts)
}
