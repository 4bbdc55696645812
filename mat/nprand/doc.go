// Package nprand draws the random numbers of numpy.random's RandomState, the
// generator behind np.random.seed, np.random.randn and the rest, bit for bit:
// the same seed and the same calls in the same order give the same numbers.
// NumPy has frozen this stream, so no version of it gives others.
//
//	NumPy                                        here
//	np.random.seed(42)                           r := nprand.New(42)
//	np.random.seed([1, 2, 3])                    r.SeedArray([]uint32{1, 2, 3})
//	rand(), random_sample()                      r.Float64()
//	uniform(lo, hi)                              r.Uniform(lo, hi)
//	randn(), standard_normal()                   r.StandardNormal()
//	randn(n), standard_normal(n)                 r.FillStandardNormal(dst)
//	normal(loc, scale)                           r.Normal(loc, scale)
//	normal(loc, scale, n)                        r.FillNormal(dst, loc, scale)
//	randint(n)                                   r.Intn(n)
//	randint(lo, hi)                              r.RandInt(lo, hi)
//	shuffle(a)                                   r.Shuffle(len(a), swap)
//	permutation(n)                               r.Permutation(n)
//	choice(n, k, replace=False)                  r.Choice(n, k)
//	choice(n, k)                                 k times r.Intn(n)
//	choice(len(p), k, p=p)                       r.ChoiceP(p, k)
//	multivariate_normal(mean, cov, n)            r.MultivariateNormal(mean, cov, n)
//
// A call with size=(…) draws what as many single calls draw, in row-major
// order. NumPy's newer generator, np.random.default_rng, is another one and is
// not here.
//
// The normal deviates pass through the C library's log; [mat.Log] gives the
// bits of the one on Linux (glibc and musl on a CPU with fused multiply-add),
// so there they are equal, and elsewhere within 2 ulp. No draw depends on log,
// so the streams never part.
//
// A wrong argument, such as Intn(0), panics with the call's name and its
// values.
package nprand
