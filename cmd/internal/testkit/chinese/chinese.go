// Package chinese looks for English in the Chinese of a page, for tests.
package chinese

import (
	"html"
	"regexp"
)

// sentence is what only English has: four words in a row.
var sentence = regexp.MustCompile(`[A-Za-z][a-z']*(?:,? [A-Za-z][a-z']*){3,}`)

// elsewhere is what a reader of the Chinese does not meet: code, and what is
// marked as English. No element with a language holds one of its own kind.
var elsewhere = regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>|<code[^>]*>[^<]*</code>|` +
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
