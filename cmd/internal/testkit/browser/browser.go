// Package browser drives a headless Chromium from a test, as a reader would use
// it: pages opened from files, real mouse clicks and keys, and what the page
// then shows, says to its console and asks of the network.
//
//	page := browser.Start(t).Open(file, browser.Size(360, 800), browser.Dark())
//	page.Click("#next")
//	page.Key("ArrowRight")
//	page.WaitFor(`document.querySelector("output").value === "2"`)
//	if seen := page.Console(); len(seen) > 0 {
//		t.Errorf("console: %q", seen)
//	}
//
// Starting a browser takes longer than most tests that use one: those of a package
// share it where the package's TestMain is browser.Main.
//
// It speaks the DevTools protocol over two pipes, so no port is opened, and the
// browser can reach no machine but this one. What cannot be done, or takes
// longer than half a minute, ends the test with a line that says what. A browser
// and its pages are used from their test's goroutine. Tests may run in parallel,
// and so may subtests that share a browser by In, each with pages of its own.
//
// Where there is no browser the test is skipped, for it cannot say anything. A
// build that is meant to have one sets GLASSBOX_PEERS=require; there a missing
// browser fails the test. With GLASSBOX_PEERS=none it is skipped in any case.
package browser

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// names are the commands that may be a browser, in the order they are tried. The
// first is the same Chromium without windows around the pages, and takes a third of
// the time.
var names = []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"}

// A Browser is a running browser in the hands of a test.
type Browser struct {
	t testing.TB
	*process
}

// A process is a browser's process, its connection and its profile.
type process struct {
	pipe     *pipe
	cmd      *exec.Cmd
	agent    string // what it calls itself to servers
	patience time.Duration
	gone     chan struct{} // closed when the process and its files are no more
}

// shared is the browser of all tests of a package, once one has asked for it.
var shared struct {
	sync.Mutex
	wanted bool
	*process
}

// Main runs a package's tests, which share a browser: it ends after the last. Their
// pages share nothing all the same.
//
//	func TestMain(m *testing.M) { browser.Main(m) }
func Main(m *testing.M) {
	shared.wanted = true
	status := m.Run()
	if shared.process != nil {
		shared.close()
	}
	os.Exit(status)
}

// Start starts a browser, which ends with the test, or takes that of all tests. If
// there is none on PATH that runs it skips the test and says which were looked for.
func Start(t testing.TB) *Browser {
	t.Helper()
	if os.Getenv("GLASSBOX_PEERS") == "none" {
		t.Skip("GLASSBOX_PEERS=none")
	}
	if !shared.wanted {
		p := found(t)
		t.Cleanup(p.close)
		return &Browser{t, p}
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.process == nil || shared.pipe.ended("") != nil {
		shared.process = found(t)
	}
	return &Browser{t, shared.process}
}

// found starts the first browser on PATH that runs.
func found(t testing.TB) *process {
	t.Helper()
	var tried []string
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		p, err := start(path, 30*time.Second)
		if err == nil {
			return p
		}
		tried = append(tried, fmt.Sprintf("%s does not run: %v", path, err))
	}
	lack := "there is no browser on PATH: none of " + strings.Join(names, ", ")
	if tried != nil {
		lack = strings.Join(tried, "; ")
	}
	if os.Getenv("GLASSBOX_PEERS") == "require" {
		t.Fatalf("GLASSBOX_PEERS=require, but %s", lack)
	}
	t.Skip(lack)
	return nil
}

// In returns the same browser in the hands of a subtest: the pages it opens are
// the subtest's, which fails and closes them.
func (b *Browser) In(t testing.TB) *Browser { return &Browser{t, b.process} }

// start starts the browser at path and waits until it answers.
func start(path string, patience time.Duration) (*process, error) {
	profile, err := os.MkdirTemp("", "browser-")
	if err != nil {
		return nil, err
	}
	p, err := run(path, profile, patience)
	if err != nil {
		os.RemoveAll(profile)
		return nil, err
	}
	var version struct {
		UserAgent string `json:"userAgent"`
	}
	if err := p.pipe.call("", "Browser.getVersion", nil, &version, patience); err != nil {
		p.close()
		return nil, err
	}
	p.agent = version.UserAgent
	return p, nil
}

// run starts the process and what waits for its end.
func run(path, profile string, patience time.Duration) (*process, error) {
	cmd := exec.Command(path,
		"--remote-debugging-pipe", "--user-data-dir="+profile, "--crash-dumps-dir="+profile,
		"--headless", "--no-startup-window", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-extensions", "--disable-default-apps", "--disable-breakpad", "--password-store=basic",
		// The network ends at this machine.
		"--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		// A page is drawn alike on every screen, whatever is in front of it.
		"--hide-scrollbars", "--force-color-profile=srgb", "--force-device-scale-factor=1",
		"--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding", "--disable-background-timer-throttling",
	)
	// What it keeps beside the profile stays with the profile.
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Join(profile, "config"))
	words := &tail{}
	cmd.Stderr = words
	// After its end, whoever holds its standard error is a child that lingers.
	cmd.WaitDelay = time.Second
	group(cmd)

	itsIn, to, err := os.Pipe() // its descriptor 3
	if err != nil {
		return nil, err
	}
	from, itsOut, err := os.Pipe() // its descriptor 4
	if err != nil {
		itsIn.Close()
		to.Close()
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{itsIn, itsOut}
	err = cmd.Start()
	itsIn.Close()
	itsOut.Close()
	if err != nil {
		to.Close()
		from.Close()
		return nil, err
	}
	p := &process{pipe: newPipe(to, from), cmd: cmd, patience: patience, gone: make(chan struct{})}
	go func() {
		defer close(p.gone)
		why := p.pipe.read()
		if !errors.Is(why, io.EOF) {
			killGroup(cmd) // it is not ending by itself
		}
		err := cmd.Wait()
		killGroup(cmd)
		p.pipe.end("", ending(why, err, words.lines()))
		to.Close()
		from.Close()
		// What it started may still be writing.
		for range 100 {
			if os.RemoveAll(profile) == nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return p, nil
}

// close ends the browser and waits for it.
func (p *process) close() {
	// Asked to end it ends its children too and leaves no zombies.
	p.pipe.call("", "Browser.close", nil, nil, 3*time.Second)
	select {
	case <-p.gone:
		return
	case <-time.After(3 * time.Second):
	}
	killGroup(p.cmd)
	<-p.gone
}

// ending says why a browser gives no more answers: what stopped the reading of
// them, how the process ended, the last lines it wrote.
func ending(why, exit error, words []string) error {
	text := "the browser ended"
	if !errors.Is(why, io.EOF) {
		text = "the browser was ended after " + why.Error()
	} else if exit != nil && !errors.Is(exit, exec.ErrWaitDelay) {
		text += " (" + exit.Error() + ")"
	}
	if len(words) > 0 {
		text += "; its last words: " + strings.Join(words, " | ")
	}
	return errors.New(text)
}

// A tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

func (w *tail) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = append(w.kept, p...)
	if over := len(w.kept) - 1<<14; over > 0 {
		w.kept = bytes.Clone(w.kept[over:])
	}
	return len(p), nil
}

// lines returns the last few lines, without the complaints of a browser that
// finds no desktop.
func (w *tail) lines() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for line := range strings.Lines(string(w.kept)) {
		if line = strings.TrimSpace(line); line != "" && !strings.Contains(line, "dbus") {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-5):]
}
