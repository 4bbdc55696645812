package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A record is what the browser told of a page, in the order it did.
type record struct {
	console, requests, loads list
}

// A list is added to by the goroutine that reads and looked at by the test's.
type list struct {
	mu    sync.Mutex
	lines []string
}

func (l *list) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

func (l *list) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}

// Console returns what the page has said so far, a line a message: what it wrote
// to its console ("console.log: …"), exceptions nobody caught ("exception: …"),
// dialogs it opened, which are answered with yes ("dialog: …"), and what the
// browser itself complains of ("security error: …" for what the page's Content
// Security Policy forbids, "network error: …"). A page that is well says nothing.
func (p *Page) Console() []string {
	p.t.Helper()
	p.catchUp()
	return p.record.console.all()
}

// Requests returns the URLs the page has asked for so far, the ones that its
// Content Security Policy then forbade among them, without that of its own file
// and those that hold their own content (data: and blob:). A page that is
// complete in itself asks for none.
func (p *Page) Requests() []string {
	p.t.Helper()
	p.catchUp()
	return p.asked()
}

// Quiet fails the test where the page has said something or asked for something.
func (p *Page) Quiet() {
	p.t.Helper()
	if said := p.Console(); len(said) > 0 {
		p.t.Errorf("console: %q", said)
	}
	if asked := p.asked(); len(asked) > 0 {
		p.t.Errorf("requests: %q", asked)
	}
}

// catchUp waits for all that the page has told until now.
func (p *Page) catchUp() {
	p.t.Helper()
	p.must(p.session, "Runtime.evaluate", params{"expression": "0"}, nil)
}

// asked returns what Requests does.
func (p *tab) asked() []string {
	return slices.DeleteFunc(p.record.requests.all(), func(url string) bool {
		return url == p.url || strings.HasPrefix(url, "data:") || strings.HasPrefix(url, "blob:")
	})
}

// event takes down what the browser tells.
func (p *tab) event(method string, text json.RawMessage) {
	switch method {
	case "Runtime.consoleAPICalled":
		var e struct {
			Type string         `json:"type"`
			Args []remoteObject `json:"args"`
		}
		json.Unmarshal(text, &e)
		words := []string{"console." + e.Type + ":"}
		for _, arg := range e.Args {
			words = append(words, arg.String())
		}
		p.record.console.add(strings.Join(words, " "))
	case "Runtime.exceptionThrown":
		var e struct {
			Details exception `json:"exceptionDetails"`
		}
		json.Unmarshal(text, &e)
		p.record.console.add("exception: " + e.Details.String())
	case "Log.entryAdded":
		var e struct {
			Entry struct {
				Source string `json:"source"`
				Level  string `json:"level"`
				Text   string `json:"text"`
				URL    string `json:"url"`
				Line   *int   `json:"lineNumber"`
			} `json:"entry"`
		}
		json.Unmarshal(text, &e)
		p.record.console.add(fmt.Sprintf("%s %s: %s%s", e.Entry.Source, e.Entry.Level, e.Entry.Text, place(e.Entry.URL, e.Entry.Line)))
	case "Page.javascriptDialogOpening":
		var e struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		}
		json.Unmarshal(text, &e)
		p.record.console.add("dialog: " + e.Type + ": " + e.Message)
		// The page stands still until somebody answers.
		go p.pipe.call(p.session, "Page.handleJavaScriptDialog", params{"accept": true}, nil, p.patience)
	case "Network.requestWillBeSent":
		var e struct {
			Request struct {
				URL string `json:"url"`
			} `json:"request"`
		}
		json.Unmarshal(text, &e)
		p.record.requests.add(e.Request.URL)
	case "Network.webSocketCreated", "Network.webTransportCreated":
		var e struct {
			URL string `json:"url"`
		}
		json.Unmarshal(text, &e)
		p.record.requests.add(e.URL)
	case "Page.lifecycleEvent":
		var e struct {
			Name   string `json:"name"`
			Loader string `json:"loaderId"`
		}
		json.Unmarshal(text, &e)
		if e.Name == "load" {
			p.record.loads.add(e.Loader)
		}
	case "Inspector.targetCrashed":
		p.pipe.end(p.session, errors.New("the page crashed"))
	}
}

// An exception is what JavaScript threw and did not catch.
type exception struct {
	Text      string       `json:"text"`
	Exception remoteObject `json:"exception"`
	URL       string       `json:"url"`
	Line      *int         `json:"lineNumber"`
}

func (e exception) String() string {
	text := e.Exception.Description
	if text == "" {
		text = strings.TrimSpace(e.Text + " " + e.Exception.String())
	}
	return text + place(e.URL, e.Line)
}

// place says where in a file something happened, if that is known. Lines count
// from 0.
func place(url string, line *int) string {
	if url == "" {
		return ""
	}
	name := url[strings.LastIndex(url, "/")+1:]
	if line == nil {
		return fmt.Sprintf(" (%s)", name)
	}
	return fmt.Sprintf(" (%s:%d)", name, *line+1)
}

// A remoteObject is a value in the page.
type remoteObject struct {
	Type        string          `json:"type"`
	Value       json.RawMessage `json:"value"`
	Special     string          `json:"unserializableValue"`
	Description string          `json:"description"`
}

// String returns the value as a console shows it.
func (o remoteObject) String() string {
	var text string
	switch {
	case o.Type == "string" && json.Unmarshal(o.Value, &text) == nil:
		return text
	case o.Description != "":
		return o.Description
	case o.Value != nil:
		return string(o.Value)
	}
	return o.Type + o.Special
}
