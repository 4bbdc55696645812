package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"

	"glassbox/cmd/internal/lang"
)

// interrupts are who is told of a request to end: the contexts of work that ends
// in its own way, and where there is none, end.
var interrupts struct {
	sync.Mutex
	once     sync.Once
	contexts map[context.Context]context.CancelFunc
	end      func()
}

// Interruptible returns a context that ends at the first Ctrl-C or polite
// request to terminate. A second one ends the process at once, for when writing
// what there is takes too long. Call stop when the work is done.
func Interruptible() (ctx context.Context, stop context.CancelFunc) {
	listen()
	ctx, cancel := context.WithCancel(context.Background())
	interrupts.Lock()
	defer interrupts.Unlock()
	interrupts.contexts[ctx] = cancel
	return ctx, func() {
		interrupts.Lock()
		defer interrupts.Unlock()
		delete(interrupts.contexts, ctx)
		cancel()
	}
}

// Await returns what work returns, or false as soon as ctx ends: then work goes
// on until the process ends, and what it finds is lost.
func Await[T any](ctx context.Context, work func() T) (result T, ok bool) {
	done := make(chan T, 1)
	go func() { done <- work() }()
	select {
	case result = <-done:
		return result, true
	case <-ctx.Done():
		return result, false
	}
}

// endOnSignal ends the process with a line, in the name of a command, where a
// request to end meets no work that ends in its own way.
func endOnSignal(name string) {
	listen()
	interrupts.Lock()
	defer interrupts.Unlock()
	interrupts.end = func() {
		fmt.Fprintln(os.Stderr, lang.Say("%s: interrupted; files are as they were, or whole", name))
		os.Exit(exitInterrupted)
	}
}

// listen waits for requests to end: Ctrl-C, a polite one, and that of a terminal
// that closes (number 1, which not every system names) unless nohup has it
// ignored.
func listen() {
	interrupts.once.Do(func() {
		interrupts.contexts = map[context.Context]context.CancelFunc{}
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		if hangup := syscall.Signal(1); runtime.GOARCH != "wasm" && !signal.Ignored(hangup) { // WebAssembly has no signals
			signal.Notify(signals, hangup)
		}
		go func() {
			for range signals {
				interrupts.Lock()
				if len(interrupts.contexts) == 0 && interrupts.end != nil {
					interrupts.end()
				}
				for ctx, cancel := range interrupts.contexts {
					delete(interrupts.contexts, ctx)
					cancel()
				}
				interrupts.Unlock()
			}
		}()
	})
}
