package program

import (
	"os"
	"runtime/debug"
	"testing"
)

// The tests judge hundreds of small recordings: memory is let go less often than
// a command's, which takes a fifth off their time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
