package dataset

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"glassbox/mat"
)

// accepted are tables in every form the package comment promises; want is the
// table as show writes it.
var accepted = []struct{ name, file, want string }{
	{"commas without a header", "1,2,a\n3,4,b\n", "x1,x2: 1,2=0 3,4=1 of a|b"},
	{"semicolons", "1;2;a\n3;4;b\n", "x1,x2: 1,2=0 3,4=1 of a|b"},
	{"tabs", "1\t2\ta\n3\t4\tb\n", "x1,x2: 1,2=0 3,4=1 of a|b"},
	{"header", "height,width,kind\n1,2,a\n3,4,b\n", "height,width: 1,2=0 3,4=1 of a|b"},
	{"header with a nameless column", ",width,kind\n1,2,a\n3,4,b\n", "column 1,width: 1,2=0 3,4=1 of a|b"},
	{"header in tabs", "height\twidth, in cm\tkind\n1\t2\ta\n3\t4\tb\n", "height,width, in cm: 1,2=0 3,4=1 of a|b"},
	{"one feature", "x,kind\n1,a\n2,b\n", "x: 1=0 2=1 of a|b"},
	{"many features", "1,2,3,4,5,6,a\n1,2,3,4,5,6,b\n", "x1,x2,x3,x4,x5,x6: 1,2,3,4,5,6=0 1,2,3,4,5,6=1 of a|b"},
	{"no line end at the end", "1,a\n2,b", "x1: 1=0 2=1 of a|b"},
	{"CRLF", "x,kind\r\n1,a\r\n2,b\r\n", "x: 1=0 2=1 of a|b"},
	{"byte order mark", "\ufeffx,kind\n1,a\n2,b\n", "x: 1=0 2=1 of a|b"},
	{"byte order mark and comment", "\ufeff# a; b\nx,kind\n1,a\n2,b\n", "x: 1=0 2=1 of a|b"},
	{"byte order mark and quote", "\ufeff\"x\",kind\n1,a\n2,b\n", "x: 1=0 2=1 of a|b"},
	{"quotes", "\"x, in cm\",\"the \"\"kind\"\"\"\n\"1\",\"a\"\n2,\"b,c\"\n", "x, in cm: 1=0 2=1 of a|b,c"},
	{"quoted separators do not decide", "\"a;b\tc\",kind\n1,a\n2,b\n", "a;b c: 1=0 2=1 of a|b"},
	{"quoted line end", "\"x\nin cm\",kind\n1,\"a\nb\"\n2,b\n", "x in cm: 1=0 2=1 of a b|b"},
	{"blank lines", "\n\nx,kind\n\n1,a\n  \n2,b\n\n", "x: 1=0 2=1 of a|b"},
	{"rows of empty fields", "x,y,kind\n1,2,a\n3,4,b\n,,\n,,\n", "x,y: 1,2=0 3,4=1 of a|b"},
	{"rows of empty fields in tabs", "\t\nx\tkind\n1\ta\n2\tb\n\t\n", "x: 1=0 2=1 of a|b"},
	{"comments", "# of 1936; by\tFisher\nx,kind\n1,a\n#1,c\n2,b\n", "x: 1=0 2=1 of a|b"},
	{"spaces", " x , kind \n 1 , a \n\t2, b c \n", "x: 1=0 2=1 of a|b c"},
	{"quotes after spaces", "1, \"a\"\n2, \"b\"\n", "x1: 1=0 2=1 of a|b"},
	{"forms of numbers", "-1.5,a\n+2e3,b\n.5,a\n6.,b\n1E-2,a\n", "x1: -1.5=0 2000=1 0.5=0 6=1 0.01=0 of a|b"},
	{"decimal commas in semicolons", "1,5;2;a\n3,25;-4,5e1;b\n", "x1,x2: 1.5,2=0 3.25,-45=1 of a|b"},
	{"decimal commas in tabs", "1,5\t2\ta\n3,25\t4\tb\n", "x1,x2: 1.5,2=0 3.25,4=1 of a|b"},
	{"decimal points in semicolons", "1.5;2;a\n3.25;4;b\n", "x1,x2: 1.5,2=0 3.25,4=1 of a|b"},
	{"decimal commas in the class", "1;0,5\n2;0,25\n3;0,5\n", "x1: 1=1 2=0 3=1 of 0,25|0,5"},
	{"classes are numbers", "1,10\n2,9\n3,-1\n4,9\n", "x1: 1=2 2=1 3=0 4=1 of -1|9|10"},
	{"a number in two spellings", "1,1.0\n2,1\n3,0\n", "x1: 1=1 2=1 3=0 of 0|1.0"},
	{"classes are names", "1,b\n2,B\n3,é\n4,a\n5,10\n6,9\n7,a\n", "x1: 1=4 2=2 3=5 4=3 5=0 6=1 7=3 of 10|9|B|a|b|é"},
	{"two rows of two classes", "1,b\n2,a\n", "x1: 1=1 2=0 of a|b"},
	{"underflow", "1e-999,a\n-0,b\n", "x1: 0=0 -0=1 of a|b"},
}

func TestAccepted(t *testing.T) {
	for _, c := range accepted {
		t.Run(c.name, func(t *testing.T) {
			table, err := Parse("dir/t.csv", strings.NewReader(c.file))
			if err != nil {
				t.Fatal(err)
			}
			if got := show(table); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if table.Name != "t.csv" {
				t.Errorf("name %q", table.Name)
			}
		})
	}
}

// refused has a line for each refusal: the file and the whole message.
var refused = []struct{ name, file, want string }{
	{"empty file", "", "the file is empty; it should hold rows of numbers, each with its class in the last column"},
	{"only blank lines", "\n \n,,\n#x\n", "the file is empty; it should hold rows of numbers, each with its class in the last column"},
	{"no rows", "\nx,y,kind\n\n", "no rows under the header in line 2"},
	{"one column", "a\nb\n", `line 1: "a" is the only column; there should be features and then the class, separated by commas, semicolons or tabs`},
	{"spaces separate", "1 2 a\n", `line 1: "1 2 a" is the only column; there should be features and then the class, separated by commas, semicolons or tabs, not spaces`},
	{"missing field", "x,y,kind\n1,2,a\n\n3,b\n", "line 4, column 3 (kind): the field is missing: the row has 2 where the header in line 1 has 3, separated by commas"},
	{"missing field without a header", "1;2;a\n3;b\n", "line 2, column 3: the field is missing: the row has 2 where the row in line 1 has 3, separated by semicolons"},
	{"extra field", "x\ty\tkind\n1\t2\ta\n3\t4\tb\t5\n", `line 3, column 4: "5" is one field too many: the header in line 1 has 3, separated by tabs`},
	{"missing number", "x,y,kind\n1,2,a\n3,,b\n", "line 3, column 2 (y): the number is missing; fill it in or leave the row out"},
	{"missing number in the first row", "1,,a\n3,4,b\n", "line 1, column 2: the number is missing; fill it in or leave the row out"},
	{"missing number in a row of tabs", "1\t2\ta\n\t4\tb\n", "line 2, column 1: the number is missing; fill it in or leave the row out"},
	{"missing class", "x,kind\n1,a\n2, \n", "line 3, column 2 (kind): the class is missing"},
	{"word among numbers", "x,y,kind\n1,2,a\n3,four,b\n", `line 3, column 2 (y): "four" is not a number`},
	{"long word", "x,kind\n1,a\n" + strings.Repeat("ä", 100) + ",b\n", `line 3, column 1 (x): "` + strings.Repeat("ä", 37) + `…" is not a number`},
	{"column with a long name", strings.Repeat("ä", 100) + ",kind\nx,a\n", `line 2, column 1 (` + strings.Repeat("ä", 37) + `…): "x" is not a number`},
	{"word in the first row", "1,two,a\n3,4,b\n", `line 1, column 2: "two" is not a number, but column 1 has "1"; a row needs numbers, a header words, in every column before the class`},
	{"header among numbers", ",0,x,kind\n0,1,2,a\n", `line 1, column 3: "x" is not a number, but column 2 has "0"; a row needs numbers, a header words, in every column before the class`},
	{"header of numbers", "0,1,label\n1,2,0\n3,4,1\n5,6,0\n", `line 1 looks like a header, for its class is "label" where every other row has a number, but its other columns are numbers too; give them names that are words`},
	{"second header", "x,kind\n1,a\nx,kind\n2,b\n", `line 3, column 1 (x): "x" is not a number`},
	{"hexadecimal", "x,kind\n0x10,a\n2,b\n", `line 2, column 1 (x): "0x10" is not a number`},
	{"underscore", "x,kind\n1_0,a\n2,b\n", `line 2, column 1 (x): "1_0" is not a number`},
	{"letters of an exponent", "x,kind\nE,a\n2,b\n", `line 2, column 1 (x): "E" is not a number`},
	{"two points", "x,kind\n1.2.3,a\n2,b\n", `line 2, column 1 (x): "1.2.3" is not a number`},
	{"decimal comma in commas", "x,kind\n\"1,5\",a\n2,b\n", `line 2, column 1 (x): "1,5" is not a number`},
	{"thousands and decimals", "x;kind\n1.234,5;a\n2;b\n", `line 2, column 1 (x): "1.234,5" is not a number`},
	{"two decimal marks", "x;kind\n3;a\n1.5;a\n2,5;b\n", `line 4, column 1 (x): "2,5" and "1.5" in line 3 have different decimal marks; use one in the whole file`},
	{"NaN", "x,y,kind\n1,2,a\n3,NaN,b\n", `line 3, column 2 (y): "NaN" is not a finite number; fill it in or leave the row out`},
	{"NaN in the first row", "nan,2,a\n3,4,b\n", `line 1, column 1: "nan" is not a finite number; fill it in or leave the row out`},
	{"Inf", "1,2,a\n3,-Inf,b\n", `line 2, column 2: "-Inf" is not a finite number; fill it in or leave the row out`},
	{"NaN as class", "1,0\n2,NaN\n", `line 2, column 2: "NaN" is no class`},
	{"too large", "1,a\n-1e101,b\n", `line 2, column 1: "-1e101" is too large; numbers up to 1e+100 are right`},
	{"beyond float64", "1,a\n1e999,b\n", `line 2, column 1: "1e999" is too large; numbers up to 1e+100 are right`},
	{"one class", "x,kind\n1,a\n2,a\n3, a\n", `every row has the class "a" in its last column; there should be at least two classes`},
	{"one row", "1,a\n", `every row has the class "a" in its last column; there should be at least two classes`},
	{"one class in two spellings", "1,1\n2,1.0\n", `every row has the class "1" in its last column; there should be at least two classes`},
	{"a class a row", "1,1.5\n2,2.5\n3,3.5\n", "each of the 3 rows has a class of its own; the last column should be a class, not a measurement"},
	{"too many classes", manyClasses(), `line 1001: "ccccccccccccccccccccccccccccccccccccc…" is class number 1001; the last column should be a class, not a measurement`},
	{"quote not closed", "x,kind\n1,a\n\"2,b\n3,c\n", `line 4, byte 5: the quoted field of the row that begins in line 3 does not end with a quote before a separator or line end`},
	{"quote closed too early", "x,kind\n1,\"a\"b\n", `line 2, byte 5: the quoted field of the row that begins in line 2 does not end with a quote before a separator or line end`},
	{"bare quote", "x,kind\n1,a\n2,b\"c\n", `line 3, byte 4: a quote inside a field that does not begin with one; write "" for it and put the field in quotes`},
	{"lines count inside quotes", "\"x\ny\",\"kind\r\n\"\n1,\"a\n\na\"\nz,b\n", `line 7, column 1 (x y): "z" is not a number`},
	{"a field below its row's first line", "x,y,kind\n1,2,a\n\"\n3\n\",four,b\n", `line 5, column 2 (y): "four" is not a number`},
	{"comments count", "#\nx,kind\n#\n#\nz,a\n", `line 5, column 1 (x): "z" is not a number`},
	{"Latin-1", "gr\xf6\xdfe,art\n1,a\n2,b\n", `line 1, column 1: "gr\xf6\xdfe" is not UTF-8; save the file as UTF-8`},
	{"Latin-1 below a header", "x,art\n1,a\n2,\xe9\n", `line 3, column 2 (art): "\xe9" is not UTF-8; save the file as UTF-8`},
	{"UTF-32", "\xff\xfe\x00\x00x\x00\x00\x00,\x00\x00\x00", "this is UTF-32 text; save it as UTF-8"},
	{"UTF-32, big end first", "\x00\x00\xfe\xff\x00\x00\x00x", "this is UTF-32 text; save it as UTF-8"},
	{"UTF-16", "\xff\xfex\x00,\x00", "this is UTF-16 text; save it as UTF-8"},
	{"UTF-16, big end first", "\xfe\xff\x00x\x00,", "this is UTF-16 text; save it as UTF-8"},
	{"control character", "x,kind\n1,\x1b[31ma\n", `line 2, column 2 (kind): "\x1b[31ma" has a control character`},
	{"name of a column too long", "x," + strings.Repeat("h", 900_000) + ",kind\n1,2,a\n2,3,b\n", `line 1, column 2: the name "` + strings.Repeat("h", 37) + `…" has 900000 letters; names of up to 200 are right`},
	{"name of a class too long", "1,a\n2," + strings.Repeat("ä", 201) + "\n3,a\n", `the class "` + strings.Repeat("ä", 37) + `…" in its last column has 201 letters; names of up to 200 are right`},
	{"row too long", "1,a\n2,b\n" + strings.Repeat("1,", 600_000), "after line 2 comes a row of more than 1048576 bytes; is a quote left open?"},
	{"quote left open in a long file", "1,a\n\"2,b\n" + strings.Repeat("3,c\n", 600_000), "after line 1 comes a row of more than 1048576 bytes; is a quote left open?"},
}

// manyClasses is a file of 1100 classes: c, cc, ccc, ….
func manyClasses() string {
	var b strings.Builder
	for i := range 1100 {
		b.WriteString("1," + strings.Repeat("c", i+1) + "\n")
	}
	return b.String()
}

func TestRefused(t *testing.T) {
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			table, err := Parse("dir/t.csv", strings.NewReader(c.file))
			if err == nil {
				t.Fatalf("accepted: %s", show(table))
			}
			if got, want := err.Error(), "dir/t.csv: "+c.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestReadFiles(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(dir, io.Discard); err == nil || err.Error() != dir+" is a directory; a CSV file would be right" {
		t.Errorf("a directory: %v", err)
	}
	missing := filepath.Join(dir, "none.csv")
	if _, err := Read(missing, io.Discard); !os.IsNotExist(err) || !strings.Contains(err.Error(), missing) {
		t.Errorf("no such file: %v", err)
	}
	path := filepath.Join(dir, "t.csv")
	if err := os.WriteFile(path, []byte("1,a\nb,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, io.Discard); err == nil || err.Error() != path+`: line 2, column 1: "b" is not a number` {
		t.Errorf("a bad file: %v", err)
	}
}

// TestIris knows Fisher's table by its size, its order and its means.
func TestIris(t *testing.T) {
	iris, err := Read("../../../testdata/iris.csv", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if iris.X.Shape() != "150×4" || iris.Name != "iris.csv" {
		t.Errorf("%s is %s", iris.Name, iris.X.Shape())
	}
	if want := []string{"setosa", "versicolor", "virginica"}; !slices.Equal(iris.Classes, want) {
		t.Errorf("classes %q", iris.Classes)
	}
	if want := []string{"sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm"}; !slices.Equal(iris.Features, want) {
		t.Errorf("features %q", iris.Features)
	}
	// Sums in tenths of a centimetre, so that they are whole numbers.
	var tenths [4]int
	for i := range 150 {
		if iris.Labels[i] != i/50 {
			t.Fatalf("row %d has class %d", i, iris.Labels[i])
		}
		for j := range 4 {
			tenths[j] += int(10*iris.X.At(i, j) + 0.5)
		}
	}
	if tenths != [4]int{8765, 4586, 5637, 1799} {
		t.Errorf("sums %v tenths of a centimetre", tenths)
	}
}

// show writes a table on one line: features: row=label … of classes.
func show(t Table) string {
	var b strings.Builder
	b.WriteString(strings.Join(t.Features, ",") + ":")
	for i, label := range t.Labels {
		for j, v := range t.X.Row(i) {
			b.WriteString(string(" ,"[min(j, 1)]) + fmt.Sprint(v))
		}
		fmt.Fprintf(&b, "=%d", label)
	}
	return b.String() + " of " + strings.Join(t.Classes, "|")
}

func TestStandardize(t *testing.T) {
	// Seven times 0.1 sums to 0.7 only with luck: the constant column's mean
	// and deviation must not come from the sum.
	train := mat.Of(7, 3,
		2, 0.1, -1e99,
		4, 0.1, 1e99,
		4, 0.1, -1e99,
		4, 0.1, 1e99,
		5, 0.1, -1e99,
		7, 0.1, 1e99,
		9, 0.1, 0)
	test := mat.Of(2, 3, 0, 0.1, 0, 10, 5.1, 1e99)
	// Column 0: mean 35/7 = 5, Σ(x−5)² = 9+1+1+1+0+4+16 = 32.
	sd0 := math.Sqrt(32.0 / 7)
	sd2 := 1e99 * math.Sqrt(6.0/7)

	constant := Standardize(train, test)
	if !slices.Equal(constant, []int{1}) {
		t.Errorf("constant columns %v, want [1]", constant)
	}
	for i, x := range []float64{2, 4, 4, 4, 5, 7, 9} {
		if got, want := train.At(i, 0), (x-5)/sd0; got != want {
			t.Errorf("train[%d,0] = %v, want %v", i, got, want)
		}
		if got := train.At(i, 1); got != 0 {
			t.Errorf("train[%d,1] = %v, want 0", i, got)
		}
	}
	for _, c := range []struct {
		i, j int
		want float64
	}{{0, 0, -5 / sd0}, {1, 0, 5 / sd0}, {0, 1, 0}, {1, 1, 5.1 - 0.1}, {0, 2, 0}, {1, 2, 1e99 / sd2}} {
		if got := test.At(c.i, c.j); math.Abs(got-c.want) > 1e-15*math.Abs(c.want) {
			t.Errorf("test[%d,%d] = %v, want %v", c.i, c.j, got, c.want)
		}
	}
}

// TestStandardizeViews changes the rows of a view and none beside them.
func TestStandardizeViews(t *testing.T) {
	all := mat.Of(4, 1, 7, 1, 3, 7)
	Standardize(all.RowRange(1, 3), all.RowRange(3, 3))
	if want := mat.Of(4, 1, 7, -1, 1, 7); !mat.EqualBits(all, want) {
		t.Errorf("got %v, want %v", all.Data, want.Data)
	}
}

func TestStandardizeMistakes(t *testing.T) {
	for _, c := range []struct {
		train, test mat.Matrix
		want        string
	}{
		{mat.New(2, 3), mat.New(2, 4), "dataset.Standardize: train 2×3, test 2×4"},
		{mat.New(0, 3), mat.New(2, 3), "dataset.Standardize: train 0×3, test 2×3"},
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, c.want) {
					t.Errorf("panic %q, want %q", got, c.want)
				}
			}()
			Standardize(c.train, c.test)
		}()
	}
}

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

// What a table takes while it is read is some multiple of its numbers, which
// does not grow with them.
func TestMemory(t *testing.T) {
	for _, rows := range []int{5_000, 80_000} {
		text := strings.Repeat("0.25,-1.5,7,1\n0.5,2.5e-3,8,0\n", rows/2)
		path := filepath.Join(t.TempDir(), "table.csv")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		table, err := Read(path, io.Discard)
		runtime.ReadMemStats(&after)
		if err != nil || table.X.Rows != rows {
			t.Fatal(err, table.X.Rows)
		}
		// The numbers once more and a class a row that may be copied as it grows.
		took, numbers := after.TotalAlloc-before.TotalAlloc, uint64(8*3*rows)
		if took > 1<<19+4*numbers {
			t.Errorf("%d rows of %d bytes in numbers take %d", rows, numbers, took)
		}
	}
}
