package nn

import (
	"glassbox/mat"
	"glassbox/nn/spec"
)

// Ops returns spec's operations by the kernels of package mat: the same bits in
// less time, also under a fault. Under a spec.Net, which they serve from one
// goroutine, all tensors but new parameters are good until the pass after the next.
func Ops() spec.Ops {
	b := &buffers{}
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
		mat.ReLU(h, in[0])
		return h
	}
	ops.P.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		p := b.next(s, in[0].Rows, in[0].Cols)
		mat.SoftMax(p, in[0])
		return p
	}
	ops.Loss.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		loss, one := CrossEntropy{Mean: s.Mean}, b.next(s, 1, 1)
		one.Set(0, 0, loss.Forward(in[0], in[1]))
		return one
	}
	ops.DZL.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		loss := CrossEntropy{Mean: s.Mean, dz: b.next(s, in[0].Rows, in[0].Cols)}
		return loss.Backward(in[0], in[1])
	}
	ops.DH.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		dz, W := in[0], in[1]
		dh := b.next(s, dz.Rows, W.Rows)
		mat.MulBT(dh, dz, W)
		return dh
	}
	ops.DZ.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		dz := b.next(s, in[0].Rows, in[0].Cols)
		mat.ReLUGrad(dz, in[0], in[1])
		return dz
	}
	ops.DW.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		dW := b.next(s, in[0].Cols, in[1].Cols)
		mat.MulTA(dW, in[0], in[1])
		return dW
	}
	ops.DB.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		db := b.next(s, 1, in[0].Cols)
		mat.SumRows(db.Data, in[0])
		return db
	}
	ops.New.Run = func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		w := b.lasting(in[0].Rows, in[0].Cols)
		w.CopyFrom(in[0])
		mat.Step(w, s.Rate, in[1])
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
	chunk        []float64 // not yet given away
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

// lasting returns a matrix that is never lent again. Small ones are cut from one
// piece of memory: a step of a single row is little more work than asking for it.
func (b *buffers) lasting(rows, cols int) mat.Matrix {
	const chunk = 1 << 12
	n := rows * cols
	if n > chunk/8 {
		return mat.New(rows, cols)
	}
	if n > len(b.chunk) {
		b.chunk = make([]float64, chunk)
	}
	m := mat.Of(rows, cols, b.chunk[:n:n]...)
	b.chunk = b.chunk[n:]
	return m
}
