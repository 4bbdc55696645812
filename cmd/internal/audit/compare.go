package audit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/progress"
	"glassbox/nn/audit"
	"glassbox/nn/message"
)

// errFound ends compare when a trace has findings: the exit status says so,
// and what was found stands above.
var errFound = message.Errorf("findings")

// errUnreadable ends compare when a file cannot be judged at all.
var errUnreadable = message.Errorf("not every file could be read")

// errUnjudged ends compare when nothing is known to be wrong, but not all could
// be judged.
var errUnjudged = message.Errorf("not every gradient could be judged")

// runCompare judges traces.
func runCompare(args []string, stdout, stderr io.Writer) error {
	set := cli.New("audit compare", "Judges each recorded tensor from its own recorded inputs and names what is wrong.",
		"trace.npz", "-json trace.npz", "class/*.npz")
	rate := 0.01
	var how form
	cli.Var(set, &rate, "learning_rate", cli.Positive, "the rate the network was trained with, if the trace does not say")
	how.flags(set)
	set.Operands("FILE.npz …", 1, -1)
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	if err := how.check(); err != nil {
		return err
	}
	if !set.Given("learning_rate") {
		rate = 0
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	files := set.Rest()
	bar := progress.New(stderr, "judging", len(files))
	bar.SetUnit("files")
	how.kept = true
	var verdicts []Verdict
	for _, file := range files {
		j, ok := cli.Await(ctx, func() Judged { return JudgeFile(file, rate) })
		if !ok {
			break
		}
		verdicts = append(verdicts, j.Verdict)
		bar.Add(1)
	}
	bar.Clear()
	if len(verdicts) > 0 {
		if err := how.print(verdicts, stdout); err != nil {
			return err
		}
	}
	if len(verdicts) < len(files) {
		return message.Errorf("%w at %s, after %d of %d files", cli.ErrInterrupted, files[len(verdicts)], len(verdicts), len(files))
	}
	return ending(verdicts)
}

// A form is how verdicts are printed: for people, as JSON or as SARIF.
type form struct {
	json, sarif, all bool
	kept             bool // the traces stay there to be looked into
}

func (o *form) flags(set *cli.Set) {
	cli.Var(set, &o.json, "json", cli.Switch, "prints the verdicts as JSON")
	cli.Var(set, &o.sarif, "sarif", cli.Switch, "prints the findings as SARIF 2.1.0, which editors and code-hosting pages show at their lines")
	cli.Var(set, &o.all, "all", cli.Switch, "prints every finding, not one of each cause, and all that could not be judged")
}

// check refuses two forms at once.
func (o form) check() error {
	if o.json && o.sarif {
		return cli.Usagef("-json and -sarif are two forms: give one of them")
	}
	return nil
}

// forPeople reports that what a program itself prints may stand beside.
func (o form) forPeople() bool { return !o.json && !o.sarif }

func (o form) print(verdicts []Verdict, stdout io.Writer) error {
	switch {
	case o.sarif:
		return writeJSON(stdout, sarif(verdicts))
	case o.json:
		return WriteJSON(stdout, verdicts)
	}
	p := printer{w: stdout, colour: coloured(stdout), all: o.all}
	if len(verdicts) > 1 {
		p.table(verdicts)
	}
	p.verdicts(verdicts)
	if o.kept {
		p.onward(verdicts)
	}
	return nil
}

// WriteJSON writes what compare -json prints.
func WriteJSON(w io.Writer, verdicts []Verdict) error {
	return writeJSON(w, map[string]any{"files": verdicts})
}

// WriteText writes what compare prints of each trace where there is no colour.
func WriteText(w io.Writer, verdicts []Verdict) { printer{w: w}.verdicts(verdicts) }

func writeJSON(w io.Writer, v any) error {
	text, err := plainJSON(v)
	if err == nil {
		var b bytes.Buffer
		json.Indent(&b, cli.JSON(text), "", "  ")
		_, err = b.WriteTo(w)
	}
	return err
}

// exitUnjudged is the exit status where nothing is known to be wrong, but not
// all was judged.
const exitUnjudged = 2

// ending says what the verdicts come to: nothing where all are clean, status 1
// where something was found, 2 where not all could be judged.
func ending(verdicts []Verdict) error {
	count := map[string]int{}
	for _, v := range verdicts {
		count[v.Word()]++
	}
	switch {
	case count["unreadable"] > 0:
		return cli.Status(exitUnjudged, message.Errorf("%w: %d of %d", errUnreadable, count["unreadable"], len(verdicts)))
	case count["findings"] > 0:
		return cli.Status(1, message.Errorf("%w in %d of %d files", errFound, count["findings"], len(verdicts)))
	case count["not judged"] > 0:
		return cli.Status(exitUnjudged, message.Errorf("%w: %d of %d", errUnjudged, count["not judged"], len(verdicts)))
	}
	return nil
}

// coloured reports whether w is a terminal that shows colour.
func coloured(w io.Writer) bool {
	f, ok := direct(w).(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// A printer shows verdicts to people.
type printer struct {
	w      io.Writer
	colour bool
	all    bool
}

func (p printer) verdicts(list []Verdict) {
	for _, v := range list {
		if v.Program != nil {
			p.program(v.Program)
		} else {
			p.verdict(*v.Tensors)
		}
	}
}

// colours of the levels of findings.
var colours = map[string]string{"error": "31", "warning": "33"}

func (p printer) paint(code, text string) string {
	if !p.colour || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// table has a line a file, for whoever marks a class. The first finding, which
// stands below in full, is cut to what a terminal has left.
func (p printer) table(verdicts []Verdict) {
	rows := [][]string{{lang.Say("file"), lang.Say("verdict"), lang.Say("errors"), lang.Say("warnings"), lang.Say("parts judged"), lang.Say("first finding")}}
	for _, v := range verdicts {
		file, levels, first := v.Row()
		count := map[string]int{}
		for _, level := range levels {
			count[level]++
		}
		rows = append(rows, []string{cli.OneLine(file), VerdictText(v.Word()).Plain(), strconv.Itoa(count["error"]), strconv.Itoa(count["warning"]), v.parts(), cli.OneLine(first)})
	}
	room := cli.Columns
	for j := range len(rows[0]) - 1 {
		widest := 0
		for _, row := range rows {
			widest = max(widest, cli.Width(row[j]))
		}
		room -= widest + 2
	}
	for _, row := range rows {
		if first := &row[len(row)-1]; cli.Width(*first) > room {
			*first = lang.Same(*first).Cut(max(room, 24)).Here()
		}
	}
	cli.Table(p.w, rows, "", 2, "l", 4, 3, 2)
	fmt.Fprintln(p.w)
}

// VerdictText is a verdict's word as people read it.
func VerdictText(word string) lang.Text {
	switch word {
	case "clean":
		return lang.T("clean")
	case "findings":
		return lang.T("findings")
	case "warnings":
		return lang.T("warnings")
	case "not judged":
		return lang.T("not judged")
	}
	return lang.T("unreadable")
}

// parts is how many of the parts of training were judged.
func (v Verdict) parts() string {
	var list []audit.Area
	if v.Program != nil {
		list = v.Program.Areas
	} else {
		list = v.Tensors.Areas
	}
	n := 0
	for _, a := range list {
		if a.State == audit.Judged {
			n++
		}
	}
	return lang.Say("%d of %d", n, len(audit.AreaNames))
}

// onward names the commands that show more of the first trace with findings.
func (p printer) onward(verdicts []Verdict) {
	for _, v := range verdicts {
		if v.Word() != "findings" && v.Word() != "warnings" {
			continue
		}
		about := ""
		if v.Program == nil {
			f := v.Tensors.Findings[0]
			about = fmt.Sprintf("-step %d '%s[%d,%d]'", f.Step, f.Tensor, f.Index[0], f.Index[1])
		} else if len(v.Program.Findings) > 0 {
			about = cli.Shell(fmt.Sprintf("%s:%d", v.Program.Findings[0].File, v.Program.Findings[0].Line))
		}
		trace := "-trace " + cli.Shell(v.file())
		fmt.Fprintln(p.w, lang.Say("to look closer:"))
		fmt.Fprintf(p.w, "  go run ./cmd/audit page %s\n", trace)
		if about != "" {
			fmt.Fprintf(p.w, "  go run ./cmd/audit explain %s %s\n", trace, about)
		}
		return
	}
}

// Row is what a verdict is in a table of several: the file, the levels of the
// findings and the first of them.
func (v Verdict) Row() (file string, levels []string, first string) {
	if v.Program != nil {
		return programRow(v.Program)
	}
	for _, f := range v.Tensors.Findings {
		levels = append(levels, f.Level)
	}
	switch {
	case v.Tensors.Verdict == "unreadable":
		first = lang.Of(v.Tensors.Error).Here()
	case len(levels) > 0:
		f := v.Tensors.Findings[0]
		first = lang.Say("step %d, %s: %s", f.Step, f.Tensor, causeWords(f))
	}
	return v.Tensors.File, levels, first
}

// causeWords is what a finding is called: by the catalogue, if it has it.
func causeWords(f audit.Finding) lang.Text {
	switch {
	case f.Cause != "":
		return lang.Same(f.Cause)
	case strings.HasPrefix(f.Message.String(), "no mistake of the catalogue"):
		return lang.T("not in the catalogue")
	}
	return lang.T("by its numbers")
}

// areas says which parts of training a verdict speaks of, and which steps.
func (p printer) areas(list []audit.Area, steps message.Text) {
	cli.Wrap(p.w, lang.Of(audit.Areas(list, steps)).Here(), "  ", cli.Columns)
}

// remarks prints what there is to know beside the findings: unless all is wanted
// no more than five reasons why something was not judged.
func (p printer) remarks(notes []message.Text, unjudged []lang.Text, more lang.Text) {
	for _, n := range notes {
		cli.Wrap(p.w, cli.OneLine(lang.T("note: %s", n).Here()), "  ", cli.Columns)
	}
	for i, why := range unjudged {
		if i == 5 && !p.all {
			cli.Wrap(p.w, lang.T("not judged: %d more%s", len(unjudged)-i, more).Here(), "  ", cli.Columns)
			break
		}
		cli.Wrap(p.w, cli.OneLine(lang.T("not judged: %s", why).Here()), "  ", cli.Columns)
	}
	fmt.Fprintln(p.w)
}

func (p printer) verdict(v audit.Verdict) {
	name := cli.OneLine(v.File)
	switch v.Verdict {
	case "unreadable":
		why := lang.Of(v.Error)
		why = lang.Text{EN: strings.TrimPrefix(why.EN, v.File+": "), ZH: strings.TrimPrefix(why.ZH, v.File+"：")}
		fmt.Fprintln(p.w, name+": "+lang.T("%s: %s", p.paint("31", lang.Say("cannot be judged")), cli.OneLine(why.Here())).Here())
		return
	case "clean":
		fmt.Fprintf(p.w, "%s: %s: %s\n", name, p.paint("32", lang.Say("clean")), lang.Say("all %d tensors of %d steps follow from their inputs within rounding", v.Judged, v.Steps))
	default:
		n := len(v.Findings)
		fmt.Fprintf(p.w, "%s: %s\n", name, lang.T("%s in %d tensors judged of %d steps", p.paint("31", lang.Count(n, lang.T("1 finding"), lang.T("%d findings", n)).Here()), v.Judged, v.Steps).Here())
	}
	p.findings(v.Findings)
	p.areas(v.Areas, v.Looked)
	var unjudged []lang.Text
	for _, t := range v.Unjudged {
		unjudged = append(unjudged, lang.Of(t))
	}
	p.remarks(v.Notes, unjudged, lang.Text{})
}

// findings prints the first finding of each cause in full and the others as
// places, unless all are wanted.
func (p printer) findings(list []audit.Finding) {
	also := map[string][]string{}
	var first []audit.Finding
	key := func(f audit.Finding) string { return cmp.Or(f.Cause, " "+f.Tensor) }
	for _, f := range list {
		if _, ok := also[key(f)]; ok && !p.all {
			also[key(f)] = append(also[key(f)], lang.Say("%s in step %d", f.Tensor, f.Step))
			continue
		}
		first, also[key(f)] = append(first, f), nil
	}
	for _, f := range first {
		fmt.Fprintf(p.w, "\n  %s  %s\n", p.paint(colours[f.Level], level(f.Level)), lang.T("step %d, %s: %s", f.Step, p.paint("1", f.Tensor), p.paint("1", causeWords(f).Here())).Here())
		if f.Cause == "not-finite" {
			fmt.Fprintf(p.w, "    %s\n", lang.Say("%s[%d,%d] is %s", f.Tensor, f.Index[0], f.Index[1], number(f.Got)))
		} else if f.Off > 0 {
			cli.Wrap(p.w, lang.Say("%s[%d,%d] is %s; from its inputs it would be %s, %s; %d of %d elements are off",
				f.Tensor, f.Index[0], f.Index[1], number(f.Got), number(f.Want), bounds(f.Ratio), f.Off, f.Elements), "    ", cli.Columns)
		}
		cli.Wrap(p.w, cli.OneLine(lang.Of(f.Message).Here()), "    ", cli.Columns)
		if places := also[key(f)]; len(places) > 0 {
			if len(places) > 6 {
				places = append(places[:5:5], lang.Say("%d more places", len(places)-5))
			}
			cli.Wrap(p.w, cli.OneLine(lang.Say("also %s", strings.Join(places, ", "))), "    ", cli.Columns)
		}
	}
	if len(list) > 0 {
		fmt.Fprintln(p.w)
	}
}

func number(v audit.Number) string { return fmt.Sprintf("%.9g", float64(v)) }

// bounds says how far off a number is in units of what rounding can do.
func bounds(r audit.Number) lang.Text {
	if v := float64(r); v < math.MaxFloat64 {
		return lang.T("%.3g bounds of rounding away", v)
	}
	return lang.T("which no rounding explains")
}

// level names how severe a finding is.
func level(name string) string {
	if name == "error" {
		return lang.Say("error")
	}
	return lang.Say("warning")
}
