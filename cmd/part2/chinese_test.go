package main

import (
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// englishWords is what only an English sentence has: four words in a row.
var englishWords = regexp.MustCompile(`[A-Za-z][a-z']*(?:,? [A-Za-z][a-z']*){3,}`)

// leftovers returns the English sentences that a reader of the Chinese page
// would meet: in its texts, its hover texts and its tab.
func leftovers(page string) []string {
	for _, drop := range []string{
		`(?s)<style>.*?</style>`, `(?s)<script>.*?</script>`, `<code[^>]*>[^<]*</code>`,
		// What is English by mark. No element with a language holds one of its own kind.
		`(?s)<span lang="en">.*?</span>`, `(?s)<title lang="en">.*?</title>`, `(?s)<text lang="en".*?</text>`,
		`(?s)<desc lang="en">.*?</desc>`, `(?s)<g lang="en".*?</g>`, `(?s)<div class="drawing" lang="en">.*?</div>`,
		`(?s)<pre [^>]*lang="en".*?</pre>`,
		`<title data-en="[^"]*"`, `data-zh="[^"]*">[^<]*</title>`,
	} {
		page = regexp.MustCompile(drop).ReplaceAllString(page, "")
	}
	text := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, "\n"))
	return englishWords.FindAllString(text, -1)
}

func TestChinese(t *testing.T) {
	for name, args := range map[string]string{
		"default":  "-max_steps 300",
		"sgd":      "-sgd -max_steps 600 -eval_freq 10",
		"long":     "-sgd -max_steps 26000 -eval_freq 50 -init randn",
		"reported": "-as_reported",
		"fault":    "-fault bias-gradient-mean,softmax-every-layer -max_steps 60",
		"plateau":  "-init 1e-4 -max_steps 200",
		"sum":      "-reduction sum -max_steps 100 -seed 1",
		"iris":     "-data ../../testdata/iris.csv -standardize -max_steps 60",
		"batches":  "-batch_size 96 -max_steps 60",
		"diverged": "-learning_rate 1e6",
		"seeds":    "-seeds 3 -max_steps 60",
		"sweep":    "-sweep learning_rate=0.01,0.1,1e6 -seeds 2 -max_steps 60",
		"grid":     "-sweep momentum=0,0.5,0.9 -sweep batch_size=0,32,64 -max_steps 60 -data ../../testdata/iris.csv",
	} {
		t.Run(name, func(t *testing.T) {
			dir, _, _, _ := command(t, strings.Fields(args)...)
			page, err := os.ReadFile(filepath.Join(dir, "index.html"))
			if err != nil {
				t.Fatal(err)
			}
			if left := leftovers(string(page)); len(left) > 0 {
				t.Errorf("in English: %q", left)
			}
		})
	}
}

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
		if got := leftovers(page); len(got) != want {
			t.Errorf("%s: %q, want %d", page, got, want)
		}
	}
}
