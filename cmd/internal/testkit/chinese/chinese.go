// Package chinese looks for English in the Chinese of a page and of a terminal,
// for tests.
package chinese

import (
	"html"
	"regexp"
	"strings"
)

// sentence is what only English has: four words in a row.
var sentence = regexp.MustCompile(`[A-Za-z][a-z']*(?:,? [A-Za-z][a-z']*){3,}`)

// elsewhere is what a reader of the Chinese does not meet: code, and what is
// marked as English. No element with a language holds one of its own kind.
var elsewhere = regexp.MustCompile(`(?s)<style>.*?</style>|<script[^>]*>.*?</script>|<code[^>]*>[^<]*</code>|` +
	`<span lang="en">.*?</span>|<title lang="en">.*?</title>|<text lang="en".*?</text>|` +
	`<desc lang="en">.*?</desc>|<g lang="en".*?</g>|<div class="drawing" lang="en">.*?</div>|<pre [^>]*lang="en".*?</pre>|` +
	`<title data-en="[^"]*"|data-zh="[^"]*">[^<]*</title>`)

var tag = regexp.MustCompile(`<[^>]*>`)

// Leftovers returns the English sentences that a reader of the Chinese page
// would meet: in its texts, its hover texts and its tab.
func Leftovers(page string) []string {
	text := html.UnescapeString(tag.ReplaceAllString(elsewhere.ReplaceAllString(page, ""), "\n"))
	return sentence.FindAllString(text, -1)
}

// english is what only a text in English has: two words in a row, or a small one.
var english = regexp.MustCompile(`[a-z][a-z']{2,} [a-z']{3,}|\b(the|is|are|was|of|and|not|to|it|its|with|for|from|if|than|what|which|where|has|no)\b`)

// code is what a terminal shows in English in every language: what is typed or
// quoted, a command with its name, and names with hyphens, dots and underscores.
var code = regexp.MustCompile("`[^`]*`" + `|"(?:[^"\\]|\\.)*"|'[^']*'|(?:go run|return) .*|\B-\w+(?: [\w|]+)?|^\w+ \w+ —|[\w./\[\]-]*\w[-._/]\w[\w./\[\]-]*`)

// listed are names in a row, with commas between them.
var listed = regexp.MustCompile(`\w+(?:, \w+)+`)

// Lines returns the lines of a command's output that have English texts.
func Lines(output string) (left []string) {
	for line := range strings.Lines(output) {
		text := listed.ReplaceAllString(code.ReplaceAllString(line, ""), "")
		if english.MatchString(text) {
			left = append(left, line)
		}
	}
	return left
}
