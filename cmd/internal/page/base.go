package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"glassbox/cmd/internal/lang"
)

// BaseCSS is the style that all pages begin with: colours, fonts, languages.
//
//go:embed base.css
var BaseCSS string

// LanguagesJS is the script that all pages begin with: it switches languages.
//
//go:embed languages.js
var LanguagesJS string

// ExplainCSS is the style of an explanation of a number.
//
//go:embed explain.css
var ExplainCSS string

//go:embed js
var js embed.FS

// ExplainJS is the script of explanations, for one that knows what to explain: it
// writes numbers, makes elements, unpacks what Packed makes, and has the Panel.
var ExplainJS = Script(js, "numbers", "dom", "panel")

// Script is the named scripts of a directory js, one after the other.
func Script(files embed.FS, names ...string) (all string) {
	for _, name := range names {
		text, err := files.ReadFile("js/" + name + ".js")
		if err != nil {
			panic("page: " + err.Error()) // it is embedded
		}
		all += string(text)
	}
	return all
}

//go:embed partials.html
var partialsHTML string

// Template returns what gives the template of a page, which may use the parts that
// all pages share. It is parsed when it is first asked for: most commands make few
// pages or none, and a browser starts the sooner.
func Template(text string) func() *template.Template {
	own := func(english string) lang.Text { return lang.T(english) } // the template's own texts
	return sync.OnceValue(func() *template.Template {
		return template.Must(template.Must(template.New("page").Funcs(template.FuncMap{"t": own, "spans": spans}).Parse(partialsHTML)).Parse(text))
	})
}

// Span is a piece of text, set as code or not.
type Span struct {
	Text string
	Code bool
}

// Short reports whether code is better kept on one line than broken, at a
// hyphen for instance; it then still fits a narrow screen.
func (s Span) Short() bool { return s.Code && utf8.RuneCountInString(s.Text) <= 24 }

// spans cuts text at its backticks; a last one without a partner stays.
func spans(text string) []Span {
	var list []Span
	for text != "" {
		before, rest, ok := strings.Cut(text, "`")
		code, after, closed := strings.Cut(rest, "`")
		if !ok || !closed {
			return append(list, Span{Text: text})
		}
		if before != "" {
			list = append(list, Span{Text: before})
		}
		if code != "" {
			list = append(list, Span{Text: code, Code: true})
		}
		text = after
	}
	return list
}

// said finds the texts that a script says, by its function T.
var said = regexp.MustCompile(`\bT\(("(?:[^"\\]|\\.)*")`)

// ScriptTexts returns the texts that a script says, English to Chinese.
func ScriptTexts(script string) map[string]string {
	texts := map[string]string{}
	for _, m := range said.FindAllStringSubmatch(script, -1) {
		if english, err := strconv.Unquote(m[1]); err == nil {
			t, _ := lang.Lookup(english)
			texts[english] = t.ZH
		}
	}
	return texts
}

// Policy returns the Content-Security-Policy of a page that holds all it
// needs: nothing is loaded, of styles and scripts only those with these texts
// apply.
func Policy(styles, scripts []string) string {
	hashes := func(list []string) string {
		var hashes []string
		for _, s := range list {
			sum := sha256.Sum256([]byte(s))
			hashes = append(hashes, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
		}
		slices.Sort(hashes)
		return strings.Join(slices.Compact(hashes), " ")
	}
	return "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + hashes(styles) + "; script-src " + hashes(scripts)
}
