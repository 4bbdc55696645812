package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/stat"
)

// A claim is something that the report says, judged by a part F of the facts.
type claim[F any] struct {
	id         string
	name, says lang.Text // a few words; a sentence in our words, code between backticks
	judge      func(f *F) finding
}

// A finding is what was found of a claim.
type finding struct {
	page.Verdict
	Found lang.Text // in words for whatever verdict it comes to
	Short string    // the numbers, for a terminal
}

// A Claim is a claim in its place.
type Claim struct {
	ID      string
	Chapter int       // 1 to 3
	Section string    // the id of the section of the page that shows it
	Name    lang.Text // a few words
	Says    lang.Text // in our words; code between backticks

	judge func(f *Facts) *finding // returns nil when its runs are missing
}

// claimsOf puts claims in a section of a chapter. They are judged by the part of the
// facts that part returns, once that is not nil.
func claimsOf[F any](chapter int, section string, part func(*Facts) *F, list ...claim[F]) []Claim {
	var claims []Claim
	for _, c := range list {
		claims = append(claims, Claim{c.id, chapter, section, c.name, c.says, func(f *Facts) *finding {
			if p := part(f); p != nil {
				return new(c.judge(p))
			}
			return nil
		}})
	}
	return claims
}

// Claims are all claims in the report's order.
func Claims() []Claim {
	return slices.Concat(perceptronClaims(), moduleClaims(), fullClaims(), sgdClaims())
}

// A Judged is a claim with its finding.
type Judged struct {
	Claim
	finding
}

// anchor is the claim's place on the page.
func (c Claim) anchor() string { return "claim-" + c.ID }

// Judge judges the claims whose runs are there; unjudged is how many others
// there are.
func Judge(f *Facts) (list []Judged, unjudged int) {
	for _, c := range Claims() {
		if found := c.judge(f); found != nil {
			list = append(list, Judged{c, *found})
		} else {
			unjudged++
		}
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

// grade is the verdict on a claim of two parts.
func grade(a, b bool) page.Verdict {
	switch {
	case a && b:
		return page.Holds
	case a || b:
		return page.Partly
	}
	return page.Fails
}

// twoParts is grade, with what is to be said of the two parts.
func twoParts(a, b bool, both, onlyA, onlyB, none lang.Text) (page.Verdict, lang.Text) {
	text := none
	switch {
	case a && b:
		text = both
	case a:
		text = onlyA
	case b:
		text = onlyB
	}
	return grade(a, b), text
}

// Facts are what the claims are judged by: numbers of the runs and nothing
// else. A part is nil when its runs did not come to their end.
type Facts struct {
	Perceptron *Perceptron `json:"perceptron"`
	Modules    *Modules    `json:"modules"`
	Weights    *Weights    `json:"weights"`
	Full       *Full       `json:"full_batch"`
	More       *More       `json:"more_steps"`
	Short      *Short      `json:"sgd_short"`
	Long       *Long       `json:"sgd_long"`
}

// Measure takes the facts of the work.
func (w *Work) Measure() Facts {
	return Facts{
		Perceptron: w.perceptronFacts(), Modules: w.modules(), Weights: w.weights(),
		Full: w.full(), More: w.more(), Short: w.short(), Long: w.long(),
	}
}

// At is a run at a step.
type At struct {
	Step  int     `json:"step"`
	Train float64 `json:"train_accuracy"`
	Test  float64 `json:"test_accuracy"`
	Loss  float64 `json:"loss"` // of the current batch, summed
}

func atEval(v experiment.Eval) At { return At{v.Step, v.TrainAccuracy, v.TestAccuracy, v.Loss} }

// at is the run at the last evaluation by a step.
func (n *Network) at(step int) At {
	v, _ := n.Result.At(step)
	return atEval(v)
}

// end is the run at its end; nil of no run.
func (n *Network) end() *At {
	if n == nil {
		return nil
	}
	return new(atEval(n.Result.Last()))
}

// Gap is how far the training rows fare better.
func (a At) Gap() float64 { return a.Train - a.Test }

// Spread is a number of the same run with several seeds.
type Spread struct {
	Seeds int `json:"seeds"`
	stat.Stat
}

// spread takes a number of a network and of the same with the further seeds,
// leaving out those for which there is none.
func (w *Work) spread(n *Network, of func(experiment.Result) (v float64, ok bool)) Spread {
	var values []float64
	for _, r := range append([]experiment.Result{n.Result}, w.Further[n.Name]...) {
		if v, ok := of(r); ok {
			values = append(values, v)
		}
	}
	return Spread{len(values), stat.Of(values)}
}

// last is a number of the last evaluation.
func last(of func(At) float64) func(experiment.Result) (float64, bool) {
	return func(r experiment.Result) (float64, bool) { return of(atEval(r.Last())), true }
}

func testAccuracy(a At) float64 { return a.Test }
func lossOf(a At) float64       { return a.Loss }

// within reports whether a is at most so far from b, rounding aside.
func within(a, b, far float64) bool { return a-b <= far+1e-9 && b-a <= far+1e-9 }

// few is how many seeds are too few for their range to mean something.
const few = 5

// among judges a number of the report by those that the seeds give, with some
// room on either side: more of it where there are few seeds.
func among(told, room float64, s Spread) page.Verdict {
	near, far := 0.0, room
	if s.Seeds < few {
		near, far = room, 2*room
	}
	switch {
	case told >= s.Min-near-1e-9 && told <= s.Max+near+1e-9:
		return page.Holds
	case told >= s.Min-far-1e-9 && told <= s.Max+far+1e-9:
		return page.Partly
	}
	return page.Fails
}

// lies says where a number of the report lies among those that the seeds give.
func lies(show func(float64) string, told float64, v page.Verdict) lang.Text {
	switch v {
	case page.Holds:
		return lang.T("The report's %s is one that this network gives.", show(told))
	case page.Partly:
		return lang.T("The report's %s is near that, but none of them.", show(told))
	}
	return lang.T("The report's %s is not what this network gives.", show(told))
}

// ranged says what the network as reported gives, and over what seeds.
func ranged(show func(float64) string, here float64, seeds Spread) lang.Text {
	if seeds.Seeds < 2 {
		return lang.T("As reported it is %s here.", show(here))
	}
	return lang.T("As reported it is %s here, and %s to %s with %d seeds.", show(here), show(seeds.Min), show(seeds.Max), seeds.Seeds)
}

// rightGives says the same of the right network.
func rightGives(show func(float64) string, here float64, seeds Spread) lang.Text {
	if seeds.Seeds < 2 {
		return lang.T("A right network has %s.", show(here))
	}
	return lang.T("A right network has %s, and %s to %s with the same seeds.", show(here), show(seeds.Min), show(seeds.Max))
}

// spreadCell shows a spread in a table.
func spreadCell(digits int, s Spread) lang.Text {
	if s.Seeds < 2 {
		return lang.Same("–")
	}
	return lang.Same(s.Text(digits))
}

// compared starts a table of the report's numbers beside those of the two runs.
func compared(caption lang.Text) page.Table {
	return page.Table{Caption: caption, Align: "lrrr", RowHeads: true,
		Head: []lang.Text{{}, lang.T("the report"), lang.T("as reported"), lang.T("right")}}
}

func share(v float64) string { return fmt.Sprintf("%.3f", v) }

// trainShare is an accuracy on the training rows, of which there are more.
func trainShare(v float64) string { return fmt.Sprintf("%.4f", v) }

func loss(v float64) string { return stat.Fixed(v, 1) }

// rowLoss is a loss of one row.
func rowLoss(v float64) string { return stat.Fixed(v, 4) }

// signed is a difference of shares, with its sign.
func signed(v float64) string {
	return strings.Replace(fmt.Sprintf("%+.3f", v), "-", "−", 1)
}

// group writes a count with a comma between thousands, from ten thousand on.
func group(n int) string {
	if n < 10000 {
		return strconv.Itoa(n)
	}
	return cli.Thousands(int64(n))
}

// commas lists numbers; between them the Chinese is better without a word.
func commas(items []string) lang.Text {
	texts := lang.Sames(items...)
	return lang.Text{EN: lang.And(texts...).EN, ZH: strings.Join(items, "、")}
}
