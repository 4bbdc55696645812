package inspector

import (
	"math"
	"slices"
	"sort"
)

// spread returns at most count steps from 0 to last, ascending: 0, the first
// ones singly, then ever farther apart by one ratio, and last. All of them if
// they are no more than count, which is at least 2.
func spread(last, count int) []int {
	if last < count {
		return upTo(last + 1)
	}
	if count == 2 {
		return []int{0, last}
	}
	steps := func(growth float64) []int {
		var list []int
		for s := 0; s < last && len(list) <= count; s = max(s+1, int(math.Round(float64(s)*growth))) {
			list = append(list, s)
		}
		return append(list, last)
	}
	// The smallest growth that makes few enough, to a thousandth.
	const fine = 1000
	k := sort.Search(1<<40, func(k int) bool { return len(steps(1+float64(k)/fine)) <= count })
	list := steps(1 + float64(k)/fine)
	// The last interval is what was left over: the step before it makes room
	// where it is much shorter than the others.
	if n := len(list); n > 3 && 2*(last-list[n-2]) < list[n-2]-list[n-3] {
		list = slices.Delete(list, n-2, n-1)
	}
	return list
}

// nearest replaces each of the wanted steps by the one of those there are that
// lies nearest, and returns them ascending, each once.
func nearest(wanted, have []int) []int {
	var list []int
	for _, w := range wanted {
		i := sort.SearchInts(have, w)
		if i == len(have) || i > 0 && w-have[i-1] <= have[i]-w {
			i--
		}
		list = append(list, have[i])
	}
	slices.Sort(list)
	return slices.Compact(list)
}
