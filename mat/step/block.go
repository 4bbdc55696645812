package step

import "glassbox/mat"

// blockRows is how many rows a block has at most.
const blockRows = 272

// rowsOfBlocks returns how many rows each block of a batch has, and the last at
// most: about the same for all, in full registers.
func rowsOfBlocks(rows int) int {
	blocks := max(1, (rows+blockRows-1)/blockRows)
	return max(8, ((rows+blocks-1)/blocks+7)/8*8)
}

// block returns the block of rows from i on, and where it ends.
func (n *Net) block(i, rows, all int) (b *block, end int) {
	b, end = &n.full, i+rows
	if end > all {
		b, end = &n.rest, all
	}
	b.shape(&n.tensors, end-i)
	return b, end
}

// tensors are the numbers of a block, with room for blockRows rows, and those
// that a step keeps beside them. Their rows begin at full registers.
type tensors struct {
	xT     mat.Matrix   // (in+1)×R, the last row ones
	h      []mat.Matrix // hk for k = 1 … L−1, R×(nk+1), the last column ones; hk becomes dzk
	zT, yT mat.Matrix   // C×R; zT becomes pT and then dzT

	wT  []mat.Matrix // Wkᵀ for k = 2 … L, nk×n(k−1)
	dWT mat.Matrix   // the gradients of the last layer's parameters, C×(n+1)
}

// prepare makes them, when they are first needed.
func (t *tensors) prepare(layers []Layer) {
	if t.h != nil {
		return
	}
	L := len(layers)
	in, n, classes := layers[0].in(), layers[L-1].in(), layers[L-1].out()
	t.xT = mat.New(in+1, blockRows)
	for j := range blockRows {
		t.xT.Set(in, j, 1)
	}
	for k := range L - 1 {
		nk := layers[k].out()
		h := registers(blockRows, nk+1)
		for i := range blockRows {
			h.Set(i, nk, 1)
		}
		t.h = append(t.h, h)
		t.wT = append(t.wT, mat.New(layers[k+1].out(), nk))
	}
	t.zT, t.yT = mat.New(classes, blockRows), mat.New(classes, blockRows)
	t.dWT = mat.New(classes, n+1)
}

// registers returns a matrix whose rows begin at full registers: writing the
// last one of a row, which is not full, does not hold up reading the next row.
func registers(rows, cols int) mat.Matrix {
	m := mat.New(rows, (cols+7)/8*8)
	m.Cols = cols
	return m
}

// A block is the part of tensors that a number of rows takes.
type block struct {
	rows    int
	xT, x1T mat.Matrix   // without the ones and with them
	h, h1   []mat.Matrix // likewise
	zT, yT  mat.Matrix
}

// shape makes b the part for so many rows.
func (b *block) shape(t *tensors, rows int) {
	if b.rows == rows {
		return
	}
	columns := func(m mat.Matrix) mat.Matrix { return part(m, m.Rows, rows) }
	b.rows = rows
	b.x1T = columns(t.xT)
	b.xT = part(b.x1T, t.xT.Rows-1, rows)
	b.zT, b.yT = columns(t.zT), columns(t.yT)
	b.h, b.h1 = b.h[:0], b.h1[:0]
	for _, h := range t.h {
		b.h = append(b.h, part(h, rows, h.Cols-1))
		b.h1 = append(b.h1, part(h, rows, h.Cols))
	}
}

// part returns the first rows and columns of m.
func part(m mat.Matrix, rows, cols int) mat.Matrix {
	return mat.Matrix{Rows: rows, Cols: cols, Stride: m.Stride, Data: m.Data[:(rows-1)*m.Stride+cols]}
}

// forward takes the rows x (R×in) of a block to their probabilities, b.zT.
func (n *Net) forward(b *block, x mat.Matrix) {
	transpose(b.xT, x)
	mulTAReLU(b.h[0], b.x1T, n.first.W)
	for k := 1; k < len(b.h); k++ {
		mulReLU(b.h[k], b.h1[k-1], n.layers[k].W)
	}
	mulT(b.zT, b.h1[len(b.h)-1], n.last.W)
	softMaxT(b.zT)
}

// backward goes on from forward with y (R×C), and with the chains of the
// gradients: from 0, or with on from where the block before left them. Each dz
// takes the place of its h, which nobody needs after it.
func (n *Net) backward(b *block, y mat.Matrix, divisor float64, on bool) {
	transpose(b.yT, y)
	subDiv(b.zT, b.zT, b.yT, divisor)
	k := len(b.h) - 1
	mul(n.dWT, b.zT, b.h1[k], on)
	mulTAWhere(b.h[k], b.zT, n.wT[k], b.h[k])
	for ; k > 0; k-- {
		mulTA(n.layers[k].D, b.h1[k-1], b.h[k], on)
		mulWhere(b.h[k-1], b.h[k], n.wT[k-1], b.h[k-1])
	}
	mul(n.first.D, b.x1T, b.h[0], on)
}
