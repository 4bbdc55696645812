package dataset

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A parser collects the rows of a file.
type parser struct {
	path      string
	separator rune
	csv       *csv.Reader
	limit     *rowLimit

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
// and run of spaces inside it made one space: a name is to fit on one line.
func (p *parser) tidy(i int, field string) (string, error) {
	if !utf8.ValidString(field) {
		return "", p.at(i, "%s is not UTF-8; save the file as UTF-8", quote(field))
	}
	field = strings.Join(strings.Fields(field), " ")
	if strings.ContainsFunc(field, unicode.IsControl) {
		return "", p.at(i, "%s has a control character", quote(field))
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
func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: %s", p.path, fmt.Sprintf(format, args...))
}

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
