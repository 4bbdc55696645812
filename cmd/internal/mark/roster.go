package mark

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
)

// A Person is a row of a course's roster.
type Person struct {
	Name    string // as it is to be shown
	ID      string // in Canvas
	Login   string // in the course's systems: PrairieLearn's uid, Canvas's login
	Section string
}

// rosterColumns are those of a roster; the first is needed.
var rosterColumns = []string{"submission", "name", "id", "login", "section"}

// ReadRoster reads a table of who handed in which submission: a CSV file with a
// line of names, of which submission is one.
func ReadRoster(file string) (map[string]Person, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	column := map[string]int{}
	if len(rows) > 0 {
		for j, name := range rows[0] {
			column[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = j
		}
	}
	if _, ok := column["submission"]; !ok {
		return nil, fmt.Errorf("%s has no column submission; a roster's first line names its columns: %s", file, strings.Join(rosterColumns, ","))
	}
	people := map[string]Person{}
	for _, row := range rows[1:] {
		cell := func(name string) string {
			if j, ok := column[name]; ok && slices.Contains(rosterColumns, name) {
				return strings.TrimSpace(row[j])
			}
			return ""
		}
		people[cell("submission")] = Person{cell("name"), cell("id"), cell("login"), cell("section")}
	}
	return people, nil
}
