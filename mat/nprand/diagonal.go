package nprand

// svdDiagonal puts the elements s of a diagonal matrix, none of them negative,
// into the order in which LAPACK's dgesdd returns them as singular values,
// which is descending, and returns the column from which each came.
//
// Where elements are equal their order is that of LAPACK's sorts, none of which
// is stable. From 26 elements on dgesdd goes by its divide-and-conquer routine,
// which scales the matrix by its largest element and back, with two roundings,
// and lifts an element that is zero beside it to 0.9·2⁻⁵³ of it: there NumPy
// spreads even a constant a little.
func svdDiagonal(s []float64) (column []int) {
	const smallest = 26 // below which dbdsdc leaves the work to dbdsqr
	column = make([]int, len(s))
	for i := range column {
		column[i] = i
	}
	swap := func(i, j int) {
		s[i], s[j] = s[j], s[i]
		column[i], column[j] = column[j], column[i]
	}
	if len(s) < smallest {
		// dbdsqr: the smallest of what is left, the last among equals, to its end.
		for end := len(s) - 1; end > 0; end-- {
			low := 0
			for j := 1; j <= end; j++ {
				if s[j] <= s[low] {
					low = j
				}
			}
			swap(low, end)
		}
		// dlasdq: the smallest, the first among equals, to the front.
		for i := range s {
			low := i
			for j := i + 1; j < len(s); j++ {
				if s[j] < s[low] {
					low = j
				}
			}
			swap(low, i)
		}
	} else {
		rescale(s)
	}
	// dbdsdc: the largest, the first among equals, to the front.
	for i := range s {
		top := i
		for j := i + 1; j < len(s); j++ {
			if s[j] > s[top] {
				top = j
			}
		}
		swap(top, i)
	}
	return column
}

// rescale does to s what dbdsdc does before and after its work.
func rescale(s []float64) {
	const eps = 0.9 * 0x1p-53
	top := 0.0
	for _, v := range s {
		top = max(top, v)
	}
	if top == 0 {
		return
	}
	down := 1 / top
	for i, v := range s {
		s[i] = max(v*down, eps) * top
	}
}
