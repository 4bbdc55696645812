package chinese

import "testing"

// What the search is for must show in it.
func TestLeftovers(t *testing.T) {
	for page, want := range map[string]int{
		`<p><span lang="en">The loss went from here</span><span lang="zh-Hans">损失</span></p>`:                      0,
		`<p><span lang="en">Yes</span><span lang="zh-Hans">The loss went from here</span></p>`:                     1,
		`<p>The loss went from here</p><figcaption>It is not translated either</figcaption>`:                       2,
		`<circle><title lang="en">step two of the run</title><title lang="zh-Hans">第 2 步</title></circle>`:         0,
		`<circle><title>step two of the run</title></circle>`:                                                      1,
		`<title data-en="A page of the run" data-zh="页">A page of the run</title><code>go run it again now</code>`: 0,
	} {
		if got := Leftovers(page); len(got) != want {
			t.Errorf("%s: %q, want %d", page, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	for output, want := range map[string]int{
		"损失为 0.5\n设置\n  -learning_rate 0.01 -sgd=false\n": 0,
		"损失为 0.5\nthe loss fell\n":                        1,
		"audit: trace.npz：is empty\n":                     1,
		"应为 relu, tanh, sigmoid, identity 之一\n":           0,
		"go run ./cmd/audit explain to the end of it\n":   0,
		"bias-not-added (forward, error)\n":               0,
		"  \"it is not\" 不是数\n":                           0,
		"Reads every file\nstep\n":                        1,
	} {
		if got := Lines(output); len(got) != want {
			t.Errorf("%q: %q, want %d", output, got, want)
		}
	}
}
