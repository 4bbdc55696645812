package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// serveWord makes this program glassbox's own child: it answers the protocol
// of testdata/peers, so that it is measured like everyone else.
const serveWord = "serve"

// A job is a work in hand.
type job struct {
	run   func(reps int)
	check func(steps int) (a, b float64) // see protocol.py
}

// serve answers lines until there are no more. args is the file with the data.
func serve(args []string, stdin io.Reader, stdout io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("%s: %d arguments, not the file with the data", serveWord, len(args))
	}
	signal.Ignore(os.Interrupt) // Ctrl-C is the parent's affair
	data, err := readData(args[0])
	if err != nil {
		return err
	}
	first, err := json.Marshal(about{Version: strings.TrimPrefix(runtime.Version(), "go"), Core: kernel()})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s\n", first)
	var at string
	var hand job
	for lines := bufio.NewScanner(stdin); lines.Scan(); {
		answer, err := reply(strings.Fields(lines.Text()), data, &at, &hand)
		if err != nil {
			answer = "error: " + err.Error()
		}
		if _, err := fmt.Fprintln(stdout, answer); err != nil {
			return err
		}
	}
	return nil
}

// reply does what a line asks for; at and hand are the work in hand.
func reply(words []string, data dataset, at *string, hand *job) (string, error) {
	numbers := map[string]int{"run": 2, "check": 1}
	if len(words) == 0 || numbers[words[0]] == 0 || len(words) < 2+numbers[words[0]] {
		return "", fmt.Errorf("not `run WARM REPS WORK` or `check STEPS WORK`: %q", strings.Join(words, " "))
	}
	var n [2]int
	for i := range numbers[words[0]] {
		v, err := strconv.Atoi(words[1+i])
		if err != nil || v < 0 {
			return "", fmt.Errorf("%q is not a whole number", words[1+i])
		}
		n[i] = v
	}
	work := words[1+numbers[words[0]]:]
	if words[0] == "check" {
		j, err := newJob(work, data)
		if err != nil {
			return "", err
		}
		a, b := j.check(n[0])
		return fmt.Sprintf("%.17g %.17g", a, b), nil
	}
	if name := strings.Join(work, " "); name != *at {
		*at, *hand = "", job{} // what it holds may go
		j, err := newJob(work, data)
		if err != nil {
			return "", err
		}
		*at, *hand = name, j
	}
	hand.run(n[0])
	start := time.Now()
	hand.run(n[1])
	return fmt.Sprintf("%.9e", time.Since(start).Seconds()), nil
}

// newJob prepares a work.
func newJob(words []string, data dataset) (job, error) {
	var sizes []int
	for _, w := range words {
		if v, err := strconv.Atoi(w); err == nil && v > 0 {
			sizes = append(sizes, v)
		}
	}
	switch pattern := words[0] + " " + strconv.Itoa(len(words)-1) + " " + strconv.Itoa(len(sizes)); pattern {
	case "step 3 1":
		return newStep(data, words[1], words[2], sizes[0])
	case "mul 4 3":
		return newProduct(shape{words[1], sizes[0], sizes[1], sizes[2]})
	case "exp 1 1":
		return newExp(sizes[0]), nil
	case "moons 1 1":
		return newMoons(sizes[0]), nil
	case "normals 1 1":
		return newNormals(sizes[0]), nil
	}
	return job{}, fmt.Errorf("no work %q", strings.Join(words, " "))
}
