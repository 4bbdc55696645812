package nn

import (
	"glassbox/mat"
	"glassbox/nn/spec"
)

// Ops returns spec's operations by the kernels of package mat: the same bits in
// less time, with any activation, loss and optimizer, also under a fault. Under a
// spec.Net, which they serve from one goroutine, a tensor is good until the pass
// after the next, a parameter and what an optimizer keeps until the update after
// the next: then a step asks for no memory.
func Ops() spec.Ops {
	b := &buffers{kept: map[spec.TensorName]*generations{}}
	ops := spec.Right()
	ops.Z.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		h, W, bias := in[0], in[1], in[2]
		z := b.next(s, h.Rows, W.Cols)
		mat.Mul(z, h, W)
		mat.AddRow(z, z, bias.Row(0))
		return z
	}
	ops.H.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		h := b.next(s, in[0].Rows, in[0].Cols)
		if s.Activation == nil {
			mat.ReLU(h, in[0])
		} else {
			spec.Activate(s.Activation, h, in[0])
		}
		return h
	}
	ops.P.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		p := b.next(s, in[0].Rows, in[0].Cols)
		if s.Loss == nil {
			mat.SoftMax(p, in[0])
		} else {
			spec.Activate(s.Loss.Output, p, in[0])
		}
		return p
	}
	ops.Loss.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		one, loss := b.next(s, 1, 1), 0.0
		if s.Loss == nil {
			loss = (&CrossEntropy{Mean: s.Mean}).Forward(in[0], in[1])
		} else {
			loss = s.Loss.Of(in[0], in[1], s.Mean)
		}
		if len(in) > 2 {
			loss += spec.Penalty(s.Decay, in[2:])
		}
		one.Set(0, 0, loss)
		return one
	}
	ops.DZL.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		dz := b.next(s, in[0].Rows, in[0].Cols)
		if s.Loss != nil {
			s.Loss.Gradient(dz, in[0], in[1], s.Mean)
			return dz
		}
		return (&CrossEntropy{Mean: s.Mean, dz: dz}).Backward(in[0], in[1])
	}
	ops.DH.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		dz, W := in[0], in[1]
		dh := b.next(s, dz.Rows, W.Rows)
		mat.MulBT(dh, dz, W)
		return dh
	}
	ops.DZ.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		dz := b.next(s, in[0].Rows, in[0].Cols)
		if s.Activation == nil {
			mat.ReLUGrad(dz, in[0], in[1])
		} else {
			spec.Deactivate(s.Activation, dz, in[0], in[1])
		}
		return dz
	}
	ops.DW.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		dW := b.next(s, in[0].Cols, in[1].Cols)
		mat.MulTA(dW, in[0], in[1])
		if len(in) > 2 {
			spec.AddDecay(dW, in[2], s.Decay)
		}
		return dW
	}
	ops.DB.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		db := b.next(s, 1, in[0].Cols)
		mat.SumRows(db.Data, in[0])
		return db
	}
	ops.Count.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
		t := b.lasting(s, n, 1, 1)
		t.Set(0, 0, in[0].At(0, 0)+1)
		return t
	}
	ops.Velocity.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
		v := b.lasting(s, n, in[0].Rows, in[0].Cols)
		spec.SetVelocity(s.Settings, v, in[0], in[1])
		return v
	}
	ops.Squares.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
		q := b.lasting(s, n, in[0].Rows, in[0].Cols)
		spec.SetMeanSquares(s.Settings, q, in[0], in[1])
		return q
	}
	ops.New.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
		w, d := b.lasting(s, n, in[0].Rows, in[0].Cols), in[1]
		if len(in) > 2 {
			d = b.next(s, in[0].Rows, in[0].Cols)
			spec.Along(s.Settings, d, in[1:])
		}
		w.CopyFrom(in[0])
		mat.Step(w, s.Rate, d)
		return w
	}
	return ops
}

// buffers are lent to the operations of a pass of a spec.Net in their order.
// Those of the pass before stay as they are.
type buffers struct {
	pass         int
	list, before []mat.Matrix
	lent         int
	kept         map[spec.TensorName]*generations
}

// generations are those of a parameter: the new one, the one that the step began
// with, and that of the step before, whose place is taken next.
type generations struct {
	list [4]mat.Matrix // one more, for changed operations that run twice
	next int
}

// next returns a matrix that nobody has in this pass. Steps of no net get new
// ones.
func (b *buffers) next(s *spec.Step, rows, cols int) mat.Matrix {
	if s.Serial == 0 {
		return mat.New(rows, cols)
	}
	if b.pass != s.Serial {
		b.pass, b.list, b.before, b.lent = s.Serial, b.before, b.list, 0
	}
	if b.lent == len(b.list) {
		b.list = append(b.list, mat.Matrix{})
	}
	b.lent++
	return resize(&b.list[b.lent-1], rows, cols)
}

// lasting returns a matrix for the next generation of n.
func (b *buffers) lasting(s *spec.Step, n spec.TensorName, rows, cols int) mat.Matrix {
	if s.Serial == 0 {
		return mat.New(rows, cols)
	}
	g := b.kept[n]
	if g == nil {
		g = &generations{}
		b.kept[n] = g
	}
	g.next = (g.next + 1) % len(g.list)
	return resize(&g.list[g.next], rows, cols)
}
