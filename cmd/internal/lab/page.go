package lab

import (
	"bytes"
	"embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/inspector"
	"glassbox/cmd/internal/lab/engine"
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
	err = tmpl.Execute(&b, map[string]any{
		"Policy": policy, "CSS": template.CSS(style), "JS": template.JS(script), "Name": name,
		"Wasm":     template.JS(`"` + base85(p.packed) + `"`),
		"Mistakes": engine.Mistakes(), "Choices": engine.Choices(), "Run": page.Run{Command: "go run ./cmd/lab", Built: cli.Built()},
	})
	if err != nil {
		return nil, fmt.Errorf("page %q: %w", name.EN, err)
	}
	return page.Clean(b.Bytes()), nil
}

// digits85 are what base85 writes: no quote, backslash or < among them, which mean
// something in a page. js/engine.js has them too.
const digits85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&_()[]{}@%$#~"

// base85 writes four bytes as five digits, a fifteenth less than base64 does. The
// last four are filled up with zeros; the first digit says with how many.
func base85(b []byte) string {
	spare := -len(b) & 3
	b = append(slices.Clip(b), make([]byte, spare)...)
	text := append(make([]byte, 0, len(b)/4*5+1), digits85[spare])
	for ; len(b) > 0; b = b[4:] {
		v := binary.BigEndian.Uint32(b)
		for power := uint32(85 * 85 * 85 * 85); power > 0; power /= 85 {
			text = append(text, digits85[v/power%85])
		}
	}
	return string(text)
}

// script is the page's script, which holds the worker's as a text.
func (p *program) script() (string, error) {
	worker := append(append([]byte{}, p.support...), part("worker")...)
	text, err := json.Marshal(string(worker))
	if err != nil {
		return "", err
	}
	own := ""
	for _, name := range scriptParts {
		own += string(part(name))
	}
	texts, err := json.Marshal(page.ScriptTexts(own))
	if err != nil {
		return "", err
	}
	return page.LanguagesJS + "(() => {\n\"use strict\";\nconst workerText = " + string(text) + ", chinese = " + string(texts) + ";\n" + own + "})();\n", nil
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
