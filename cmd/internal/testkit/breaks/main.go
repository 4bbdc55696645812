// Command breaks breaks the tree on purpose and counts what its tests notice:
// one operator, constant, condition, call or statement at a time, in a copy.
//
//	go run ./cmd/internal/testkit/breaks -seed 1 -n 200
//	go run ./cmd/internal/testkit/breaks -only ./mat/... -tests ./mat/...,./nn -skip 50
//	go run ./cmd/internal/testkit/breaks -at 4,23
//
// The tests of the broken package run first, then those of the packages that
// import it, those on fewest others first, until one fails; one that does not
// end counts too. What does not compile, or compiles to the same machine code,
// is left out. A seed gives the same changes as long as the sources are the same.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"glassbox/cmd/internal/progress"
)

type settings struct {
	seed        uint64
	n, skip     int
	at          string
	only, tests string
	run         string
	limit       time.Duration
}

func main() {
	var s settings
	flag.Uint64Var(&s.seed, "seed", 1, "of the choice")
	flag.IntVar(&s.n, "n", 200, "`changes` to try, besides those that are left out")
	flag.IntVar(&s.skip, "skip", 0, "`changes` to pass over at first: those of an earlier run")
	flag.StringVar(&s.at, "at", "", "`numbers` of changes to try again, in the place of -n and -skip: 4,23")
	flag.StringVar(&s.only, "only", "./mat/...,./nn,./nn/spec,./nn/faults,./nn/audit/...,./perceptron", "`packages` to break")
	flag.StringVar(&s.tests, "tests", "./...", "`packages` whose tests run")
	flag.StringVar(&s.run, "run", "", "`pattern` of the tests that run, as go test has it")
	flag.DurationVar(&s.limit, "limit", 2*time.Minute, "tests of packages that take longer are left out")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, s); err != nil {
		fmt.Fprintln(os.Stderr, "breaks:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer, s settings) error {
	tree, err := Copy(ctx, ".", s.limit)
	if err != nil {
		return err
	}
	defer tree.Remove()
	tree.Run = s.run
	if err := tree.List(strings.Split(s.only, ","), strings.Split(s.tests, ",")); err != nil {
		return err
	}
	changes, err := tree.Changes()
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(s.seed, 0))
	rng.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })

	var numbers []int
	for i := s.skip; i < len(changes) && s.at == ""; i++ {
		numbers = append(numbers, i)
	}
	if s.at != "" {
		for text := range strings.SplitSeq(s.at, ",") {
			i, err := strconv.Atoi(text)
			if err != nil || i < 0 || i >= len(changes) {
				return fmt.Errorf("-at %s: %q is no number of a change, 0 to %d", s.at, text, len(changes)-1)
			}
			numbers = append(numbers, i)
		}
		s.n = len(numbers)
	}
	counts := map[Outcome]int{}
	tried := func() int { return counts[Noticed] + counts[Missed] }
	bar := progress.New(os.Stderr, "breaking", s.n)
	bar.SetUnit("changes")
	next := s.skip
	for _, i := range numbers {
		if tried() == s.n {
			break
		}
		outcome, by, err := tree.Try(changes[i])
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return err
		}
		before := tried()
		counts[outcome]++
		bar.Add(tried() - before)
		bar.Pause(func() { fmt.Fprintf(w, "%d %s: %s%s\n", i, changes[i], outcome, by) })
		next = i + 1
	}
	bar.Clear()
	fmt.Fprintf(w, "%d of %d changes tried: %d noticed (%.1f %%), %d not; left out: %d that do not compile, %d with the same machine code\n",
		tried(), len(changes), counts[Noticed], 100*float64(counts[Noticed])/float64(max(tried(), 1)), counts[Missed], counts[Refused], counts[Same])
	if s.at == "" {
		fmt.Fprintf(w, "the next ones: -seed %d -skip %d\n", s.seed, next)
	}
	return ctx.Err()
}
