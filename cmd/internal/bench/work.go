package bench

import (
	"fmt"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
)

// A section is one kind of work, named by a letter.
type section struct {
	Letter string     `json:"letter"`
	Title  string     `json:"title"`
	Table  bool       `json:"-"` // many cases: a line for each
	Cases  []workCase `json:"cases"`
}

// A workCase is one piece of work and who does it, glassbox first.
type workCase struct {
	Name       string      `json:"name"`
	Short      string      `json:"-"` // for a table of few words, "" to be left out of it
	Threads    int         `json:"threads,omitempty"`
	Flops      float64     `json:"flops,omitempty"`    // of one operation, in the products
	Elements   int         `json:"elements,omitempty"` // of one operation
	Contenders []contender `json:"series"`
	heavy      bool        // left out by -quick
}

// A contender does a work. Its peer decides what process answers for it. It has
// no times while it has not been measured, is missing or failed.
type contender struct {
	Name    string
	Role    role
	Flops   float64   // of one operation, where they are not the case's
	Seconds []float64 // of an operation, a number for each round
	Failed  string
	absent  bool // failed before it did anything: the result's peers say so

	peer       peer
	work       string  // as the protocol of testdata/peers has it
	slice      float64 // its share of -slice, 0 for all of it
	runner     runner  // its process
	warm, reps int     // of a turn
}

// A role is what a contender is for.
type role string

const (
	ours   role = "ours"
	theirs role = ""     // a peer
	peak   role = "peak" // our product at its fastest, in the same rounds
	single role = "one"  // ours again, on one thread
	exps   role = "exp"  // our exps of the same step alone
	// A second way of the same peer, left out of the compact table.
	secondWay role = "aside"
)

// own is glassbox itself.
func own(threads int, work string) contender {
	return contender{Name: "glassbox", Role: ours, peer: peer{kind: glassbox, threads: threads}, work: work}
}

// by is a peer under its own name.
func by(k kind, threads int, work string) contender {
	return contender{Name: string(k), peer: peer{kind: k, threads: threads}, work: work}
}

// variant is another way in which the peer c does the work.
func variant(c contender, way, work string) contender {
	c.Name, c.Role, c.work = c.Name+", "+way, secondWay, work
	return c
}

// heldTo is c with its OpenBLAS held to a core type; nothing for "".
func heldTo(core string, list ...contender) []contender {
	if core == "" {
		return nil
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Name += " " + core
		list[i].peer.core = core
	}
	return list
}

// atPeak is the fastest product, for a short slice in every round.
func atPeak(top shape) contender {
	return contender{Name: oneSpaced(top.String()), Role: peak, peer: peer{kind: glassbox, threads: 1}, work: top.work(), Flops: top.flops(), slice: 0.3}
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
	return slices.DeleteFunc(all, func(s section) bool { return !slices.Contains(letters, s.Letter) })
}

// stepFlops are those of the products of a step of 2-20-2 on 800 rows: two
// forward, two for the weights' gradients and two for the inputs', of which
// nobody needs the one at x.
const stepFlops = 6 * 2 * 800 * 2 * 20

func fullStep(held string, top shape) section {
	list := moonSteps("rows 800", held, true)
	list = append(list, atPeak(top),
		contender{Name: "exp of 1,600", Role: exps, peer: peer{kind: glassbox, threads: 1}, work: "exp 1600", slice: 0.3})
	return section{Letter: "a", Title: "Full-batch step of 2-20-2, one thread", Cases: []workCase{
		{Name: "all 800 points", Short: "step on the whole batch of 800", Threads: 1, Flops: stepFlops, Contenders: list}}}
}

func singleStep() section {
	return section{Letter: "b", Title: "Single-sample step of 2-20-2 with the draw of its row, one thread", Cases: []workCase{
		{Name: "one row of 800", Short: "step on one random row", Threads: 1, Contenders: moonSteps("draw 1", "", true)}}}
}

func miniBatches() section {
	return section{Letter: "c", Title: "Mini-batch step of 2-20-2, epochs shuffled anew, one thread", Cases: []workCase{
		{Name: "32 rows of 800", Short: "step on batches of 32", Threads: 1, Contenders: moonSteps("epochs 32", "", false)}}}
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
	s := section{Letter: "d", Title: "Step of 784-256-10"}
	for _, threads := range []int{1, 2} {
		for _, rows := range []int{64, 800} {
			work := fmt.Sprintf("step wide rows %d", rows)
			numpy, torch := by(numpyKind, threads, work), by(torchKind, threads, work)
			list := []contender{own(threads, work), numpy, torch, by(sklearnKind, threads, work)}
			list = append(list, heldTo(held, numpy, torch)...)
			name := fmt.Sprintf("%d rows, %s", rows, plural(threads, "thread"))
			s.Cases = append(s.Cases, workCase{Name: name, Short: "784-256-10, " + name, Threads: threads, Contenders: list})
		}
	}
	return s
}

func exponentials() section {
	s := section{Letter: "f", Title: "exp of a vector, one thread"}
	for _, n := range []int{1600, 1_000_000} {
		c := elementwise(cli.Thousands(int64(n))+" elements", fmt.Sprintf("exp %d", n), n, numpyKind, torchKind)
		c.Short = "exp of " + c.Name
		s.Cases = append(s.Cases, c)
	}
	return s
}

func generators() section {
	const points, deviates = 1_000_000, 10_000_000
	return section{Letter: "g", Title: "Data", Cases: []workCase{
		elementwise("make_moons, "+cli.Thousands(points)+" points", fmt.Sprintf("moons %d", points), points, sklearnKind),
		elementwise(cli.Thousands(deviates)+" normal deviates", fmt.Sprintf("normals %d", deviates), deviates, numpyKind),
	}}
}

// elementwise is work on n elements, one like the other.
func elementwise(name, work string, n int, peers ...kind) workCase {
	c := workCase{Name: name, Short: name, Threads: 1, Elements: n, Contenders: []contender{own(1, work)}}
	for _, k := range peers {
		c.Contenders = append(c.Contenders, by(k, 1, work))
	}
	return c
}

func processes() section {
	s := section{Letter: "h", Title: "part2 beside a script with NumPy, scikit-learn and matplotlib, whole processes"}
	for _, c := range []struct{ name, flag string }{{"the defaults", ""}, {"-sgd", "-sgd"}} {
		s.Cases = append(s.Cases, workCase{Name: c.name, Short: "`part2`, " + c.name + ", from start to files", Contenders: []contender{
			{Name: "glassbox", Role: ours, peer: peer{kind: part2Kind}, work: c.flag},
			{Name: "NumPy", peer: peer{kind: scriptKind}, work: c.flag},
		}})
	}
	return s
}

// leaveOutHeavy drops the cases that are too long for a first look.
func leaveOutHeavy(list []section) {
	for i := range list {
		list[i].Cases = slices.DeleteFunc(list[i].Cases, func(c workCase) bool { return c.heavy })
	}
}

// starters are the peers to start before the first measurement: those of one
// thread. The others come when they are wanted, because the threads of some go
// on spinning for a while.
func starters(list []section) []peer {
	var all []peer
	for _, s := range list {
		for _, c := range s.Cases {
			for _, one := range c.Contenders {
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
