//go:build !unix

package main

import (
	"context"
	"os/exec"
)

// bounded is a go command; here its memory is not bounded.
func bounded(ctx context.Context, args []string) *exec.Cmd {
	return exec.CommandContext(ctx, "go", args...)
}
