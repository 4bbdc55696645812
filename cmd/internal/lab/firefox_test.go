package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"glassbox/cmd/internal/experiment"
)

// A firefox is Firefox in the hands of a test, by its Marionette protocol: lines of
// JSON, each behind its length.
type firefox struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	sent int
}

// startFirefox starts Firefox with a new profile, or skips the test.
func startFirefox(t *testing.T) *firefox {
	t.Helper()
	if os.Getenv("GLASSBOX_PEERS") == "none" {
		t.Skip("GLASSBOX_PEERS=none")
	}
	path, err := exec.LookPath("firefox-esr")
	if err != nil {
		if path, err = exec.LookPath("firefox"); err != nil {
			t.Skip("there is no firefox on PATH")
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	profile := t.TempDir()
	port := address[strings.LastIndexByte(address, ':')+1:]
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte("user_pref(\"marionette.port\", "+port+");\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--marionette", "--no-remote", "--profile", profile)
	cmd.Env = append(os.Environ(), "HOME="+profile)
	if err := cmd.Start(); err != nil {
		t.Skipf("%s does not run: %v", path, err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	var conn net.Conn
	for end := time.Now().Add(time.Minute); conn == nil; time.Sleep(50 * time.Millisecond) {
		if conn, err = net.Dial("tcp", address); err != nil && time.Now().After(end) {
			t.Fatalf("%s does not answer: %v", path, err)
		}
	}
	t.Cleanup(func() { conn.Close() })
	f := &firefox{t: t, conn: conn, in: bufio.NewReader(conn)}
	f.receive(new(json.RawMessage)) // what it is
	f.call("WebDriver:NewSession", map[string]any{"capabilities": map[string]any{}}, nil)
	f.call("WebDriver:SetTimeouts", map[string]any{"script": 60000}, nil)
	return f
}

func (f *firefox) receive(into any) {
	f.t.Helper()
	length, err := f.in.ReadString(':')
	n, wrong := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil || wrong != nil {
		f.t.Fatalf("firefox: %q, %v", length, err)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(f.in, b); err != nil {
		f.t.Fatalf("firefox: %v", err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		f.t.Fatalf("firefox: %s: %v", b, err)
	}
}

func (f *firefox) call(command string, args map[string]any, into any) {
	f.t.Helper()
	f.sent++
	b, err := json.Marshal([]any{0, f.sent, command, args})
	if err != nil {
		f.t.Fatal(err)
	}
	fmt.Fprintf(f.conn, "%d:%s", len(b), b)
	var answer [4]json.RawMessage // 1, the number, an error, the result
	if f.receive(&answer); string(answer[2]) != "null" {
		f.t.Fatalf("firefox: %s: %s", command, answer[2])
	}
	if into != nil {
		if err := json.Unmarshal(answer[3], into); err != nil {
			f.t.Fatalf("firefox: %s: %v", answer[3], err)
		}
	}
}

// when returns what an expression is once a condition holds.
func (f *firefox) when(condition, expression string) string {
	f.t.Helper()
	var got struct{ Value string }
	f.call("WebDriver:ExecuteAsyncScript", map[string]any{"args": []any{}, "script": `const done = arguments[0];
		(function wait() { ` + condition + ` ? done(String(` + expression + `)) : setTimeout(wait, 10); })()`}, &got)
	return got.Value
}

// The page works in Firefox as well: it trains to the bits of the command line, and
// judges a trace.
func TestFirefox(t *testing.T) {
	file := written(t)
	f := startFirefox(t)
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(file)}
	f.call("WebDriver:Navigate", map[string]any{"url": address.String()}, nil)
	f.when(`"ready" in document.documentElement.dataset`, "0")
	f.when(`(location.hash = "#lab=" + encodeURIComponent('{"flags":"-n 60 -dnn_hidden_units 5","step":40}'))`, "0")
	got := f.when(`document.getElementById("lab-status").textContent === "at step 40"`, `document.getElementById("lab-print").textContent`)
	c, err := experiment.FromFlags("-n 60 -dnn_hidden_units 5 -max_steps 40", 42)
	if err != nil {
		t.Fatal(err)
	}
	if want := experiment.New(c).Run(context.Background(), nil, nil).Fingerprint; got != want {
		t.Errorf("after 40 steps the page has the fingerprint %s, part2 %s", got, want)
	}
	data, err := os.ReadFile("../../../testdata/traces/golden/fault-inverted-he-init.npz")
	if err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(strings.Fields(strings.Trim(fmt.Sprint(data), "[]")))
	if err != nil {
		t.Fatal(err)
	}
	f.when(`(() => { const all = new DataTransfer(), input = document.getElementById("judge-file");
		all.items.add(new File([Uint8Array.from(`+string(content)+`)], "a.npz"));
		input.files = all.files; document.getElementById("judge-status").textContent = ""; input.dispatchEvent(new Event("change")); return true; })()`, "0")
	if said := f.when(`document.getElementById("judge-stop").hidden && document.getElementById("judge-status").textContent !== ""`, `document.getElementById("judge-sheet").textContent`); !strings.Contains(said, "inverted-he-init") {
		t.Errorf("of a trace with a mistake it says %q", said)
	}
}
