package bench

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
)

// printHead says what is measured on what, and how to read it.
func printHead(w io.Writer, r result) {
	fmt.Fprintln(w, lang.Say("glassbox beside its peers on %s, %d cores, %s", r.Machine.CPU, r.Machine.Cores, r.Machine.System)+"\n")
	width := 0
	for _, p := range r.Peers {
		width = max(width, utf8.RuneCountInString(p.Name))
	}
	for _, p := range r.Peers {
		text := lang.Read(p.About)
		if p.Missing != "" {
			text = lang.T("not measured: %v", lang.Read(p.Missing))
		}
		var b strings.Builder
		cli.Wrap(&b, text.Here(), strings.Repeat(" ", width+4), 78)
		fmt.Fprintf(w, "  %-*s  %s", width, p.Name, strings.TrimLeft(b.String(), " "))
	}
	fmt.Fprintln(w)
	cli.Wrap(w, lang.Say("%s at most; in each, one after the other, everyone does the work for about %.0f ms, in turned order every other round. Times are medians over the rounds; ± is half the distance between their quartiles. A ratio above 1 says that glassbox is faster: it is the median over the rounds of the other's time over glassbox's in the same round.", lang.Read(plural(r.Rounds, "round")).Capital(), r.Slice*1000), "", 78)
}

// printSection writes one section with what there is to say about it.
func printSection(w io.Writer, s section) {
	fmt.Fprintf(w, "\n%s  %s\n\n", s.Letter, lang.Read(s.Title).Here())
	rows, less := listRows, []int(nil)
	if s.Table {
		rows, less = productRows, []int{2, 3} // times and noise rather than the peers
	}
	table := rows(s)
	for _, row := range table {
		for j, cell := range row {
			name := strings.TrimLeft(cell, " ")
			row[j] = cell[:len(cell)-len(name)] + lang.Read(name).Here()
		}
	}
	cli.Table(w, table, "   ", 2, "lr", less...)
	notes := remarks(s)
	if len(notes) > 0 {
		fmt.Fprintln(w)
	}
	for _, n := range notes {
		cli.Wrap(w, lang.Read(n).Here(), "   ", 78)
	}
}

// shown are the figures of a contender as they are printed.
type shown struct{ time, best, noise, rate, ratio string }

func (c workCase) shown(s contender) shown {
	m := median(s.Seconds)
	return shown{duration(m), duration(quantile(s.Seconds, 0)), plusMinus(noise(s.Seconds)), gigaflops(c.Flops, m), times(median(c.ratios(s)))}
}

// listRows are the lines of a section of few cases: a line for each contender.
func listRows(s section) [][]string {
	var rows [][]string
	for i, c := range s.Cases {
		head := []string{c.Name, "median", "best", "noise", "ratio"}
		if c.Elements > 0 {
			head = append(head, "an element")
		}
		if i > 0 {
			rows = append(rows, nil)
		}
		rows = append(rows, head)
		for _, x := range c.Contenders {
			if x.Role != ours && !x.isPeer() {
				continue
			}
			v := c.shown(x)
			if x.Role == ours {
				v.ratio = ""
			}
			row := []string{"  " + x.Name, v.time, v.best, v.noise, v.ratio}
			if c.Elements > 0 && len(x.Seconds) > 0 {
				row = append(row, duration(median(x.Seconds)/float64(c.Elements)))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// peerNames are the names of a section's peers in the order they come in.
func peerNames(cases []workCase, take func(contender) bool) []string {
	var names []string
	for _, c := range cases {
		for _, p := range c.Contenders {
			if take(p) && !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
	}
	return names
}

// productRows are the lines of the products: a line for each, in GFLOP/s.
func productRows(s section) [][]string {
	names := peerNames(s.Cases, contender.isPeer)
	last := "of peak"
	if len(s.Cases) > 0 && s.Cases[0].Threads > 1 {
		last = "speed-up"
	}
	head := []string{"", "glassbox", "time", "noise", last}
	for _, n := range names {
		head = append(head, " "+n, "ratio")
	}
	rows := [][]string{head}
	for _, c := range s.Cases {
		our, compared := c.shown(c.find(ours)), times(median(c.ratios(c.find(single))))
		if share, _ := c.share(); share > 0 {
			compared = percent(share)
		}
		row := []string{c.Name, our.rate, our.time, our.noise, compared}
		for _, n := range names {
			p := c.shown(c.byName(n))
			row = append(row, p.rate, p.ratio)
		}
		rows = append(rows, row)
	}
	return rows
}

// remarks are the sentences under a section.
func remarks(s section) []string {
	var failures []string
	for _, c := range s.Cases {
		for _, x := range c.Contenders {
			text := fmt.Sprintf("%s failed: %s.", x.Name, x.Failed)
			if x.Failed != "" && !x.absent && !slices.Contains(failures, text) {
				failures = append(failures, text)
			}
		}
	}
	return append(failures, sectionRemarks(s)...)
}

func sectionRemarks(s section) []string {
	switch s.Letter {
	case "a":
		return stepRemarks(s)
	case "b":
		return []string{"scikit-learn's fit goes through the rows in a drawn order instead; its partial_fit is called with one drawn row. Its network has one output here, a logistic one."}
	case "c":
		return []string{"Everyone takes 32 rows at a time by a permutation drawn for each epoch. scikit-learn's network has one output here, a logistic one."}
	case "e":
		return productRemarks(s)
	case "h":
		return []string{"From the start of the process to its end. The script does the same: the data, 1500 steps, an evaluation every 10, four figures, the curve as a table and the run's settings and parameters."}
	}
	return nil
}

// stepRemarks hold the time of a step against what its products take at peak.
func stepRemarks(s section) []string {
	notes := []string{"“As modules” is the step by the classes that the assignment asks for. scikit-learn's network has one output here, a logistic one; fit goes over many steps in a call, partial_fit over one."}
	for _, c := range s.Cases {
		our, e := c.find(ours), c.find(exps)
		_, flops := c.share()
		if flops == 0 || len(e.Seconds) == 0 {
			continue
		}
		step, floor, exp := median(our.Seconds), c.Flops/flops, median(e.Seconds)
		notes = append(notes, fmt.Sprintf("A step has six products of 64,000 flops. At the product's peak of %s GFLOP/s these %s take %s, and the 1,600 exps take %s; the step takes %s times the former, and %s of it are the rest. (glassbox leaves out the sixth product, the gradient at x, which nothing needs: without it the products take %s.)",
			digits(flops/1e9), cli.Thousands(int64(c.Flops)), duration(floor), duration(exp), digits(step/floor), duration(max(0, step-floor-exp)), duration(floor*5/6)))
	}
	return notes
}

// productRemarks say what a share of the peak is, and where glassbox does worst.
func productRemarks(s section) []string {
	var notes []string
	var tops []float64
	shape := ""
	for _, c := range s.Cases {
		if top := c.find(peak); len(top.Seconds) > 0 {
			_, flops := c.share()
			tops = append(tops, flops)
			shape = top.Name
		}
	}
	if len(tops) > 0 {
		notes = append(notes, fmt.Sprintf("Of peak: of the %s GFLOP/s that %s reached in the same rounds, the most of all small products.", digits(median(tops)/1e9), shape))
	}
	var least []string
	for _, name := range peerNames(s.Cases, contender.isPeer) {
		if at, ratio := leastRatio(s.Cases, func(c workCase) contender { return c.byName(name) }); at != "" {
			least = append(least, fmt.Sprintf("%s %s at %s", times(ratio), name, at))
		}
	}
	if len(least) > 0 {
		notes = append(notes, "Least ratios: "+strings.Join(least, "; ")+".")
	}
	if at, ratio := leastRatio(s.Cases, func(c workCase) contender { return c.find(single) }); at != "" {
		notes = append(notes, fmt.Sprintf("Speed-up: over glassbox on one thread, in the same rounds. The least is %s at %s. Everyone with two threads works for %d ms before it counts.", times(ratio), at, wakeup.Milliseconds()))
	}
	return notes
}

// leastRatio returns the case in which the one that pick finds has the
// smallest ratio to glassbox.
func leastRatio(cases []workCase, pick func(workCase) contender) (at string, ratio float64) {
	for _, c := range cases {
		if r := median(c.ratios(pick(c))); r == r && (at == "" || r < ratio) {
			at, ratio = oneSpaced(c.Name), r
		}
	}
	return at, ratio
}

// printMarkdown writes the compact tables that the README shows.
func printMarkdown(w io.Writer, r result) {
	var about []string
	for _, p := range r.Peers {
		if p.Missing == "" && p.Name != string(part2Kind) && p.Name != string(scriptKind) {
			about = append(about, p.Name+" "+p.About)
		}
	}
	fmt.Fprintf(w, "%s, %d cores, %s; %s. Medians of interleaved rounds; 2× says that glassbox takes half the time.\n", r.Machine.CPU, r.Machine.Cores, r.Machine.System, strings.Join(about, "; "))
	var lists []workCase
	for _, s := range r.Sections {
		if !s.Table {
			lists = append(lists, s.Cases...)
		}
	}
	if len(lists) > 0 {
		printTable(w, "", lists, func(v shown) string { return v.time })
	}
	for _, s := range r.Sections {
		if s.Table {
			printTable(w, s.Title, s.Cases, func(v shown) string { return v.rate })
		}
	}
}

// printTable writes a line for each case that has a short name, and a column
// for each peer that takes part for itself.
func printTable(w io.Writer, corner string, cases []workCase, speed func(shown) string) {
	names := peerNames(cases, func(s contender) bool { return s.Role == theirs })
	fmt.Fprintf(w, "\n| %s | glassbox | %s |\n|---|--:%s|\n", corner, strings.Join(names, " | "), strings.Repeat("|--:", len(names)))
	for _, c := range cases {
		if c.Short == "" {
			continue
		}
		cells := []string{oneSpaced(c.Short), speed(c.shown(c.find(ours)))}
		for _, n := range names {
			cell := ""
			if slices.ContainsFunc(c.Contenders, func(s contender) bool { return s.Name == n }) {
				cell = none
			}
			if p := c.byName(n); len(p.Seconds) > 0 {
				v := c.shown(p)
				cell = speed(v) + ", " + v.ratio
			}
			cells = append(cells, cell)
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}
}
