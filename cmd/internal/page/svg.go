package page

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
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
func inspect(svg string) (styles []string, err error) {
	d := xml.NewDecoder(strings.NewReader(strings.TrimSpace(svg)))
	depth, roots := 0, 0
	var style *strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("not well-formed: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			if depth == 0 && t.Name.Local != "svg" || roots > 1 {
				return nil, fmt.Errorf("<%s> where one <svg> element is wanted", t.Name.Local)
			}
			if err := inspectElement(t); err != nil {
				return nil, err
			}
			if t.Name.Local == "style" {
				style = new(strings.Builder)
			}
			depth++
		case xml.EndElement:
			depth--
			if style != nil {
				if err := inspectStyle(style.String()); err != nil {
					return nil, err
				}
				styles, style = append(styles, style.String()), nil
			}
		case xml.CharData:
			if style != nil {
				style.Write(t)
			} else if depth == 0 && strings.TrimSpace(string(t)) != "" {
				return nil, errors.New("text outside the <svg> element")
			}
		case xml.Directive, xml.ProcInst:
			return nil, errors.New("a declaration, which only a file of its own may have")
		}
	}
	if roots == 0 {
		return nil, errors.New("no <svg> element")
	}
	return styles, nil
}

func inspectElement(e xml.StartElement) error {
	if !slices.Contains(elements, e.Name.Local) {
		return fmt.Errorf("element <%s> does not belong in a page", e.Name.Local)
	}
	for _, a := range e.Attr {
		if err := inspectAttribute(e.Name.Local, a.Name.Local, a.Value); err != nil {
			return err
		}
	}
	return nil
}

func inspectAttribute(element, attribute, value string) error {
	name := strings.ToLower(attribute)
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
