package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// traceJSON is the entry program as it is written.
type traceJSON struct {
	Schema                           int
	Recorder, Python, NumPy, Program string
	Argv                             []string
	Files                            []struct{ Name, SHA256, Text string }
	Sites                            []siteJSON
	Ops, DTypes                      []string
	Shapes                           [][]int
	Calls                            [][][2]json.RawMessage
	Nodes                            struct {
		Op, Site, Obj, Call, DType, Shape ints
		In                                lists
		Val                               values
		Attr                              map[string]attrJSON
	}
	Attr    map[string]attrJSON // where it stands beside the nodes
	Kept    [][]json.RawMessage
	End     endJSON
	Seconds float64
}

type siteJSON struct {
	File, Line, Col int
	EndLine         int `json:"end_line"`
	EndCol          int `json:"end_col"`
	Stmt            [2]int
	Func, Target    string
	Args            []string
	Loops           []int
	Params          []string
}

type attrJSON struct {
	Axis     intOrList
	Keepdims flag
	DDof     float64
	Ord      json.RawMessage
	Eq       string
	Axes     json.RawMessage
	Cmp      string
	Mode     string
	Decimals int
	Offset   int
	Idx      string
	Steps    []int
	By       json.RawMessage
	N        []int
	Fill     number
	Part     int
	Inplace  flag
	Alias    flag
	View     flag
	Big      flag
	Sample   [][2]number
}

type endJSON struct {
	Why    string
	Node   int
	Behind *int
	Limits []struct {
		What   string
		Limit  limitText
		AtNode int `json:"at_node"`
	}
	Error *struct {
		Type, Message, File string
		Line                int
		Shapes              map[string][]int
	}
	ErrorsInside map[string]int `json:"errors_inside"`
}

// A limitText is what was limited ("bytes"), or how much of it there may be.
type limitText string

func (l *limitText) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*l = limitText(text)
		return nil
	}
	var n float64
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	format := byte('f')
	if n > 1e15 {
		format = 'g'
	}
	*l = limitText(strconv.FormatFloat(n, format, -1, 64))
	return nil
}

// A number is one in JSON, or the name of one that JSON has not.
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	v, err := parseNumber(b)
	*n = number(v)
	return err
}

func parseNumber(b []byte) (float64, error) {
	switch string(b) {
	case `"nan"`:
		return math.NaN(), nil
	case `"inf"`:
		return math.Inf(1), nil
	case `"-inf"`:
		return math.Inf(-1), nil
	case "true":
		return 1, nil
	case "false":
		return 0, nil
	}
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("%.40s is no number", b)
	}
	return v, nil
}

// A flag is true, or 1.
type flag bool

func (f *flag) UnmarshalJSON(b []byte) error {
	s := string(b)
	*f = s == "true" || s == "1"
	if !*f && s != "false" && s != "0" && s != "null" {
		return fmt.Errorf("%.40s is neither true nor false", b)
	}
	return nil
}

// An intOrList is a number, a list of numbers or null.
type intOrList []int

func (l *intOrList) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*l = nil
		return nil
	}
	list := []int{0}
	if b[0] != '[' {
		if json.Unmarshal(b, &list[0]) == nil {
			*l = list
			return nil
		}
	} else if list = []int{}; json.Unmarshal(b, &list) == nil {
		*l = list
		return nil
	}
	return fmt.Errorf("the axis %.40s is neither an integer nor a list of them", b)
}

// ints is a column of integers.
type ints []int32

func (l *ints) UnmarshalJSON(b []byte) error {
	return column(b, func(item []byte) error {
		n, err := strconv.ParseInt(string(item), 10, 32)
		if err != nil {
			return fmt.Errorf("%.40s is no integer", item)
		}
		*l = append(*l, int32(n))
		return nil
	})
}

// lists is a column of lists of integers, all in one and where each ends.
type lists struct {
	all []int
	end []int
}

func (l *lists) UnmarshalJSON(b []byte) error {
	return column(b, func(item []byte) error {
		err := column(item, func(item []byte) error {
			n, err := strconv.ParseInt(string(item), 10, 32)
			if err != nil {
				return fmt.Errorf("%.40s is no integer", item)
			}
			l.all = append(l.all, int(n))
			return nil
		})
		l.end = append(l.end, len(l.all))
		return err
	})
}

// values is a column of values: null, the name of an array, or a number.
type values struct {
	name   []string // "" for a number, "null"
	number []float64
}

func (l *values) UnmarshalJSON(b []byte) error {
	return column(b, func(item []byte) error {
		name, v := "", 0.0
		if string(item) == "null" {
			name = "null"
		} else if bytes.HasPrefix(item, []byte(`"a`)) {
			name = string(item[1 : len(item)-1])
		} else {
			var err error
			if v, err = parseNumber(item); err != nil {
				return fmt.Errorf("the value %.40s is neither null, the name of an array nor a number", item)
			}
		}
		l.name, l.number = append(l.name, name), append(l.number, v)
		return nil
	})
}

// column calls f for each item of a list in JSON that was found valid. Items are
// numbers, strings without escapes, or lists of numbers.
func column(b []byte, f func(item []byte) error) error {
	if string(b) == "null" {
		return nil
	}
	if len(b) < 2 || b[0] != '[' {
		return fmt.Errorf("%.40s is no list", b)
	}
	space := func(i int) int {
		for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
			i++
		}
		return i
	}
	i := space(1)
	for i < len(b) && b[i] != ']' {
		from, depth, quoted := i, 0, false
		for ; i < len(b); i++ {
			c := b[i]
			if quoted {
				if c == '\\' {
					i++
				}
				quoted = c != '"'
				continue
			}
			if c == '"' {
				quoted = true
			} else if c == '[' || c == '{' {
				depth++
			} else if (c == ']' || c == '}') && depth > 0 {
				depth--
			} else if (c == ',' || c == ']') && depth == 0 {
				break
			}
		}
		if err := f(bytes.TrimSpace(b[from:min(i, len(b))])); err != nil {
			return err
		}
		if i < len(b) && b[i] == ',' {
			i = space(i + 1)
		}
	}
	return nil
}
