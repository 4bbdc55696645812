// Package python finds a Python that serves: the first one on PATH often lacks
// what another one has.
package python

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// patience bounds the import of NumPy.
const patience = time.Minute

// Each calls try with every python3 on PATH until one returns no error, and
// returns that python3. Its error is one line that says of each why not.
func Each(try func(python string) error) (string, error) {
	var lacks []string
	tried := map[string]bool{}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		python, err := exec.LookPath(filepath.Join(dir, "python3"))
		if err != nil {
			continue
		}
		real, err := filepath.EvalSymlinks(python)
		if err != nil || tried[real] {
			continue
		}
		tried[real] = true
		if err = try(python); err == nil {
			return python, nil
		}
		reason := "fails: " + err.Error()
		if _, module, ok := strings.Cut(err.Error(), "No module named "); ok {
			reason = "lacks " + strings.Trim(module, "'")
		}
		lacks = append(lacks, python+" "+reason)
	}
	if lacks == nil {
		return "", errors.New("there is no python3 on PATH")
	}
	return "", errors.New(strings.Join(lacks, "; "))
}

// NumPy returns the first python3 on PATH that has NumPy.
func NumPy() (string, error) {
	found, err := Each(HasNumPy)
	if err != nil {
		return "", fmt.Errorf("a python3 with NumPy is needed: %w", err)
	}
	return found, nil
}

// HasNumPy returns an error of one line where a Python cannot import NumPy.
func HasNumPy(python string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	text, err := exec.CommandContext(ctx, python, "-c", "import numpy").CombinedOutput()
	if err == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if last := lines[len(lines)-1]; last != "" { // a traceback's says what was wrong
		return fmt.Errorf("%w: %s", err, last)
	}
	return err
}
