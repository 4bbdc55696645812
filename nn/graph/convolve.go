package graph

import "glassbox/mat"

// convolveOp is convolution, or correlation, over one or two axes in the modes
// full, same and valid.
func convolveOp(name string, flip, scipy bool) *Op {
	op := &Op{Name: name, min: 2, max: 2, terms: tellConvolution(flip, scipy)}
	op.value = func(c *Call) *Array {
		p := c.planConv(flip, scipy)
		y := c.zeros(p.out)
		a, v := c.In[0].Data, c.In[1].Data
		p.each(func(o, i, j int) { y.Data[o] = mat.FMA(a[i], v[j], y.Data[o]) })
		return y
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		p := c.planConv(flip, scipy)
		a, v := c.In[0].Data, c.In[1].Data
		if t := into[0]; t != nil {
			p.each(func(o, i, j int) { t.Data[i] = mat.FMA(g.Data[o], v[j], t.Data[i]) })
		}
		if t := into[1]; t != nil {
			p.each(func(o, i, j int) { t.Data[j] = mat.FMA(g.Data[o], a[i], t.Data[j]) })
		}
	}
	return bilinear(op, func(c *Call) float64 { return float64(len(c.Out.Data)) * float64(len(c.In[1].Data)) })
}

// A convolution has for each axis the sizes of both operands and of the result,
// and where the result begins in the full one.
type convolution struct {
	a, v, y, from [2]int
	out           []int
	flip          bool
}

func (c *Call) planConv(flip, scipy bool) convolution {
	a, v := c.In[0].Shape, c.In[1].Shape
	rank := len(a)
	if rank == 0 || rank > 2 || len(v) != rank {
		fail("the shapes %s and %s are not both of one or both of two axes", ShapeText(a), ShapeText(v))
	}
	if Size(a) == 0 || Size(v) == 0 {
		fail("an operand is empty")
	}
	mode := c.Attr.Mode
	if mode == "" {
		mode = "full"
		if !scipy && flip {
			mode = "valid" // np.correlate's own
		}
	}
	p := convolution{a: [2]int{1, 1}, v: [2]int{1, 1}, flip: flip}
	copy(p.a[2-rank:], a)
	copy(p.v[2-rank:], v)
	p.out = make([]int, rank)
	inside := true // the kernel fits into the operand on all axes
	for k := range 2 {
		inside = inside && p.v[k] <= p.a[k]
	}
	for k := range 2 {
		n, m := p.a[k], p.v[k]
		switch mode {
		case "full":
			p.y[k], p.from[k] = n+m-1, 0
		case "same":
			p.y[k], p.from[k] = n, (m-1)/2
			switch {
			case !scipy: // of the length of the longer one
				p.y[k], p.from[k] = max(n, m), (min(n, m)-1)/2
				if flip && m > n {
					p.from[k] = n / 2
				}
			case flip:
				p.from[k] = m / 2
			}
		case "valid":
			p.y[k], p.from[k] = max(n, m)-min(n, m)+1, min(n, m)-1
			if !inside && scipy && n >= m && p.a != p.v {
				fail("in the mode valid one operand has to fit into the other on every axis")
			}
		default:
			fail("there is no mode %q; full, same and valid are known", mode)
		}
	}
	copy(p.out, p.y[2-rank:])
	return p
}

// each calls f for every product: the element of the result and those of the
// operands. Those of an element of the result come in the order of a.
func (p convolution) each(f func(o, i, j int)) {
	for y := range p.y[0] {
		for x := range p.y[1] {
			s, t := y+p.from[0], x+p.from[1]
			for r := max(0, s-p.v[0]+1); r <= min(s, p.a[0]-1); r++ {
				for q := max(0, t-p.v[1]+1); q <= min(t, p.a[1]-1); q++ {
					kr, kq := s-r, t-q
					if p.flip {
						kr, kq = p.v[0]-1-kr, p.v[1]-1-kq
					}
					f(y*p.y[1]+x, r*p.a[1]+q, kr*p.v[1]+kq)
				}
			}
		}
	}
}
