package mark

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"glassbox/cmd/internal/lang"
	"glassbox/nn/message"
)

// Limits are how programs are run.
type Limits struct {
	Python   func() (string, error) // finds the interpreter
	Recorder []byte                 // glassbox_record.py
	Program  string                 // the file to run, where a submission has several; "" to choose
	Beside   string                 // a folder whose files are put beside each program; "" for none
	Time     time.Duration          // that a program may take
	Memory   int                    // megabytes that it may address, where the system holds a program to it
}

// mostCopied bounds what a submission's copy may hold.
const mostCopied = 1 << 30

// guarded is a file that says itself that it is to be run.
var guarded = regexp.MustCompile(`(?m)^if\s+__name__\s*==\s*['"]__main__['"]`)

// program chooses the file to run among those of a submission.
func (l *Limits) program(s Submission) (string, error) {
	var names []string
	for _, f := range s.Files {
		if runs(f.Name) {
			names = append(names, f.Name)
		}
	}
	if l.Program != "" {
		for _, name := range names {
			if name == l.Program || path.Base(name) == l.Program {
				return name, nil
			}
		}
		return "", message.Errorf("there is no %s in it", l.Program)
	}
	for _, choose := range []func(name string) bool{ // each chooses among what is left, if it can
		func(name string) bool { return path.Dir(name) == path.Dir(shallowest(names)) },
		func(name string) bool { return slices.Contains([]string{"main.py", "train.py"}, path.Base(name)) },
		func(name string) bool { return strings.HasPrefix(path.Base(name), "train") },
		func(name string) bool { return guarded.MatchString(s.text(name)) },
	} {
		var left []string
		for _, name := range names {
			if choose(name) {
				left = append(left, name)
			}
		}
		if len(left) > 0 {
			names = left
		}
	}
	if len(names) == 1 {
		return names[0], nil
	}
	if len(names) == 0 {
		return "", message.Errorf("it holds neither a trace (.npz) nor a program (.py, .ipynb)")
	}
	return "", message.Errorf("which of %s is to be run? -program names it", strings.Join(names[:min(len(names), 8)], ", "))
}

func shallowest(names []string) string {
	return slices.MinFunc(names, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
}

// text is the beginning of a file of the submission, "" for one that cannot be read.
func (s Submission) text(name string) string {
	for _, f := range s.Files {
		if f.Name == name {
			if in, err := os.Open(f.Path); err == nil {
				defer in.Close()
				text, _ := io.ReadAll(io.LimitReader(in, 1<<20))
				return string(text)
			}
		}
	}
	return ""
}

// record runs the program of a submission in a copy of its files in work, where
// it can spoil nothing, and returns where its recording is. What the program
// did wrong while it ran is no error as long as it left one.
func (l *Limits) record(ctx context.Context, s Submission, work string) (trace string, err error) {
	name, err := l.program(s)
	if err != nil {
		return "", err
	}
	python, err := l.Python()
	if err != nil {
		return "", message.Errorf("it is a program, and there is no python3 with NumPy to run it: -python names one")
	}
	home := filepath.Join(work, "submission")
	if l.Beside != "" {
		if err := copyAll(home, within(l.Beside)); err != nil {
			return "", err
		}
	}
	if err := copyAll(home, s.Files); err != nil {
		return "", err
	}
	script := filepath.Join(work, "glassbox_record.py")
	if err := os.WriteFile(script, l.Recorder, 0o600); err != nil {
		return "", err
	}
	trace = filepath.Join(work, "trace.npz")
	ctx, cancel := context.WithTimeout(ctx, l.Time)
	defer cancel()
	cmd := l.command(ctx, python, script, "-q", "--stop", "-o", trace, path.Base(name))
	cmd.Dir = filepath.Join(home, filepath.FromSlash(path.Dir(name)))
	output := &tail{most: 2000}
	cmd.Stdout, cmd.Stderr = output, output
	// One thread each: the class is marked on all cores. No window is opened.
	cmd.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1", "MKL_NUM_THREADS=1", "MPLBACKEND=Agg", "PYTHONDONTWRITEBYTECODE=1")
	cmd.Cancel = func() error { return interrupt(cmd) } // the recorder then writes what there is
	cmd.WaitDelay = 5 * time.Second
	ran := cmd.Run()
	endAll(cmd)
	if _, err := os.Stat(trace); err == nil {
		return trace, nil
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", message.Errorf("%s took longer than %s and left no recording", name, duration(l.Time))
	case ctx.Err() != nil:
		return "", ctx.Err()
	case ran != nil:
		return "", message.Errorf("%s left no recording: %s; it said: %s", name, ran.Error(), output.last())
	}
	return "", message.Errorf("%s left no recording: it computes nothing with NumPy", name)
}

// copyAll copies files into a folder by their names.
func copyAll(to string, files []File) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	left := int64(mostCopied)
	for _, f := range files {
		place := filepath.Join(to, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
			return err
		}
		in, err := os.Open(f.Path)
		if err != nil {
			return err
		}
		out, err := os.OpenFile(place, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			in.Close()
			return err
		}
		n, err := io.Copy(out, io.LimitReader(in, left+1))
		err = errors.Join(err, out.Close(), in.Close())
		if left -= n; left < 0 && err == nil {
			err = message.Errorf("it holds more than %d MB", mostCopied>>20)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A tail keeps the last bytes written to it.
type tail struct {
	most int
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p[max(0, len(p)-t.most):]...)
	t.text = t.text[max(0, len(t.text)-t.most):]
	return len(p), nil
}

// last is the last line that is not empty.
func (t *tail) last() string {
	lines := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// said is a text in both languages without the folders that the work was done in,
// which mean nothing to a student.
func said(text message.Text, folders ...string) lang.Text {
	t := lang.Of(text)
	for _, folder := range folders {
		if folder != "" {
			folder = filepath.Clean(folder) + string(filepath.Separator)
			t.EN, t.ZH = strings.ReplaceAll(t.EN, folder, ""), strings.ReplaceAll(t.ZH, folder, "")
		}
	}
	if t.EN == t.ZH && !strings.Contains(t.EN, "`") {
		return lang.Same("`" + t.EN + "`") // what a system or a file's reader says
	}
	return t
}

// duration writes whole seconds as such.
func duration(d time.Duration) string {
	if d%time.Second == 0 && d < 10*time.Minute {
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return d.String()
}
