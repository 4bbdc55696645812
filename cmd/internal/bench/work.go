package bench

import (
	"fmt"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
)

// A section is one kind of work, named by a letter.
type section struct {
	letter, title string
	table         bool // many cases: a line for each
	cases         []workCase
}

// A workCase is one piece of work and who does it, glassbox first.
type workCase struct {
	name, short string // short is for a table of few words, "" to be left out of it
	threads     int
	flops       float64 // of one operation, in the products
	elements    int
	heavy       bool // left out by -quick
	contenders  []contender
}

// A contender does a work. Its peer decides what process answers for it.
type contender struct {
	name  string
	role  role
	peer  peer
	work  string  // as the protocol of testdata/peers has it
	flops float64 // of one operation, where they are not the case's
	slice float64 // its share of -slice, 0 for all of it
}

// own is glassbox itself.
func own(threads int, work string) contender {
	return contender{name: "glassbox", role: ours, peer: peer{kind: glassbox, threads: threads}, work: work}
}

// by is a peer under its own name.
func by(k kind, threads int, work string) contender {
	return contender{name: string(k), peer: peer{kind: k, threads: threads}, work: work}
}

// variant is another way in which the peer c does the work.
func variant(c contender, way, work string) contender {
	c.name, c.role, c.work = c.name+", "+way, secondWay, work
	return c
}

// heldTo is c with its OpenBLAS held to a core type; nothing for "".
func heldTo(core string, list ...contender) []contender {
	if core == "" {
		return nil
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].name += " " + core
		list[i].peer.core = core
	}
	return list
}

// atPeak is the fastest product, for a short slice in every round.
func atPeak(top shape) contender {
	return contender{name: oneSpaced(top.String()), role: peak, peer: peer{kind: glassbox, threads: 1}, work: top.work(), flops: top.flops(), slice: 0.3}
}

// A letter is how -only names a kind of work.
type letter struct{ letter, title string }

var letters = []letter{
	{"a", "full-batch step of 2-20-2"},
	{"b", "single-sample step"},
	{"c", "step on mini-batches of 32"},
	{"d", "step of 784-256-10"},
	{"e", "products"},
	{"f", "exp"},
	{"g", "two moons and normal deviates"},
	{"h", "the whole of part2"},
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

// stepFlops are those of the products of a step of 2-20-2 on 800 rows: two
// forward, two for the weights' gradients and two for the inputs', of which
// nobody needs the one at x.
const stepFlops = 6 * 2 * 800 * 2 * 20

func fullStep(held string, top shape) section {
	list := moonSteps("rows 800", held, true)
	list = append(list, atPeak(top),
		contender{name: "exp of 1,600", role: exps, peer: peer{kind: glassbox, threads: 1}, work: "exp 1600", slice: 0.3})
	return section{letter: "a", title: "Full-batch step of 2-20-2, one thread", cases: []workCase{
		{name: "all 800 points", short: "step on the whole batch of 800", threads: 1, flops: stepFlops, contenders: list}}}
}

func singleStep() section {
	return section{letter: "b", title: "Single-sample step of 2-20-2 with the draw of its row, one thread", cases: []workCase{
		{name: "one row of 800", short: "step on one random row", threads: 1, contenders: moonSteps("draw 1", "", true)}}}
}

func miniBatches() section {
	return section{letter: "c", title: "Mini-batch step of 2-20-2, epochs shuffled anew, one thread", cases: []workCase{
		{name: "32 rows of 800", short: "step on batches of 32", threads: 1, contenders: moonSteps("epochs 32", "", false)}}}
}

// moonSteps are those who do the step of 2-20-2 on the moons' rows. partial
// says that scikit-learn also does it by partial_fit.
func moonSteps(rows, held string, partial bool) []contender {
	rows = " moons " + rows
	numpy, torch, sklearn := by(numpyKind, 1, "step"+rows), by(torchKind, 1, "step"+rows), by(sklearnKind, 1, "step"+rows)
	list := append([]contender{own(1, "step"+rows), numpy}, heldTo(held, numpy)...)
	list = append(list, variant(numpy, "as modules", "modules"+rows), torch, variant(torch, "as modules", "modules"+rows), sklearn)
	if partial {
		list = append(list, variant(sklearn, "partial_fit", "partial"+rows))
	}
	return list
}

func wideSteps(held string) section {
	s := section{letter: "d", title: "Step of 784-256-10"}
	for _, threads := range []int{1, 2} {
		for _, rows := range []int{64, 800} {
			work := fmt.Sprintf("step wide rows %d", rows)
			numpy, torch := by(numpyKind, threads, work), by(torchKind, threads, work)
			list := []contender{own(threads, work), numpy, torch, by(sklearnKind, threads, work)}
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
		c := elementwise(cli.Thousands(int64(n))+" elements", fmt.Sprintf("exp %d", n), n, numpyKind, torchKind)
		c.short = "exp of " + c.name
		s.cases = append(s.cases, c)
	}
	return s
}

func generators() section {
	const points, deviates = 1_000_000, 10_000_000
	return section{letter: "g", title: "Data", cases: []workCase{
		elementwise("make_moons, "+cli.Thousands(points)+" points", fmt.Sprintf("moons %d", points), points, sklearnKind),
		elementwise(cli.Thousands(deviates)+" normal deviates", fmt.Sprintf("normals %d", deviates), deviates, numpyKind),
	}}
}

// elementwise is work on n elements, one like the other.
func elementwise(name, work string, n int, peers ...kind) workCase {
	c := workCase{name: name, short: name, threads: 1, elements: n, contenders: []contender{own(1, work)}}
	for _, k := range peers {
		c.contenders = append(c.contenders, by(k, 1, work))
	}
	return c
}

func processes() section {
	s := section{letter: "h", title: "part2 beside a script with NumPy, scikit-learn and matplotlib, whole processes"}
	for _, c := range []struct{ name, flag string }{{"the defaults", ""}, {"-sgd", "-sgd"}} {
		s.cases = append(s.cases, workCase{name: c.name, short: "`part2`, " + c.name + ", from start to files", contenders: []contender{
			{name: "glassbox", role: ours, peer: peer{kind: part2Kind}, work: c.flag},
			{name: "NumPy", peer: peer{kind: scriptKind}, work: c.flag},
		}})
	}
	return s
}

// leaveOutHeavy drops the cases that are too long for a first look.
func leaveOutHeavy(list []section) {
	for i := range list {
		list[i].cases = slices.DeleteFunc(list[i].cases, func(c workCase) bool { return c.heavy })
	}
}

// starters are the peers to start before the first measurement: those of one
// thread. The others come when they are wanted, because the threads of some go
// on spinning for a while.
func starters(list []section) []peer {
	var all []peer
	for _, s := range list {
		for _, c := range s.cases {
			for _, one := range c.contenders {
				if one.peer.threads <= 1 && !slices.Contains(all, one.peer) {
					all = append(all, one.peer)
				}
			}
		}
	}
	return all
}

// oneSpaced is text with one space between its words.
func oneSpaced(text string) string { return strings.Join(strings.Fields(text), " ") }
