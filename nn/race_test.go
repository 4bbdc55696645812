//go:build race

package nn_test

// The race detector drops what is put by for the next use, at random.
func init() { allocates = true }
