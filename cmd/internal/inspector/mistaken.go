package inspector

import (
	"context"

	"glassbox/cmd/internal/experiment"
	"glassbox/nn"
	"glassbox/nn/spec"
)

// mistaken trains the network with the faults of wrong. The right one goes
// along until a number differs; that step is kept too, and where it is returned.
func mistaken(ctx context.Context, wrong, right experiment.Config, wanted map[int]bool, done func()) (*life, *Place) {
	twin := experiment.New(right).Net.(*nn.SGD)
	var differs *Place
	l := live(ctx, wrong, wanted, func(n int, t spec.Tensors) {
		if differs != nil {
			return
		}
		c := capture{n: n, x: t["x"], y: t["y"], params: clones(twin.Params()), velocities: clones(twin.Velocities())}
		twin.Step(c.x, c.y)
		if differs = firstPlace(again(c, right.Settings()), t); differs != nil {
			differs.Step = n
			wanted[n] = true
		}
	}, done)
	return l, differs
}

// firstPlace returns where t first differs from the right step, in the order of
// the step; nil where it does not.
func firstPlace(right *source, t spec.Tensors) *Place {
	for _, name := range right.Names() {
		if i, j, differ := parts(right.value(name), t[name]); differ {
			return &Place{Tensor: name, I: i, J: j}
		}
	}
	return nil
}

// different returns the tensors that are not as in the right step, in the order
// of the step.
func different(right, s *source) []string {
	list := []string{}
	for _, name := range s.Names() {
		if (s.next || !isNext(name)) && !sameBits(right.value(name), s.value(name)) {
			list = append(list, name)
		}
	}
	return list
}
