package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
)

// seriesJSON is a series with what its times come to.
type seriesJSON struct {
	Name    string    `json:"name"`
	Role    role      `json:"role,omitempty"`
	Failed  string    `json:"failed,omitempty"`
	Median  float64   `json:"median_seconds,omitempty"`
	Best    float64   `json:"best_seconds,omitempty"`
	Noise   float64   `json:"noise,omitempty"`           // half the distance between the quartiles over the median
	Ratio   *float64  `json:"ratio,omitempty"`           // to glassbox's times, the median over the rounds
	Between []float64 `json:"ratio_quartiles,omitempty"` // of the rounds' ratios
	Flops   float64   `json:"flops,omitempty"`           // of one operation, where not the case's
	Seconds []float64 `json:"seconds,omitempty"`         // an operation, in each round
}

// MarshalJSON writes a case with its statistics.
func (c caseResult) MarshalJSON() ([]byte, error) {
	type plain caseResult
	out := struct {
		plain
		Share  float64      `json:"share_of_peak,omitempty"`
		Series []seriesJSON `json:"series"`
	}{plain: plain(c)}
	out.Share, _ = c.share()
	for _, s := range c.Series {
		j := seriesJSON{Name: s.Name, Role: s.Role, Failed: s.Failed, Flops: s.Flops, Seconds: s.Seconds}
		if len(s.Seconds) > 0 {
			j.Median, j.Best, j.Noise = median(s.Seconds), quantile(s.Seconds, 0), noise(s.Seconds)
		}
		if r := c.ratios(&s); len(r) > 0 && s.Role != ours && s.Role != peak && s.Role != exps {
			m := median(r)
			j.Ratio, j.Between = &m, []float64{quantile(r, 0.25), quantile(r, 0.75)}
		}
		if math.IsNaN(j.Noise) {
			j.Noise = 0
		}
		out.Series = append(out.Series, j)
	}
	return json.Marshal(out)
}

// A jsonFile is where -json goes: made before the work, so that a mistake in
// its name shows then, and put in place whole after it.
type jsonFile struct {
	path string
	f    *os.File
}

func openJSON(path string) (*jsonFile, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("-json: %s is a directory; name a file in it, or - for standard output", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".bench-*")
	if err != nil {
		return nil, fmt.Errorf("-json: cannot write %s: %w", path, reasonOf(err))
	}
	return &jsonFile{path, f}, nil
}

// reasonOf returns the cause inside a path error, whose path is told already.
func reasonOf(err error) error {
	if pe, ok := err.(*os.PathError); ok {
		return pe.Err
	}
	return err
}

// put writes the report and gives the file its name.
func (j *jsonFile) put(r report) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err == nil {
		_, err = j.f.Write(append(text, '\n'))
	}
	if cerr := j.f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Chmod(j.f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(j.f.Name(), j.path)
	}
	if err != nil {
		return fmt.Errorf("-json: %w", err)
	}
	return nil
}

// drop removes what was made when it was not put in place.
func (j *jsonFile) drop() {
	j.f.Close()
	os.Remove(j.f.Name())
}
