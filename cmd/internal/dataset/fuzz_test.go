package dataset

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"glassbox/mat"
)

// FuzzRead parses any bytes. A refusal is one line that begins with the file's
// name; an accepted table agrees with itself, and written out and read again
// it is the same table.
func FuzzRead(f *testing.F) {
	for _, c := range slices.Concat(accepted, refused) {
		if len(c.file) < 1000 {
			f.Add([]byte(c.file))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Parse("t.csv", bytes.NewReader(data))
		if err != nil {
			if text := err.Error(); !strings.HasPrefix(text, "t.csv: ") || strings.ContainsAny(text, "\n\r\x00\x1b") || len(text) > 1000 {
				t.Fatalf("message %q", text)
			}
			return
		}
		checkTable(t, table)
		p, err := newParser("", bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		text := write(table, p.separator)
		again, err := Parse("t.csv", strings.NewReader(text))
		if err != nil {
			t.Fatalf("written as %q: %v", text, err)
		}
		if !mat.EqualBits(again.X, table.X) || !slices.Equal(again.Labels, table.Labels) ||
			!slices.Equal(again.Classes, table.Classes) || !slices.Equal(again.Features, table.Features) {
			t.Fatalf("%s\nwritten as %q is\n%s", show(table), text, show(again))
		}
	})
}

// checkTable fails the test if parts of the table do not fit one another.
func checkTable(t *testing.T, table Table) {
	t.Helper()
	n, features, classes := table.X.Rows, table.X.Cols, len(table.Classes)
	if features < 1 || len(table.Features) != features || len(table.Labels) != n || classes < 2 || classes > n {
		t.Fatalf("X %s, %d features, %d labels, %d classes", table.X.Shape(), len(table.Features), len(table.Labels), classes)
	}
	for i := range n {
		for j, v := range table.X.Row(i) {
			if math.IsNaN(v) || math.Abs(v) > maxValue {
				t.Fatalf("X[%d,%d] = %v", i, j, v)
			}
		}
	}
	rows := make([]int, classes)
	for _, label := range table.Labels {
		rows[label]++
	}
	if slices.Contains(rows, 0) {
		t.Fatalf("rows of each class: %v", rows)
	}
	sorted := slices.Clone(table.Classes)
	slices.Sort(sorted)
	if len(slices.Compact(sorted)) != classes {
		t.Fatalf("classes %q", table.Classes)
	}
	for _, name := range slices.Concat(table.Features, table.Classes) {
		if name == "" || strings.TrimSpace(name) != name || strings.ContainsAny(name, "\n\r\t\x00\x1b") {
			t.Fatalf("name %q", name)
		}
	}
}

// write returns the table as a file with a header, everything quoted.
func write(table Table, separator rune) string {
	var b strings.Builder
	line := func(fields []string) {
		for i, field := range fields {
			if i > 0 {
				b.WriteRune(separator)
			}
			b.WriteString(`"` + strings.ReplaceAll(field, `"`, `""`) + `"`)
		}
		b.WriteByte('\n')
	}
	line(append(slices.Clone(table.Features), "class"))
	for i, label := range table.Labels {
		var fields []string
		for _, v := range table.X.Row(i) {
			fields = append(fields, strconv.FormatFloat(v, 'g', -1, 64))
		}
		line(append(fields, table.Classes[label]))
	}
	return b.String()
}
