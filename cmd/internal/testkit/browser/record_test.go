package browser

import (
	"slices"
	"strings"
	"testing"
)

func testConsole(t *testing.T, b *Browser) {
	p := b.Open(write(t, ""))
	for _, c := range []struct {
		name, html string
		want       []string // the beginning of each line
	}{
		{"nothing", `<p>text`, nil},
		{"words", `<script>console.log("one", 2, {a: 3}, null, 0/0); console.warn("two")</script>`,
			[]string{"console.log: one 2 Object null NaN", "console.warning: two"}},
		{"an exception", "<script>\n\nthrow new Error(\"thrown\")</script>", []string{"exception: Error: thrown\n"}},
		{"a rejection", `<script>Promise.reject(new Error("rejected"))</script>`, []string{"exception: Error: rejected\n"}},
		{"a word thrown", `<script>throw "word"</script>`, []string{"exception: Uncaught word (page.html:1)"}},
		{"a dialog", `<script>alert("hostile")</script>`, []string{"dialog: alert: hostile"}},
		{"a forbidden style", `<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><p style="color: red">text`,
			[]string{"security error: Applying inline style violates"}},
		{"a forbidden script", `<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><button onclick="1">b</button>`,
			[]string{"security error: Executing inline event handler violates"}},
		{"another machine", `<img src="http://127.0.0.2:18765/x.png">`, []string{"network error: Failed to load resource: net::ERR_NAME_NOT_RESOLVED (x.png)"}},
		{"an image that is not there", `<img src="absent.png">`, []string{"network error: Failed to load resource: net::ERR_FILE_NOT_FOUND (absent.png)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := p.In(t)
			p.another(write(t, c.html))
			got := p.Console()
			if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	t.Run("later", func(t *testing.T) {
		p := p.In(t)
		p.another(write(t, `<button id=b onclick="absent()">b</button>`))
		p.Click("#b")
		if got := p.Console(); len(got) != 1 || !strings.HasPrefix(got[0], "exception: ReferenceError: absent is not defined") {
			t.Errorf("after a click: %q", got)
		}
	})
}

// Requests that leave the page are seen, whatever asks for them. Port 1 is one
// that the browser never calls.
func testRequests(t *testing.T, b *Browser) {
	p := b.Open(write(t, ""))
	for _, c := range []struct {
		name, html string
		want       []string
	}{
		{"none", `<a href="http://127.0.0.1:1/">link</a><img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">
			<script>const img = new Image(); img.src = URL.createObjectURL(new Blob(["<svg xmlns='http://www.w3.org/2000/svg'/>"], {type: "image/svg+xml"}))</script>`, nil},
		{"an image", `<img src="http://127.0.0.1:1/x.png">`, []string{"http://127.0.0.1:1/x.png"}},
		{"another machine", `<img src="https://www.example.com/x.png">`, []string{"https://www.example.com/x.png"}},
		{"style", `<link rel=stylesheet href="http://127.0.0.1:1/x.css">`, []string{"http://127.0.0.1:1/x.css"}},
		{"font", `<style>@font-face { font-family: f; src: url(http://127.0.0.1:1/f.woff2) } p { font-family: f }</style><p>text`, []string{"http://127.0.0.1:1/f.woff2"}},
		{"script", `<script src="http://127.0.0.1:1/x.js"></script>`, []string{"http://127.0.0.1:1/x.js"}},
		{"fetch", `<script>fetch("http://127.0.0.1:1/data").catch(() => 0)</script>`, []string{"http://127.0.0.1:1/data"}},
		{"beacon", `<script>navigator.sendBeacon("http://127.0.0.1:1/beacon")</script>`, []string{"http://127.0.0.1:1/beacon"}},
		{"socket", `<script>new WebSocket("ws://127.0.0.1:1/socket")</script>`, []string{"ws://127.0.0.1:1/socket"}},
		{"frame", `<iframe src="http://127.0.0.1:1/frame"></iframe>`, []string{"http://127.0.0.1:1/frame"}},
		{"forbidden", `<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><img src="http://127.0.0.1:1/x.png">`, []string{"http://127.0.0.1:1/x.png"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := p.In(t)
			p.another(write(t, c.html))
			if got := p.Requests(); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	t.Run("later", func(t *testing.T) {
		p := p.In(t)
		p.another(write(t, `<button id=b onclick="new Image().src = 'http://127.0.0.1:1/late.png'">b</button>`))
		if got := p.Requests(); len(got) > 0 {
			t.Errorf("before the click: %q", got)
		}
		p.Click("#b")
		if got := p.Requests(); !slices.Equal(got, []string{"http://127.0.0.1:1/late.png"}) {
			t.Errorf("after the click: %q", got)
		}
	})
}
