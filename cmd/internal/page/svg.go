package page

import (
	"errors"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
)

// elements are those an inline figure may have: drawing, text and definitions.
// Others could run something, load something, or end the <svg> early when an
// HTML parser reads it.
var elements = strings.Fields(`circle g path rect text title desc svg style line ellipse polyline polygon tspan
	defs clipPath mask marker pattern symbol use linearGradient radialGradient stop`)

// inspect reads an SVG element (others may stand in it, as frames that clip)
// and returns the texts of its <style> elements, as a browser sees them. The
// error says what keeps it out of a page.
//
// It reads the part of XML that drawings need: elements, attributes in quotes,
// text with entities. All else is refused.
func inspect(svg string) (styles []string, err error) {
	var open []string // the elements that are begun, outermost first
	rest, roots := strings.TrimSpace(svg), 0
	for rest != "" {
		text, after, ok := strings.Cut(rest, "<")
		if err := inspectText(text, open); err != nil {
			return nil, err
		}
		if strings.HasPrefix(after, "!") || strings.HasPrefix(after, "?") {
			return nil, errors.New("a declaration, which only a file of its own may have")
		}
		if n := len(open); n > 0 && open[n-1] == "style" {
			// As XML reads it; a browser does the same inside of an <svg>.
			style := html.UnescapeString(text)
			if err := inspectStyle(style); err != nil {
				return nil, err
			}
			if !strings.HasPrefix(after, "/") {
				return nil, errors.New("an element inside of a <style>")
			}
			styles = append(styles, style)
		}
		if !ok {
			break
		}
		if name, tail, ok := strings.Cut(strings.TrimPrefix(after, "/"), ">"); ok && after[0] == '/' {
			if len(open) == 0 || open[len(open)-1] != name {
				return nil, fmt.Errorf("not well-formed: </%s> ends no element that is begun", name)
			}
			open, rest = open[:len(open)-1], tail
			continue
		}
		name, empty, tail, err := inspectElement(after)
		if err != nil {
			return nil, err
		}
		if len(open) == 0 {
			roots++
		}
		if roots > 1 || len(open) == 0 && name != "svg" {
			return nil, fmt.Errorf("<%s> where one <svg> element is wanted", name)
		}
		if rest = tail; !empty {
			open = append(open, name)
		}
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("not well-formed: <%s> is not ended", open[len(open)-1])
	}
	if roots == 0 {
		return nil, errors.New("no <svg> element")
	}
	return styles, nil
}

// inspectText looks at what stands between two tags.
func inspectText(text string, open []string) error {
	if strings.Contains(text, "]]>") {
		return errors.New("not well-formed: ]]> in a text")
	}
	if len(open) == 0 && strings.TrimSpace(text) != "" {
		return errors.New("text outside the <svg> element")
	}
	return entities(text)
}

// entities holds that every & begins one of XML's own entities or a number.
func entities(text string) error {
	for {
		_, after, ok := strings.Cut(text, "&")
		if !ok {
			return nil
		}
		name, tail, ok := strings.Cut(after, ";")
		if !ok || !slices.Contains([]string{"amp", "lt", "gt", "quot", "apos"}, name) && !isNumber(name) {
			return errors.New("not well-formed: & without an entity")
		}
		text = tail
	}
}

// isNumber reports whether the name of an entity is the number of a character.
func isNumber(name string) bool {
	digits, ok := strings.CutPrefix(name, "#")
	n, err := strconv.ParseUint(digits, 10, 16)
	return ok && err == nil && n >= ' ' && n < 0xd800
}

// isName reports whether text can be the name of an attribute.
func isName(text string) bool {
	for i := range len(text) {
		c := text[i] | 0x20
		if !(c >= 'a' && c <= 'z') && (i == 0 || !strings.ContainsRune("0123456789-.:_", rune(text[i]))) {
			return false
		}
	}
	return text != "" && !strings.HasSuffix(text, ":") && strings.Count(text, ":") < 2
}

// space is what may stand between attributes.
const space = " \t\n\r"

// inspectElement reads a tag, from its name on, and returns what follows it.
func inspectElement(tag string) (name string, empty bool, tail string, err error) {
	n := strings.IndexAny(tag, space+"/>")
	if n < 0 {
		return "", false, "", errors.New("not well-formed: a tag without an end")
	}
	name, tag = tag[:n], tag[n:]
	if !slices.Contains(elements, name) {
		return "", false, "", fmt.Errorf("element <%s> does not belong in a page", name)
	}
	for {
		trimmed := strings.TrimLeft(tag, space)
		switch {
		case strings.HasPrefix(trimmed, ">"):
			return name, false, trimmed[1:], nil
		case strings.HasPrefix(trimmed, "/>"):
			return name, true, trimmed[2:], nil
		case len(trimmed) == len(tag):
			return "", false, "", fmt.Errorf("not well-formed: <%s> has something that is no attribute", name)
		}
		attribute, after, ok := strings.Cut(trimmed, "=\"")
		value, rest, closed := strings.Cut(after, "\"")
		if !ok || !closed || !isName(attribute) || strings.Contains(value, "<") || entities(value) != nil {
			return "", false, "", fmt.Errorf("not well-formed: <%s> has something that is no attribute in double quotes", name)
		}
		if err := inspectAttribute(name, attribute, html.UnescapeString(value)); err != nil {
			return "", false, "", err
		}
		tag = rest
	}
}

func inspectAttribute(element, attribute, value string) error {
	name := strings.ToLower(attribute)
	if _, local, ok := strings.Cut(name, ":"); ok {
		name = local // xlink:href
	}
	switch {
	case name == "style":
		return fmt.Errorf("<%s> has a style attribute, which the page's policy blocks; use a class or attributes", element)
	case strings.HasPrefix(name, "on"):
		return fmt.Errorf("<%s> has the script attribute %s", element, attribute)
	case name == "href" && !strings.HasPrefix(strings.TrimSpace(value), "#"):
		return fmt.Errorf("<%s> refers outside the page: %q", element, strings.TrimSpace(value))
	case outside(value):
		return fmt.Errorf("<%s> refers outside the page: %s=%q", element, attribute, strings.TrimSpace(value))
	}
	return nil
}

func inspectStyle(text string) error {
	if outside(text) || strings.Contains(strings.ToLower(text), "@import") {
		return errors.New("a <style> that refers outside the page")
	}
	return nil
}

// outside reports whether a url(…) in text is not one of the figure's own.
func outside(text string) bool {
	if !strings.Contains(text, "(") {
		return false // as most are, and some are long
	}
	return strings.Contains(strings.ReplaceAll(strings.ToLower(text), "url(#", ""), "url(")
}
