package audit

import (
	"bytes"
	"os"
	"path/filepath"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/inspector"
	"glassbox/cmd/internal/lang"
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
	rate    float64 // given in the place of the trace's own; else 0
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
	return Judged{Verdict: Verdict{Tensors: &v}, trace: t, rate: rate}
}

// Page returns the page to look into what was judged, as the command page writes
// it. What cannot be judged has none: the error says why.
func (j Judged) Page() ([]byte, error) {
	command := cli.Settings{{Name: "trace", Text: j.Verdict.file(), Given: true}}
	html, _, err := j.page(page.Run{Command: command.Command("audit page")}, inspector.Options{Explain: []string{command.Command("audit explain")}})
	return html, err
}

// page is Page of a run, and how many steps it keeps.
func (j Judged) page(run page.Run, o inspector.Options) (html []byte, steps int, err error) {
	if j.Graph != nil {
		l := newLines(j.Graph)
		p := l.page(j.Verdict.Program, o.Steps)
		if len(o.Steps) > 0 && len(p.Steps) == 0 {
			return nil, 0, cli.Usagef("-steps: %s has the steps 0 to %d", j.Verdict.file(), len(l.ends)-1)
		}
		p.Run = run
		html, err = p.Render()
		return html, len(p.Steps), err
	}
	v := *j.Verdict.Tensors
	if v.Verdict == "unreadable" {
		return nil, 0, message.Errorf("%v", v.Error)
	}
	m, err := inspector.Trace(j.trace, v, o)
	if err != nil {
		return nil, 0, err
	}
	h := j.head(v)
	h.Run = run
	html, err = inspector.Render(m, h)
	return html, len(m.Nets[0].Steps), err
}

// head says what the audit found in a trace of named tensors, and by which
// settings.
func (j Judged) head(v audit.Verdict) inspector.Head {
	h := inspector.Head{Title: lang.T("The recorded steps of %s", filepath.Base(v.File))}
	if v.Verdict == "clean" {
		h.Subtitle = lang.T("Clean: all %d tensors of %d steps follow from their inputs within rounding", v.Judged, v.Steps)
	} else {
		h.Subtitle = lang.T("%d findings in %d tensors judged of %d steps", len(v.Findings), v.Judged, v.Steps)
	}
	h.Subtitle = lang.Join(lang.Text{EN: ". ", ZH: "。"}, h.Subtitle, lang.Of(audit.Areas(v.Areas, v.Looked)).Capital())
	rate := cli.Setting{Name: "lr", Given: j.rate != 0}
	if rate.Given {
		rate.Name = "learning_rate"
	}
	if j.trace.Rate != 0 {
		rate.Text = cli.FormatFloat(j.trace.Rate)
	}
	h.Settings = cli.Settings{{Name: "trace", Text: v.File, Given: true}, rate, {Name: "reduction", Text: j.trace.Reduction}}
	return h
}

func (v Verdict) file() string {
	if v.Program != nil {
		return v.Program.File
	}
	return v.Tensors.File
}
