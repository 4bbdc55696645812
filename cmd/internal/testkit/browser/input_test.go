package browser

import (
	"slices"
	"testing"
)

// told returns what the page has said, without the word console.log, and checks
// it.
func told(t *testing.T, p *Page, since int, want ...string) {
	t.Helper()
	got := p.Console()[since:]
	for i := range want {
		want[i] = "console.log: " + want[i]
	}
	if !slices.Equal(got, want) {
		t.Errorf("the page noted %q, want %q", got, want)
	}
}

func testMouse(t *testing.T, b *Browser) {
	p := b.Open(write(t, `<style>
		header { position: fixed; inset: 0 0 auto; height: 100px; background: silver }
		#over { position: relative } #over::after { content: ""; position: absolute; inset: 0 }
		#switch { opacity: 0 }
		#moves { position: absolute; left: 10px; width: 20px; animation: move 0.2s 0.03s linear forwards } @keyframes move { to { left: 1000px } }
		#shy:hover + p { color: red }
	</style>
	<header>head</header>
	<button id=top style="position: absolute; left: 200px; top: 120px; width: 100px; height: 40px">top</button>
	<div style="height: 200px"></div>
	<button id=in><b><i>in</i></b></button> <button id=over>over</button>
	<label><input id=switch type=checkbox>label</label> <span style="display: inline-block"><input id=box type=checkbox style="position: absolute"><label for=box style="position: relative; display: block; padding: 20px">for</label></span>
	<svg width=200 height=100><rect width=200 height=100 fill=silver /><circle id=dot cx=150 cy=20 r=5 /></svg>
	<div style="width: 200px"><span style="display: inline-block; width: 160px">text</span> <a id=link href="#there">aaa lll</a></div>
	<button id=outer><span id=inner style="pointer-events: none">inner</span></button>
	<button id=shy>shy</button><p id=p>text</p>
	<div style="height: 2000px"></div>
	<div id=scroller style="height: 60px; width: 100px; overflow: auto"><div style="height: 500px; width: 500px"></div><button id=deep>deep</button></div>
	<button id=far>far</button>
	<div style="height: 2000px"></div>
	<script>
		for (const b of document.querySelectorAll("button, input, a, circle")) {
			b.onclick = (e) => console.log(e.currentTarget.id, e.isTrusted, e.button, e.detail);
		}
		const at = []; for (const kind of ["mousedown", "mouseup", "click"]) addEventListener(kind, (e) => at.push(e.type, e.clientX, e.clientY, e.buttons));
	</script>`))
	p.Click("#top")
	told(t, p, 0, "top true 0 1")
	var at []any
	p.Eval("at", &at)
	if want := []any{"mousedown", 250.0, 140.0, 1.0, "mouseup", 250.0, 140.0, 0.0, "click", 250.0, 140.0, 0.0}; !slices.Equal(at, want) {
		t.Errorf("the mouse: %v, want %v", at, want)
	}
	p.ClickAt(205, 125)
	told(t, p, 1, "top true 0 1")
	for i, id := range []string{"in", "over", "switch", "box", "dot", "link", "far", "deep", "in"} {
		// The last ones are out of the window, or under the header once others
		// have been scrolled to.
		p.Click("#" + id)
		told(t, p, 2+i, id+" true 0 1")
	}
	var state [3]any
	p.Eval(`[document.querySelector("#switch").checked, box.checked, location.hash]`, &state)
	if state != [3]any{true, true, "#there"} {
		t.Errorf("after the clicks: %v", state)
	}
	p.Hover("#shy")
	var colour string
	p.Eval("getComputedStyle(p).color", &colour)
	if colour != "rgb(255, 0, 0)" {
		t.Errorf("under the mouse: %s", colour)
	}
	told(t, p, 11) // no click
	p.Click("#inner")
	told(t, p, 11, "outer true 0 1")
	p.Eval(`document.body.insertAdjacentHTML("afterbegin", "<button id=moves onclick='console.log(this.id)'>moves</button>"), scrollTo(0, 0)`, nil)
	p.Eval(`document.querySelector("header").remove()`, nil)
	p.Click("#moves")
	told(t, p, 12, "moves")
}

func testClickFails(t *testing.T, b *Browser) {
	p := b.Open(write(t, `<style>.a { position: absolute; width: 100px; height: 40px; left: 10px }</style>
		<button id=under class=a>under</button><div id=cover class="a thick">the cover</div>
		<button id=half class=a style="top: 100px">half</button><div class=a style="top: 100px; left: 80px">beside</div>
		<button id=none style="display: none">none</button><button id=unseen style="visibility: hidden">unseen</button>
		<div id=empty></div><button id=out class=a style="left: -500px">out</button>
		<button id=below style="position: fixed; top: 5000px">below</button>
		<details><summary>more</summary><button id=closed>closed</button></details>
		<script>addEventListener("click", (e) => console.log(e.target.id))</script>`))
	for _, c := range []struct{ selector, want string }{
		{"#under", `Click("#under"): button#under.a "under" is covered by div#cover.a.thick "the cover"`},
		{"#absent", `Click("#absent"): no element matches`},
		{"#none", `button#none "none" is not visible`},
		{"#unseen", `button#unseen "unseen" is not visible`},
		{"#empty", `div#empty`},
		{"#out", `button#out.a "out" is out of the window`},
		{"#below", `button#below "below" is out of the window`},
		{"#closed", `button#closed "closed" is not visible`},
		{"#:", "SyntaxError"},
	} {
		fails(t, func(t testing.TB) { p.In(t).Click(c.selector) }, c.want)
	}
	fails(t, func(t testing.TB) { p.In(t).Hover("#under") }, `Hover("#under"): button#under.a "under" is covered by`)
	told(t, p, 0)
	p.Click("#half") // its middle is free
	told(t, p, 0, "half")
}

func testKeys(t *testing.T, b *Browser) {
	p := b.Open(write(t, `<button id=b>b</button> <a id=a href="#there">a</a> <input id=r type=range min=0 max=10 value=5> <input id=c type=checkbox>
		<select id=s><option>one<option>two</select> <input id=last>
		<script>
			b.onclick = () => console.log("b"); a.onclick = () => console.log("a"); c.onchange = () => console.log("c", c.checked);
			r.oninput = () => console.log(r.value); s.onchange = () => console.log(s.value);
			addEventListener("keydown", (e) => { if (e.key === "Escape") console.log("escape", e.code, e.keyCode, e.isTrusted) });
		</script>`))
	n := 0
	press := func(key string, want ...string) {
		t.Helper()
		p.Key(key)
		told(t, p, n, want...)
		n += len(want)
	}
	press("Tab")
	press("Enter", "b")
	press(" ", "b")
	press("Tab")
	press("Enter", "a")
	press("Tab")
	press("ArrowRight", "6")
	press("ArrowUp", "7")
	press("ArrowLeft", "6")
	press("ArrowDown", "5")
	press("Home", "0")
	press("End", "10")
	press("PageDown", "9")
	press("PageUp", "10")
	press("Tab")
	press(" ", "c true")
	press("Tab")
	press("ArrowDown", "two")
	press("Escape", "escape Escape 27 true")
	press("Tab")
	if got := p.Focused(); got != "input#last[text]" {
		t.Errorf("after the last Tab %s has the keyboard", got)
	}
	for range 5 {
		p.Key("Tab", Shift)
	}
	if got := p.Focused(); got != `button#b "b"` {
		t.Errorf("after going back %s has the keyboard", got)
	}
	for _, key := range []string{"", "Return", "é", "\n"} {
		fails(t, func(t testing.TB) { p.In(t).Key(key) }, "no such key")
	}
}

func testCharacters(t *testing.T, b *Browser) {
	p := b.Open(write(t, `<input id=i autofocus><script>
		const seen = [];
		for (const kind of ["keydown", "keypress", "keyup"]) {
			addEventListener(kind, (e) => seen.push([e.type, e.key, e.code, e.keyCode, (e.ctrlKey ? "C" : "") + (e.altKey ? "A" : "") + (e.shiftKey ? "S" : "") + (e.metaKey ? "M" : "")].join(" ")));
		}</script>`))
	events := func(want ...string) {
		t.Helper()
		var got []string
		p.Eval("seen.splice(0)", &got)
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	p.Key("q")
	events("keydown q KeyQ 81 ", "keypress q KeyQ 113 ", "keyup q KeyQ 81 ")
	p.Key("?")
	events("keydown Shift ShiftLeft 16 S", "keydown ? Slash 191 S", "keypress ? Slash 63 S", "keyup ? Slash 191 S", "keyup Shift ShiftLeft 16 ")
	p.Key("7")
	events("keydown 7 Digit7 55 ", "keypress 7 Digit7 55 ", "keyup 7 Digit7 55 ")
	p.Key("s", Control, Alt)
	events("keydown Control ControlLeft 17 C", "keydown Alt AltLeft 18 CA", "keydown s KeyS 83 CA", "keyup s KeyS 83 CA", "keyup Alt AltLeft 18 C", "keyup Control ControlLeft 17 ")
	p.Key("ArrowRight", Shift)
	events("keydown Shift ShiftLeft 16 S", "keydown ArrowRight ArrowRight 39 S", "keyup ArrowRight ArrowRight 39 S", "keyup Shift ShiftLeft 16 ")
	p.Key("Backspace")
	p.Key("Backspace")
	p.Eval(`window.quiet = new AbortController(), addEventListener("keydown", (e) => e.preventDefault(), {signal: quiet.signal}), seen.splice(0)`, nil)
	var keys []string
	for key, code := range map[string]string{
		"Backspace": "Backspace 8", "Tab": "Tab 9", "Enter": "Enter 13", "Escape": "Escape 27", " ": "Space 32",
		"PageUp": "PageUp 33", "PageDown": "PageDown 34", "End": "End 35", "Home": "Home 36",
		"ArrowLeft": "ArrowLeft 37", "ArrowUp": "ArrowUp 38", "ArrowRight": "ArrowRight 39", "ArrowDown": "ArrowDown 40", "Delete": "Delete 46",
		"`": "Backquote 192", "-": "Minus 189", "=": "Equal 187", "[": "BracketLeft 219", "]": "BracketRight 221", "\\": "Backslash 220",
		";": "Semicolon 186", "'": "Quote 222", ",": "Comma 188", ".": "Period 190", "/": "Slash 191", "0": "Digit0 48", "z": "KeyZ 90",
	} {
		p.Key(key)
		keys = append(keys, "keydown "+key+" "+code+" ", "keyup "+key+" "+code+" ")
	}
	events(keys...)
	p.Eval("quiet.abort()", nil)
	const all = "azAZ" + plain + shifted
	for _, c := range all {
		p.Key(string(c))
	}
	p.Key("x", Shift)
	p.Key("1", Shift)
	var text string
	p.Eval("i.value", &text)
	if want := "q" + all + "X!"; text != want {
		t.Errorf("typed %q, want %q", text, want)
	}
	p.Key("a", Control)
	p.Key("Delete")
	p.Eval("i.value", &text)
	if text != "" {
		t.Errorf("after deleting all: %q", text)
	}
}

func testFocus(t *testing.T, b *Browser) {
	p := b.Open(write(t, `<button id=next class="wide tall" tabindex=1>Next <b>step</b>
		of many</button><a href="#" tabindex=2 aria-label="To W1">W1</a><button tabindex=3>`+"long text, long text, long text, long text"+`</button>`))
	if got := p.Focused(); got != "body" {
		t.Errorf("at first %s has the keyboard", got)
	}
	for _, want := range []string{`button#next.wide.tall "Next step of many"`, `a "To W1"`, `button "long text, long text, long text, long t…"`} {
		p.Key("Tab")
		if got := p.Focused(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
