package plotsvg

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A placed text is where a text stands in the figure, by the width table.
type placed struct {
	box
	text     string
	inside   bool   // in the frame
	language string // that it stands in alone
}

// place carries what a text inherits from the elements around it.
type place struct {
	x, y   float64
	anchor string
	size   float64
	turned bool
	inside bool
}

// canvasOf returns the size of a figure and its texts.
func canvasOf(svg string) (whole box, texts []placed, err error) {
	d := xml.NewDecoder(strings.NewReader(svg))
	stack := []place{{anchor: "start", size: labelSize}}
	var text *placed
	read := func(s string) float64 {
		v, e := strconv.ParseFloat(s, 64)
		if e != nil && err == nil {
			err = e
		}
		return v
	}
	for {
		t, e := d.Token()
		if e == io.EOF {
			return whole, texts, err
		}
		if e != nil {
			return whole, texts, e
		}
		switch e := t.(type) {
		case xml.StartElement:
			now := stack[len(stack)-1]
			has := map[string]string{}
			for _, a := range e.Attr {
				has[a.Name.Local] = a.Value
			}
			if a := has["text-anchor"]; a != "" {
				now.anchor = a
			}
			for _, c := range strings.Fields(has["class"]) {
				switch c {
				case "gbt":
					now.size = tickSize
				case "gbh":
					now.size = titleSize * bold
				}
			}
			switch {
			case e.Name.Local == "svg" && len(stack) == 1:
				whole = box{0, 0, read(has["width"]), read(has["height"])}
			case e.Name.Local == "svg":
				now.x, now.y, now.inside = read(has["x"]), read(has["y"]), true
			case strings.Contains(has["transform"], "rotate(-90)"):
				_, e := fmt.Sscanf(has["transform"], "translate(%g %g)", &now.x, &now.y)
				if e != nil {
					return whole, texts, e
				}
				now.turned = true
			case e.Name.Local == "text":
				// Kept relative until its width is known.
				text = &placed{box: box{x0: read(has["x"]), y0: read(has["y"])}, language: has["lang"]}
			}
			stack = append(stack, now)
		case xml.CharData:
			if text != nil {
				text.text += string(e)
			}
		case xml.EndElement:
			now := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if text == nil {
				continue
			}
			w := textWidth(text.text, now.size)
			left := map[string]float64{"start": 0, "middle": w / 2, "end": w}[now.anchor]
			b := box{text.x0 - left, text.y0 - 0.75*now.size, text.x0 - left + w, text.y0 + 0.2*now.size}
			if now.turned { // a quarter to the left
				b = box{b.y0, -b.x1, b.y1, -b.x0}
			}
			b.x0, b.x1, b.y0, b.y1 = b.x0+now.x, b.x1+now.x, b.y0+now.y, b.y1+now.y
			text.box, text.inside = b, now.inside
			texts = append(texts, *text)
			text = nil
		}
	}
}

// crowded reports the first text that leaves the figure or touches another.
// Labels within the frame may lie on each other when there is no room.
func crowded(svg string) error {
	whole, texts, err := canvasOf(svg)
	if err != nil {
		return err
	}
	for i, a := range texts {
		if !a.within(whole.grow(0.02)) {
			return fmt.Errorf("text %q at %v leaves the figure %v", a.text, a.box, whole)
		}
		for _, b := range texts[:i] {
			if seen := a.language == b.language || a.language == "" || b.language == ""; seen && !a.inside && !b.inside && a.overlaps(b.box) {
				return fmt.Errorf("texts %q at %v and %q at %v overlap", a.text, a.box, b.text, b.box)
			}
		}
	}
	return nil
}
