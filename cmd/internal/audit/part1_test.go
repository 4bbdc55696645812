package audit

import (
	"strings"
	"testing"
)

// Numbers of Part I follow from the seed to the bit, and what they end at are
// NumPy's words.
func TestExplainPart1(t *testing.T) {
	var drawn []string
	for _, args := range []string{"2 x[3,0]", "5 x[159,1]", "3 test_x[39,1]", "1 test_x[0,0]", "1 -epoch 1 w[0]", "2 w[1]", "2 -epoch 1 w[1]", "2 -bias b", "2 b",
		"4 -rule rosenblatt -epoch 3 w[0]", "4 -rule rosenblatt -bias -epoch 3 b", "5 -rule rosenblatt -epoch 2 w[1]", "2 accuracy"} {
		out, stderr, status := audits(t, append([]string{"explain", "-part1"}, strings.Fields(args)...)...)
		if status != 0 || !strings.Contains(out, "\npart1 has the same 64 bits\n") {
			t.Errorf("%s: status %d, %s%s", args, status, stderr, out)
		}
		if strings.Contains(args, "x[") {
			drawn = append(drawn, out)
		}
	}
	for args, want := range map[string]string{"2 v[0]": "there are w[0] w[1] b", "9 w[0]": "-part1", "1 -epoch 99 w[0]": "had the epochs 1 to", "1 x[999,0]": "rows of x are 0 to 159"} {
		_, stderr, status := audits(t, append([]string{"explain", "-part1"}, strings.Fields(args)...)...)
		if status != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, %q", args, status, stderr)
		}
	}
	sameWords(t, drawn)
}
