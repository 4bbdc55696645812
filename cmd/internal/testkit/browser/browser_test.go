package browser

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) { Main(m) }

// alone has Start give the test a browser of its own.
func alone(t *testing.T) {
	t.Cleanup(func() { shared.wanted = true })
	shared.wanted = false
}

// A recorder is a test that notes how it was ended.
type recorder struct {
	testing.TB
	ended    string
	cleanups []func()
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Skip(args ...any) {
	r.ended = "skip: " + fmt.Sprint(args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.ended = "fatal: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// endingOf runs f as a test of its own and returns how it ended.
func endingOf(f func(t testing.TB)) string {
	r := &recorder{ended: "returned"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for _, f := range r.cleanups {
				defer f()
			}
		}()
		f(r)
	}()
	<-done
	return r.ended
}

// fails runs f as a test of its own, which has to fail with a line that contains
// all the words.
func fails(t *testing.T, f func(t testing.TB), words ...string) {
	t.Helper()
	ended := endingOf(f)
	if !strings.HasPrefix(ended, "fatal: browser: ") {
		t.Errorf("it ended otherwise: %s", ended)
	}
	for _, word := range words {
		if !strings.Contains(ended, word) {
			t.Errorf("%q is not in: %s", word, ended)
		}
	}
}

// write writes an HTML file and returns its path.
func write(t *testing.T, html string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte("<!doctype html><meta charset=utf-8>"+html), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// command puts a shell script of that name into a directory.
func command(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestStartSkips(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no shell scripts on Windows")
	}
	alone(t)
	start := func(t testing.TB) { Start(t) }
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv("GLASSBOX_PEERS", "")
	const none = "there is no browser on PATH: none of chromium-headless-shell, chromium, chromium-browser, google-chrome"
	if got := endingOf(start); got != "skip: "+none {
		t.Errorf("nothing on PATH: %s", got)
	}
	t.Setenv("GLASSBOX_PEERS", "require")
	if got := endingOf(start); got != "fatal: GLASSBOX_PEERS=require, but "+none {
		t.Errorf("nothing on PATH, and required: %s", got)
	}
	t.Setenv("GLASSBOX_PEERS", "none")
	if got := endingOf(start); got != "skip: GLASSBOX_PEERS=none" {
		t.Errorf("none wanted: %s", got)
	}
	t.Setenv("GLASSBOX_PEERS", "require")
	// One that does not run leaves nothing running either.
	command(t, dir, "chromium-browser", "/bin/sleep 1000 3>&- 4>&- & echo $$ >'"+dir+"/group'; echo first install something >&2; exit 7")
	want := "fatal: GLASSBOX_PEERS=require, but " + filepath.Join(dir, "chromium-browser") +
		" does not run: Browser.getVersion: the browser ended (exit status 7); its last words: first install something"
	if got := endingOf(start); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var group int
	text, _ := os.ReadFile(filepath.Join(dir, "group"))
	if _, err := fmt.Sscan(string(text), &group); err != nil {
		t.Fatalf("the script said %q", text)
	}
	empty(t, group)
}

// A command that does not run is passed over. After the test neither processes
// nor files of its browser are left.
func TestStart(t *testing.T) {
	works := ""
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil && works == "" {
			works = path
		}
	}
	if works == "" || runtime.GOOS == "windows" {
		t.Skip("there is no browser to call by another name")
	}
	alone(t)
	dir := t.TempDir()
	command(t, dir, "chromium", "exit 1")
	command(t, dir, "google-chrome", `PATH='`+os.Getenv("PATH")+`' exec '`+works+`' "$@"`)
	t.Setenv("PATH", dir)
	t.Setenv("GLASSBOX_PEERS", "")
	// The machine's own language is nothing to a page.
	t.Setenv("LANGUAGE", "de")
	t.Setenv("LANG", "de_DE.UTF-8")
	var b *Browser
	ended := endingOf(func(r testing.TB) {
		b = Start(r)
		var language string
		b.Open(write(t, "<p>page")).Eval("navigator.language + (1.5).toLocaleString()", &language)
		if language != "en-US1.5" {
			t.Errorf("the language is %s", language)
		}
		if left := inGroup(b.cmd.Process.Pid); len(left) < 2 && runtime.GOOS == "linux" {
			t.Errorf("a running browser has the processes %q", left)
		}
		r.Fatalf("failed")
	})
	if ended != "fatal: failed" {
		t.Fatal(ended)
	}
	if got, want := b.cmd.Path, filepath.Join(dir, "google-chrome"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	empty(t, b.cmd.Process.Pid)
	profile := ""
	for _, arg := range b.cmd.Args {
		if dir, ok := strings.CutPrefix(arg, "--user-data-dir="); ok {
			profile = dir
		}
	}
	if _, err := os.Stat(profile); profile == "" || !os.IsNotExist(err) {
		t.Errorf("profile %s left: %v", profile, err)
	}
}

// empty checks that nothing is left of a group of processes, or will be in a
// moment: they have been told to end.
func empty(t *testing.T, group int) {
	t.Helper()
	end := time.Now().Add(2 * time.Second)
	for left := inGroup(group); len(left) > 0; left = inGroup(group) {
		if time.Now().After(end) {
			t.Fatalf("processes left: %q", left)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// inGroup lists the processes of a group where there is a /proc to read it from:
// those that run, and those that have ended and that this process, their parent,
// has not waited for.
func inGroup(group int) (found []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, _ := os.ReadFile(file)
		// pid (name) state parent group; a name may hold anything.
		i := strings.LastIndexByte(string(text), ')')
		fields := strings.Fields(string(text[i+1:]))
		if len(fields) > 2 && fields[2] == fmt.Sprint(group) && (fields[0] != "Z" || fields[1] == fmt.Sprint(os.Getpid())) {
			found = append(found, string(text[:i+1])+" "+fields[0])
		}
	}
	return found
}

// A page that crashes, one that does not answer, at last a browser that dies, after
// which the tests share another.
func TestFailures(t *testing.T) {
	b := Start(t)
	page := write(t, "<p>page")
	t.Run("crash", func(t *testing.T) {
		p, other := b.In(t).Open(page), b.In(t).Open(page)
		go p.pipe.call(p.session, "Page.crash", nil, nil, time.Second)
		fails(t, func(t testing.TB) { p.In(t).Eval("new Promise(() => {})", nil) }, "the page crashed")
		fails(t, func(t testing.TB) { p.In(t).WaitFor("true") }, "the page crashed")
		other.Eval("1", nil)
	})
	t.Run("no answer", func(t *testing.T) {
		p := b.In(t).Open(page)
		b.patience = 300 * time.Millisecond
		fails(t, func(t testing.TB) { p.In(t).Eval("new Promise(() => {})", nil) }, "Eval(new Promise(() => {}))", "no answer in 300ms")
		fails(t, func(t testing.TB) { p.In(t).WaitFor("1 > 2") }, "WaitFor(1 > 2)", "not true after 300ms")
		fails(t, func(t testing.TB) { p.In(t).WaitFor("absent.value === 3") }, "ReferenceError: absent is not defined")
		fails(t, func(t testing.TB) { p.In(t).Eval("(() => { for (;;); })()", nil) }, "no answer in 300ms")
		b.patience = 30 * time.Second
	})
	t.Run("not loaded", func(t *testing.T) {
		// Whoever answers here never does.
		server, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Skip(err)
		}
		defer server.Close()
		p := b.In(t).Open(page)
		b.patience = time.Second
		image := "http://" + server.Addr().String() + "/x.png"
		file := write(t, `<img src="`+image+`">`)
		fails(t, func(t testing.TB) { p.In(t).another(file) }, "page.html: not loaded after 1s", image)
		b.patience = 30 * time.Second
	})
	t.Run("death", func(t *testing.T) {
		p := b.In(t).Open(page)
		start := time.Now()
		time.AfterFunc(100*time.Millisecond, func() { killGroup(b.cmd) })
		const want = "the browser ended (signal: killed)"
		fails(t, func(t testing.TB) { p.In(t).Eval("new Promise(() => {})", nil) }, want)
		fails(t, func(t testing.TB) { p.In(t).WaitFor("false") }, want)
		fails(t, func(t testing.TB) { p.In(t).Click("p") }, want)
		fails(t, func(t testing.TB) { b.In(t).Open(page) }, want)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("it took %v to notice", took)
		}
	})
	if other := Start(t); other.process == b.process || Start(t).process != other.process {
		t.Error("the browser that died is shared, or none is")
	}
}
