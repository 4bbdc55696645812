package main

// A report is all that a run of the bench found.
type report struct {
	Machine     machine         `json:"machine"`
	Kernel      string          `json:"kernel,omitempty"` // glassbox's, for products
	Rounds      int             `json:"rounds"`           // at most, of each piece of work
	Slice       float64         `json:"slice_seconds"`
	Peers       []peerResult    `json:"peers"`
	Sections    []sectionResult `json:"sections"`
	Interrupted bool            `json:"interrupted"`
}

// A peerResult is who was measured, or why not.
type peerResult struct {
	Name    string `json:"name"`
	About   string `json:"about,omitempty"` // version, BLAS and its core type
	Missing string `json:"missing,omitempty"`
}

// A sectionResult is one kind of work.
type sectionResult struct {
	Letter string       `json:"letter"`
	Title  string       `json:"title"`
	Table  bool         `json:"-"` // many cases: a line for each
	Cases  []caseResult `json:"cases"`
}

// A caseResult is one piece of work and the times of all who did it.
type caseResult struct {
	Name     string   `json:"name"`
	Short    string   `json:"-"` // for a table of few words
	Threads  int      `json:"threads,omitempty"`
	Flops    float64  `json:"flops,omitempty"`    // of one operation
	Elements int      `json:"elements,omitempty"` // of one operation
	Series   []series `json:"series"`
}

// A role is what a series is for.
type role string

const (
	ours   role = "ours"
	theirs role = ""      // a peer
	peak   role = "peak"  // our product at its fastest, in the same rounds
	single role = "one"   // ours again, on one thread
	exps   role = "exp"   // our exps of the same step alone
	aside  role = "aside" // a second way of the same peer, left out of the compact table
)

// A series is the times of one contender, a number for each round: seconds an
// operation. It has none when the contender is missing or failed.
type series struct {
	Name    string    `json:"name"`
	Role    role      `json:"role,omitempty"`
	Flops   float64   `json:"flops,omitempty"` // of one operation, where it is not the case's
	Seconds []float64 `json:"seconds,omitempty"`
	Failed  string    `json:"failed,omitempty"`
	absent  bool      // failed before it did anything: the report's peers say so
}

// find returns the first series with the role, or nil.
func (c caseResult) find(r role) *series {
	for i := range c.Series {
		if c.Series[i].Role == r && len(c.Series[i].Seconds) > 0 {
			return &c.Series[i]
		}
	}
	return nil
}

// byName returns the series with the name, or nil if there are no times of it.
func (c caseResult) byName(name string) *series {
	for i := range c.Series {
		if c.Series[i].Name == name && len(c.Series[i].Seconds) > 0 {
			return &c.Series[i]
		}
	}
	return nil
}

// peers returns the series that glassbox is compared with.
func (c caseResult) peers() []series {
	var list []series
	for _, s := range c.Series {
		if s.Role == theirs || s.Role == aside {
			list = append(list, s)
		}
	}
	return list
}

// ratios returns, round by round, s's time over glassbox's.
func (c caseResult) ratios(s *series) []float64 {
	our := c.find(ours)
	if our == nil || s == nil {
		return nil
	}
	return over(s.Seconds, our.Seconds)
}

// share returns glassbox's speed as a share of its product's peak, the median
// over the rounds, and the median peak in flops a second; 0 where either is not
// known.
func (c caseResult) share() (share, flops float64) {
	our, top := c.find(ours), c.find(peak)
	if our == nil || top == nil || c.Flops == 0 {
		return 0, 0
	}
	per := over(top.Seconds, our.Seconds) // both for one operation
	return median(per) * c.Flops / top.Flops, top.Flops / median(top.Seconds)
}
