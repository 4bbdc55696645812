package audit

import (
	"math"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// dropped reads a mask of dropped units off the recorded h: each number is 0, or
// one factor times what the activation gives.
func (j *judge) dropped(n spec.TensorName, v value) value {
	if m, ok := j.masks[n.Layer]; ok {
		return masked(v, m)
	}
	h, ok := j.s.T[n.Of("h")]
	if !ok || !sameShape(h, v.V) || compareTo(h, v).ratio <= 1 {
		return v
	}
	zero, live, scale := 0, 0, 0.0
	for k, x := range v.V.Data {
		if math.Abs(x) <= 1e-6 {
			continue
		}
		live++
		if h.Data[k] == 0 {
			zero++
		} else if scale == 0 {
			scale = h.Data[k] / x
		}
	}
	share := float64(zero) / float64(max(live, 1))
	if live < 20 || share < 0.05 || share > 0.95 || math.Abs(scale-1) > 1e-6 && math.Abs(1-1/scale-share) > 0.15 {
		return v
	}
	scale = 1 / short(1/scale)
	m := mat.New(h.Rows, h.Cols)
	for k := range m.Data {
		if h.Data[k] != 0 {
			m.Data[k] = scale
		}
	}
	if w := masked(v, m); compareTo(h, w).ratio <= 1 {
		if j.masks == nil {
			j.masks = map[int]mat.Matrix{}
		}
		j.masks[n.Layer] = m
		j.note(message.New("layer %d drops units: the mask is read off its numbers", n.Layer))
		return w
	}
	return v
}

func masked(v value, m mat.Matrix) value {
	return elementwise(v.V, func(k int) (float64, float64) {
		x := v.V.Data[k] * m.Data[k]
		return x, v.E.Data[k]*m.Data[k] + 4*u64*math.Abs(x)
	})
}
