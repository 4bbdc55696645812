package inspector

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

//go:embed inspector.html
var html string

//go:embed inspector.css
var css string

//go:embed js
var js embed.FS

var (
	tmpl   = page.Template(html)
	style  = page.BaseCSS + page.ExplainCSS + css
	script = page.LanguagesJS + "(() => {\n\"use strict\";\n" + page.ExplainJS + // each may use those before it
		page.Script(js, "tips", "store", "explain", "graph", "plane", "curves", "tables", "main") + "})();\n"
)

// Head is what the page says around the network.
type Head struct {
	Title, Subtitle lang.Text
	Interrupted     lang.Text // not empty: a banner above all else
	Settings        cli.Settings
	Run             page.Run
}

// Render returns the page as one HTML file.
func Render(m Model, h Head) ([]byte, error) {
	m.Texts = page.ScriptTexts(script)
	model, err := page.Data(m)
	if err != nil {
		return nil, fmt.Errorf("page %q: %w", h.Title.EN, err)
	}
	if h.Run.Built == "" {
		h.Run.Built = cli.Built()
	}
	var b bytes.Buffer
	b.Grow(len(model) + len(style) + len(script) + 1<<14)
	err = tmpl().Execute(&b, map[string]any{
		"Policy": page.Policy([]string{style}, []string{script}), "CSS": template.CSS(style), "JS": template.JS(script),
		"Model": template.JS(model), "Name": h.Title, "Sub": h.Subtitle, "Stopped": h.Interrupted,
		"Settings": h.Settings, "Run": h.Run, "Trace": m.Findings != nil, "Nets": len(m.Nets), "Each": m.Nets,
	})
	if err != nil {
		return nil, fmt.Errorf("page %q: %w", h.Title.EN, err)
	}
	return page.Clean(b.Bytes()), nil
}

// Parts returns the style and the script of the page, by which a page that holds
// it allows them.
func Parts() (css, js string) { return style, script }
