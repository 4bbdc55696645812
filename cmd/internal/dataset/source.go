package dataset

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"unicode/utf8"
)

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
