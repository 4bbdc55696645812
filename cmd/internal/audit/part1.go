package audit

import (
	"context"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/part1"
	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/perceptron"
)

var part1Name = regexp.MustCompile(`^(?:(w)\[([01])\]|(b|accuracy)|(x|test_x)\[(\d{1,9}),([01])\])$`)

// explainPart1 shows how a number of Part I came about.
func explainPart1(args []string, stdout io.Writer) error {
	set := cli.New("audit explain", "Shows how one number of Part I came about: every operation in its order, to the last bit.",
		"-part1 2 -epoch 1 'w[0]'", "-part1 2 'x[3,0]'", "-part1 4 -rule rosenblatt -epoch 3 accuracy")
	config := part1.Defaults()
	part1.Flags(set, &config, func() {})
	set.Group("Explanation")
	test, epoch, all := 1, 0, false
	cli.Var(set, &test, "part1", cli.Between(1, len(config.Setups)), "the test of Part I")
	cli.Var(set, &epoch, "epoch", cli.AtLeast(0), "the epoch of its training, from 1, after which the number is asked for; 0 is the last")
	cli.Var(set, &all, "all", cli.Switch, "shows every term of a long sum")
	set.Operands("w[0] | w[1] | b | x[ROW,COLUMN] | test_x[ROW,COLUMN] | accuracy", 1, 1)
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	operand := set.Rest()[0]
	m := part1Name.FindStringSubmatch(operand)
	if m == nil {
		return cli.Usagef("%q is no number of Part I; there are w[0], w[1], b, x[ROW,COLUMN], test_x[ROW,COLUMN] and accuracy", operand)
	}
	pair := config.Setups[test-1].Pair
	l := lesson{Config: config, start: *nprand.New(config.Seed)}
	rng := l.start
	d, err := pair.Sample(config.N, &rng)
	if err != nil {
		return err
	}
	l.Data, l.order = d, rng
	after, out, err := l.train(config.MaxEpochs)
	if err == nil && epoch > out.Epochs {
		return cli.Usagef("-epoch %d: the training of test %d ended after %s", epoch, test, cli.Plural(out.Epochs, "epoch"))
	}
	if err == nil && epoch > 0 {
		after, out, err = l.train(epoch)
	}
	if err != nil {
		return err
	}
	epoch = out.Epochs
	before, _, err := l.train(epoch - 1)
	if err != nil {
		return err
	}
	var c chain
	c.Name = operand
	switch {
	case m[1] == "w":
		j, _ := strconv.Atoi(m[2])
		c.weightAfter(l, before, epoch, j)
		c.Recorded = &after.W[j]
	case m[3] == "b":
		c.weightAfter(l, before, epoch, 2)
		c.Recorded = &after.B
	case m[3] == "accuracy":
		c.perceptronAccuracy(d, after)
		c.Recorded = new(after.Accuracy(d.TestX, d.TestY))
	default:
		x := map[string]mat.Matrix{"x": d.TrainX, "test_x": d.TestX}[m[4]]
		i, _ := strconv.Atoi(m[5])
		j, _ := strconv.Atoi(m[6])
		if i >= x.Rows {
			return cli.Usagef("%s: %s has the rows 0 to %d", operand, m[4], x.Rows-1)
		}
		c.gaussian(l, pair, i, j, m[4] == "test_x")
		c.Recorded = new(x.At(i, j))
	}
	v := explanation{w: stdout, set: set, all: all, source: "the perceptron in training has"}
	fmt.Fprintf(stdout, "test %d of Part I, epoch %d\n", test, epoch)
	set.Settings("part1", "epoch", "all").Print(stdout)
	v.body(c.end())
	return nil
}

// A lesson is what a perceptron learns from: the points, and the generator
// before them and before the first epoch.
type lesson struct {
	part1.Config
	perceptron.Data
	start, order nprand.RandomState
}

// train learns for so many epochs.
func (l lesson) train(epochs int) (*perceptron.Perceptron, perceptron.Outcome, error) {
	l.MaxEpochs = epochs
	p, rng := l.New(), l.order
	out, err := p.Train(context.Background(), l.TrainX, l.TrainY, &rng)
	return p, out, err
}

// gaussian is a coordinate of a point, by multivariate_normal.
func (c *chain) gaussian(l lesson, p perceptron.Pair, i, j int, test bool) {
	from, count := 0, perceptron.TrainCount(l.N)
	if test {
		from, count = count, l.N-count
	}
	class, row, mean, cov := 1, from+i, p.Mean1, p.Cov1
	if i >= count {
		class, row, mean, cov = 2, l.N+from+i-count, p.Mean2, p.Cov2
	}
	a := nprand.Root2(mat.Of(2, 2, cov[0][0], cov[0][1], cov[1][0], cov[1][1]))
	z0, z1 := c.normal(l.start, 2*row, "z0"), c.normal(l.start, 2*row+1, "z1")
	c.formula = fmt.Sprintf("z0·A[0,%d] + z1·A[1,%d] + mean, of class %d, A being the square root of its covariance: AᵀA", j, j, class)
	s := z0 * a[0][j]
	c.do(fmt.Sprintf("z0·A[0,%d]", j), fmt.Sprintf("%v·%v", z0, a[0][j]), s, s)
	c.do(fmt.Sprintf("z1·A[1,%d]", j), fmt.Sprintf("%v·%v", z1, a[1][j]), z1*a[1][j], math.FMA(z1, a[1][j], s))
	c.do("+ mean", "", mean[j], c.Result+mean[j])
}

// weightAfter is what an epoch makes of p's w[0], w[1] or, as 2, of b.
func (c *chain) weightAfter(l lesson, p *perceptron.Perceptron, epoch, j int) {
	order := make([]int, l.TrainX.Rows)
	for i := range order {
		order[i] = i
	}
	rng := l.order
	for range epoch {
		rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	}
	w, part := &p.B, func(int) float64 { return 1 }
	if j < 2 {
		w, part = &p.W[j], func(i int) float64 { return l.TrainX.At(i, j) }
	}
	if l.Rule == perceptron.RuleRosenblatt {
		c.formula = "its value before + Σ rate·y·x over the rows with y·(w·x + b) ≤ 0, one after the other as shuffled"
		c.do("before the epoch", "", *w, *w)
		for _, i := range order {
			y, x := l.TrainY[i], l.TrainX.Row(i)
			s := p.Score(x)
			if y*s > 0 {
				continue
			}
			d := float64(l.Rate * float64(y*part(i)))
			for k := range p.W {
				p.W[k] += float64(l.Rate * float64(y*x[k]))
			}
			if l.Bias {
				p.B += float64(l.Rate * y)
			} else if j == 2 {
				continue
			}
			c.do(fmt.Sprintf("row %d: y = %v, w·x + b = %v", i, y, s), fmt.Sprintf("%v·(%v·%v)", l.Rate, y, part(i)), d, *w)
		}
		return
	}
	agree := 0.0
	for _, i := range order {
		if s := p.Score(l.TrainX.Row(i)); s != 0 {
			agree += float64(math.Copysign(1, s) * l.TrainY[i])
		}
	}
	c.find(agree, "Σ sign(w·x + b)·y, and no update where it is above 0")
	if agree > 0 || j == 2 && !l.Bias {
		c.formula = "its value before"
		c.do("before the epoch", "", *w, *w)
		return
	}
	c.formula = "its value before + rate·Σ y·x over the rows as shuffled"
	for _, i := range order {
		c.do(fmt.Sprintf("y·x of row %d", i), fmt.Sprintf("%v·%v", l.TrainY[i], part(i)), l.TrainY[i]*part(i), math.FMA(l.TrainY[i], part(i), c.Result))
	}
	step := float64(l.Rate * c.Result)
	c.do("·rate", fmt.Sprintf("%v·%v", l.Rate, c.Result), l.Rate, step)
	c.do("+ the value before", "", *w, *w+step)
}

// perceptronAccuracy counts the test points on their side of the line.
func (c *chain) perceptronAccuracy(d perceptron.Data, p *perceptron.Perceptron) {
	c.formula = fmt.Sprintf("right rows / %d test rows, right being those whose w·x + b has the sign of their label", d.TestX.Rows)
	right := 0.0
	for i, answer := range p.Forward(d.TestX) {
		y, counts := d.TestY[i], 0.0
		if answer == y {
			counts = 1
			right++
		}
		c.do(fmt.Sprintf("test row %d: w·x + b = %v, label %v", i, p.Score(d.TestX.Row(i)), y), "", counts, right)
	}
	n := float64(len(d.TestY))
	c.do("/ rows", fmt.Sprintf("%v / %v", right, n), n, right/n)
}
