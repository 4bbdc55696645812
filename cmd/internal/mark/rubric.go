package mark

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path"
	"slices"
	"strings"
)

// A Rubric says what a mistake costs. The most particular entry counts: the
// mistake's name, then the longest pattern that it fits ("bias-gradient-*"),
// then the part of training that it is in, then its level.
type Rubric struct {
	Points   float64            `json:"points"`   // of a submission without a mistake
	Mistakes map[string]float64 `json:"mistakes"` // off, for each distinct one
	Parts    map[string]float64 `json:"parts"`    // off, for each part asked for that is not there; "*" for any other
}

// DefaultRubric takes more off for what is wrong than for what misleads.
func DefaultRubric() Rubric {
	return Rubric{Points: 100, Mistakes: map[string]float64{"error": 15, "warning": 5}, Parts: map[string]float64{"*": 10}}
}

// mostRubric bounds a rubric's file.
const mostRubric = 1 << 20

// ReadRubric reads a rubric's file. What it does not say is as in the default.
func ReadRubric(file string) (Rubric, error) {
	r := DefaultRubric()
	in, err := os.Open(file)
	if err != nil {
		return r, err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, mostRubric+1))
	if err != nil {
		return r, err
	}
	if len(text) > mostRubric {
		return r, fmt.Errorf("%s: more than %d bytes are no rubric", file, mostRubric)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err = d.Decode(&r)
	if _, more := d.Token(); err == nil && more != io.EOF {
		err = errors.New("something follows the object")
	}
	if err != nil {
		return r, fmt.Errorf(`%s is no rubric: %w; for example {"points": 100, "mistakes": {"error": 15, "bias-gradient-*": 5}, "parts": {"backward": 20}}`, file, err)
	}
	return r, r.check(file)
}

func (r Rubric) check(file string) error {
	if !(r.Points > 0) || math.IsInf(r.Points, 0) {
		return fmt.Errorf(`%s: "points" is %v, which has to be above 0`, file, r.Points)
	}
	return cmp.Or(checkPoints(file, "mistakes", r.Mistakes), checkPoints(file, "parts", r.Parts))
}

func checkPoints(file, what string, points map[string]float64) error {
	for _, name := range slices.Sorted(maps.Keys(points)) {
		if _, err := path.Match(name, ""); err != nil || points[name] < 0 {
			return fmt.Errorf("%s: %q in %q: a name or a pattern, and the points that it takes off, 0 or above", file, name, what)
		}
	}
	return nil
}

// off are the points that a mistake takes off.
func (r Rubric) off(m Mistake) float64 {
	if p, ok := r.Mistakes[m.Name]; ok {
		return p
	}
	longest := ""
	for pattern := range r.Mistakes {
		if ok, _ := path.Match(pattern, m.Name); ok && strings.ContainsAny(pattern, "*?[") && (len(pattern) > len(longest) || len(pattern) == len(longest) && pattern < longest) {
			longest = pattern
		}
	}
	for _, name := range []string{longest, m.Area, m.Level} {
		if p, ok := r.Mistakes[name]; ok {
			return p
		}
	}
	return 0
}

// without are the points that a part takes off that is not there.
func (r Rubric) without(l Lack) float64 {
	if p, ok := r.Parts[l.Part]; ok {
		return p
	}
	return r.Parts["*"]
}

// grade are the points of a record, never below 0.
func (r Rubric) grade(x Record, lacks []Lack) float64 {
	points := r.Points
	for _, m := range x.Mistakes {
		points -= r.off(m)
	}
	for _, l := range lacks {
		points -= r.without(l)
	}
	return max(0, points)
}
