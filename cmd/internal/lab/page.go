package lab

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/inspector"
	"glassbox/cmd/internal/lab/engine"
	"glassbox/cmd/internal/lab/pack"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/listing"
	"glassbox/cmd/internal/page"
	"glassbox/plotsvg"
)

var (
	//go:embed page.html
	html string
	//go:embed lab.css
	css string
	//go:embed js
	js embed.FS

	tmpl  = page.Template(html)
	style = page.BaseCSS + css
)

// render returns the page.
func (p *program) render() ([]byte, error) {
	script, err := p.script()
	if err != nil {
		return nil, err
	}
	// The pages that open inside this one are held to its policy too.
	lookStyle, lookScript := inspector.Parts()
	listStyle, listScript := listing.Parts()
	policy := page.Policy([]string{style, plotsvg.Style, lookStyle, listStyle}, []string{script, lookScript, listScript}) +
		" 'wasm-unsafe-eval'; worker-src blob:; frame-src blob:"
	name := lang.T("glassbox: which line is wrong?")
	var b bytes.Buffer
	err = tmpl().Execute(&b, map[string]any{
		"Policy": policy, "CSS": template.CSS(style), "JS": template.JS(script), "Name": name,
		"Wasm":     template.HTML(p.packed),
		"Mistakes": engine.Mistakes(), "Choices": engine.Choices(), "Run": page.Run{Command: "go run ./cmd/lab", Built: cli.Built()},
	})
	if err != nil {
		return nil, fmt.Errorf("page %q: %w", name.EN, err)
	}
	return page.Clean(b.Bytes()), nil
}

// script is the page's script, which holds those of its workers as texts.
func (p *program) script() (string, error) {
	own := ""
	for _, name := range scriptParts {
		own += string(part(name))
	}
	texts, err := json.Marshal(map[string]any{
		"workerText": unindented(string(p.support)) + bare(string(part("worker"))),
		"unpackText": bare(pack.Script + string(part("unpacker"))),
		"chinese":    page.ScriptTexts(own),
	})
	if err != nil {
		return "", err
	}
	return page.LanguagesJS + "(() => {\n\"use strict\";\nconst { workerText, unpackText, chinese } = " + string(texts) + ";\n" + bare(own) + "})();\n", nil
}

// unindented is a script without the blanks that its lines begin with.
func unindented(script string) string {
	var b strings.Builder
	for line := range strings.Lines(script) {
		b.WriteString(strings.TrimLeft(line, "\t "))
	}
	return b.String()
}

// bare is one of our own scripts as unindented has it, without its lines of comment.
func bare(script string) string {
	var b strings.Builder
	for line := range strings.Lines(unindented(script)) {
		if !strings.HasPrefix(line, "//") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// scriptParts are those of the script, each of which may use those before it.
var scriptParts = []string{"engine", "dom", "judge", "lab", "perceptron", "main"}

func part(name string) []byte {
	text, err := js.ReadFile("js/" + name + ".js")
	if err != nil {
		panic("lab: " + err.Error()) // it is embedded
	}
	return text
}
