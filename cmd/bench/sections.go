package main

import (
	"fmt"
	"slices"
	"strings"
)

// A section is one kind of work, named by a letter.
type section struct {
	letter, title string
	table         bool // many cases: a line for each
	cases         []workCase
}

// A workCase is one piece of work and who does it, glassbox first.
type workCase struct {
	name, short string
	threads     int
	flops       float64 // of one operation, in the products
	elements    int
	heavy       bool // left out by -quick
	contenders  []contender
}

// A contender does a work. Who it is decides what process answers for it.
type contender struct {
	name  string
	role  role
	who   who
	work  string  // as the protocol of testdata/peers has it
	flops float64 // of one operation, where they are not the case's
	slice float64 // its share of -slice, 0 for all of it
}

// who names a process: a kind of peer, the threads it may use, and the core
// type its OpenBLAS is held to, "" for the one it takes by itself.
type who struct {
	kind    kind
	threads int
	core    string
}

// sections returns the work of the letters, in their order. held is the core
// type to which OpenBLAS is also held, or "". top is the product that glassbox
// does fastest.
func sections(letters []string, held string, top shape) []section {
	all := []section{
		fullStep(held, top), singleStep(), miniBatches(), wideSteps(held),
		products(held, top, 1), products(held, top, 2), exponentials(), generators(), processes(),
	}
	return slices.DeleteFunc(all, func(s section) bool { return !slices.Contains(letters, s.letter) })
}

// letters are all there are, with what they stand for.
var letters = []struct{ letter, title string }{
	{"a", "full-batch step of 2-20-2"},
	{"b", "single-sample step"},
	{"c", "step on mini-batches of 32"},
	{"d", "step of 784-256-10"},
	{"e", "products"},
	{"f", "exp"},
	{"g", "two moons and normal deviates"},
	{"h", "the whole of part2"},
}

// own is glassbox itself.
func own(threads int, work string) contender {
	return contender{name: "glassbox", role: ours, who: who{kind: glassbox, threads: threads}, work: work}
}

func by(name string, k kind, threads int, work string) contender {
	return contender{name: name, who: who{kind: k, threads: threads}, work: work}
}

// heldTo is c with its OpenBLAS held to a core type; nothing for "".
func heldTo(core string, list ...contender) []contender {
	if core == "" {
		return nil
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].name += " " + core
		list[i].who.core = core
	}
	return list
}

func besides(c contender) contender { c.role = aside; return c }

// atPeak is the fastest product, for a short slice in every round.
func atPeak(top shape) contender {
	return contender{name: strings.Join(strings.Fields(top.String()), " "), role: peak, who: who{kind: glassbox, threads: 1}, work: top.work(), flops: top.flops(), slice: 0.3}
}

// stepFlops are those of the products of a step of 2-20-2 on 800 rows: two
// forward, two for the weights' gradients and two for the inputs', of which
// nobody needs the one at x.
const stepFlops = 6 * 2 * 800 * 2 * 20

func fullStep(held string, top shape) section {
	const rows = "moons rows 800"
	numpy := by("NumPy", numpyKind, 1, "step "+rows)
	list := []contender{own(1, "step "+rows), numpy}
	list = append(list, heldTo(held, numpy)...)
	list = append(list,
		besides(by("NumPy, as modules", numpyKind, 1, "modules "+rows)),
		by("PyTorch", torchKind, 1, "step "+rows),
		besides(by("PyTorch, as modules", torchKind, 1, "modules "+rows)),
		by("scikit-learn", sklearnKind, 1, "step "+rows),
		besides(by("scikit-learn, partial_fit", sklearnKind, 1, "partial "+rows)),
		atPeak(top),
		contender{name: "exp of 1,600", role: exps, who: who{kind: glassbox, threads: 1}, work: "exp 1600", slice: 0.3})
	return section{letter: "a", title: "Full-batch step of 2-20-2, one thread", cases: []workCase{
		{name: "all 800 points", short: "step on the whole batch of 800", threads: 1, flops: stepFlops, contenders: list}}}
}

func singleStep() section {
	const draw = "moons draw 1"
	return section{letter: "b", title: "Single-sample step of 2-20-2 with the draw of its row, one thread", cases: []workCase{
		{name: "one row of 800", short: "step on one random row", threads: 1, contenders: []contender{
			own(1, "step "+draw),
			by("NumPy", numpyKind, 1, "step "+draw),
			besides(by("NumPy, as modules", numpyKind, 1, "modules "+draw)),
			by("PyTorch", torchKind, 1, "step "+draw),
			besides(by("PyTorch, as modules", torchKind, 1, "modules "+draw)),
			by("scikit-learn", sklearnKind, 1, "step "+draw),
			besides(by("scikit-learn, partial_fit", sklearnKind, 1, "partial "+draw)),
		}}}}
}

func miniBatches() section {
	const epochs = "moons epochs 32"
	return section{letter: "c", title: "Mini-batch step of 2-20-2, epochs shuffled anew, one thread", cases: []workCase{
		{name: "32 rows of 800", short: "step on batches of 32", threads: 1, contenders: []contender{
			own(1, "step "+epochs),
			by("NumPy", numpyKind, 1, "step "+epochs),
			besides(by("NumPy, as modules", numpyKind, 1, "modules "+epochs)),
			by("PyTorch", torchKind, 1, "step "+epochs),
			besides(by("PyTorch, as modules", torchKind, 1, "modules "+epochs)),
			by("scikit-learn", sklearnKind, 1, "step "+epochs),
		}}}}
}

func wideSteps(held string) section {
	s := section{letter: "d", title: "Step of 784-256-10"}
	for _, threads := range []int{1, 2} {
		for _, rows := range []int{64, 800} {
			work := fmt.Sprintf("step wide rows %d", rows)
			numpy, torch := by("NumPy", numpyKind, threads, work), by("PyTorch", torchKind, threads, work)
			list := []contender{own(threads, work), numpy, torch, by("scikit-learn", sklearnKind, threads, work)}
			list = append(list, heldTo(held, numpy, torch)...)
			name := fmt.Sprintf("%d rows, %s", rows, plural(threads, "thread"))
			s.cases = append(s.cases, workCase{name: name, short: "784-256-10, " + name, threads: threads, contenders: list})
		}
	}
	return s
}

func exponentials() section {
	s := section{letter: "f", title: "exp of a vector, one thread"}
	for _, n := range []int{1600, 1_000_000} {
		work := fmt.Sprintf("exp %d", n)
		name := grouped(n) + " elements"
		s.cases = append(s.cases, workCase{name: name, short: "exp of " + name, threads: 1, elements: n, contenders: []contender{
			own(1, work), by("NumPy", numpyKind, 1, work), by("PyTorch", torchKind, 1, work)}})
	}
	return s
}

func generators() section {
	const points, deviates = 1_000_000, 10_000_000
	moons, normals := fmt.Sprintf("moons %d", points), fmt.Sprintf("normals %d", deviates)
	return section{letter: "g", title: "Data", cases: []workCase{
		{name: "make_moons, " + grouped(points) + " points", short: "make_moons, " + grouped(points) + " points", threads: 1, elements: points,
			contenders: []contender{own(1, moons), by("scikit-learn", sklearnKind, 1, moons)}},
		{name: grouped(deviates) + " normal deviates", short: grouped(deviates) + " normal deviates", threads: 1, elements: deviates,
			contenders: []contender{own(1, normals), by("NumPy", numpyKind, 1, normals)}},
	}}
}

func processes() section {
	s := section{letter: "h", title: "part2 beside a script with NumPy, scikit-learn and matplotlib, whole processes"}
	for _, c := range []struct{ name, flag string }{{"the defaults", ""}, {"-sgd", "-sgd"}} {
		s.cases = append(s.cases, workCase{name: c.name, short: "`part2`, " + c.name + ", from start to files", contenders: []contender{
			{name: "glassbox", role: ours, who: who{kind: part2Kind}, work: c.flag},
			{name: "NumPy", who: who{kind: scriptKind}, work: c.flag},
		}})
	}
	return s
}
