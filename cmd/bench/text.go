package main

import (
	"fmt"
	"io"
	"strings"
)

// printHead says what is measured on what, and how to read it.
func printHead(w io.Writer, r report) {
	fmt.Fprintf(w, "glassbox beside its peers on %s, %d cores, %s\n\n", r.Machine.CPU, r.Machine.Cores, r.Machine.System)
	var rows [][]string
	for _, p := range r.Peers {
		rows = append(rows, []string{p.Name})
	}
	names := strings.Split(strings.TrimSuffix(columns(rows, "  "), "\n"), "\n")
	width := 0
	for _, n := range names {
		width = max(width, len(n))
	}
	for i, p := range r.Peers {
		text := p.About
		if p.Missing != "" {
			text = "not measured: " + p.Missing
		}
		lines := strings.SplitAfter(wrapped(text, strings.Repeat(" ", width+2)), "\n")
		fmt.Fprintf(w, "%-*s  %s", width, names[i], strings.TrimLeft(strings.Join(lines, ""), " "))
	}
	fmt.Fprintf(w, "\n%s", wrapped(fmt.Sprintf("%s at most; in each, one after the other, everyone does the work for about %.0f ms, in turned order every other round. Times are medians over the rounds; ± is half the distance between their quartiles. A ratio above 1 says that glassbox is faster: it is the median over the rounds of the other's time over glassbox's in the same round.", capital(plural(r.Rounds, "round")), r.Slice*1000), ""))
}

// printSection writes one section with what there is to say about it.
func printSection(w io.Writer, s sectionResult) {
	fmt.Fprintf(w, "\n%s  %s\n\n", s.Letter, s.Title)
	if s.Table {
		fmt.Fprint(w, columns(productRows(s), "   "))
	} else {
		fmt.Fprint(w, columns(listRows(s), "   "))
	}
	notes := remarks(s)
	if len(notes) > 0 {
		fmt.Fprintln(w)
	}
	for _, n := range notes {
		fmt.Fprint(w, wrapped(n, "   "))
	}
}

// listRows are the lines of a section of few cases: a line for each contender.
func listRows(s sectionResult) [][]string {
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
		for _, x := range c.Series {
			if x.Role != ours && x.Role != theirs && x.Role != aside {
				continue
			}
			row := []string{"  " + x.Name, none, none, none, none}
			if len(x.Seconds) > 0 {
				row = []string{"  " + x.Name, duration(median(x.Seconds)), duration(quantile(x.Seconds, 0)), plusMinus(noise(x.Seconds)), times(median(c.ratios(&x)))}
				if c.Elements > 0 {
					row = append(row, duration(median(x.Seconds)/float64(c.Elements)))
				}
			}
			if x.Role == ours {
				row[4] = ""
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// peerNames are the names of a section's peers in the order they come in.
func peerNames(cases []caseResult, take func(series) bool) []string {
	var names []string
	seen := map[string]bool{}
	for _, c := range cases {
		for _, p := range c.peers() {
			if take(p) && !seen[p.Name] {
				seen[p.Name] = true
				names = append(names, p.Name)
			}
		}
	}
	return names
}

func everyPeer(series) bool { return true }

// productRows are the lines of the products: a line for each, in GFLOP/s.
func productRows(s sectionResult) [][]string {
	names := peerNames(s.Cases, everyPeer)
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
		row := []string{c.Name, none, none, none, none}
		if our := c.find(ours); our != nil {
			t := median(our.Seconds)
			row = []string{c.Name, gigaflops(c.Flops, t), duration(t), plusMinus(noise(our.Seconds)), none}
		}
		if share, _ := c.share(); share > 0 {
			row[4] = percent(share)
		}
		if one := c.find(single); one != nil {
			row[4] = times(median(c.ratios(one)))
		}
		for _, n := range names {
			speed, ratio := none, none
			if p := c.byName(n); p != nil {
				speed, ratio = gigaflops(c.Flops, median(p.Seconds)), times(median(c.ratios(p)))
			}
			row = append(row, speed, ratio)
		}
		rows = append(rows, row)
	}
	return rows
}
