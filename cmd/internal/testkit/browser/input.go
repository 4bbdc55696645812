package browser

// Click clicks with the mouse in the middle of the first element that matches a
// CSS selector, scrolled into the window if need be. The test fails if no element
// does, if the mouse cannot see it, or if something else covers that point.
// The page's handlers have run when Click returns.
func (p *Page) Click(selector string) {
	p.t.Helper()
	x, y := p.middle("Click", selector)
	p.ClickAt(x, y)
}

// ClickAt clicks at a point of the window, in CSS pixels from its top left
// corner.
func (p *Page) ClickAt(x, y float64) {
	p.t.Helper()
	p.mouse("mouseMoved", x, y, params{})
	p.mouse("mousePressed", x, y, params{"button": "left", "clickCount": 1})
	p.mouse("mouseReleased", x, y, params{"button": "left", "clickCount": 1})
}

// Hover moves the mouse where Click clicks.
func (p *Page) Hover(selector string) {
	p.t.Helper()
	x, y := p.middle("Hover", selector)
	p.mouse("mouseMoved", x, y, params{})
}

// middle returns the point where the mouse meets an element.
func (p *Page) middle(what, selector string) (x, y float64) {
	p.t.Helper()
	var at struct {
		X, Y  float64
		Fault string
	}
	p.ask("middle", &at, selector)
	if at.Fault != "" {
		p.t.Fatalf("browser: %s(%q): %s", what, selector, at.Fault)
	}
	return at.X, at.Y
}

func (p *Page) mouse(kind string, x, y float64, more params) {
	p.t.Helper()
	more["type"], more["x"], more["y"] = kind, x, y
	p.must(p.session, "Input.dispatchMouseEvent", more, nil)
}

// A Modifier is a key held down while another is pressed.
type Modifier int

// The modifiers, as the protocol numbers them.
const (
	Alt Modifier = 1 << iota
	Control
	Meta
	Shift
)

// modifierKeys are the keys themselves, in the order they are pressed.
var modifierKeys = []struct {
	modifier Modifier
	stroke   stroke
}{
	{Control, stroke{"Control", "ControlLeft", 17, ""}},
	{Alt, stroke{"Alt", "AltLeft", 18, ""}},
	{Shift, stroke{"Shift", "ShiftLeft", 16, ""}},
	{Meta, stroke{"Meta", "MetaLeft", 91, ""}},
}

// Key presses and releases a key where the focus is: "Enter", "Tab", "Escape",
// "Backspace", "Delete", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown",
// "Home", "End", "PageUp", "PageDown", " ", or a character of the US keyboard.
// The modifiers are held down meanwhile; Shift is added to a character that needs
// it. The page's handlers have run when Key returns.
func (p *Page) Key(key string, modifiers ...Modifier) {
	p.t.Helper()
	var held Modifier
	for _, m := range modifiers {
		held |= m
	}
	s, shift, ok := strokeOf(key, held&Shift != 0)
	if !ok {
		p.t.Fatalf("browser: Key(%q): no such key", key)
	}
	if shift {
		held |= Shift
	}
	if held&(Control|Alt|Meta) != 0 {
		s.text = "" // a command, not a character
	}
	var down Modifier
	for _, m := range modifierKeys {
		if held&m.modifier != 0 {
			down |= m.modifier
			p.press(m.stroke, down)
		}
	}
	p.press(s, held)
	p.release(s, held)
	for i := len(modifierKeys) - 1; i >= 0; i-- {
		if m := modifierKeys[i]; held&m.modifier != 0 {
			down &^= m.modifier
			p.release(m.stroke, down)
		}
	}
}

func (p *Page) press(s stroke, held Modifier) {
	p.t.Helper()
	kind := "keyDown"
	if s.text == "" {
		kind = "rawKeyDown"
	}
	p.keyboard(kind, s, held)
}

func (p *Page) release(s stroke, held Modifier) {
	p.t.Helper()
	s.text = ""
	p.keyboard("keyUp", s, held)
}

func (p *Page) keyboard(kind string, s stroke, held Modifier) {
	p.t.Helper()
	event := params{"type": kind, "key": s.key, "code": s.code, "windowsVirtualKeyCode": s.number, "modifiers": held}
	if s.text != "" {
		event["text"] = s.text
	}
	p.must(p.session, "Input.dispatchKeyEvent", event, nil)
}

// Focused describes the element that has the keyboard, for messages: its tag, id,
// classes and text, as `button#next.wide "Next step"`; "body" if none has.
func (p *Page) Focused() string {
	p.t.Helper()
	var s string
	p.ask("focused", &s)
	return s
}
