package perceptron

import "math"

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
