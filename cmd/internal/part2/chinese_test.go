package part2

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/chinese"
)

func TestChinese(t *testing.T) {
	for name, args := range map[string]string{
		"default":  "-max_steps 300",
		"sgd":      "-sgd -max_steps 600 -eval_freq 10",
		"long":     "-sgd -max_steps 26000 -eval_freq 50 -init randn",
		"reported": "-as_reported",
		"fault":    "-fault bias-gradient-mean,softmax-every-layer -max_steps 60",
		"plateau":  "-init 1e-4 -max_steps 200",
		"sum":      "-reduction sum -max_steps 100 -seed 1",
		"iris":     "-data ../../../testdata/iris.csv -standardize -max_steps 60",
		"batches":  "-batch_size 96 -max_steps 60",
		"diverged": "-learning_rate 1e6",
		"seeds":    "-seeds 3 -max_steps 60",
		"sweep":    "-sweep learning_rate=0.01,0.1,1e6 -seeds 2 -max_steps 60",
		"grid":     "-sweep momentum=0,0.5,0.9 -sweep batch_size=0,32,64 -max_steps 60 -data ../../../testdata/iris.csv",
	} {
		t.Run(name, func(t *testing.T) {
			dir, _, _, _ := command(t, strings.Fields(args)...)
			page, err := os.ReadFile(filepath.Join(dir, "index.html"))
			if err != nil {
				t.Fatal(err)
			}
			if left := chinese.Leftovers(string(page)); len(left) > 0 {
				t.Errorf("in English: %q", left)
			}
		})
	}
}
