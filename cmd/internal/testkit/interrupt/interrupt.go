//go:build unix

// Package interrupt presses Ctrl-C, for tests of what a command does then.
package interrupt

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

// Press sends this process an interrupt every so often, from when the channel
// is closed (nil: at once) until the test calls stop: one alone might come
// before the command listens. The test catches the signals as well, so that
// none ends it.
func Press(t testing.TB, from <-chan bool) (stop func()) {
	guard := make(chan os.Signal, 1)
	signal.Notify(guard, syscall.SIGINT)
	t.Cleanup(func() { signal.Stop(guard) })
	done := make(chan bool)
	go func() {
		if from != nil {
			<-from
		}
		for {
			select {
			case <-done:
				return
			case <-time.After(400 * time.Millisecond):
				_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
			}
		}
	}()
	return func() { close(done) }
}
