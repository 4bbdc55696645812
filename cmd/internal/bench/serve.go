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

// A job is a work that is ready to be done, and two numbers that tell what came
// of it: see protocol.py.
type job struct {
	run    func(reps int)
	result func() (a, b float64)
}

// serve answers lines until there are no more.
func serve(stdin io.Reader, stdout io.Writer) error {
	signal.Ignore(os.Interrupt) // Ctrl-C is the parent's affair
	first, err := json.Marshal(about{Version: strings.TrimPrefix(runtime.Version(), "go"), Core: mat.Kernel()})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s\n", first)
	s := server{data: newData()}
	for lines := bufio.NewScanner(stdin); lines.Scan(); {
		answer, err := s.reply(lines.Text())
		if err != nil {
			answer = "error: " + err.Error()
		}
		if _, err := fmt.Fprintln(stdout, answer); err != nil {
			return err
		}
	}
	return nil
}

// A server has the work that was run last, and what it is called.
type server struct {
	data dataset
	name string
	job  job
}

// reply does what a line asks for.
func (s *server) reply(line string) (string, error) {
	words := strings.Fields(line)
	number := func(i int) int { // -1 where there is none
		if i >= len(words) {
			return -1
		}
		n, err := strconv.Atoi(words[i])
		if err != nil {
			return -1
		}
		return n
	}
	switch {
	case len(words) > 3 && words[0] == "run" && number(1) >= 0 && number(2) >= 0:
		if name := strings.Join(words[3:], " "); name != s.name {
			s.name, s.job = "", job{} // what it holds may go
			j, err := newJob(words[3:], s.data)
			if err != nil {
				return "", err
			}
			s.name, s.job = name, j
		}
		s.job.run(number(1))
		start := time.Now()
		s.job.run(number(2))
		return fmt.Sprintf("%.9e", time.Since(start).Seconds()), nil
	case len(words) > 2 && words[0] == "check" && number(1) >= 0:
		j, err := newJob(words[2:], s.data)
		if err != nil {
			return "", err
		}
		j.run(number(1))
		a, b := j.result()
		return fmt.Sprintf("%.17g %.17g", a, b), nil
	}
	return "", fmt.Errorf("not `run WARM REPS WORK` or `check STEPS WORK`: %q", line)
}

// newJob prepares a work.
func newJob(words []string, data dataset) (job, error) {
	var sizes []int
	for _, w := range words {
		if v, err := strconv.Atoi(w); err == nil && v > 0 {
			sizes = append(sizes, v)
		}
	}
	switch pattern := fmt.Sprintf("%s %d %d", words[0], len(words)-1, len(sizes)); pattern {
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
	return job{train, func() (loss, squares float64) {
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
	return job{run, func() (sum, weighted float64) {
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
	return job{run, func() (sum, first float64) {
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
	return job{run, func() (sum, inner float64) {
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
	return job{run, func() (sum, last float64) {
		for _, v := range list {
			sum += v
		}
		return sum, list[n-1]
	}}
}
