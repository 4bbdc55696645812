package coursework

import (
	"fmt"
	"strconv"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

// A Claim is something the report says, and how to judge it.
type Claim struct {
	ID      string
	Chapter int       // 1 to 3
	Section string    // the id of the section of the page that shows it
	Name    lang.Text // a few words
	Says    lang.Text // in our words; code between backticks

	// Ready reports whether the runs that it takes were come to; only then may
	// Judge and Brief be called.
	Ready func(f *Facts) bool
	// Judge says what was found, in words for whatever verdict it comes to.
	Judge func(f *Facts) (found lang.Text, verdict page.Verdict)
	// Brief is the numbers in short, for a terminal.
	Brief func(f *Facts) string
}

// Claims are all claims in the report's order.
func Claims() []Claim {
	var list []Claim
	for _, chapter := range [][]Claim{perceptronClaims(), moduleClaims(), fullClaims(), sgdClaims()} {
		list = append(list, chapter...)
	}
	return list
}

// A Judged is a claim with its finding.
type Judged struct {
	Claim
	page.Verdict
	Found lang.Text
	Short string
}

// Block is the claim on a page.
func (j Judged) Block() page.Claim {
	return page.Claim{Says: j.Says, Found: j.Found, Verdict: j.Verdict}
}

// Judge judges the claims for which the runs were come to; unjudged is how many
// others there are.
func Judge(f *Facts) (list []Judged, unjudged int) {
	for _, c := range Claims() {
		if !c.Ready(f) {
			unjudged++
			continue
		}
		found, verdict := c.Judge(f)
		list = append(list, Judged{c, verdict, found, c.Brief(f)})
	}
	return list, unjudged
}

// Count returns how many of the claims hold, hold in part and do not hold.
func Count(list []Judged) (n [3]int) {
	for _, j := range list {
		n[j.Verdict]++
	}
	return n
}

// grade is the verdict when so many of so many parts of a claim hold.
func grade(parts ...bool) page.Verdict {
	n := 0
	for _, holds := range parts {
		if holds {
			n++
		}
	}
	switch n {
	case len(parts):
		return page.Holds
	case 0:
		return page.Fails
	}
	return page.Partly
}

// within reports whether a is at most so far from b, rounding aside.
func within(a, b, far float64) bool { return a-b <= far+1e-9 && b-a <= far+1e-9 }

func share(v float64) string { return fmt.Sprintf("%.3f", v) }

// trainShare is an accuracy on the training rows, of which there are more.
func trainShare(v float64) string { return fmt.Sprintf("%.4f", v) }

func loss(v float64) string { return fmt.Sprintf("%.1f", v) }

// rowLoss is a loss of one row.
func rowLoss(v float64) string { return fmt.Sprintf("%.4f", v) }

// signed is a difference of shares, with its sign.
func signed(v float64) string {
	return strings.Replace(fmt.Sprintf("%+.3f", v), "-", "−", 1)
}

// group writes a count with a comma between thousands, from ten thousand on.
func group(n int) string {
	s := strconv.Itoa(n)
	if n < 10000 {
		return s
	}
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// commas lists numbers; between them the Chinese is better without a word.
func commas(items []string) lang.Text {
	texts := lang.Sames(items...)
	return lang.Text{EN: lang.And(texts...).EN, ZH: strings.Join(items, "、")}
}
