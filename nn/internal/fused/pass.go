package fused

import "glassbox/mat"

// forward takes the rows x (R×in) of a block to their probabilities, b.zT.
func (n *Net) forward(b *block, x mat.Matrix) {
	mat.TransposeTo(b.xT, x)
	mat.MulTAReLU(b.h[0], b.x1T, n.first.W)
	for k := 1; k < len(b.h); k++ {
		mat.MulReLU(b.h[k], b.h1[k-1], n.layers[k].W)
	}
	mat.MulT(b.zT, b.h1[len(b.h)-1], n.last.W)
	mat.SoftMaxT(b.zT, b.zT)
}

// backward goes on from forward with y (R×C), and with the chains of the
// gradients: from 0, or with on from where the block before left them. Each dz
// takes the place of its h, which nobody needs after it.
func (n *Net) backward(b *block, y mat.Matrix, divisor float64, on bool) {
	mul, mulTA := mat.Mul, mat.MulTA
	if on {
		mul, mulTA = mat.MulOn, mat.MulTAOn
	}
	mat.TransposeTo(b.yT, y)
	mat.SubDiv(b.zT, b.zT, b.yT, divisor)
	k := len(b.h) - 1
	mul(n.dWT, b.zT, b.h1[k])
	mat.MulTAWhere(b.h[k], b.zT, n.wT[k], b.h[k])
	for ; k > 0; k-- {
		mulTA(n.layers[k].D, b.h1[k-1], b.h[k])
		mat.MulWhere(b.h[k-1], b.h[k], n.wT[k-1], b.h[k-1])
	}
	mul(n.first.D, b.x1T, b.h[0])
}
