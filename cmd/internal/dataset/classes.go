package dataset

import (
	"cmp"
	"slices"
	"strings"
)

// classes collects the last column.
type classes struct {
	index map[string]int // of each spelling in seen
	seen  []class        // in the order in which they came
	rows  []int          // index of seen for each row
	words int            // how many of seen are no number
}

// A class as the file spells it.
type class struct {
	text   string
	value  float64
	number bool
}

// add takes the class of the next row.
func (c *classes) add(p *parser, text string, value float64, number bool) error {
	i, ok := c.index[text]
	if !ok {
		if len(c.seen) == maxClasses {
			return p.lineError("%s is class number %d; the last column should be a class, not a measurement", quote(text), maxClasses+1)
		}
		if c.index == nil {
			c.index = map[string]int{}
		}
		i = len(c.seen)
		text = strings.Clone(text) // text keeps its whole record alive
		c.index[text] = i
		c.seen = append(c.seen, class{text, value, number})
		if !number {
			c.words++
		}
	}
	c.rows = append(c.rows, i)
	return nil
}

// table returns the names of the classes in their order and each row's index
// among them. They are numbers if all of them are.
func (c *classes) table(p *parser) (names []string, labels []int, err error) {
	if c.headerOfNumbers(p) {
		return nil, nil, p.errorf("line %d looks like a header, for its class is %s where every other row has a number, but its other columns are numbers too; give them names that are words",
			p.first, quote(c.seen[0].text))
	}
	compare := func(a, b class) int {
		if c.words == 0 {
			return cmp.Compare(a.value, b.value)
		}
		return strings.Compare(a.text, b.text)
	}
	// The sort is stable: of several spellings of a number the first stays.
	order := slices.Clone(c.seen)
	slices.SortStableFunc(order, compare)
	order = slices.CompactFunc(order, func(a, b class) bool { return compare(a, b) == 0 })
	rank := make([]int, len(c.seen))
	for i, s := range c.seen {
		rank[i], _ = slices.BinarySearchFunc(order, s, compare)
	}
	labels = c.rows
	for i, s := range labels {
		labels[i] = rank[s]
	}
	for _, o := range order {
		names = append(names, o.text)
	}
	switch n := len(labels); {
	case len(names) == 1:
		return nil, nil, p.errorf("every row has the class %s in its last column; there should be at least two classes", quote(names[0]))
	case len(names) == n && n > 2:
		return nil, nil, p.errorf("each of the %d rows has a class of its own; the last column should be a class, not a measurement", n)
	case n > maxNumbers/len(names):
		return nil, nil, p.errorf("%d rows of %d classes are too many; up to %d rows × classes are right", n, len(names), maxNumbers)
	}
	return names, labels, nil
}

// headerOfNumbers reports whether the first row was meant as a header though
// its features are numbers, as in 0,1,2,label: its class alone is a word.
func (c *classes) headerOfNumbers(p *parser) bool {
	if p.header || c.words != 1 || c.seen[0].number || len(c.rows) < 2 {
		return false
	}
	return !slices.Contains(c.rows[1:], 0)
}
