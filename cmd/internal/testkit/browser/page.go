package browser

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A Page is a page in a tab of its own, which shares nothing with other tabs, in
// the hands of a test.
type Page struct {
	t testing.TB
	*tab
}

// A tab is what the browser knows of a page, and what it told of it.
type tab struct {
	*process
	session string
	url     string // of the file
	open    bool   // loaded
	record  record
}

// An Option changes the window before the page is loaded.
type Option func(*Page)

// Size is the option of a window of width×height CSS pixels, instead of
// 1280×800.
func Size(width, height int) Option { return func(p *Page) { p.t.Helper(); p.Size(width, height) } }

// Dark is the option of a reader who prefers dark pages.
func Dark() Option { return func(p *Page) { p.t.Helper(); p.Dark(true) } }

// Language is the option of a reader whose language is tag, as "zh-CN", instead
// of "en-US".
func Language(tag string) Option { return func(p *Page) { p.t.Helper(); p.Language(tag) } }

// Open opens a file in a new tab and returns when it is loaded and drawn. The tab
// is as new: what earlier pages stored is not there. It is closed when the test ends.
func (b *Browser) Open(file string, options ...Option) *Page {
	b.t.Helper()
	p := b.tab()
	for _, option := range options {
		option(p)
	}
	p.load(file)
	return p
}

// tab opens an empty tab in which everything is recorded.
func (b *Browser) tab() *Page {
	b.t.Helper()
	p := &Page{b.t, &tab{process: b.process}}
	var context struct {
		ID string `json:"browserContextId"`
	}
	p.must("", "Target.createBrowserContext", nil, &context)
	var target struct {
		ID string `json:"targetId"`
	}
	p.must("", "Target.createTarget", params{"url": "about:blank", "browserContextId": context.ID}, &target)
	var session struct {
		ID string `json:"sessionId"`
	}
	p.must("", "Target.attachToTarget", params{"targetId": target.ID, "flatten": true}, &session)
	p.session = session.ID
	p.pipe.listen(p.session, p.event)
	b.t.Cleanup(func() {
		// The tab goes with its context. An error is a dead browser's.
		p.pipe.call("", "Target.disposeBrowserContext", params{"browserContextId": context.ID}, nil, p.patience)
		p.pipe.end(p.session, errors.New("the page is closed"))
	})
	for _, domain := range []string{"Page", "Runtime", "Log", "Network", "Inspector"} {
		p.must(p.session, domain+".enable", nil, nil)
	}
	p.must(p.session, "Page.setLifecycleEventsEnabled", params{"enabled": true}, nil)
	// It has the keyboard, whichever window is in front.
	p.must(p.session, "Emulation.setFocusEmulationEnabled", params{"enabled": true}, nil)
	p.Size(1280, 800)
	p.Dark(false)
	p.Language("en-US")
	return p
}

// load goes to a file and waits until all of it is there and drawn.
func (p *Page) load(file string) {
	p.t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	u := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")}
	p.url = u.String()
	var answer struct {
		Loader string `json:"loaderId"`
		Error  string `json:"errorText"`
	}
	p.must(p.session, "Page.navigate", params{"url": p.url}, &answer)
	if answer.Error != "" {
		p.t.Fatalf("browser: %s: %s", p.url, answer.Error)
	}
	for end := time.Now().Add(p.patience); !slices.Contains(p.record.loads.all(), answer.Loader); time.Sleep(2 * time.Millisecond) {
		if why := p.pipe.ended(p.session); why != nil {
			p.t.Fatalf("browser: %s: %v", p.url, why)
		}
		if time.Now().After(end) {
			p.t.Fatalf("browser: %s: not loaded after %v; requests: %q", p.url, p.patience, p.asked())
		}
	}
	p.open = true
	p.settle()
}

// In returns the same page in the hands of a subtest, which fails instead of the
// test that opened it.
func (p *Page) In(t testing.TB) *Page { return &Page{t, p.tab} }

// Size makes the window width×height CSS pixels, one pixel of a screenshot each.
func (p *Page) Size(width, height int) {
	p.t.Helper()
	p.must(p.session, "Emulation.setDeviceMetricsOverride",
		params{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
	p.settle()
}

// Dark sets whether the reader prefers dark pages.
func (p *Page) Dark(dark bool) {
	p.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	p.must(p.session, "Emulation.setEmulatedMedia",
		params{"features": []params{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	p.settle()
}

// Language sets the reader's language: navigator.language, and the locale of
// dates and numbers.
func (p *Page) Language(tag string) {
	p.t.Helper()
	p.must(p.session, "Emulation.setUserAgentOverride", params{"userAgent": p.agent, "acceptLanguage": tag}, nil)
	p.must(p.session, "Emulation.setLocaleOverride", params{"locale": tag}, nil)
}

// settle waits until a page that is open has been told of a change and drawn.
func (p *Page) settle() {
	p.t.Helper()
	if p.open {
		p.ask("settle", nil)
	}
}

// Eval evaluates a JavaScript expression in the page, waits for it if it is a
// promise, and stores its value in into, as encoding/json does, unless that is
// nil. A *float64 takes NaN, the infinities and −0 as well. The test fails if the
// expression throws, or if its value does not fit.
func (p *Page) Eval(js string, into any) {
	p.t.Helper()
	if err := p.eval(js, into); err != nil {
		p.t.Fatalf("browser: Eval(%s): %v", short(js), err)
	}
}

// WaitFor waits until a JavaScript expression is true.
func (p *Page) WaitFor(js string) {
	p.t.Helper()
	var err error
	for end := time.Now().Add(p.patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		// While a page gives way to another its expressions may throw.
		var yes bool
		if err = p.eval("Promise.resolve("+js+"\n).then(Boolean)", &yes); yes {
			return
		}
		if p.pipe.ended(p.session) != nil {
			break
		}
	}
	if err != nil {
		p.t.Fatalf("browser: WaitFor(%s): %v", short(js), err)
	}
	p.t.Fatalf("browser: WaitFor(%s): not true after %v", short(js), p.patience)
}

//go:embed helpers.js
var helpers string

// ask calls one of the functions of helpers.js.
func (p *Page) ask(function string, into any, args ...any) {
	p.t.Helper()
	var list []string
	for _, arg := range args {
		text, err := json.Marshal(arg)
		if err != nil {
			p.t.Fatalf("browser: %s: %v", function, err)
		}
		list = append(list, string(text))
	}
	js := fmt.Sprintf("(() => {%s\nreturn %s(%s)})()", helpers, function, strings.Join(list, ", "))
	if err := p.eval(js, into); err != nil {
		p.t.Fatalf("browser: %s(%s): %v", function, strings.Join(list, ", "), err)
	}
}

// eval evaluates an expression.
func (p *Page) eval(js string, into any) error {
	var answer struct {
		Result struct {
			Type     string          `json:"type"`
			Value    json.RawMessage `json:"value"`
			Unusable string          `json:"unserializableValue"`
		} `json:"result"`
		Exception *exception `json:"exceptionDetails"`
	}
	err := p.pipe.call(p.session, "Runtime.evaluate",
		params{"expression": js, "awaitPromise": true, "returnByValue": true}, &answer, p.patience)
	if err != nil {
		return err
	}
	if answer.Exception != nil {
		return errors.New(answer.Exception.String())
	}
	if into == nil {
		return nil
	}
	value := answer.Result.Value
	if name := answer.Result.Unusable; name != "" {
		special := map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1), "-0": math.Copysign(0, -1)}
		number, isNumber := special[name]
		if f, ok := into.(*float64); ok && isNumber {
			*f = number
			return nil
		}
		return fmt.Errorf("its value is %s, which does not go into a %T", name, into)
	}
	if value == nil {
		return fmt.Errorf("its value is %s", answer.Result.Type)
	}
	if err := json.Unmarshal(value, into); err != nil {
		return fmt.Errorf("its value is %s: %w", short(string(value)), err)
	}
	return nil
}

// must calls a method of the protocol; the test ends if it fails.
func (p *Page) must(session, method string, args params, result any) {
	p.t.Helper()
	if err := p.pipe.call(session, method, args, result, p.patience); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// short returns a text on one line, cut where it is long.
func short(text string) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > 200 {
		line = append(line[:200], '…')
	}
	return string(line)
}
