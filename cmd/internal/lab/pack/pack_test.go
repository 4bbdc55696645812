package pack

import (
	"bytes"
	"encoding/binary"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A section is one of a module, made by hand.
func section(id byte, body ...byte) []byte {
	return append(binary.AppendUvarint([]byte{id}, uint64(len(body))), body...)
}

// module has functions with these bodies, and memory in pieces out of order.
func module(bodies ...[]byte) []byte {
	m := append([]byte("\x00asm\x01\x00\x00\x00"), section(1, 1, 0x60, 0, 0)...)
	code := []byte{byte(len(bodies))}
	for _, b := range bodies {
		code = append(binary.AppendUvarint(code, uint64(len(b))), b...)
	}
	m = append(m, section(10, code...)...)
	return append(m, section(11, 2,
		0, 0x41, 0x90, 0x01, 0x0b, 3, 'x', 'y', 'z',
		0, 0x41, 0xf8, 0x00, 0x0b, 2, 'a', 'b')...)
}

// all has instructions of every form.
var all = slices.Concat(
	[]byte{1, 2, 0x7f},                         // two local i32
	[]byte{0x02, 0x40, 0x03, 0x40, 0x04, 0x40}, // block, loop, if
	[]byte{0x0e, 2, 0, 1, 0x80, 0x01, 0x0c, 0, 0x0d, 1},
	[]byte{0x10, 0x85, 0x01, 0x11, 1, 0, 0x20, 0, 0x23, 1},
	[]byte{0x29, 3, 8, 0x28, 2, 0x80, 0x02, 0x37, 3, 0, 0x3c, 0, 1},
	[]byte{0x41, 0x7f, 0x3f, 0},
	append([]byte{0x42}, appendSigned(nil, -1<<63)...),
	append([]byte{0x42}, appendSigned(nil, 0x1000<<16|1)...), // returns here
	append([]byte{0x42}, appendSigned(nil, 0x1000<<16|5)...),
	append([]byte{0x42}, appendSigned(nil, 0x1000<<16|2)...), // from behind: not as a place
	append([]byte{0x42}, appendSigned(nil, 0xfffffff0)...),
	append([]byte{0x42}, appendSigned(nil, 0x1234567)...),
	[]byte{0x43, 1, 2, 3, 4, 0x44, 1, 2, 3, 4, 5, 6, 7, 8},
	[]byte{0xfc, 6, 0xfc, 10, 0, 0, 0xfc, 11, 0, 0xc2, 0x7c, 0x1a},
	[]byte{0x0b, 0x0b, 0x0b, 0x0b},
)

// flat is a module as it comes back: lengths in five bytes, memory in one piece.
func flat(body []byte) []byte {
	five := func(n int) []byte {
		return []byte{byte(n)&127 | 128, byte(n>>7)&127 | 128, 128, 128, 0}
	}
	code := slices.Concat([]byte{1}, five(len(body)), body)
	data := append([]byte{1, 0, 0x41, 0xf8, 0x00, 0x0b, 27}, "ab\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00xyz"...)
	return slices.Concat([]byte("\x00asm\x01\x00\x00\x00"), section(1, 1, 0x60, 0, 0),
		[]byte{10}, five(len(code)), code, []byte{11}, five(len(data)), data)
}

func packed(t testing.TB, m []byte) (text []byte, again []byte) {
	t.Helper()
	text, err := Pack(m)
	if err != nil {
		t.Fatal(err)
	}
	if again, err = Unpack(text); err != nil {
		t.Fatal(err)
	}
	return text, again
}

// A module comes back, instruction by instruction, in few characters, all of which
// may stand in a page.
func TestPack(t *testing.T) {
	text, got := packed(t, module(all))
	if want := flat(all); !bytes.Equal(got, want) {
		t.Errorf("the module comes back as\n% x\nnot\n% x", got, want)
	}
	for _, c := range text {
		if c < ' ' || c > '~' || c == '<' {
			t.Errorf("the text has %q", c)
		}
	}
	if s, _ := split(module(all)); len(s[returns]) != 2 || len(s[addresses]) != 8+4 || len(s[data]) != 27 {
		t.Errorf("%d places of returns, %d bytes of addresses, %d of memory", len(s[returns]), len(s[addresses]), len(s[data]))
	}
}

// What the splitting does not know stays in its section as it is.
func TestStrange(t *testing.T) {
	for _, body := range [][]byte{
		{0, 0xfd, 0x0c, 0x0b},       // vectors
		{0, 0x29, 2, 8, 0x0b},       // an alignment of its own
		{0, 0x06, 0x40, 0x0b},       // exceptions, whose number stands for another thing here
		{0, 0x0b, 0x0b},             // more than a function
		{0, 0x02, 0x40, 0x0b},       // less
		{0, 0xfc, 8, 0, 0, 0x0b},    // memory.init
		{0xff, 0xff, 0xff, 0x7f},    // more variables than there are
		{0, 0x0e, 0xff, 0x7f},       // more ways than there are
		{0, 0x42, 0x80, 0x80, 0x80}, // a number without an end
	} {
		m := module(body)
		_, got := packed(t, m)
		if at := bytes.Index(m, section(11, 2)[:1]); !bytes.HasPrefix(got, m[:at]) {
			t.Errorf("% x becomes % x", m, got)
		}
	}
	passive := append(module(all), section(11, 1, 1, 2, 'h', 'i')...)
	if _, got := packed(t, passive); !bytes.HasSuffix(got, section(11, 1, 1, 2, 'h', 'i')) {
		t.Errorf("a passive piece of memory becomes % x", got)
	}
	if _, err := Pack([]byte("\x00asm\x01\x00\x00\x00\x0a\xff")); err == nil {
		t.Error("a section that ends too soon is packed")
	}
}

// Bytes that repeat themselves take few digits, others not many more than they are.
func TestSqueeze(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	noise := make([]byte, 20000)
	r.Read(noise)
	words := make([]byte, 0, 40000)
	for i := range 10000 {
		words = binary.LittleEndian.AppendUint32(words, uint32(i*40))
	}
	for _, test := range []struct {
		name string
		data []byte
		most int
	}{
		{"nothing", nil, 16}, {"zeros", make([]byte, 1<<20), 60}, {"noise", noise, 24900},
		{"a sentence again and again", bytes.Repeat([]byte("which line is wrong? "), 4000), 80},
		{"words", words, 19000}, {"noise twice", slices.Concat(noise, noise), 24950},
	} {
		for _, phase := range []int{0, 3} {
			text := squeeze(test.data, phase)
			got, n, err := expand(append(slices.Clip(text), "and more"...))
			if err != nil || n != len(text) || !bytes.Equal(got, test.data) {
				t.Errorf("%s: %d of %d characters give %d bytes, %v", test.name, n, len(text), len(got), err)
			}
			if len(text) > test.most && phase == 3 {
				t.Errorf("%s: %d digits for %d bytes, want at most %d", test.name, len(text), len(test.data), test.most)
			}
		}
	}
}

// The page's script gives the same bytes, for a program of Go's own compiler too.
func TestScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil || os.Getenv("GLASSBOX_PEERS") == "none" {
		t.Skip("no node")
	}
	dir := t.TempDir()
	modules := map[string][]byte{"all": module(all, []byte{0, 0x0b}), "strange": module([]byte{0, 0xfd, 0x0c, 0x0b})}
	if !testing.Short() {
		source := filepath.Join(dir, "main.go")
		if err := os.WriteFile(source, []byte("package main\n\nfunc main() { println(\"hello\") }\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "hello.wasm"), source)
		cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		if modules["hello"], err = os.ReadFile(filepath.Join(dir, "hello.wasm")); err != nil {
			t.Fatal(err)
		}
	}
	for name, m := range modules {
		text, want := packed(t, m)
		if name == "hello" && len(text) > len(m)/4 {
			t.Errorf("%d bytes of Go's become %d", len(m), len(text))
		}
		if err := os.WriteFile(filepath.Join(dir, "text"), text, 0o666); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(node, "-e", Script+`
			const b = unpack(require("fs").readFileSync("text", "latin1"));
			require("fs").writeFileSync("module", b);`)
		cmd.Dir = dir
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", name, err, said)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "module")); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: the script gives %d bytes, Unpack %d, or others (%v)", name, len(got), len(want), err)
		}
	}
}

// Any bytes come back; any text is read or refused.
func FuzzPack(f *testing.F) {
	f.Add(module(all), 3)
	f.Add([]byte(strings.Repeat("aab", 99)), 0)
	f.Fuzz(func(t *testing.T, b []byte, phase int) {
		phase &= 3
		if phase > 0 {
			phase = 3
		}
		if got, _, err := expand(squeeze(b, phase)); err != nil || !bytes.Equal(got, b) {
			t.Fatalf("% x becomes % x, %v", b, got, err)
		}
		if text, err := Pack(b); err == nil {
			if _, err := Unpack(text); err != nil {
				t.Fatal(err)
			}
		} else if err != errStrange {
			t.Fatal(err)
		}
	})
}

func FuzzUnpack(f *testing.F) {
	text, err := Pack(module(all))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) { Unpack(text) })
}
