package main

import (
	"fmt"
	"slices"
	"strings"
)

// remarks are the sentences under a section.
func remarks(s sectionResult) []string {
	var failures []string
	for _, c := range s.Cases {
		for _, x := range c.Series {
			text := fmt.Sprintf("%s failed: %s.", x.Name, x.Failed)
			if x.Failed != "" && !x.absent && !slices.Contains(failures, text) {
				failures = append(failures, text)
			}
		}
	}
	return append(failures, sectionRemarks(s)...)
}

func sectionRemarks(s sectionResult) []string {
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
func stepRemarks(s sectionResult) []string {
	notes := []string{"“As modules” is the step by the classes that the assignment asks for. scikit-learn's network has one output here, a logistic one; fit goes over many steps in a call, partial_fit over one."}
	for _, c := range s.Cases {
		our, top, e := c.find(ours), c.find(peak), c.find(exps)
		if our == nil || top == nil || e == nil {
			continue
		}
		_, flops := c.share()
		step, floor, exp := median(our.Seconds), c.Flops/flops, median(e.Seconds)
		notes = append(notes, fmt.Sprintf("A step has six products of 64,000 flops. At the product's peak of %s GFLOP/s these %s take %s, and the 1,600 exps take %s; the step takes %s times the former, and %s of it are the rest. (glassbox leaves out the sixth product, the gradient at x, which nothing needs: without it the products take %s.)",
			digits(flops/1e9), grouped(int(c.Flops)), duration(floor), duration(exp), digits(step/floor), duration(max(0, step-floor-exp)), duration(floor*5/6)))
	}
	return notes
}

// productRemarks say what a share of the peak is, and where glassbox does worst.
func productRemarks(s sectionResult) []string {
	var notes []string
	var tops []float64
	shape := ""
	for _, c := range s.Cases {
		if top := c.find(peak); top != nil {
			_, flops := c.share()
			tops = append(tops, flops)
			shape = top.Name
		}
	}
	if len(tops) > 0 {
		notes = append(notes, fmt.Sprintf("Of peak: of the %s GFLOP/s that %s reached in the same rounds, the most of all small products.", digits(median(tops)/1e9), shape))
	}
	var least []string
	for _, name := range peerNames(s.Cases, everyPeer) {
		if at, ratio := leastRatio(s.Cases, func(c caseResult) *series { return c.byName(name) }); at != "" {
			least = append(least, fmt.Sprintf("%s %s at %s", times(ratio), name, at))
		}
	}
	if len(least) > 0 {
		notes = append(notes, "Least ratios: "+strings.Join(least, "; ")+".")
	}
	if at, ratio := leastRatio(s.Cases, func(c caseResult) *series { return c.find(single) }); at != "" {
		notes = append(notes, fmt.Sprintf("Speed-up: over glassbox on one thread, in the same rounds. The least is %s at %s. Everyone with two threads works for %d ms before it counts.", times(ratio), at, spread.Milliseconds()))
	}
	return notes
}

// leastRatio returns the case in which the series that pick finds has the
// smallest ratio to glassbox.
func leastRatio(cases []caseResult, pick func(caseResult) *series) (at string, ratio float64) {
	for _, c := range cases {
		p := pick(c)
		if p == nil || c.find(ours) == nil {
			continue
		}
		if r := median(c.ratios(p)); at == "" || r < ratio {
			at, ratio = strings.Join(strings.Fields(c.Name), " "), r
		}
	}
	return at, ratio
}
