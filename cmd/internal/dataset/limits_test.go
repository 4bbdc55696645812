package dataset

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// endless repeats a text for ever.
func endless(text string) io.Reader { return &repeater{text: text} }

type repeater struct {
	text string
	at   int
}

func (r *repeater) Read(b []byte) (int, error) {
	n := copy(b, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

// TestEndless reads sources that never end: each is given up after a bounded
// number of bytes.
func TestEndless(t *testing.T) {
	tooLong := "t.csv: after line %d comes a row of more than 1048576 bytes; is a quote left open?"
	for _, c := range []struct {
		name string
		r    io.Reader
		want string
	}{
		{"one field", endless("1"), fmt.Sprintf(tooLong, 0)},
		{"zero bytes", endless("\x00"), fmt.Sprintf(tooLong, 0)},
		{"fields", endless("1,"), fmt.Sprintf(tooLong, 0)},
		{"a quote", io.MultiReader(strings.NewReader("1,a\n\""), endless("2,b\n")), fmt.Sprintf(tooLong, 1)},
		{"blank lines", endless("\n"), fmt.Sprintf(tooLong, 0)},
		{"comments", io.MultiReader(strings.NewReader("1,a\n"), endless("#\n")), fmt.Sprintf(tooLong, 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Parse("t.csv", c.r); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestTooManyNumbers(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 20 MB")
	}
	row := endless(strings.Repeat("1,", 10_000) + "a\n" + strings.Repeat("2,", 10_000) + "b\n")
	_, err := Parse("t.csv", row)
	want := "t.csv: line 1001: more than 10000000 numbers; this program reads tables into memory and stops there"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestTooManyRowsOfClasses(t *testing.T) {
	var b strings.Builder
	for i := range 10_001 {
		fmt.Fprintf(&b, "1,%d\n", i%1000)
	}
	_, err := Parse("t.csv", strings.NewReader(b.String()))
	want := "t.csv: 10001 rows of 1000 classes are too many; up to 10000000 rows × classes are right"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestReadFails passes on what the system says, with the file's name.
func TestReadFails(t *testing.T) {
	broken := iotest.ErrReader(errors.New("the disk is gone"))
	for _, before := range []string{"", "1,a\n2,b\n", strings.Repeat("1,a\n2,b\n", 20_000)} {
		_, err := Parse("t.csv", io.MultiReader(strings.NewReader(before), broken))
		if err == nil || err.Error() != "t.csv: the disk is gone" {
			t.Errorf("after %d bytes: %v", len(before), err)
		}
	}
}

// TestSlowReader gets one byte at a time, as from a pipe.
func TestSlowReader(t *testing.T) {
	table, err := Parse("t.csv", iotest.OneByteReader(strings.NewReader("\ufeffx;kind\r\n1,5;a\r\n2;b\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := show(table), "x: 1.5=0 2=1 of a|b"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
