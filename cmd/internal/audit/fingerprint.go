package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/part1"
	"glassbox/nn/spec"
)

// fingerprint shows of which numbers a run's fingerprint is made, and what they come
// to; has is what the run says.
func (v explanation) fingerprint(names []string, values []float64, has string) {
	fmt.Fprintln(v.w)
	cli.Wrap(v.w, lang.Say("fingerprint = SHA-256 of %d bytes: of each of these %d numbers the 8 bytes of its bits, the lowest first", 8*len(values), len(values)), "  ", cli.Columns)
	fmt.Fprintln(v.w)
	var bytes []byte
	for i, x := range values {
		bytes = binary.LittleEndian.AppendUint64(bytes, math.Float64bits(x))
		switch left := len(values) - 2*folded; {
		case v.all || left <= 2 || i < folded || i >= folded+left:
			fmt.Fprintf(v.w, "  %-20s %-24v %x\n", names[i], x, bytes[8*i:])
		case i == folded:
			fmt.Fprintln(v.w, "  "+lang.Say("… %d terms more; -all shows them", left))
		}
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(bytes))
	fmt.Fprintf(v.w, "\nfingerprint = %s\n", sum)
	if sum == has {
		fmt.Fprintln(v.w, lang.Say("the run has the same"))
	} else {
		fmt.Fprintln(v.w, lang.Say("the run has %s", has))
	}
	fmt.Fprintln(v.w, lang.T("go on: %s", v.command(names[len(names)-1])).Here())
}

// ownFingerprint is that of our own network before a step's update.
func (v explanation) ownFingerprint(c experiment.Config, stderr io.Writer) error {
	e := experiment.New(c)
	if _, _, err := trainTo(e, v.number, stderr); err != nil {
		return err
	}
	var names []string
	var values []float64
	params := e.Net.Params()
	for k, name := range spec.ParamNames(len(params) / 2) {
		for i, x := range params[k].Data {
			names, values = append(names, fmt.Sprintf("%s[%d,%d]", name, i/params[k].Cols, i%params[k].Cols)), append(values, x)
		}
	}
	fmt.Fprintln(v.w, lang.T("%s of step %d", "fingerprint", v.number).Here())
	printSettings(v.w, v.set, "step", "all", "trace", "round", "seeds")
	v.fingerprint(names, values, experiment.Fingerprint(params))
	return nil
}

// fingerprintOf is that of a run of Part I.
func (v explanation) fingerprintOf(r *part1.Run) {
	var names []string
	var values []float64
	for _, t := range r.Tests {
		p := t.Main().Learned
		for j, w := range p.W {
			names, values = append(names, fmt.Sprintf("w[%d]", j)), append(values, w)
		}
		if p.Bias {
			names, values = append(names, "b"), append(values, p.B)
		}
	}
	v.fingerprint(names, values, r.Fingerprint())
}
