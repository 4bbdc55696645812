package audit

import (
	"bytes"
	"os"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/inspector"
	"glassbox/cmd/internal/page"
	"glassbox/mat/npy"
	"glassbox/nn/audit"
	"glassbox/nn/audit/program"
	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// A Verdict is that of a trace of either kind.
type Verdict struct {
	Tensors *audit.Verdict   // of named tensors, or of what is no trace; else nil
	Program *program.Verdict // of a recorded program; else nil
}

// MarshalJSON writes the one that it is.
func (v Verdict) MarshalJSON() ([]byte, error) {
	if v.Program != nil {
		return plainJSON(v.Program)
	}
	return plainJSON(v.Tensors)
}

// Word is what the verdict is in a word. That a program raised is found too.
func (v Verdict) Word() string {
	if v.Program != nil {
		if v.Program.Raised != nil {
			return "findings"
		}
		return v.Program.Verdict
	}
	return v.Tensors.Verdict
}

// A Judged is a trace and what the audit says of it.
type Judged struct {
	Verdict Verdict
	Graph   *graph.Graph // of a recorded program; else nil
	trace   audit.Trace
}

// JudgeFile reads a trace and judges it, its steps of named tensors with the
// given learning rate where that is not 0.
func JudgeFile(path string, rate float64) Judged {
	a, err := npy.ReadNPZ(path)
	if err != nil {
		return refused(path, err)
	}
	size := int64(0)
	if info, err := os.Stat(path); err == nil {
		size = info.Size()
	}
	return judge(a, size, path, rate)
}

// JudgeBytes is JudgeFile for the bytes of a file that has this name.
func JudgeBytes(data []byte, name string, rate float64) Judged {
	size := int64(len(data))
	a, err := npy.NewArchive(bytes.NewReader(data), size, name)
	if err != nil {
		return refused(name, err)
	}
	return judge(a, size, name, rate)
}

// refused is what is said of a file that cannot be judged.
func refused(name string, err error) Judged {
	return Judged{Verdict: Verdict{Tensors: &audit.Verdict{File: name, Verdict: "unreadable", Error: message.Of(err),
		Notes: []message.Text{}, Findings: []audit.Finding{}, Unjudged: []message.Text{}}}}
}

// judge judges a trace. A defect of ours makes this file's row say so, and leaves
// the others alone.
func judge(a npy.Archive, size int64, name string, rate float64) (j Judged) {
	defer func() {
		if r := recover(); r != nil {
			j = refused(name, message.Errorf("%s cannot be judged because of a defect of glassbox: %v", name, r))
		}
	}()
	if graph.Is(a) {
		g, err := graph.Decode(a, size, name)
		if err != nil {
			return refused(name, err)
		}
		return Judged{Verdict: Verdict{Program: program.Judge(g)}, Graph: g}
	}
	t, err := audit.DecodeTrace(a, name)
	if err != nil {
		return refused(name, err)
	}
	if rate > 0 {
		t.Rate = rate
	}
	v := audit.Compare(t)
	return Judged{Verdict: Verdict{Tensors: &v}, trace: t}
}

// Page returns the page to look into what was judged, as the command page writes
// it, nil for what is no trace.
func (j Judged) Page() ([]byte, error) {
	command := cli.Settings{{Name: "trace", Text: j.Verdict.file(), Given: true}}
	run := page.Run{Command: command.Command("audit page")}
	switch {
	case j.Graph != nil:
		p := newLines(j.Graph).page(j.Verdict.Program, nil)
		p.Run = run
		return p.Render()
	case len(j.trace.Steps) == 0:
		return nil, nil
	}
	m, v, err := inspector.Trace(j.trace, 0, inspector.Options{Explain: []string{command.Command("audit explain")}})
	if err != nil {
		return nil, err
	}
	h := traceHead(j.trace, v, 0)
	h.Run = run
	return inspector.Render(m, h)
}

func (v Verdict) file() string {
	if v.Program != nil {
		return v.Program.File
	}
	return v.Tensors.File
}
