//go:build js && wasm

// Command wasm is the Go of the page that cmd/lab writes. It gives the page's
// worker one function, glassbox(name, args, file), and waits.
package main

import (
	"syscall/js"

	"glassbox/cmd/internal/lab/engine"
)

func main() {
	e := engine.New()
	js.Global().Set("glassbox", js.FuncOf(func(_ js.Value, args []js.Value) any {
		var file []byte
		if data := args[2]; data.Truthy() {
			file = make([]byte, data.Get("length").Int())
			js.CopyBytesToGo(file, data)
		}
		answer, made := e.Call(args[0].String(), args[1].String(), file)
		reply := map[string]any{"answer": answer}
		if made != nil {
			out := js.Global().Get("Uint8Array").New(len(made))
			js.CopyBytesToJS(out, made)
			reply["file"] = out
		}
		return reply
	}))
	select {}
}
