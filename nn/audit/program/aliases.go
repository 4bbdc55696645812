package program

import "glassbox/nn/message"

// sharedNames finds statements of an update that read one array under two
// names, one of which was given without a copy before the array was written to:
// `old = v`, then `v *= mu`, then `w += -mu*old + (1+mu)*v`.
func (j *judge) sharedNames(s *step) []updateFault {
	type read struct {
		name string
		node int
	}
	seen := map[[2]int][]read{} // by statement's first site and value
	var out []updateFault
	for _, p := range s.live {
		for _, q := range s.region[p] {
			site := j.g.Site(q)
			if site == nil {
				continue
			}
			for k, u := range j.in[q] {
				if j.obj[u] < 0 || j.size[u] < 2 || k >= len(site.Args) {
					continue
				}
				name := j.operand(q, k).String()
				key := [2]int{site.File<<20 | site.Stmt[0], u}
				for _, o := range seen[key] {
					if o.name == name {
						continue
					}
					for _, kept := range j.kept {
						if kept.kind != "name" || kept.node >= u || j.obj[kept.node] != j.obj[u] {
							continue
						}
						target := j.g.Sites[kept.site].Target
						if target != name && target != o.name {
							continue
						}
						other := name
						if target == name {
							other = o.name
						}
						out = append(out, updateFault{weight: 6, node: q, site: kept.site, text: message.New("`%s` is the array `%s` itself, not a copy: it is written to before both are read at %s", target, other, j.where(q))})
						return out
					}
				}
				seen[key] = append(seen[key], read{name, q})
			}
		}
	}
	return out
}
