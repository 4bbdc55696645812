package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// printMarkdown writes the compact tables that the README shows.
func printMarkdown(w io.Writer, r report) {
	var about []string
	for _, p := range r.Peers {
		if p.Missing == "" && p.Name != string(part2Kind) && p.Name != string(scriptKind) {
			about = append(about, p.Name+" "+p.About)
		}
	}
	fmt.Fprintf(w, "%s, %d cores, %s; %s. Medians of interleaved rounds; 2× says that glassbox takes half the time.\n", r.Machine.CPU, r.Machine.Cores, r.Machine.System, strings.Join(about, "; "))
	var lists []caseResult
	for _, s := range r.Sections {
		if !s.Table {
			lists = append(lists, s.Cases...)
		}
	}
	if len(lists) > 0 {
		printTable(w, "", lists, func(c caseResult, s *series) string { return duration(median(s.Seconds)) })
	}
	for _, s := range r.Sections {
		if s.Table {
			printTable(w, s.Title, s.Cases, func(c caseResult, s *series) string { return gigaflops(c.Flops, median(s.Seconds)) })
		}
	}
}

// printTable writes a line for each case that has a short name, and a column
// for each peer that takes part for itself.
func printTable(w io.Writer, corner string, cases []caseResult, show func(c caseResult, s *series) string) {
	names := peerNames(cases, func(s series) bool { return s.Role == theirs })
	fmt.Fprintf(w, "\n| %s | glassbox | %s |\n|---|--:%s|\n", corner, strings.Join(names, " | "), strings.Repeat("|--:", len(names)))
	for _, c := range cases {
		if c.Short == "" {
			continue
		}
		cells := []string{strings.Join(strings.Fields(c.Short), " "), none}
		if our := c.find(ours); our != nil {
			cells[1] = show(c, our)
		}
		for _, n := range names {
			cell := ""
			if slices.ContainsFunc(c.Series, func(s series) bool { return s.Name == n }) {
				cell = none
			}
			if p := c.byName(n); p != nil {
				cell = fmt.Sprintf("%s, %s", show(c, p), times(median(c.ratios(p))))
			}
			cells = append(cells, cell)
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}
}
