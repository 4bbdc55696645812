package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"time"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
	"glassbox/nn"
)

// serveWord makes this program glassbox's own child: it answers the protocol
// of testdata/peers, so that it is measured like everyone else.
const serveWord = "serve"

// A job is a work that is ready to be done.
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
	first, err := json.Marshal(about{Version: strings.TrimPrefix(runtime.Version(), "go"), Core: mat.Kernel()})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s\n", first)
	var name string
	var current job
	for lines := bufio.NewScanner(stdin); lines.Scan(); {
		answer, err := reply(strings.Fields(lines.Text()), data, &name, &current)
		if err != nil {
			answer = "error: " + err.Error()
		}
		if _, err := fmt.Fprintln(stdout, answer); err != nil {
			return err
		}
	}
	return nil
}

// reply does what a line asks for; current is the last work that was run, and
// name what it is called.
func reply(words []string, data dataset, name *string, current *job) (string, error) {
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
	if wanted := strings.Join(work, " "); wanted != *name {
		*name, *current = "", job{} // what it holds may go
		j, err := newJob(work, data)
		if err != nil {
			return "", err
		}
		*name, *current = wanted, j
	}
	current.run(n[0])
	start := time.Now()
	current.run(n[1])
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

// rate is the learning rate of every measured step.
const rate = 0.01

// newStep is training of the network on the data of that name. Mode says what
// rows a step takes: rows, the first size ones; draw, one drawn; epochs, size
// ones of a permutation drawn anew each epoch. It is what part2 calls, without
// evaluations.
func newStep(data dataset, name, mode string, size int) (job, error) {
	d, ok := data[name]
	if !ok {
		return job{}, fmt.Errorf("no data %q", name)
	}
	if size > d.x.Rows {
		return job{}, fmt.Errorf("%d rows of %d", size, d.x.Rows)
	}
	x, y, rng := d.x, d.y, nprand.New(42)
	var next nn.Sampler
	switch mode {
	case "rows":
		x, y = x.RowRange(0, size), y.RowRange(0, size)
		next = nn.FullBatch(x, y)
	case "draw":
		next = nn.OneSample(x, y, rng)
	case "epochs":
		next = nn.MiniBatches(x, y, size, rng)
	default:
		return job{}, fmt.Errorf("no mode %q", mode)
	}
	s := nn.NewSGD(d.net(), rate, 0, true)
	train := func(steps int) {
		if _, err := nn.Train(context.Background(), s, next, steps, steps+1, nn.Hooks{}); err != nil {
			panic(err)
		}
	}
	return job{run: train, check: func(steps int) (loss, squares float64) {
		train(steps)
		for _, p := range s.Params() {
			for _, v := range p.Data {
				squares += float64(v * v)
			}
		}
		return meanLoss(s.Predict(x), y), squares
	}}, nil
}

// meanLoss is the loss of the probabilities p a row.
func meanLoss(p, y mat.Matrix) float64 {
	loss := 0.0
	for i := range p.Rows {
		for j, v := range p.Row(i) {
			loss -= float64(y.At(i, j) * mat.Log(v+1e-7))
		}
	}
	return loss / float64(p.Rows)
}

// newProduct is a product of numbers that every peer has.
func newProduct(s shape) (job, error) {
	type multiply = func(dst, a, b mat.Matrix)
	mul, ok := map[string]multiply{"ab": mat.Mul, "atb": mat.MulTA, "abt": mat.MulBT}[s.op]
	if !ok {
		return job{}, fmt.Errorf("no product %q", s.op)
	}
	a, b, c := mat.New(s.m, s.k), mat.New(s.k, s.n), mat.New(s.m, s.n)
	if s.op == "atb" {
		a = mat.New(s.k, s.m)
	}
	if s.op == "abt" {
		b = mat.New(s.n, s.k)
	}
	fill(a.Data, 1)
	fill(b.Data, 2)
	run := func(reps int) {
		for range reps {
			mul(c, a, b)
		}
	}
	return job{run: run, check: func(steps int) (sum, weighted float64) {
		run(steps)
		for i, v := range c.Data {
			sum += v
			weighted += float64(v * float64(i%7))
		}
		return sum, weighted
	}}, nil
}

// fill sets v to the numbers in [−1/2, 1/2) that the peers multiply as well.
func fill(v []float64, seed uint32) {
	for i := range v {
		v[i] = float64(uint32(i)*2654435761+seed)/(1<<32) - 0.5
	}
}

func newExp(n int) job {
	x, dst := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i] = -20 + 25*float64(i)/float64(max(n-1, 1))
	}
	run := func(reps int) {
		for range reps {
			mat.ExpSlice(dst, x)
		}
	}
	return job{run: run, check: func(steps int) (sum, first float64) {
		run(steps)
		for _, v := range dst {
			sum += v
		}
		return sum, dst[0]
	}}
}

func newMoons(n int) job {
	rng := nprand.New(42)
	var x mat.Matrix
	var labels []int
	run := func(reps int) {
		for range reps {
			x, labels = moons.Make(n, 0.05, rng)
		}
	}
	return job{run: run, check: func(steps int) (sum, inner float64) {
		run(steps)
		for i, label := range labels {
			sum += x.At(i, 0) + x.At(i, 1)
			inner += float64(x.At(i, 0) * float64(label))
		}
		return sum, inner
	}}
}

func newNormals(n int) job {
	rng := nprand.New(42)
	var list []float64
	run := func(reps int) {
		for range reps {
			list = make([]float64, n)
			for i := range list {
				list[i] = rng.StandardNormal()
			}
		}
	}
	return job{run: run, check: func(steps int) (sum, last float64) {
		run(steps)
		for _, v := range list {
			sum += v
		}
		return sum, list[n-1]
	}}
}
