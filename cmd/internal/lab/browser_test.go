package lab

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"glassbox/cmd/internal/audit"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/testkit/browser"
)

func TestMain(m *testing.M) { browser.Main(m) }

// made is the page, compiled once for all tests.
var made = sync.OnceValues(func() ([]byte, error) {
	p, err := build(context.Background())
	if err != nil {
		return nil, err
	}
	return p.render()
})

// mostPage bounds the page, which grows with all that it can do.
const mostPage = 3 << 20

// written is the file of the page.
func written(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles for WebAssembly and starts a browser")
	}
	html, err := made()
	if err != nil {
		t.Fatal(err)
	}
	if len(html) > mostPage {
		t.Errorf("the page has %d bytes; more than %d take too long to hand out", len(html), mostPage)
	}
	file := filepath.Join(t.TempDir(), "glassbox.html")
	if err := os.WriteFile(file, html, 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

// opened is the page in a browser, ready.
func opened(t *testing.T, options ...browser.Option) *browser.Page {
	t.Helper()
	file := written(t)
	p := browser.Start(t).Open(file, options...)
	p.WaitFor(`"ready" in document.documentElement.dataset`)
	return p
}

// choose gives a file input files by name and content and waits for the verdict.
func choose(p *browser.Page, files map[string][]byte) {
	var list []string
	for name, data := range files {
		list = append(list, fmt.Sprintf("new File([Uint8Array.from(atob(%q), c => c.charCodeAt(0))], %q)", base64.StdEncoding.EncodeToString(data), name))
	}
	p.Eval(`(async () => { const d = new DataTransfer(); for (const f of [`+strings.Join(list, ",")+`]) d.items.add(f);
		const input = document.getElementById("judge-file"), status = document.getElementById("judge-status"), stop = document.getElementById("judge-stop");
		input.files = d.files; status.textContent = ""; input.dispatchEvent(new Event("change"));
		while (!stop.hidden || status.textContent === "") await new Promise(r => setTimeout(r, 2)); })()`, nil)
}

// keepSaved makes what the page saves window.saved instead of a file.
func keepSaved(p *browser.Page) {
	p.Eval(`{ URL.createObjectURL = blob => { window.saved = blob; return "#"; }; HTMLAnchorElement.prototype.click = () => {}; }`, nil)
}

// The verdict in the page is that of compare -json, byte for byte. (The engine's
// tests hold it against every trace there is.)
func TestJudgeInThePage(t *testing.T) {
	p := opened(t)
	keepSaved(p)
	notATrace := filepath.Join(t.TempDir(), "notes.npz")
	if err := os.WriteFile(notATrace, []byte("hello <b>"), 0o666); err != nil {
		t.Fatal(err)
	}
	golden, err := filepath.Abs("../../../testdata/traces/golden")
	if err != nil {
		t.Fatal(err)
	}
	files, want := map[string][]byte{}, map[string]string{}
	for _, trace := range []string{golden + "/clean-deep.npz", golden + "/fault-inverted-he-init.npz", notATrace, recordedProgram(t)} {
		data, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err)
		}
		t.Chdir(filepath.Dir(trace)) // the page knows a file's own name
		name := filepath.Base(trace)
		var said bytes.Buffer
		if err := audit.Main([]string{"compare", "-json", name}, &said, io.Discard); said.Len() == 0 {
			t.Fatalf("compare: %v", err)
		}
		files[name], want[name] = data, said.String()
	}
	choose(p, files)
	got := map[string]string{}
	p.Eval(`(async () => { const all = {}; for (const b of document.querySelectorAll("#class-rows th button")) {
		b.click(); document.querySelector("#judge-sheet .tools button:last-child").click(); all[b.textContent] = await saved.text(); } return all; })()`, &got)
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: the page says\n%s\ncompare says\n%s", name, got[name], want[name])
		}
	}
	p.Quiet()
}

// A class's traces make a table that sorts and is saved; what is no trace, whatever
// its name, is a row of it. Findings are reached by keyboard.
func TestClassTable(t *testing.T) {
	p := opened(t, browser.Size(360, 800))
	read := func(name string) []byte {
		b, err := os.ReadFile("../../../testdata/traces/golden/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	choose(p, map[string][]byte{"b.npz": read("clean-deep.npz")})
	choose(p, map[string][]byte{"<img src=x onerror=alert(1)>.npz": []byte("PK\x03\x04<b>")})
	choose(p, map[string][]byte{"a.npz": read("fault-inverted-he-init.npz")})
	rows := func() (text string) {
		p.Eval(`[...document.querySelectorAll("#class-rows tr")].map(r => [...r.cells].slice(0, 3).map(c => c.textContent).join(" ")).join("; ")`, &text)
		return text
	}
	if got, want := rows(), "b.npz clean 0; <img src=x onerror=alert(1)>.npz unreadable 0; a.npz findings 0"; got != want {
		t.Errorf("the table is %q, want %q", got, want)
	}
	p.Click(`#class [data-sort="file"]`)
	if got := rows(); !strings.HasPrefix(got, "<img") || !strings.HasSuffix(got, "b.npz clean 0") {
		t.Errorf("sorted by file it is %q", got)
	}
	keepSaved(p)
	p.Click("#class-csv")
	p.WaitFor("window.saved")
	var csv string
	p.Eval("saved.text()", &csv)
	if !strings.HasPrefix(csv, "file,verdict,errors,warnings,first finding\n<img") || strings.Count(csv, "\n") != 4 {
		t.Errorf("as a file it is %q", csv)
	}
	p.Eval(`document.querySelector("#class-rows tr:nth-child(2) button").focus()`, nil)
	p.Key("Enter")
	if at := p.Focused(); !strings.Contains(at, "judge-name") {
		t.Errorf("the keyboard is at %s", at)
	}
	p.Key("Tab")
	if at := p.Focused(); !strings.Contains(at, "finding") {
		t.Errorf("after the name of the file the keyboard is at %s", at)
	}
	if wide := p.Overflow(); len(wide) > 0 {
		t.Errorf("wider than the screen: %v", wide)
	}
	t.Run("axe", func(t *testing.T) { p.In(t).Axe() })
	p.Quiet()
}

// A network trains in the page to the bits of the command line, goes back and on
// again, by keyboard too; what a link cannot mean is refused in words.
func TestLabInThePage(t *testing.T) {
	p := opened(t)
	fingerprint := func(step int) (got string) {
		t.Helper()
		p.WaitFor(fmt.Sprintf(`document.getElementById("lab-status").textContent === "at step %d"`, step))
		p.Eval(`document.getElementById("lab-print").textContent`, &got)
		return got
	}
	link := func(setup string) {
		p.Eval(fmt.Sprintf("location.hash = %q + encodeURIComponent(%q)", "#lab=", setup), nil)
	}
	flags := "-n 60 -dnn_hidden_units 5 -batch_size 16 -momentum 0.5"
	trained := func(flags string) string {
		c, err := experiment.FromFlags(flags, 42)
		if err != nil {
			t.Fatal(err)
		}
		return experiment.New(c).Run(context.Background(), nil, nil).Fingerprint
	}
	link(`{"flags":"` + flags + `","step":1500}`)
	if got, want := fingerprint(1500), trained(flags+" -max_steps 1500"); got != want {
		t.Errorf("after 1500 steps the page has the fingerprint %s, part2 %s", got, want)
	}
	p.Eval(`document.getElementById("lab-step").focus()`, nil)
	p.Key("Enter")
	if got, want := fingerprint(1501), trained(flags+" -max_steps 1501"); got != want {
		t.Errorf("a step on it has %s, part2 %s", got, want)
	}
	p.Eval(`for (const id of ["lab-restart", "lab-run"]) document.getElementById(id).click()`, nil)
	if got, want := fingerprint(3001), trained(flags+" -max_steps 3001"); got != want {
		t.Errorf("run as soon as it begins again it has %s, part2 %s", got, want)
	}
	p.Eval(`document.getElementById("lab-goto").focus()`, nil)
	for _, key := range []string{"7", "Enter"} {
		p.Key(key)
	}
	if got, want := fingerprint(7), trained(flags+" -max_steps 7"); got != want {
		t.Errorf("back at step 7 it has %s, part2 %s", got, want)
	}
	for _, hostile := range []string{`{"flags":"-dnn_hidden_units 1000000000"}`, `{"flags":"<img src=x onerror=alert(1)>"}`, `{"data":"own","csv":"1,2"}`, `{"flags":7}`, `[1`} {
		p.Eval(`document.getElementById("lab-status").className = "status"`, nil)
		link(hostile)
		p.WaitFor(`document.getElementById("lab-status").classList.contains("bad")`)
	}
	p.Eval(`document.getElementById("lab-step").focus()`, nil)
	p.Key("Enter")
	if got, want := fingerprint(8), trained(flags+" -max_steps 8"); got != want {
		t.Errorf("after links that mean nothing it has %s, part2 %s", got, want)
	}
	for _, dark := range []bool{false, true} {
		p.Dark(dark)
		t.Run("axe", func(t *testing.T) { p.In(t).Axe() })
	}
	p.Click("#tab-perceptron")
	p.WaitFor(`document.querySelector("#perceptron svg")`)
	t.Run("axe", func(t *testing.T) { p.In(t).Axe() })
	p.Quiet()
}

// Points clicked into the square are data; a weight is edited in its field; the
// link gives all of it again to a reader who has nothing else.
func TestOwnPointsAndTheirLink(t *testing.T) {
	file := written(t)
	b := browser.Start(t)
	open := func() *browser.Page {
		p := b.Open(file, browser.Size(1280, 1000))
		p.WaitFor(`"ready" in document.documentElement.dataset`)
		return p
	}
	p := open()
	p.Click("#tab-lab")
	p.WaitFor(`document.querySelector("#lab-figures svg")`)
	p.Eval(`{ const e = document.getElementById("lab-data"); e.value = "own"; e.dispatchEvent(new Event("change")); }`, nil)
	for i := range 12 {
		p.Eval(fmt.Sprintf(`document.getElementById("lab-class").value = "%d"`, i%2), nil)
		var at [2]float64
		p.Eval(fmt.Sprintf(`(() => { const e = document.getElementById("lab-pad"); e.scrollIntoView({block: "center"}); const b = e.getBoundingClientRect(); return [b.left + b.width * %g, b.top + b.height * %g]; })()`,
			0.1+0.07*float64(i), 0.2+0.5*float64(i%2)), &at)
		p.ClickAt(at[0], at[1])
	}
	p.Click(`#lab-setup button[type="submit"]`)
	p.WaitFor(`document.getElementById("lab-command").textContent.includes("-data data.csv")`)
	p.Eval(`{ document.getElementById("lab-to").value = "25"; }`, nil)
	p.Click("#lab-run")
	p.WaitFor(`document.getElementById("lab-status").textContent === "at step 25"`)
	p.Click("#lab-weights-open summary")
	p.Eval(`document.querySelector('[data-name="W1[1,2]"]').select()`, nil)
	for _, key := range []string{"2", ".", "5", "Tab"} {
		p.Key(key)
	}
	p.WaitFor(`document.getElementById("lab-status").textContent === "W1[1,2] = 2.5"`)
	p.Click("#lab-step")
	p.WaitFor(`document.getElementById("lab-status").textContent === "at step 26"`)
	var link, want, got string
	p.Eval("location.hash", &link)
	p.Eval(`document.getElementById("lab-print").textContent`, &want)
	p.Quiet()

	other := open()
	other.Eval(fmt.Sprintf("location.hash = %q", link), nil)
	other.WaitFor(`document.getElementById("lab-status").textContent === "at step 26"`)
	other.Eval(`document.getElementById("lab-print").textContent`, &got)
	if got != want {
		t.Errorf("the link gives %s, not %s", got, want)
	}
	if other.Eval(`document.querySelector('[data-name="W1[1,2]"]').value`, &got); got == "" {
		t.Error("the weights are missing")
	}
	other.Quiet()
}
