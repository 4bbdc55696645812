package dataset

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"glassbox/cmd/internal/cli"
)

// A parser collects the rows of a file.
type parser struct {
	path      string
	separator rune
	csv       *csv.Reader
	limit     *rowLimit
	size      int64 // of the file in bytes; 0 where that is not known

	line     int      // of the record in hand, the first line if it has several
	fields   int      // of the record in hand
	first    int      // line of the first record, header or row; 0 before it
	features []string // known with the first record
	header   bool     // the first record was one
	class    string   // the header's name of the last column
	mark     mark     // the decimal mark met first
	numbers  []float64
	classes  classes
}

// A mark remembers where a decimal mark was met.
type mark struct {
	char byte // 0 for nowhere
	line int
	text string
}

// rows reads everything.
func (p *parser) rows() error {
	for {
		p.limit.next()
		record, err := p.csv.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return p.readError(err)
		}
		p.line, _ = p.csv.FieldPos(0)
		p.fields = len(record)
		blank := true
		for i, field := range record {
			if record[i], err = p.tidy(i, field); err != nil {
				return err
			}
			blank = blank && record[i] == ""
		}
		if blank {
			continue
		}
		if p.first == 0 {
			if err := p.firstRecord(record); err != nil {
				return err
			}
			if p.header {
				continue
			}
		}
		if err := p.row(record); err != nil {
			return err
		}
	}
	switch {
	case p.first == 0:
		return p.errorf("the file is empty; it should hold rows of numbers, each with its class in the last column")
	case len(p.numbers) == 0:
		return p.errorf("no rows under the header in line %d", p.first)
	}
	return nil
}

// tidy returns field i with the spaces around it removed, and each line end
// and run of spaces inside it made one space: a name is to fit on one line. What
// would not be seen of it becomes an escape.
func (p *parser) tidy(i int, field string) (string, error) {
	if strings.Trim(field, digits) == "" {
		return field, nil // as most are
	}
	if !utf8.ValidString(field) {
		return "", p.at(i, "%s is not UTF-8; save the file as UTF-8", quote(field))
	}
	field = strings.Join(strings.Fields(field), " ")
	if strings.ContainsFunc(field, unicode.IsControl) {
		return "", p.at(i, "%s has a control character", quote(field))
	}
	if strings.ContainsFunc(field, cli.Hidden) {
		field = cli.OneLine(field)
	}
	return field, nil
}

// firstRecord finds out whether the first record is a header, and names the
// columns.
func (p *parser) firstRecord(record []string) error {
	p.first = p.line
	last := len(record) - 1
	if last == 0 {
		hint := ""
		if strings.Contains(record[0], " ") {
			hint = ", not spaces"
		}
		return p.lineError("%s is the only column; there should be features and then the class, separated by commas, semicolons or tabs%s", quote(record[0]), hint)
	}
	aNumber, aWord := -1, -1 // columns that show one
	for i, field := range record[:last] {
		switch _, _, k := parseNumber(field, p.separator != ','); {
		case k.numeric():
			aNumber = i
		case k == word:
			aWord = i
		}
	}
	if aNumber >= 0 && aWord >= 0 {
		return p.at(aWord, "%s is not a number, but column %d has %s; a row needs numbers, a header words, in every column before the class",
			quote(record[aWord]), aNumber+1, quote(record[aNumber]))
	}
	p.header = aWord >= 0
	for i := range last {
		name := fmt.Sprintf("x%d", i+1)
		if p.header {
			if n := utf8.RuneCountInString(record[i]); n > maxName {
				return p.at(i, "the name %s has %d letters; names of up to %d are right", quote(record[i]), n, maxName)
			}
			if name = strings.Clone(record[i]); name == "" {
				name = fmt.Sprintf("column %d", i+1)
			}
		}
		p.features = append(p.features, name)
	}
	if p.header {
		p.class = strings.Clone(record[last])
	}
	return nil
}

// row takes a record of data.
func (p *parser) row(record []string) error {
	if err := p.width(record); err != nil {
		return err
	}
	if len(p.numbers)+len(p.features) > maxNumbers {
		return p.lineError("more than %d numbers; this program reads tables into memory and stops there", maxNumbers)
	}
	last := len(p.features)
	if have := len(p.numbers); have+last > cap(p.numbers) && p.size > 0 {
		// As many as the file will have where it goes on as it began, and no
		// more than its bytes can hold.
		likely := float64(have) * 1.02 * float64(p.size) / float64(p.csv.InputOffset())
		p.numbers = slices.Grow(p.numbers, int(min(max(likely-float64(have), float64(last)), maxNumbers, float64(p.size)/2)))
	}
	for i, field := range record[:last] {
		v, err := p.number(i, field)
		if err != nil {
			return err
		}
		p.numbers = append(p.numbers, v)
	}
	switch v, _, k := parseNumber(record[last], p.separator != ','); k {
	case empty:
		return p.at(last, "the class is missing")
	case notFinite, tooLarge:
		return p.at(last, "%s is no class", quote(record[last]))
	default:
		return p.classes.add(p, record[last], v, k == number)
	}
}

// width checks that the record has as many fields as the first.
func (p *parser) width(record []string) error {
	want := len(p.features) + 1
	if len(record) == want {
		return nil
	}
	what := "row"
	if p.header {
		what = "header"
	}
	if len(record) > want {
		return p.at(want, "%s is one field too many: the %s in line %d has %d, separated by %s", quote(record[want]), what, p.first, want, separatorName(p.separator))
	}
	return p.at(len(record), "the field is missing: the row has %d where the %s in line %d has %d, separated by %s", len(record), what, p.first, want, separatorName(p.separator))
}

// number reads feature i.
func (p *parser) number(i int, field string) (float64, error) {
	v, char, k := parseNumber(field, p.separator != ',')
	switch k {
	case empty:
		return 0, p.at(i, "the number is missing; fill it in or leave the row out")
	case notFinite:
		return 0, p.at(i, "%s is not a finite number; fill it in or leave the row out", quote(field))
	case tooLarge:
		return 0, p.at(i, "%s is too large; numbers up to %g are right", quote(field), maxValue)
	case word:
		return 0, p.at(i, "%s is not a number", quote(field))
	}
	switch {
	case char == 0 || char == p.mark.char:
	case p.mark.char == 0:
		p.mark = mark{char, p.line, strings.Clone(field)}
	default:
		return 0, p.at(i, "%s and %s in line %d have different decimal marks; use one in the whole file", quote(field), quote(p.mark.text), p.mark.line)
	}
	return v, nil
}

// readError puts csv.Reader's errors into the words of this package.
func (p *parser) readError(err error) error {
	var bad *csv.ParseError
	switch {
	case errors.Is(err, errLongRow):
		return p.errorf("after line %d comes a row of more than %d bytes; is a quote left open?", p.line, maxRow)
	case !errors.As(err, &bad):
		return p.errorf("%v", err)
	case errors.Is(err, csv.ErrBareQuote):
		return p.errorf(`line %d, byte %d: a quote inside a field that does not begin with one; write "" for it and put the field in quotes`, bad.Line, bad.Column)
	case errors.Is(err, csv.ErrQuote):
		return p.errorf(`line %d, byte %d: the quoted field of the row that begins in line %d does not end with a quote before a separator or line end`, bad.Line, bad.Column, bad.StartLine)
	}
	return p.errorf("line %d, byte %d: %v", bad.Line, bad.Column, bad.Err)
}

// errorf returns an error about the file.
func (p *parser) errorf(format string, args ...any) error { return errorf(p.path, format, args...) }

// lineError returns an error about the record in hand.
func (p *parser) lineError(format string, args ...any) error {
	return p.errorf("line %d: %s", p.line, fmt.Sprintf(format, args...))
}

// at returns an error about field i of the record in hand. A field after a
// quoted line end is in a later line than its record begins in.
func (p *parser) at(i int, format string, args ...any) error {
	line, _ := p.csv.FieldPos(min(i, p.fields-1))
	column := fmt.Sprintf("column %d", i+1)
	switch {
	case p.header && i < len(p.features) && p.features[i] != column:
		column += " (" + short(p.features[i]) + ")"
	case p.header && i == len(p.features) && p.class != "":
		column += " (" + short(p.class) + ")"
	}
	return p.errorf("line %d, %s: %s", line, column, fmt.Sprintf(format, args...))
}

// quote returns s in quotes, cut to a length that fits in a message.
func quote(s string) string { return fmt.Sprintf("%q", short(s)) }

// short returns s, or its beginning where it is too long for a message.
func short(s string) string {
	if utf8.RuneCountInString(s) <= 40 {
		return s
	}
	return string([]rune(s)[:37]) + "…"
}

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
	return names, labels, checkClasses(p.path, names, len(labels), "its last column", "the last column should be a class, not a measurement")
}

// headerOfNumbers reports whether the first row was meant as a header though
// its features are numbers, as in 0,1,2,label: its class alone is a word.
func (c *classes) headerOfNumbers(p *parser) bool {
	if p.header || c.words != 1 || c.seen[0].number || len(c.rows) < 2 {
		return false
	}
	return !slices.Contains(c.rows[1:], 0)
}

// A kind is what a field turned out to be.
type kind int

const (
	number    kind = iota
	empty          // nothing between two separators
	notFinite      // NaN or an infinity, spelled out
	tooLarge       // a number beyond maxValue
	word           // anything else
)

// numeric reports whether whoever wrote the field meant a number.
func (k kind) numeric() bool { return k == number || k == notFinite || k == tooLarge }

// digits are what decimal numbers are made of.
const digits = "0123456789+-.,eE"

// parseNumber reads a decimal number. mark is its decimal mark, '.' or ',', or
// 0 if it has none; a comma is one only where comma is true.
func parseNumber(s string, comma bool) (v float64, mark byte, k kind) {
	if s == "" {
		return 0, 0, empty
	}
	// strconv knows more than a table should have: hexadecimal, underscores.
	if strings.Trim(s, digits) != "" || !strings.ContainsAny(s, "0123456789") {
		switch strings.ToLower(strings.TrimLeft(s, "+-")) {
		case "nan", "inf", "infinity":
			return 0, 0, notFinite
		}
		return 0, 0, word
	}
	if comma && strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s, mark = strings.Replace(s, ",", ".", 1), ','
	} else if strings.Contains(s, ".") {
		mark = '.'
	}
	v, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil && !math.IsInf(v, 0):
		return 0, 0, word
	case math.Abs(v) > maxValue:
		return 0, 0, tooLarge
	}
	return v, mark, number
}

// errLongRow is what a rowLimit says when a row does not end.
var errLongRow = errors.New("row too long")

// A rowLimit passes r on, but no more than maxRow bytes (and what a buffer
// reads ahead) between two calls of next: csv.Reader would keep the whole rest
// of a file after a quote that is not closed.
type rowLimit struct {
	r    io.Reader
	left int
}

func (l *rowLimit) next() { l.left = maxRow }

func (l *rowLimit) Read(b []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLongRow
	}
	n, err := l.r.Read(b)
	l.left -= n
	return n, err
}

// newParser looks at the beginning of r: its encoding and its separator.
func newParser(path string, r io.Reader) (*parser, error) {
	p := &parser{path: path, limit: &rowLimit{r: r}}
	p.limit.next()
	buffered := bufio.NewReaderSize(p.limit, 1<<16)
	head, err := buffered.Peek(1 << 16)
	if err != nil && err != io.EOF {
		return nil, p.errorf("%v", err)
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")) || bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")) {
		return nil, p.errorf("this is UTF-32 text; save it as UTF-8")
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return nil, p.errorf("this is UTF-16 text; save it as UTF-8")
	}
	if bom := []byte("\ufeff"); bytes.HasPrefix(head, bom) {
		buffered.Discard(len(bom))
		head = head[len(bom):]
	}
	p.separator = separator(head)
	p.csv = csv.NewReader(buffered)
	p.csv.Comma = p.separator
	p.csv.Comment = '#'
	p.csv.FieldsPerRecord = -1
	p.csv.ReuseRecord = true
	// Where tabs separate, csv.Reader would trim the separators themselves.
	p.csv.TrimLeadingSpace = p.separator != '\t'
	return p, nil
}

// separator returns the separator of a file that begins with head: the first
// of tab, semicolon, comma that its first line with anything in it has outside
// quotes. Comma for a line that has none.
func separator(head []byte) rune {
	for len(head) > 0 && (head[0] == '#' || len(bytes.TrimSpace(line(head))) == 0) {
		head = head[len(line(head)):]
	}
	var seen [utf8.RuneSelf]bool
	quoted := false
	for _, c := range head {
		if c == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if c == '\n' {
			break
		}
		if c < utf8.RuneSelf {
			seen[c] = true
		}
	}
	for _, c := range "\t;" {
		if seen[c] {
			return c
		}
	}
	return ','
}

// line returns the first line of b with its end.
func line(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i+1]
	}
	return b
}

func separatorName(c rune) string {
	switch c {
	case '\t':
		return "tabs"
	case ';':
		return "semicolons"
	}
	return "commas"
}
