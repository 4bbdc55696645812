package graph

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// rowsGraph has a matrix of which some rows are updated, again and again: by
// W[i] -= rate*g, and by np.add.at where rows repeat.
func rowsGraph(t testing.TB, times int) (b *builder, versions []int) {
	r := rand.New(rand.NewPCG(1, 2))
	b = build(t)
	b.g.Sites = []Site{{Stmt: [2]int{1, 1}}, {Stmt: [2]int{2, 2}}}
	rate := b.put("const", 0, nil, Scalar(0.5))
	w := b.leaf(random(r, 4, 3))
	b.g.Nodes[w].Obj = 7
	versions = []int{w}
	for k := range times {
		row := int32(3*(k%4) + 1)
		at := &Attr{Index: NewIndex([]int32{row, row + 1, row + 2}, 3)}
		read := b.do("gather", at, w)
		g := b.do("tanh", nil, read)
		step := b.do("mul", nil, rate, g)
		b.g.Nodes[step].Attr = &Attr{Sample: []Sample{{Index: 1, Value: b.g.values.nodes[step].Data[1]}}}
		less := b.do("sub", nil, b.do("gather", at, w), step)
		w = b.do("setitem", at, w, less)
		again := &Attr{Index: NewIndex([]int32{1, 2, 3, 1, 2, 3}, 2, 3)}
		both := b.leaf(random(r, 2, 3))
		w2 := b.do("add_at", again, w, both)
		for _, i := range []int{step, less, w} {
			b.g.Nodes[i].Site = 0
		}
		b.g.Nodes[w2].Site = 1
		b.g.Nodes[w].Obj, b.g.Nodes[w2].Obj = 7, 7
		versions = append(versions, w2)
		w = w2
	}
	return b, versions
}

// Each version of the matrix has the recording's value, and is the one before
// with a matrix added.
func TestWholeUpdates(t *testing.T) {
	b, versions := rowsGraph(t, 5)
	g := b.done()
	whole := g.WholeUpdates()
	var found []int
	for i := range whole.Nodes {
		if n := &whole.Nodes[i]; n.Obj == 7 && n.Site != 0 {
			found = append(found, i)
		}
	}
	if len(found) != len(versions) {
		t.Fatalf("%d versions of %d", len(found), len(versions))
	}
	for _, i := range found[1:] {
		whole.values.nodes[i] = nil // computed from the whole updates
	}
	for k, i := range found[1:] {
		n := &whole.Nodes[i]
		if n.In[0] != found[k] || n.Op.Name != "add" && n.Op.Name != "sub" || !slices.Equal(whole.Nodes[n.In[1]].Shape, []int{4, 3}) {
			t.Fatalf("version %d is %s of %v", k+1, n.Op.Name, n.In)
		}
		want := g.MustValue(versions[k+1])
		got, err := whole.Value(i)
		if err != nil {
			t.Fatal(err)
		}
		for e, x := range want.Data {
			// Two updates of one element are added before it is: three roundings.
			if d := got.Data[e] - x; max(d, -d) > 3*0x1p-52*8 {
				t.Errorf("version %d: element %d is %v, not %v", k+1, e, got.Data[e], x)
			}
		}
	}
}

// What is added to rows of W.T is added to columns of W.
func TestWholeUpdatesThroughViews(t *testing.T) {
	b, r := build(t), rand.New(rand.NewPCG(3, 4))
	w := b.leaf(random(r, 2, 3))
	b.g.Nodes[w].Obj = 7
	versions := []int{w}
	for range 4 {
		turned := &Attr{Index: NewIndex([]int32{1, 4, 2, 5, 3, 6}, 3, 2)}
		view := b.do("gather", turned, w)
		b.do("tanh", nil, w)
		rows := &Attr{Index: NewIndex([]int32{3, 4, 3, 4}, 2, 2)}
		added := b.do("add_at", rows, view, b.leaf(random(r, 2, 2)))
		w = b.do("setitem", &Attr{Index: turned.Index, View: true}, w, added)
		b.g.Nodes[view].Obj, b.g.Nodes[added].Obj, b.g.Nodes[w].Obj = 8, 8, 7
		versions = append(versions, w)
	}
	g := b.done()
	whole := g.WholeUpdates()
	k := 1
	for i := range whole.Nodes {
		n := &whole.Nodes[i]
		if n.Obj != 7 || i == 0 {
			continue
		}
		if n.Op.Name != "add" || !slices.Equal(whole.Nodes[n.In[1]].Shape, []int{2, 3}) {
			t.Fatalf("version %d is %s of %v", k, n.Op.Name, n.In)
		}
		whole.values.nodes[i] = nil
		got, err := whole.Value(i)
		if err != nil {
			t.Fatal(err)
		}
		for e, x := range g.MustValue(versions[k]).Data {
			if d := got.Data[e] - x; max(d, -d) > 3*0x1p-52*8 {
				t.Errorf("version %d: element %d is %v, not %v", k, e, got.Data[e], x)
			}
		}
		k++
	}
	if k != len(versions) {
		t.Errorf("%d versions of %d", k, len(versions))
	}
}

// What a step fills anew stays as it is, and so does what is overwritten.
func TestWholeUpdatesLeaveBuffers(t *testing.T) {
	b := build(t)
	at := &Attr{Index: NewIndex([]int32{1, 2}, 2)}
	for k := range 4 {
		z := b.leaf(NewArray(2, 2))
		x := b.leaf(Filled(1, 2))
		s := b.do("setitem", at, z, b.do("add", nil, b.do("gather", at, z), x))
		b.g.Nodes[z].Obj, b.g.Nodes[s].Obj = k, k
	}
	if g := b.done(); g.WholeUpdates() != g {
		t.Error("a buffer of each step was taken for what lives through the recording")
	}
}

// Two rows that are updated one after the other, each with a decay of what was read of it
// before either was: the decays stand apart from the rest.
func TestWholeUpdatesOfTwoRowsWithDecays(t *testing.T) {
	b, r := build(t), rand.New(rand.NewPCG(5, 6))
	b.g.Sites = []Site{{Stmt: [2]int{1, 1}}, {Stmt: [2]int{2, 2}}}
	rate, decay := b.put("const", 0, nil, Scalar(0.5)), b.put("const", 0, nil, Scalar(0.25))
	w := b.leaf(random(r, 4, 3))
	b.g.Nodes[w].Obj = 7
	versions := []int{w}
	for k := range 5 {
		var at [2]*Attr
		var kept, g [2]int
		for i := range at {
			row := int32(3*((k+i)%4) + 1)
			at[i] = &Attr{Index: NewIndex([]int32{row, row + 1, row + 2}, 3)}
			read := b.do("gather", at[i], w)
			kept[i], g[i] = b.do("copy", nil, read), b.do("tanh", nil, read)
		}
		for i := range at {
			share := b.do("mul", nil, decay, kept[i])
			sum := b.do("add", nil, g[i], share)
			step := b.do("mul", nil, rate, sum)
			less := b.do("sub", nil, b.do("gather", at[i], w), step)
			w = b.do("setitem", at[i], w, less)
			for _, n := range []int{share, sum, step, less, w} {
				b.g.Nodes[n].Site = i
			}
			b.g.Nodes[w].Obj = 7
		}
		versions = append(versions, w)
	}
	g := b.done()
	whole := g.WholeUpdates()
	k := 0
	for i := range whole.Nodes {
		n := &whole.Nodes[i]
		if n.Obj != 7 || n.Site != 1 {
			continue
		}
		k++
		if x := &whole.Nodes[n.In[1]]; n.Op.Name != "sub" || x.Op.Name != "add" || whole.Nodes[x.In[1]].Op.Name != "add" || whole.Nodes[whole.Nodes[x.In[1]].In[0]].Op.Name != "mul" {
			t.Fatalf("version %d is %s of %s", k, n.Op.Name, x.Op.Name)
		}
		whole.values.nodes[i] = nil
		got, err := whole.Value(i)
		if err != nil {
			t.Fatal(err)
		}
		for e, x := range g.MustValue(versions[k]).Data {
			if d := got.Data[e] - x; max(d, -d) > 4*0x1p-52*8 {
				t.Errorf("version %d: element %d is %v, not %v", k, e, got.Data[e], x)
			}
		}
	}
	if k != len(versions)-1 {
		t.Errorf("%d versions of %d", k, len(versions)-1)
	}
}

// `W[rows] -= step`, whose index names rows more than once and as many elements as W has
// or more, is an update of rows all the same: what was written last counts.
func TestWholeUpdatesWhereRowsRepeat(t *testing.T) {
	b, r := build(t), rand.New(rand.NewPCG(7, 8))
	w := b.leaf(random(r, 2, 3))
	b.g.Nodes[w].Obj = 7
	at := &Attr{Index: NewIndex([]int32{4, 5, 6, 1, 2, 3, 4, 5, 6}, 3, 3)}
	for range 5 {
		b.do("tanh", nil, w)
		w = b.do("setitem", at, w, b.do("sub", nil, b.do("gather", at, w), b.leaf(random(r, 3, 3))))
		b.g.Nodes[w].Obj = 7
	}
	g := b.done()
	whole, k := g.WholeUpdates(), 0
	for i := range whole.Nodes {
		if n := &whole.Nodes[i]; n.Obj == 7 && i > 0 {
			if k++; n.Op.Name != "sub" {
				t.Fatalf("version %d is %s", k, n.Op.Name)
			}
			whole.values.nodes[i] = nil
		}
	}
	got, err := whole.Value(len(whole.Nodes) - 1)
	if err != nil {
		t.Fatal(err)
	}
	for e, x := range g.MustValue(w).Data {
		if d := got.Data[e] - x; k != 5 || max(d, -d) > 5*0x1p-52*8 {
			t.Errorf("%d versions; element %d is %v, not %v", k, e, got.Data[e], x)
		}
	}
}

// Moments that are rows of one array, each made anew of what stood there: what is read of
// a row is what was written to it last.
func TestRowsThatAreRenewed(t *testing.T) {
	b, r := build(t), rand.New(rand.NewPCG(9, 10))
	b.g.Sites = []Site{{Stmt: [2]int{1, 1}}, {Stmt: [2]int{2, 2}}}
	keep := b.put("const", 0, nil, Scalar(0.5))
	w := b.leaf(random(r, 4, 3))
	b.g.Nodes[w].Obj = 7
	p := b.leaf(random(r, 3))
	b.g.Nodes[p].Obj = 8
	one := &Attr{Index: NewIndex([]int32{2}, 1)}
	var wrote []int
	for range 6 {
		for row := range 2 {
			e := int32(3*row + 1)
			at := &Attr{Index: NewIndex([]int32{e, e + 1, e + 2}, 3)}
			m := b.do("add", nil, b.do("mul", nil, keep, b.do("gather", at, w)), b.leaf(random(r, 3)))
			w = b.do("setitem", at, w, m)
			b.g.Nodes[w].Obj, b.g.Nodes[w].Site = 7, row
			wrote = append(wrote, m)
		}
		p = b.do("setitem", one, p, b.do("sub", nil, b.do("gather", one, p), b.leaf(random(r, 1))))
		b.g.Nodes[p].Obj = 8
		b.do("tanh", nil, p)
	}
	g := b.done()
	whole, found := g.WholeUpdates(), 0
	for i := range whole.Nodes {
		if n := &whole.Nodes[i]; n.Op.Name == "gather" && n.Attr.Alias && len(n.In) == 1 && whole.Nodes[n.In[0]].Op.Name == "add" {
			found++
		}
	}
	if found != len(wrote)-2 {
		t.Errorf("%d readings of %d are of what was written last", found, len(wrote)-2)
	}
}
