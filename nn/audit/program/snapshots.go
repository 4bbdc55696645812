package program

import (
	"regexp"
	"slices"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

var (
	shallow = regexp.MustCompile(`^(?:(?:dict|list|tuple|copy|copy\.copy)\(([\w.]+)\)|([\w.]+)(?:\.copy\(\)|\[:\])|\{\*\*([\w.]+)\})$`) // copies of what holds arrays
	// What goes through arrays, or through a dictionary's, and takes each as it is.
	eachItself = regexp.MustCompile(`[\[({](\w+) for (\w+) in ([\w.]+)[\])}]|\{(\w+): (\w+) for (\w+), (\w+) in ([\w.]+)\.items\(\)\}`)
	called     = regexp.MustCompile(`^(?:\w+\.)*(\w+)\(\)$`)
)

// tellSnapshots tells of the best parameters so far that are kept under another name
// without a copy, though every step changes them where they are. That they are kept
// lies beyond the recorded steps: it is read in the source.
func (j *judge) tellSnapshots() {
	holders := map[int]map[string]bool{} // by file: what holds parameters that are changed in place
	outer := map[string]bool{}           // of these, what holds them in turn, and each is changed itself
	for p, c := range j.params {
		last := c[len(c)-1]
		made := j.root(last)
		t := j.g.Site(made)
		if t == nil || j.verdict.Parameters[p].Gradient == "wrong" {
			continue
		}
		if holders[t.File] == nil {
			holders[t.File] = map[string]bool{}
		}
		for code := t.Target; code != "" && isReference(code); {
			i := max(strings.LastIndexByte(code, '['), strings.LastIndexByte(code, '.'))
			if i < 0 || j.inplace[made] {
				holders[t.File][code] = j.inplace[made] || code != t.Target
			}
			if i < 0 {
				break
			}
			code = code[:i]
			holders[t.File][code] = true // its element is another array now, or changed itself
			if j.inplace[made] && j.op[made] != "setitem" && j.op[made] != "add_at" {
				outer[code] = true
			}
		}
		if j.inplace[made] && j.op[made] != "setitem" && j.op[made] != "add_at" { // by a name of its own, perhaps
			of := j.holders(last)
			if through := held(listOf(&j.g.Files[t.File], t)); through != "" {
				of = append(of, through)
			}
			for _, of := range of {
				if outer[held(of)] = true; !strings.HasPrefix(of, ".") {
					holders[t.File][of], outer[of] = true, true
				}
			}
		}
	}
	for _, file := range keys(holders) {
		f, held := &j.g.Files[file], holders[file]
		for a := range assigned(f) {
			n, target, value := a.line, a.target, a.value
			if of, line := takenAsIs(f, value, n, held, outer); of != "" {
				if j.keptBest(f, n, target, nil) {
					j.tell(Finding{Severity: "error", Relation: "a copy is missing", Text: message.New("`%s` has the arrays of `%s` themselves, not copies: every later step changes them too", target, of), Fix: message.New("a copy of each array is meant")}, place{file: file, line: line})
				}
				continue
			}
			if x := shallow.FindStringSubmatch(value); x != nil {
				if of := x[1] + x[2] + x[3]; of != "self" && outer[of] && held[of] && j.keptBest(f, n, target, []string{of}) {
					j.tell(Finding{Severity: "error", Relation: "a copy is missing", Text: message.New("`%s` has the arrays of `%s` themselves, not copies: every later step changes them too", target, of), Fix: message.New("a copy of each array is meant")}, place{file: file, line: n})
				}
				continue
			}
			parts := parts(strings.Trim(value, "()"))
			own := func(part string) bool {
				part = strings.TrimSpace(part)
				return part != "" && part != "self" && held[part]
			}
			if !slices.ContainsFunc(parts, own) || slices.ContainsFunc(parts, func(s string) bool { return s != "" && !own(s) }) || !j.keptBest(f, n, target, parts) {
				continue
			}
			j.tell(Finding{Severity: "error", Relation: "a copy is missing", Text: message.New("`%s` is `%s` itself, not a copy: every later step changes it too", target, value), Fix: message.New("a copy of each array is meant")}, place{file: file, line: n})
		}
	}
}

// listOf is what the loops around a statement take its target from, as one of several
// things that are gone through at once perhaps; "" where they do not.
func listOf(f *graph.File, t *graph.Site) string {
	for _, n := range slices.Backward(t.Loops) {
		head, ok := strings.CutPrefix(strings.TrimSpace(f.Line(n)), "for ")
		names, of, in := strings.Cut(strings.TrimSuffix(head, ":"), " in ")
		if !ok || !in {
			continue
		}
		k := slices.IndexFunc(strings.Split(names, ","), func(s string) bool { return strings.TrimSpace(s) == t.Target })
		if k < 0 {
			continue
		}
		if list, ok := strings.CutPrefix(of, "zip("); ok {
			list := parts(strings.TrimSuffix(list, ")"))
			if of = ""; k < len(list) {
				of = strings.TrimSpace(list[k])
			}
		}
		if isReference(of) {
			return of
		}
	}
	return ""
}

// takenAsIs finds in an expression of line n, or in what the function that it calls returns,
// an array that a step changes and that is taken as it is; and the line.
func takenAsIs(f *graph.File, value string, n int, arrays, holders map[string]bool) (of string, line int) {
	if x := called.FindStringSubmatch(value); x != nil {
		def := regexp.MustCompile(`^\s*def ` + x[1] + `\b`)
		for k := 1; k <= f.Lines(); k++ {
			if !def.MatchString(f.Line(k)) {
				continue
			}
			for m := k + 1; m <= f.Lines() && f.Indent(m) > f.Indent(k); m++ {
				if returned, ok := strings.CutPrefix(strings.TrimSpace(f.Line(m)), "return "); ok && !called.MatchString(returned) {
					return takenAsIs(f, returned, m, arrays, holders)
				}
			}
		}
		return "", 0
	}
	if x := eachItself.FindStringSubmatch(value); x != nil {
		if of = x[3] + x[8]; x[1] == x[2] && x[4] == x[6] && x[5] == x[7] && (holders[of] || holders[held(of)]) {
			return of, n
		}
		return "", 0
	}
	if i := len(value) - 1; i < 1 || strings.IndexByte("{[(", value[0]) < 0 || strings.IndexByte("}])", value[i]) < 0 {
		return "", 0
	}
	for _, item := range parts(value[1 : len(value)-1]) {
		if _, x, ok := strings.Cut(item, ":"); ok {
			item = x
		}
		if item = strings.TrimSpace(item); isReference(item) && item != "self" && arrays[item] && strings.ContainsAny(item, ".[") {
			return item, n
		}
	}
	return "", 0
}

// keptBest reports that line n is what a comparison in a loop decides on, that its
// target is read elsewhere, not right behind it, and that the loop gives none of the parts another value
// as a whole.
func (j *judge) keptBest(f *graph.File, n int, target string, parts []string) bool {
	if !isReference(target) || slices.Contains(parts, target) {
		return false
	}
	loop, compared := decidedIn(f, n)
	if !compared {
		return false
	}
	read := false
	for k := n + 1; isName(target) && k <= f.Lines() && f.Indent(k) >= f.Indent(n); k++ {
		if wordIn(f.Line(k), target) {
			return false // a shorter name, for what follows
		}
	}
	for k := 1; k <= f.Lines(); k++ {
		given := assignments(f.Line(k))
		for _, p := range parts {
			if v, ok := given[strings.TrimSpace(p)]; ok && k > loop && f.Indent(k) > f.Indent(loop) && v != target {
				return false
			}
		}
		if _, ok := given[target]; !ok && k != n && wordIn(f.Line(k), target) {
			read = true
		}
		for _, v := range given {
			read = read || wordIn(v, target)
		}
	}
	return read
}

// tellIdleBest tells of copies of the best parameters so far that nothing reads, where
// something else is returned in their place.
func (j *judge) tellIdleBest() {
	for file := range j.g.Files {
		f := &j.g.Files[file]
		for a := range assigned(f) {
			n, best, value := a.line, a.target, a.value
			of := slices.IndexFunc(j.names, func(p string) bool { return isName(p) && wordIn(value, p) })
			if !isName(best) || !strings.Contains(strings.ToLower(best), "best") || of < 0 || !strings.Contains(value, "copy") {
				continue
			}
			if _, compared := decidedIn(f, n); !compared {
				continue
			}
			from, to := functionAround(f, n)
			returned := 0
			for k := from; k <= to; k++ {
				code := quoted.ReplaceAllString(f.Line(k), "")
				given := assignments(f.Line(k))
				if v, is := given[best]; wordIn(code, best) && (!is || wordIn(v, best)) {
					returned = -1
					break
				}
				if is := strings.HasPrefix(strings.TrimSpace(code), "return "); is && k > n && wordIn(code, j.names[of]) {
					returned = k
				}
			}
			if returned > 0 {
				j.tell(Finding{Severity: "warning", Relation: "the best is left", Text: message.New("`%s` is kept where it is best (line %d) and nothing reads `%s`: what is returned is the last `%s`", j.names[of], n, best, j.names[of]), Fix: message.New("`%s` is meant, not `%s`", best, j.names[of])}, place{file: file, line: returned})
				return
			}
		}
	}
}
