// Package engine is what the page of cmd/lab asks for its numbers: the judge,
// the network in training and the perceptron, behind one function that takes
// and gives text.
//
// judge.go judges traces. run.go is a network in training that can go back, on the
// points of data.go, and lab.go what the page asks of it; perceptron.go is Part I.
// The package knows nothing of a browser: tests call it as the page does.
package engine

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"time"

	"glassbox/cmd/internal/page"
)

// An Engine answers the page. What is in training lives in it from call to call.
type Engine struct {
	run *run // nil before the first
}

// New returns an engine that has been asked nothing.
func New() *Engine { return &Engine{} }

// A call decodes its own arguments, may be handed a file, and returns what is to
// be encoded as JSON and perhaps the bytes of a file.
type call func(e *Engine, args json.RawMessage, file []byte) (answer any, made []byte, err error)

// calls are what the page may ask for, by name.
var calls = map[string]call{
	"judge":     judgeFile,
	"judgePage": judgePage,
	"classCSV":  classCSV,
	"start":     startRun,
	"advance": moved(func(r *run, a asked) error {
		return r.advance(a.To, time.Now().Add(time.Duration(min(a.MS, 1000))*time.Millisecond))
	}),
	"back":    moved(func(r *run, a asked) error { return r.back(max(0, a.To)) }), // or before it: advance does the rest
	"change":  moved(func(r *run, a asked) error { return r.change(a.Name, a.Text) }),
	"undo":    moved(func(r *run, _ asked) error { return r.undo() }),
	"view":    look,
	"inspect": inspect,
	"save":    save,
	"learn":   learn,
}

// Call answers a call by name with JSON arguments and perhaps a file: JSON, and
// perhaps a file. What cannot be done is {"error": "why"}, be it a defect of
// ours: the page goes on living.
func (e *Engine) Call(name, args string, file []byte) (answer string, made []byte) {
	defer func() {
		if r := recover(); r != nil {
			answer, made = refusal(fmt.Errorf("a defect of glassbox: %v", r)), nil
		}
	}()
	call := calls[name]
	if call == nil {
		return refusal(fmt.Errorf("there is no call %q", name)), nil
	}
	v, made, err := call(e, json.RawMessage(args), file)
	if err != nil {
		return refusal(err), nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return refusal(err), nil
	}
	return string(text), made
}

func refusal(err error) string {
	text, _ := json.Marshal(map[string]string{"error": err.Error()}) // a map of texts has no error
	return string(text)
}

// read decodes arguments.
func read[T any](args json.RawMessage) (v T, err error) {
	err = json.Unmarshal(args, &v)
	return v, err
}

// fragment returns a part of the page.
func fragment(t func() *template.Template, name string, data any) (string, error) {
	var b strings.Builder
	if err := t().ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("part %s of the page: %w", name, err)
	}
	return string(page.Clean([]byte(b.String()))), nil
}
