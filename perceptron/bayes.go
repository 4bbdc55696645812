package perceptron

import (
	"math"
	"slices"

	"glassbox/mat"
)

// Bayes returns the highest accuracy that any classifier whatever can expect
// on fresh points of the pair, both classes equally likely: ∫ ½·max(f₁, f₂),
// or ½ when they are the same. An error says why p is no pair (see Check).
//
// With two proper densities it is better than 1e-9 while neither ellipse is
// thinner than 1 : 10⁵. A covariance of rank 1 puts its class on a line, one
// of rank 0 on a point. A class on a line is told apart for certain from
// anything but another class on the same line, for which the problem has one
// dimension; a class on a point from anything but another one on that point.
// "The same" is meant to 1e-12 of the sizes involved.
func Bayes(p Pair) (float64, error) { return BayesOf(p, nil) }

// BayesOf is Bayes, and says how it comes about: each is called with the parts of
// the two integrals, in the order in which they are added up for class 1 and then
// for class 2. It is not called where nothing has to be integrated.
func BayesOf(p Pair, each func(class int, part Part)) (float64, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	r1, r2 := rank(p.Cov1), rank(p.Cov2)
	switch {
	case r1 != r2:
		return 1, nil
	case r1 == 2:
		return bayesPlane(p, each), nil
	case r1 == 1:
		return bayesLines(p, each), nil
	case p.Mean1 == p.Mean2:
		return 0.5, nil
	}
	return 1, nil
}

// A Part is an integral over directions: (1, t), or (t, 1) if Swapped, for t from
// From to To.
type Part struct {
	Swapped         bool
	From, To, Value float64
}

// bayesPlane is Bayes where both classes have a density. Each class is right
// where its own density is the higher, and if S is the set where class 1's is,
// that is ½·P₁(S) + ½·(1 − P₂(S)).
func bayesPlane(p Pair, each func(int, Part)) float64 {
	if p.Mean1 == p.Mean2 && p.Cov1 == p.Cov2 {
		return 0.5
	}
	of := func(class int) func(Part) {
		return func(part Part) {
			if each != nil {
				each(class, part)
			}
		}
	}
	right1 := higher(p.Mean1, p.Mean2, p.Cov1, p.Cov2, of(1))
	right2 := higher(p.Mean2, p.Mean1, p.Cov2, p.Cov1, of(2))
	return min(1, max(0.5, float64(0.5*right1)+float64(0.5*right2)))
}

// bayesLines is Bayes where both classes lie on a line.
func bayesLines(p Pair, each func(int, Part)) float64 {
	v1, v2 := axis(p.Cov1), axis(p.Cov2)
	delta := vec{p.Mean2[0] - p.Mean1[0], p.Mean2[1] - p.Mean1[1]}
	size := max(length(vec(p.Mean1)), length(vec(p.Mean2)))
	l1, l2 := length(v1), length(v2)
	if math.Abs(area(v1, v2)) > float64(1e-12*float64(l1*l2)) ||
		math.Abs(area(delta, v1)) > float64(1e-12*float64(size*l1)) {
		return 1
	}
	// One dimension is two of which the second says nothing.
	along := (float64(delta[0]*v1[0]) + float64(delta[1]*v1[1])) / l1
	return bayesPlane(Pair{
		Mean2: [2]float64{along, 0},
		Cov1:  diag(float64(l1*l1), 1), Cov2: diag(float64(l2*l2), 1),
	}, each)
}

// axis returns v with v·vᵀ = c, for c of rank 1.
func axis(c [2][2]float64) vec {
	v := vec{math.Sqrt(c[0][0]), math.Sqrt(c[1][1])}
	if c[0][1] < 0 {
		v[1] = -v[1]
	}
	return v
}

func area(p, q vec) float64 { return float64(p[0]*q[1]) - float64(p[1]*q[0]) }

func length(p vec) float64 { return math.Sqrt(float64(p[0]*p[0]) + float64(p[1]*p[1])) }

// higher returns the probability that a point of N(mean, cov) has a higher
// density there than under N(mean2, cov2). Both covariances have rank 2. It calls
// each with the parts of its integral.
//
// With x = mean + L·z, L·Lᵀ = cov, z is standard normal and the log of the
// ratio of the densities is a quadratic in z. Along the line through z = 0
// with direction u it is A·r² + B·r + C, positive on at most two intervals of
// r whose probabilities have a closed form, since the density of r on a line
// of random direction is ½·|r|·exp(−r²/2). What remains is an integral over
// the directions, half a turn of them. It is split where intervals appear,
// vanish or reach infinity: between these places it is smooth. The directions
// are (1, t) and (t, 1) for t in [−1, 1], so that no angle is needed.
func higher(mean, mean2 [2]float64, cov, cov2 [2][2]float64, each func(Part)) float64 {
	l, m := cholesky(cov), cholesky(cov2)
	// The other class's own standard coordinates are d + T·z, T lower triangular.
	d := m.solve(vec{mean[0] - mean2[0], mean[1] - mean2[1]})
	t := lower2{l.a / m.a, (l.b - float64(m.b*(l.a/m.a))) / m.d, l.d / m.d}

	c := 0.5*(float64(d[0]*d[0])+float64(d[1]*d[1])) - mat.Log(t.a) - mat.Log(t.d)
	// |d + T·z|² − |z|² = zᵀ·S·z + 2·g·z + |d|², with S = TᵀT − I, g = Tᵀd.
	s := form{float64(t.a*t.a) + float64(t.b*t.b) - 1, float64(t.b * t.d), float64(t.d*t.d) - 1}
	g := vec{float64(t.a*d[0]) + float64(t.b*d[1]), float64(t.d * d[1])}
	// B² − 4AC for A = ½·uᵀSu, B = g·u is again a form in u.
	disc := form{
		float64(g[0]*g[0]) - 2*float64(c*s.a),
		float64(g[0]*g[1]) - 2*float64(c*s.b),
		float64(g[1]*g[1]) - 2*float64(c*s.d),
	}

	total := 0.0
	for _, swapped := range []bool{false, true} {
		if swapped {
			s, disc, g = form{s.d, s.b, s.a}, form{disc.d, disc.b, disc.a}, vec{g[1], g[0]}
		}
		along := func(t float64) float64 {
			n := 1 + float64(t*t)
			b := (g[0] + float64(g[1]*t)) / math.Sqrt(n)
			return positive(0.5*s.at(t)/n, b, c) / n
		}
		cuts := []float64{-1, -0.5, 0.5, 1}
		for _, root := range slices.Concat([]float64{0, -g[0] / g[1]}, s.roots(), disc.roots()) {
			cuts = append(cuts, root)
			for off := 1e-2; off > 1e-13; off *= 1e-2 { // what happens close by must not be stepped over
				cuts = append(cuts, root-off, root+off)
			}
		}
		cuts = slices.DeleteFunc(cuts, func(t float64) bool { return !(t >= -1 && t <= 1) })
		slices.Sort(cuts)
		for i := range len(cuts) - 1 {
			v := integrate(along, cuts[i], cuts[i+1], 1e-13)
			each(Part{swapped, cuts[i], cuts[i+1], v})
			total += v
		}
	}
	return min(1, total/math.Pi)
}

// positive returns the probability of {r : a·r² + b·r + c > 0} under the
// density ½·|r|·exp(−r²/2).
func positive(a, b, c float64) float64 {
	disc := float64(b*b) - 4*float64(a*c)
	if disc <= 0 || a == 0 && b == 0 { // no change of sign
		if a > 0 || a == 0 && c > 0 {
			return 1
		}
		return 0
	}
	q := -0.5 * (b + math.Copysign(math.Sqrt(disc), b))
	r1, r2 := q/a, c/q // r1 is at ±Inf where a is 0
	between := math.Abs(below(r1) - below(r2))
	switch {
	case a > 0:
		return 1 - between
	case a < 0:
		return between
	case b > 0: // a straight line, positive above its only root
		return 1 - below(r2)
	}
	return below(r2)
}

// below returns the probability of (−∞, r) under ½·|r|·exp(−r²/2).
func below(r float64) float64 {
	tail := 0.5 * mat.Exp(-0.5*float64(r*r))
	if r < 0 {
		return tail
	}
	return 1 - tail
}

// A lower2 is the lower triangular matrix [a 0; b d].
type lower2 struct{ a, b, d float64 }

// cholesky returns L with L·Lᵀ = c, for c of rank 2.
func cholesky(c [2][2]float64) lower2 {
	a := math.Sqrt(c[0][0])
	return lower2{a, c[0][1] / a, math.Sqrt(det(c)) / a}
}

// solve returns y with l·y = x.
func (l lower2) solve(x vec) vec {
	y := x[0] / l.a
	return vec{y, (x[1] - float64(l.b*y)) / l.d}
}

// A form is the quadratic form a·u₀² + 2b·u₀u₁ + d·u₁².
type form struct{ a, b, d float64 }

// at returns the form's value at u = (1, t).
func (f form) at(t float64) float64 {
	return f.a + float64(t*(2*f.b+float64(f.d*t)))
}

// roots returns the t at which it is 0, some of them perhaps NaN or infinite.
func (f form) roots() []float64 {
	q := -(f.b + math.Copysign(math.Sqrt(float64(f.b*f.b)-float64(f.a*f.d)), f.b))
	return []float64{q / f.d, f.a / q}
}

// The 15 nodes of Kronrod and, among them, the 7 of Gauss on [−1, 1], with
// their weights (R. Piessens et al., QUADPACK, 1983, routine QK15). Node i
// stands for ±kronrodNodes[i]; every second one, from 1 on, is a Gauss node.
var (
	kronrodNodes = [8]float64{
		0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
		0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
		0.586087235467691130294144691258380, 0.405845151377397166906606412076961,
		0.207784955007898467600689403773245, 0,
	}
	kronrodWeights = [8]float64{
		0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
		0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
		0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
		0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
	}
	gaussWeights = [4]float64{
		0.129484966168869693270611432679082, 0.279705391489276667901467771423780,
		0.381830050505118944950369775488975, 0.417959183673469387755102040816327,
	}
)

// integrate returns ∫ f over [a, b] by halving until the rules of 7 and 15
// nodes agree on every part to tol. That leaves the 15-node rule far closer
// than tol where f is smooth, and about so near a square-root edge.
func integrate(f func(float64) float64, a, b, tol float64) float64 {
	return refine(f, a, b, tol, 48)
}

func refine(f func(float64) float64, a, b, tol float64, depth int) float64 {
	mid, half := float64(a/2)+float64(b/2), float64(b/2)-float64(a/2)
	centre := f(mid)
	kronrod, gauss := float64(kronrodWeights[7]*centre), float64(gaussWeights[3]*centre)
	for i, node := range kronrodNodes[:7] {
		off := float64(half * node)
		sum := f(mid-off) + f(mid+off)
		kronrod = math.FMA(kronrodWeights[i], sum, kronrod)
		if i%2 == 1 {
			gauss = math.FMA(gaussWeights[i/2], sum, gauss)
		}
	}
	kronrod, gauss = float64(kronrod*half), float64(gauss*half)
	if depth == 0 || math.Abs(kronrod-gauss) <= tol || mid <= a || mid >= b {
		return kronrod
	}
	return refine(f, a, mid, tol, depth-1) + refine(f, mid, b, tol, depth-1)
}
