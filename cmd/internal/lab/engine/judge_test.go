package engine

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/cmd/internal/audit"
)

// What the page shows of a trace is compare's: its JSON byte for byte, its row,
// and each of its findings.
func TestJudge(t *testing.T) {
	t.Chdir("../../../../testdata/traces/golden") // the page knows a file's own name
	traces, err := filepath.Glob("*.npz")
	if err != nil || len(traces) < 100 {
		t.Fatalf("%d traces, %v", len(traces), err)
	}
	e := New()
	for i, name := range traces {
		if testing.Short() && i%10 > 0 {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		if err := audit.Main([]string{"compare", "-json", name}, &said, io.Discard); said.Len() == 0 {
			t.Fatalf("compare: %v", err)
		}
		answer, _ := e.Call("judge", `{"name":"`+name+`"}`, data)
		var s sheet
		if err := json.Unmarshal([]byte(answer), &s); err != nil {
			t.Fatalf("%s: %.200s", name, answer)
		}
		if s.JSON != said.String() {
			t.Errorf("%s: the page says\n%s\ncompare says\n%s", name, s.JSON, said.String())
		}
		errors, warnings := strings.Count(s.HTML, `class="finding error"`), strings.Count(s.HTML, `class="finding warning"`)
		if s.Row.File != name || !strings.Contains(s.JSON, `"verdict": "`+s.Row.Verdict+`"`) || s.Row.Errors != errors || s.Row.Warnings != warnings || (s.Row.First == "") != (errors+warnings == 0) {
			t.Errorf("%s: %d errors and %d warnings are shown, and the row is %+v", name, errors, warnings, s.Row)
		}
	}
}

// The table of a class holds what students call their files, and no formula.
func TestClassCSV(t *testing.T) {
	_, file := New().Call("classCSV", `[{"file":"=1+1.npz","verdict":"clean","errors":0,"warnings":2,"first":"a, b"}]`, nil)
	if got, want := string(file), "file,verdict,errors,warnings,first finding\n'=1+1.npz,clean,0,2,\"a, b\"\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
