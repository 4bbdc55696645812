package cli

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
)

// FuzzParse reads command lines of any text: each is refused in one line that
// can be shown, or what it sets can be typed again and sets the same.
func FuzzParse(f *testing.F) {
	for _, line := range []string{"-sgd True -dnn_hidden_units 20,10", "--learning_rate=0.1\x00-seed\x004294967295", "-mean1\x001,-6", "-sweep momentum=0,0.9\x00-init ?",
		"-", "--", "-=", "-h", "-out\x00it's \u202e", "-noise 1e309", "-rate -", "-max_steps 99999999999999999999"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.FieldsFunc(line, func(r rune) bool { return r == 0 || r == ' ' })
		x := newTrial()
		err := x.set.Parse(args, io.Discard)
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		if err != nil {
			if text := OneLine(err.Error()); strings.ContainsFunc(text, Hidden) || strings.Contains(text, "\n") {
				t.Errorf("%q: %q", args, text)
			}
			return
		}
		again := newTrial()
		var typed []string
		for _, s := range x.set.Settings() {
			switch v := s.Value.(type) {
			case []string:
				for _, text := range v {
					typed = append(typed, "-"+s.Name+"="+text)
				}
			default:
				if s.Given {
					typed = append(typed, "-"+s.Name+"="+s.Text)
				}
			}
		}
		if err := again.set.Parse(typed, io.Discard); err != nil {
			t.Fatalf("%q typed again as %q: %v", args, typed, err)
		}
		for i, s := range again.set.Settings() {
			if before := x.set.Settings()[i]; s.Text != before.Text {
				t.Errorf("%q: -%s is %q, typed again %q", args, s.Name, before.Text, s.Text)
			}
		}
	})
}
