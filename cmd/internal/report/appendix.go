package report

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/nn/audit"
)

// verdicts is the audit's verdict in full.
func (r Report) verdicts() []page.Section {
	var blocks []page.Block
	for _, x := range []struct {
		name string
		head func() lang.Text
	}{
		{fullReported, func() lang.Text { return lang.T("The network whose figures the report shows") }},
		{fullRight, func() lang.Text { return lang.T("The right network") }},
	} {
		if v, ok := r.Audits[x.name]; ok {
			blocks = append(blocks, verdictBlocks(x.head(), v)...)
		}
	}
	if len(blocks) == 0 {
		return nil
	}
	return []page.Section{{ID: "audit", Heading: lang.T("The audit's verdict"), Blocks: append([]page.Block{
		page.Text(lang.T("The audit computes each tensor of a step again from its own recorded inputs and passes a number that lies within what rounding can do to it; so one mistake does not make everything after it wrong. It names a cause only where that gives the recorded numbers.")),
	}, blocks...)}}
}

// verdictBlocks are a verdict: a sentence, its causes, and every finding.
func verdictBlocks(head lang.Text, v audit.Verdict) []page.Block {
	if len(v.Findings) == 0 {
		text := lang.T("%s: all %d recorded tensors of %d steps follow from their inputs within rounding.", head, v.Judged, v.Steps)
		for _, n := range v.Notes {
			text = lang.Sentences(text, lang.T("To note: %s.", lang.Of(n)))
		}
		return []page.Block{page.Text(text)}
	}
	blocks := []page.Block{page.Text(lang.T("%s: %d findings in %d recorded tensors of %d steps.", head, len(v.Findings), v.Judged, v.Steps))}
	t := page.Table{
		Caption: lang.T("All findings: the worst element of each tensor, as recorded and as its inputs make it."),
		Head: []lang.Text{lang.T("Step"), lang.T("Element"), lang.T("recorded"), lang.T("from its inputs"),
			lang.T("bounds of rounding off"), lang.T("elements off"), lang.T("Cause")},
		Align: "rlrrrrl",
	}
	known := map[string]bool{}
	for _, x := range v.Findings {
		if key := x.Cause + x.Level; !known[key] {
			known[key] = true
			blocks = append(blocks, page.Note{Warning: true, Title: lang.T("%s: %s", level(x), lang.Same(cause(x))), Text: lang.T("%s.", lang.Of(x.Message)).Capital()})
		}
		t.Rows = append(t.Rows, page.Row(strconv.Itoa(x.Step), fmt.Sprintf("%s[%d,%d]", x.Tensor, x.Index[0], x.Index[1]),
			number(x.Got), number(x.Want), bounds(x.Ratio), group(x.Off)+"/"+group(x.Elements), cause(x)))
	}
	blocks = append(blocks, t)
	var notes page.List
	for _, n := range slices.Concat(v.Notes, v.Unjudged) {
		notes = append(notes, lang.Of(n))
	}
	if len(notes) > 0 {
		blocks = append(blocks, notes)
	}
	return blocks
}

func level(x audit.Finding) lang.Text {
	if x.Level == "warning" {
		return lang.T("warning")
	}
	return lang.T("error")
}

func cause(x audit.Finding) string {
	if x.Cause == "" {
		return "?"
	}
	return x.Cause
}

// bounds is how far off a number is in units of what rounding can do.
func bounds(r audit.Number) string {
	if v := float64(r); v < math.MaxFloat64 {
		return fmt.Sprintf("%.2g", v)
	}
	return "∞"
}

// A Repeat is a run that somebody may do again by itself.
type Repeat struct {
	Title       lang.Text
	Command     string
	Fingerprint string // of its parameters, where it prints one
}

// Repeats are the commands of all runs.
func (w *Work) Repeats() []Repeat {
	var list []Repeat
	if w.Perceptron != nil {
		list = append(list, Repeat{lang.T("Part I, with all further seeds"), fmt.Sprintf("go run ./cmd/part1 -seed %d -seeds %d", w.Seed, w.Seeds), w.Perceptron.Fingerprint()})
	}
	for _, n := range w.Networks {
		list = append(list, Repeat{n.title, part2Command(n.flags, uint64(w.Seed)), n.Result.Fingerprint})
	}
	for _, n := range w.Networks {
		if k := len(w.Further[n.Name]); k > 0 && k == w.Config.networks() {
			list = append(list, Repeat{lang.T("%s, with further seeds", n.title), part2Command(n.flags, uint64(w.Seed)+1) + fmt.Sprintf(" -seeds %d", k), ""})
		}
	}
	for _, name := range []string{fullReported, fullRight} {
		n := w.network(name)
		if _, ok := w.Audits[name]; !ok || n == nil {
			continue
		}
		file := strings.TrimPrefix(name, "full-") + ".npz"
		trace := strings.Join(strings.Fields(fmt.Sprintf("go run ./cmd/audit trace %s -seed %d -steps 0:3 -o %s", n.flags, w.Seed, file)), " ")
		list = append(list, Repeat{lang.T("the audit: %s", n.title), trace + "\ngo run ./cmd/audit compare " + file, ""})
	}
	return list
}

func part2Command(flags string, seed uint64) string {
	return strings.Join(strings.Fields(fmt.Sprintf("go run ./cmd/part2 %s -seed %d", flags, seed)), " ")
}

// Fingerprint is the SHA-256 of all runs' fingerprints in order, a line each:
// Part I, the networks, and those with further seeds.
func (w *Work) Fingerprint() string {
	h := sha256.New()
	if w.Perceptron != nil {
		fmt.Fprintln(h, w.Perceptron.Fingerprint())
	}
	for _, n := range w.Networks {
		fmt.Fprintln(h, n.Result.Fingerprint)
	}
	for _, n := range w.Networks {
		for _, r := range w.Further[n.Name] {
			fmt.Fprintln(h, r.Fingerprint)
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// repeat is the section of commands.
func (r Report) repeat() page.Section {
	var en, zh strings.Builder
	t := page.Table{
		Caption: lang.T("Where each run ends; its fingerprint is the same on every machine."),
		Head:    []lang.Text{lang.T("Run"), lang.T("steps"), lang.T("train acc."), lang.T("test acc."), lang.T("Fingerprint")},
		Align:   "lrrrl", RowHeads: true,
		Note: lang.T("Of each fingerprint the first 16 digits; `report.json` has them in full."),
	}
	for _, x := range r.Repeats() {
		fmt.Fprintf(&en, "# %s\n%s\n", x.Title.EN, x.Command)
		fmt.Fprintf(&zh, "# %s\n%s\n", x.Title.ZH, x.Command)
	}
	for _, n := range r.Networks {
		v := n.end()
		t.Rows = append(t.Rows, page.Cells(n.title, lang.Same(group(n.Result.Steps)), lang.Same(trainShare(v.Train)), lang.Same(share(v.Test)), lang.Same(n.Result.Fingerprint[:16])))
	}
	blocks := []page.Block{
		page.Text(lang.T("Each run can be done by itself. With the same seed it gives the same numbers, to the last bit.")),
		page.Code{Text: lang.Text{EN: en.String(), ZH: zh.String()}},
	}
	if len(t.Rows) > 0 {
		blocks = append(blocks, t)
	}
	return page.Section{ID: "repeat", Heading: lang.T("Each run by itself"), Blocks: blocks}
}
