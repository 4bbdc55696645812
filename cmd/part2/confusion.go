package main

import (
	"strconv"

	"glassbox/cmd/internal/experiment"
	"glassbox/mat"
)

// confusionTable counts the test rows of each class (down) by the class p
// gives them (across), as sklearn.metrics.confusion_matrix does; the first row
// and column are names.
func confusionTable(d experiment.Data, p mat.Matrix) [][]string {
	counts := make([][]int, len(d.Classes))
	for i := range counts {
		counts[i] = make([]int, len(d.Classes))
	}
	for i, label := range d.TestLabels {
		counts[label][mat.ArgMax(p.Row(i))]++
	}
	table := [][]string{append([]string{""}, d.Classes...)}
	for i, row := range counts {
		texts := []string{d.Classes[i]}
		for _, n := range row {
			texts = append(texts, strconv.Itoa(n))
		}
		table = append(table, texts)
	}
	return table
}
