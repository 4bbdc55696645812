package plotsvg_test

import (
	"regexp"
	"strings"
	"testing"

	. "glassbox/plotsvg"
)

// bilingual is a figure whose first language needs the more room.
func bilingual() Figure {
	x := []float64{0, 1, 2}
	return Figure{
		Languages: []string{"en", "zh-Hans"},
		Title:     Text{"A title of many words that takes two lines, as it is as long as titles ever are in figures of ours", "标题"},
		Desc:      Text{"What it is.", "说明。"},
		X:         Axis{Label: Text{"evaluations", "评估"}},
		Y:         Axis{Label: Text{"loss & more", "损失 & 更多"}},
		Layers: []Layer{
			Points{Name: Text{"points <b>", "点 <b>"}, X: x, Y: x, Hover: []Text{{"first", "一"}, {"same", "same"}, {"3"}}},
			Line{Name: Text{"a long name", "线"}, X: x, Y: []float64{2, 1, 0}},
			HLine{Name: Text{"a level", "线"}, At: 1.5},
			Mark{Text: Text{"the origin", "原点"}},
		},
	}
}

// What a page shows of a figure in its first language is the figure that has
// no other, and what it shows of the second is said there in full.
func TestLanguages(t *testing.T) {
	fig := bilingual()
	d, err := fig.Draw()
	if err != nil {
		t.Fatal(err)
	}
	both := d.SVG()
	if err := wellFormed(both); err != nil {
		t.Error(err)
	}
	alone := bilingual()
	alone.Languages = nil
	first := func(t Text) Text { return t[:1] }
	alone.Title, alone.Desc, alone.X.Label, alone.Y.Label = first(alone.Title), first(alone.Desc), first(alone.X.Label), first(alone.Y.Label)
	for i, l := range alone.Layers {
		switch l := l.(type) {
		case Points:
			for k := range l.Hover {
				l.Hover[k] = first(l.Hover[k])
			}
			l.Name = first(l.Name)
			alone.Layers[i] = l
		case Line:
			l.Name = first(l.Name)
			alone.Layers[i] = l
		case HLine:
			l.Name = first(l.Name)
			alone.Layers[i] = l
		case Mark:
			l.Text = first(l.Text)
			alone.Layers[i] = l
		}
	}
	if want := draw(t, alone); d.First() != want {
		t.Errorf("the figure in its first language is\n%s\nwant\n%s", d.First(), want)
	}
	for said, times := range map[string]int{
		`<title lang="zh-Hans">标题</title>`: 1, `<title lang="zh-Hans">一</title>`: 1, `<title lang="en">first</title>`: 1,
		`<title>same</title>`: 1, `<title>3</title>`: 1, `<desc lang="zh-Hans">说明。</desc>`: 1,
		`<title lang="zh-Hans">线 (1, 1)</title>`: 1, "点 &lt;b&gt;</text>": 1,
	} {
		if n := strings.Count(both, said); n != times {
			t.Errorf("%s stands %d times", said, n)
		}
	}
	// Whatever is Chinese is marked so.
	for _, element := range regexp.MustCompile(`<(?:text|title|desc)[^<]*\p{Han}[^<]*<`).FindAllString(both, -1) {
		if !strings.Contains(element, ` lang="zh-Hans"`) {
			t.Errorf("%s has no language", element)
		}
	}
}

// There is room for the longest text of any language.
func TestRoomForEveryLanguage(t *testing.T) {
	x := []float64{0, 1}
	of := func(name Text) Figure {
		return Figure{Languages: []string{"en", "de"}, Layers: []Layer{Line{Name: name, X: x, Y: x}}}
	}
	long := "the name of a curve"
	w, _ := frameSize(t, draw(t, of(Text{"c", long})))
	if want, _ := frameSize(t, draw(t, of(Text{long}))); w != want {
		t.Errorf("the frame is %v wide, want %v", w, want)
	}
}
