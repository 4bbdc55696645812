// Package lab is the command lab: it writes one HTML page that judges traces and
// trains networks where it is opened.
//
// command.go has the flags and serves, build.go compiles the page's Go, the package
// pack makes a text of it, page.go puts the page together out of page.html, lab.css
// and the scripts in js. What runs in the page is the package engine, which wasm
// hands to the browser.
package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
)

// Main is the command: args without its name.
func Main(args []string, stdout, stderr io.Writer) error {
	set := cli.New("lab", "Writes the judge and the laboratory as one HTML file: whoever opens it needs no Go, no Python and no network.",
		"", "-o site/glassbox.html", "-serve")
	out, serve := "glassbox.html", false
	cli.Var(set, &out, "o", cli.Text("FILE.html"), "file to write")
	cli.Var(set, &serve, "serve", cli.Switch, "serve the page on this machine, until Ctrl-C")
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	file, err := output.Create("o", out)
	if err != nil {
		return err
	}
	defer file.Drop()
	ctx, stop := cli.Interruptible()
	defer stop()
	p, err := build(ctx)
	if err != nil {
		return err
	}
	html, err := p.render()
	if err != nil {
		return err
	}
	if err := file.Put(html); err != nil {
		return err
	}
	fmt.Fprintln(stdout, lang.Say("compiled %.1f MB of WebAssembly with %s, %.2f MB as packed text", float64(p.bytes)/1e6, p.compiler, float64(len(p.packed))/1e6))
	fmt.Fprintln(stdout, lang.T("wrote %s: %.2f MB, one file that needs no other", cli.OneLine(out), float64(len(html))/1e6).Here())
	if !serve {
		return nil
	}
	return servePage(ctx, html, stdout)
}

// servePage serves the page on this machine alone until ctx ends.
func servePage(ctx context.Context, html []byte, stdout io.Writer) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(html)
	})}
	context.AfterFunc(ctx, func() { s.Close() })
	fmt.Fprintln(stdout, lang.Say("serving it at %s until Ctrl-C", fmt.Sprintf("http://%s/", l.Addr())))
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
