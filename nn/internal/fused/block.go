package fused

import "glassbox/mat"

// blockRows is how many rows a block has at most.
const blockRows = 272

// rowsOfBlocks returns how many rows each block of a batch has, and the last at
// most: about the same for all, in whole registers.
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
// that a step keeps beside them. Their rows begin at whole registers.
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

// registers returns a matrix whose rows begin at whole registers: writing the
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
