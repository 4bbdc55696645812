package message_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"

	"glassbox/nn/message"
)

func TestText(t *testing.T) {
	inner := message.New("only row %d is off", 3)
	for _, c := range []struct {
		text message.Text
		want string
	}{
		{message.Text{}, ""},
		{message.New("100% of it"), "100% of it"},
		{message.Plain("a%d"), "a%d"},
		{message.New("%[2]s, %[1]d rows", 4, inner), "only row 3 is off, 4 rows"},
		{message.New("%s: %v", message.New("%s; %s", inner, inner), message.Errorf("no %s", "W1")), "only row 3 is off; only row 3 is off: no W1"},
	} {
		if got := c.text.String(); got != c.want {
			t.Errorf("%+v is %q, want %q", c.text, got, c.want)
		}
		if c.text.IsZero() != (c.want == "") {
			t.Errorf("%q: zero %v", c.want, c.text.IsZero())
		}
	}
}

func TestJSON(t *testing.T) {
	b, err := json.Marshal(struct {
		Message message.Text
		Notes   []message.Text
		Why     map[string]message.Text
		None    message.Text `json:",omitzero"`
	}{message.New("z < %d", 0), []message.Text{message.New("a")}, map[string]message.Text{"x": message.New("b %s", "c")}, message.Text{}})
	if want := `{"Message":"z \u003c 0","Notes":["a"],"Why":{"x":"b c"}}`; err != nil || string(b) != want {
		t.Errorf("%s, %v; want %s", b, err, want)
	}
}

func TestErrors(t *testing.T) {
	cause := message.Errorf("%s of step %d", "vW1", 2)
	err := message.Errorf("%s needs %v", "W1_new", errors.Join(io.EOF, cause))
	if !errors.Is(err, io.EOF) || !errors.Is(err, cause) {
		t.Errorf("%v does not wrap what it is made of", err)
	}
	if got := message.Of(cause); got.Format != "%s of step %d" || len(got.Args) != 2 {
		t.Errorf("the message of an error is %+v", got)
	}
	// Words around it are said as well.
	for _, err := range []error{fmt.Errorf("file.npz: %w", cause), io.EOF} {
		if got := message.Of(err).String(); got != err.Error() {
			t.Errorf("the message of %q is %q", err, got)
		}
	}
}
