package program

import (
	"cmp"
	"math"
	"slices"
)

// Values that come from one another element by element, as the versions of a
// parameter do.
var versionOps = setOf("add", "sub", "mul", "div", "neg", "copy", "gather", "setitem", "clip", "where", "maximum", "minimum", "nan_to_num")

func setOf(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

// A chain is the versions of one array through the recording, in order.
type chain []int

// elementwise returns the values that b is a later version of: made of it
// element by element, with something added or taken away, and neither turned
// round nor shrunk to a fraction on the way (a gradient times the rate is no
// earlier weight). Beside each stands the path to it.
func (v *view) elementwise(b int) map[int][]int {
	return v.madeOf(b, func(c float64) bool { return c > 0.25 && c <= 1.5 })
}

// madeOf is elementwise for the coefficients that are near.
func (v *view) madeOf(b int, near func(c float64) bool) map[int][]int {
	type state struct {
		node  int
		added bool
		coef  float64
		path  []int
	}
	type seenKey struct {
		node      int
		added, ok bool
	}
	n := v.size[b]
	out, seen := map[int][]int{}, map[seenKey]bool{}
	todo := []state{{b, false, 1, []int{b}}}
	for len(todo) > 0 && len(seen) < 400 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		x, in := s.node, v.in[s.node]
		if len(s.path) > 14 || !versionOps[v.op[x]] || v.op[x] == "gather" && len(in) > 1 {
			continue
		}
		full := 0
		for _, q := range in {
			if v.size[q] == n {
				full++
			}
		}
		if u := v.thresholded(x); u >= 0 {
			todo = append(todo, state{u, s.added, s.coef, append(slices.Clip(slices.Clone(s.path)), u)})
			continue
		}
		if n > 1 && full > 1 && (v.op[x] == "mul" || v.op[x] == "div" || v.op[x] == "where" || v.op[x] == "maximum" || v.op[x] == "minimum") {
			continue
		}
		added := s.added || v.op[x] == "add" || v.op[x] == "sub"
		for j, q := range in {
			if v.size[q] != n {
				continue
			}
			c := s.coef
			switch {
			case (v.op[x] == "mul" || v.op[x] == "div") && len(in) == 2 && v.size[in[1-j]] == 1:
				w := v.scalar(in[1-j])
				switch {
				case v.op[x] == "mul":
					c *= w
				case w != 0 && j == 0:
					c /= w
				default:
					c = 0
				}
			case v.op[x] == "sub" && j == 1 && in[0] != q, v.op[x] == "neg":
				c = -c
			}
			ok := near(c)
			if k := (seenKey{q, added, ok}); c != 0 && !seen[k] {
				seen[k] = true
				path := append(slices.Clip(slices.Clone(s.path)), q)
				if ok && added && out[q] == nil {
					out[q] = path
				}
				todo = append(todo, state{q, added, c, path})
			}
		}
	}
	return out
}

// thresholded is the value whose sign node x multiplies with what it makes of the
// same value's size, as soft thresholding does; -1 where it is nothing like that.
func (v *view) thresholded(x int) int {
	if v.op[x] != "mul" || len(v.in[x]) != 2 {
		return -1
	}
	for i, q := range v.in[x] {
		if v.op[q] != "sign" {
			continue
		}
		for r := v.in[x][1-i]; len(v.in[r]) > 0; r = v.in[r][0] {
			switch u := v.root(v.in[q][0]); {
			case v.op[r] == "abs" && v.root(v.in[r][0]) == u:
				return u
			case !versionOps[v.op[r]] || v.size[v.in[r][0]] != v.size[x]:
				return -1
			}
		}
	}
	return -1
}

// onlyNoise reports that the values of path, of which the last is old, differ from
// it by nothing but numbers that were drawn since.
func (v *view) onlyNoise(old int, path []int) bool {
	drawn, todo, seen := false, []int{}, map[int]bool{}
	for _, y := range path {
		if y != old {
			todo = append(todo, slices.DeleteFunc(slices.Clone(v.in[y]), func(x int) bool { return slices.Contains(path, x) })...)
		}
	}
	for len(todo) > 0 && len(seen) < 200 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch {
		case seen[x]:
			continue
		case random(v.op[x]) && x > old && len(v.in[x]) == 0:
			drawn = true
		case v.op[x] != "const" && (len(v.in[x]) == 0 || x <= old):
			return false
		}
		seen[x] = true
		todo = append(todo, v.in[x]...)
	}
	return drawn && len(todo) == 0
}

// root is the value that a mere name stands for.
func (v *view) root(q int) int {
	for v.alias[q] && len(v.in[q]) == 1 {
		q = v.in[q][0]
	}
	return q
}

// A link is a value and a later version of it.
type link struct{ from, to int }

// chains links values that are read at one place of the program one after the
// other, the later a version of the earlier.
func (v *view) chains(limit int) []chain {
	type place struct{ site, slot, size int }
	seen := map[place][]int{}
	memo := map[int]map[int][]int{}
	var links []link
	for i := range limit {
		for j, q := range v.in[i] {
			if !v.float[q] || v.size[q] == 0 || v.alias[i] {
				continue
			}
			q = v.root(q)
			k := place{v.site[i], j, v.size[q]}
			before := seen[k]
			if slices.Contains(before, q) {
				continue
			}
			hit := -1
			if len(before) > 0 && versionOps[v.op[q]] {
				if memo[q] == nil {
					memo[q] = v.elementwise(q)
				}
				for x := len(before) - 1; x >= 0 && hit < 0; x-- {
					path := memo[q][before[x]]
					if path == nil || slices.Contains(path, i) {
						continue
					}
					// The place is not part of the change itself.
					part := slices.ContainsFunc(path, func(y int) bool { return y != before[x] && v.site[y] == v.site[i] })
					if !part {
						hit = x
					}
				}
			}
			if hit >= 0 && v.onlyNoise(before[hit], memo[q][before[hit]]) {
				continue // a point beside it, to be tried
			}
			if hit >= 0 {
				links = append(links, link{before[hit], q})
			}
			if before = append(before, q); len(before) > 64 { // what it was made of stays: several may be made of it
				before = before[1:]
			}
			seen[k] = before
		}
	}
	// Of several made of one value the first; a point that is tried on the way to the next
	// version, and from which nothing goes on, is none where another goes on.
	onward, ends := map[int]bool{}, map[int]bool{}
	for _, l := range links {
		onward[l.from] = true
	}
	for _, l := range links {
		ends[l.from] = ends[l.from] || onward[l.to]
	}
	links = slices.DeleteFunc(links, func(l link) bool { return ends[l.from] && !onward[l.to] })
	links = v.withoutInner(links)
	slices.SortStableFunc(links, func(a, b link) int {
		return cmp.Or((a.to-a.from)-(b.to-b.from), a.from-b.from, a.to-b.to)
	})
	next, taken := map[int]int{}, map[int]bool{}
	for _, l := range links {
		if _, ok := next[l.from]; !ok && !taken[l.to] {
			next[l.from], taken[l.to] = l.to, true
		}
	}
	var heads []int
	for a := range next {
		if !taken[a] {
			heads = append(heads, a)
		}
	}
	slices.Sort(heads)
	var out []chain
	for _, h := range heads {
		c := chain{h}
		for {
			n, ok := next[c[len(c)-1]]
			if !ok {
				break
			}
			c = append(c, n)
		}
		out = append(out, c)
	}
	return out
}

// withoutInner leaves out the steps of a loop within a step, as of what is learnt from one
// task alone before the derivative is taken there: they lead no further, and the step does,
// which is made later of the same value.
func (v *view) withoutInner(links []link) []link {
	slices.SortFunc(links, func(a, b link) int { return cmp.Or(b.from-a.from, b.to-a.to) })
	links = slices.Compact(links)
	siteOf := func(q int) int { return v.site[v.root(q)] }
	depth := map[int]int{}   // how far it goes on from a value
	leaves := map[int]bool{} // whether that is by other statements than the one that makes it
	for _, l := range links {
		depth[l.from] = max(depth[l.from], depth[l.to]+1)
		leaves[l.from] = leaves[l.from] || siteOf(l.to) != siteOf(l.from)
	}
	inner, later := map[int]bool{}, 0 // statements; how far it goes on from what is made later
	for i, l := range links {
		if i > 0 && links[i-1].from != l.from {
			later = 0
		}
		if site := siteOf(l.to); depth[l.to] > 0 && !leaves[l.to] && later > depth[l.to]+1 && siteOf(l.from) != site {
			inner[site] = true
		}
		later = max(later, depth[l.to])
	}
	return slices.DeleteFunc(links, func(l link) bool { return inner[siteOf(l.to)] && siteOf(l.from) != siteOf(l.to) })
}

var contractions = setOf("dot", "matmul", "einsum", "tensordot", "outer", "inner", "convolve", "correlate", "convolve2d", "correlate2d")

// influences reports that something else than its own update is made of value
// x: a product, a broadcast, a choice of rows. A moment or a rate only meets
// arrays of its own size.
func (v *view) influences(x int, limit int, own map[int]bool) bool {
	seen, todo := map[int]bool{}, []int{x}
	for len(todo) > 0 && len(seen) < 4000 {
		y := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, q := range v.cons[y] {
			if seen[q] || q >= limit {
				continue
			}
			seen[q] = true
			if own[q] || v.op[q] == "cmp" {
				continue
			}
			switch {
			case contractions[v.op[q]]:
				return true
			case v.size[q] > v.size[y] && v.size[y] == v.size[x] && (v.op[q] == "add" || v.op[q] == "sub" || v.op[q] == "mul" || v.op[q] == "div"):
				return true
			case y == x && (v.op[q] == "add" || v.op[q] == "sub") && slices.ContainsFunc(v.in[q], func(u int) bool { return v.size[u] > 1 && v.size[u] < v.size[x] }):
				return true // scores of transitions meet those of states
			case v.op[q] == "gather" && y == x && len(v.in[q]) == 1 && v.size[q] != v.size[x]:
				for _, r := range v.cons[q] {
					if o := v.op[r]; contractions[o] || o == "add" || o == "sub" || o == "gather" || o == "mul" {
						return true
					}
				}
			}
			todo = append(todo, q)
		}
	}
	return false
}

// parameters finds the chains that live on from one training step to the next
// and of which other values are made; those of another network that is stepped
// more often or more rarely; and the other lasting chains, which are the
// optimiser's states and the like.
func (v *view) parameters(limit int) (params, apart, others []chain) {
	all := v.chains(limit)
	first, last := make([]int, len(all)), make([]int, len(all))
	lo, hi := limit, 0
	for i, c := range all {
		first[i], last[i] = c[1], c[len(c)-1]
		for _, q := range v.cons[c[0]] {
			if q < limit {
				first[i] = min(first[i], q)
			}
		}
		for _, q := range v.cons[c[len(c)-1]] {
			if q < limit {
				last[i] = max(last[i], q)
			}
		}
		lo, hi = min(lo, first[i]), max(hi, last[i])
	}
	// A chain that begins again later at the same place is made afresh in each
	// step: a hidden state, a stream through residual blocks, a buffer that is
	// filled.
	type place struct{ site, size int }
	by := map[place][]int{}
	places := func(i int) map[place]bool {
		m := map[place]bool{}
		for _, x := range all[i][1:] {
			m[place{v.site[x], v.size[x]}] = true
		}
		return m
	}
	for i := range all {
		for k := range places(i) {
			by[k] = append(by[k], i)
		}
	}
	var kept []int
	for i, c := range all {
		again := float64(last[i]-first[i]) < 0.5*float64(hi-lo)
		for k := range places(i) {
			for _, d := range by[k] {
				if d != i && (first[d] > c[len(c)-1] || first[i] > all[d][len(all[d])-1]) && v.op[c[0]] != "mutated" {
					again = true
				}
			}
		}
		if !again {
			kept = append(kept, i)
		}
	}
	own := map[int]bool{}
	for _, i := range kept {
		for _, x := range all[i] {
			own[x] = true
		}
	}
	var good []chain
	isGood := map[int]bool{}
	for _, i := range kept {
		c := all[i]
		if v.influences(c[0], limit, own) || v.influences(c[len(c)/2], limit, own) {
			good = append(good, c)
			isGood[c[0]] = true
		}
	}
	averaged := map[int]bool{} // lines that average arrays do so with single numbers too
	for _, c := range good {
		if v.runningAverage(c) {
			averaged[v.site[v.root(c[len(c)-1])]] = true
		}
	}
	// Where arrays move others, single numbers do so too.
	ahead := slices.ContainsFunc(good, func(c chain) bool { return v.size[c[0]] > 1 && v.movesAnother(c, good) })
	good = slices.DeleteFunc(good, func(c chain) bool {
		isGood[c[0]] = !((ahead || v.size[c[0]] > 1) && v.movesAnother(c, good)) && !averaged[v.site[v.root(c[len(c)-1])]]
		return !isGood[c[0]]
	})
	// States that are carried on within a step move faster than parameters.
	if len(good) > 0 {
		count := map[int]int{}
		for _, c := range good {
			count[len(c)-1]++
		}
		pace, best := 0, -1
		for l := range count {
			n := count[l] + count[l-1] + count[l+1]
			if n > best || n == best && l < pace {
				pace, best = l, n
			}
		}
		var slow []chain
		for _, c := range good {
			if l := float64(len(c) - 1); l >= float64(pace)/2-1 && l <= 1.6*float64(pace)+1 {
				slow = append(slow, c)
			} else if len(c) > 4 && v.stepped(c) {
				apart = append(apart, c)
			} else {
				isGood[c[0]] = false
			}
		}
		good = slow
	}
	for _, i := range kept {
		if !isGood[all[i][0]] {
			others = append(others, all[i])
		}
	}
	return good, apart, others
}

// stepped reports that each version is the one before with something added, not
// a part of it, as a state is that is carried on.
func (v *view) stepped(c chain) bool {
	for k, x := range c[1:] {
		if v.madeOf(x, func(c float64) bool { return c > 0.9 && c < 1.001 })[c[k]] == nil {
			return false
		}
	}
	return true
}

// runningAverage reports that a chain's versions are averages of what came in
// from step to step, as the statistics of a batch are kept for evaluation:
// a·old + (1-a)·new, however it is written.
func (v *view) runningAverage(c chain) bool {
	n, was := c[len(c)-1], c[len(c)-2]
	line := v.site[v.root(n)] // a version in between may be read nowhere else
	top := v.op[v.root(n)]
	old := func(q int) bool { q = v.root(q); return q == v.root(was) || v.site[q] == line && v.op[q] == top }
	// times are what q multiplies value x by: either of two numbers, it may be.
	times := func(q int, x func(int) bool) (by []float64) {
		for len(v.in[q]) == 1 && v.op[q] == "copy" {
			q = v.in[q][0]
		}
		in := v.in[q]
		if v.op[q] != "mul" && v.op[q] != "div" || len(in) != 2 {
			return nil
		}
		for k, o := range in {
			switch {
			case v.size[o] != 1 || v.size[q] == 1 && !made(v.op[o]) || !x(in[1-k]):
			case v.op[q] == "mul":
				by = append(by, v.scalar(o))
			case k == 1:
				by = append(by, 1/v.scalar(o))
			}
		}
		return by
	}
	for len(v.in[n]) == 1 && (v.op[n] == "copy" || v.alias[n]) || v.op[n] == "setitem" && len(v.in[n]) == 2 && v.size[v.in[n][1]] == v.size[n] {
		n = v.in[n][len(v.in[n])-1]
	}
	in := v.in[n]
	if len(in) != 2 {
		return false
	}
	any := func(q int) bool { return v.size[q] == v.size[n] && !old(q) }
	apart := func(q int, sign string) bool { // the difference of old and another, whichever way round
		return !old(q) && v.op[q] == sign && len(v.in[q]) == 2 && (old(v.in[q][0]) && any(v.in[q][1]) || old(v.in[q][1]) && any(v.in[q][0]))
	}
	share := func(a float64) bool { return a > 0 && a < 1 }
	for k, q := range in {
		o := in[1-k]
		for _, a := range times(q, old) {
			if v.op[n] == "add" && share(a) && slices.ContainsFunc(times(o, any), func(b float64) bool { return alike(a+b, 1, 1e-9) }) {
				return true
			}
		}
		if v.size[n] > 1 && old(o) && (v.op[n] == "add" || v.op[n] == "sub") && slices.ContainsFunc(times(q, func(x int) bool { return apart(x, "sub") }), share) {
			return true
		}
	}
	return false
}

// movesAnother reports that another chain moves by this one's versions, as
// weights do by a velocity, and not the other way round: where the gradient is
// taken at a point ahead, the forward pass is made of both.
func (v *view) movesAnother(c chain, all []chain) bool {
	moves := func(c, d chain) bool { // the later versions of d are made of c's
		last := d[len(d)-1]
		from := v.madeOf(last, func(c float64) bool { return math.Abs(c) > 0.25 && math.Abs(c) <= 1.5 })
		return slices.ContainsFunc(c[1:], func(x int) bool { return x < last && from[x] != nil })
	}
	return slices.ContainsFunc(all, func(d chain) bool {
		return d[0] != c[0] && v.size[d[0]] == v.size[c[0]] && moves(c, d) && !moves(d, c)
	})
}

// A version is one parameter in one step: what the forward pass reads and what
// the update makes of it.
type version struct{ param, cur, new int }

// align puts the versions of all parameters into steps. A parameter that
// starts late (as a number, say) joins at the step in which its first new
// version is made.
func (v *view) align(params []chain) [][]version {
	ref := params[0]
	for _, c := range params {
		if len(c) > len(ref) {
			ref = c
		}
	}
	steps := make([][]version, len(ref)-1)
	for p, c := range params {
		off := 0
		if len(c) < len(ref) {
			// Where the version that the first update makes is first read.
			read := c[1]
			if l := v.cons[c[1]]; len(l) > 0 {
				read = slices.Min(l)
			}
			for off+2 < len(ref) && ref[off+2] <= read {
				off++
			}
		}
		for j := 0; j+1 < len(c); j++ {
			if j+off < len(steps) {
				steps[j+off] = append(steps[j+off], version{p, c[j], c[j+1]})
			}
		}
	}
	return steps
}
