package lang

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Every format with verbs translates what fmt makes of it, with the arguments
// where the Chinese has them.
func TestTranslateEveryFormat(t *testing.T) {
	args := map[byte]any{'s': "dW1[0,3]", 'v': "NaN", 'd': 1000003, 'q': "a \"b\": c", 'x': 255,
		'g': 0.015625, 'e': 1.5e-7, 'f': 800.0}
	n := 0
	for _, text := range faultTexts {
		var values []any
		for _, x := range pieces(text.EN) {
			if x.verb == 0 {
				continue
			}
			v, ok := args[x.verb]
			if !ok {
				t.Fatalf("%q: no argument for %%%c", text.EN, x.verb)
			}
			if k, ok := v.(int); ok {
				v = k + len(values) // no two alike
			}
			if s, ok := v.(string); ok && x.verb == 's' {
				v = fmt.Sprint(s, len(values))
			}
			values = append(values, v)
		}
		if len(values) == 0 {
			if got, ok := Translate(text.EN); !ok || got != text {
				t.Errorf("%q: %q, %v", text.EN, got.ZH, ok)
			}
			continue
		}
		if !word.MatchString(verb.ReplaceAllString(text.EN, "")) {
			continue // of other texts only
		}
		n++
		english, want := fmt.Sprintf(text.EN, values...), fmt.Sprintf(text.ZH, values...)
		if got, ok := Translate(english); !ok || got.EN != english || got.ZH != want {
			t.Errorf("%q: %q, %v; want %q", english, got.ZH, ok, want)
		}
	}
	if n < 60 {
		t.Errorf("only %d formats", n)
	}
}

func TestTranslate(t *testing.T) {
	for english, want := range map[string]string{
		// One text, two, and what is added to them.
		"db has the wrong sign": "db 的符号反了",
		"db has the wrong sign: in Linear.backward use np.sum(dout, axis=0), without a minus": "db 的符号反了：在 Linear.backward 中使用 np.sum(dout, axis=0)，前面没有负号",
		"h = z: no ReLU is applied: in MLP.forward call each ReLU behind its Linear; dW has the wrong sign: in Linear.backward, grads['weight'] is np.dot(self.x.T, dout), without a minus": "h = z：没有施加 ReLU：在 MLP.forward 中，在每个 Linear 之后调用对应的 ReLU；" +
			"dW 的符号反了：在 Linear.backward 中，grads['weight'] 应为 np.dot(self.x.T, dout)，前面没有负号",
		"the rate used is N times the one declared: multiply by N nowhere, or declare the rate that is used (the update uses 8, 800× the declared rate 0.01)": "实际使用的学习率是所声明的 N 倍：不要在任何地方乘以 N，或者声明实际使用的学习率（更新使用的学习率是 8，为所声明的 0.01 的 800 倍）",
		"no mistake of the catalogue gives these numbers; every element is -0.5× what it should be":                                                           "目录中没有哪种错误会给出这些数；每个元素都是应有值的 -0.5 倍",
		"no mistake of the catalogue gives these numbers; every element is 0.02× what it should be: 1/N, N = 50":                                              "目录中没有哪种错误会给出这些数；每个元素都是应有值的 0.02 倍：1/N，N = 50",
		"the update uses 1e-05× the declared rate 2 in every step: declare the rate that is used":                                                             "在每一步中，更新使用的学习率是所声明的 2 的 1e-05 倍：请声明实际使用的学习率",
		"step 12, dh1: its inputs are not recorded and cannot be computed":                                                                                    "第 12 步，dh1：它的输入没有记录，也无法算出",
		// Arguments that change places.
		"all 20 units of layer 1 are 0 for all 800 rows: no gradient passes, the layer is dead. Smaller steps or other first weights would help": "第 1 层的全部 20 个单元对全部 800 行都是 0：没有梯度能通过，这一层已经失活。减小步长或更换初始权重会有帮助",
		"every row has one probability of exactly 1 and 3 of 50 are wrong: the logits are too large; smaller first weights, standardized data or smaller steps would help": "每一行都有一个概率恰好为 1，而 50 行中有 3 行是错的：" +
			"logits 太大；减小初始权重、对数据做标准化或减小步长会有帮助",
		"h1[0,3] = z1[1,2] if z1[4,5] > 0, else 0":                                                       "h1[0,3] = 若 z1[4,5] > 0 则为 z1[1,2]，否则为 0",
		"x[7,1] = feature 1 of row 7 of the batch":                                                       "x[7,1] = 本批第 7 行的第 1 个特征",
		"vW1 of step 2 cannot be explained: a trace has no velocities, and this is not the first step":   "第 2 步的 vW1 无法解释：记录中没有速度，而这不是第一步",
		"W1_new[0,0] needs vW1_new of step 1: a trace has no velocities, and this is not the first step": "W1_new[0,0] 需要第 1 步的 vW1_new：记录中没有速度，而这不是第一步",
		"the trace declares a leaky ReLU of slope 0.01 in layer 2; a plain one is shown":                 "记录声明第 2 层是斜率为 0.01 的带泄漏 ReLU；这里按普通 ReLU 展示",
		// An argument in quotes may hold anything, what a format has too.
		`entry "a: b": no tensor is called "x; %d"; it was left out`:   `条目 "a: b"：没有名为 "x; %d" 的张量，已略去`,
		`entry "<b>\"</b>" is not a tensor of a step and was left out`: `条目 "<b>\"</b>" 不是某一步的张量，已略去`,
		// Numbers that are none.
		"step 3, layer 2: tensor dW2 became -Inf at [0,19]: the run has diverged; a smaller learning rate would be right": "第 3 步，第 2 层：张量 dW2 在 [0,19] 处变成了 -Inf：训练已经发散；应使用更小的学习率",
		"every element is NaN more than it should be": "每个元素都比应有值大 NaN",
	} {
		if got, ok := Translate(english); !ok || got != (Text{english, want}) {
			t.Errorf("%q: %q, %v; want %q", english, got.ZH, ok, want)
		}
	}
	for _, english := range []string{
		"", "dW1[0,3]", "x[0,0]·dz1[0,3]", "dW1[0,0] = Σ x[n,0]·dz1[n,0], n = 0 … 1",
		"no such text", "no such text: nor this", "db has the wrong sign: and something else",
		"only row three is off", "only row 3 is off, perhaps", " only row 3 is off", "it is transposed; ",
		"step 3, z1: " + strings.Repeat("some text that nobody has translated ", 20),
	} {
		if got, ok := Translate(english); ok || got != Same(english) {
			t.Errorf("%q has the translation %q", english, got.ZH)
		}
	}
}

// A long text of many parts takes no time worth mentioning, whether they fit,
// nearly fit, or do not.
func TestTranslateHostile(t *testing.T) {
	start := time.Now()
	for _, part := range []string{"db has the wrong sign: ", "it is transposed; ", "only row 3 is off (it is transposed; ", "no such = no such − rate·no such, rate = "} {
		for _, end := range []string{"it is transposed", "nothing"} {
			Translate(strings.Repeat(part, 4000/len(part)) + end)
		}
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("it took %v", d)
	}
	for _, part := range []string{"a: ", "; ", "step 1, a: ", "(a (", "%s: ", " = ", "every element is 2× what it should be: ", "a passes: "} {
		long := strings.Repeat(part, 4000/len(part))
		if got, ok := Translate(long); ok && strings.Contains(got.ZH, part) {
			t.Errorf("%q…: translated to %.80q", part, got.ZH)
		}
	}
}

func BenchmarkTranslate(b *testing.B) {
	for _, text := range []string{"it is transposed", "x[0,0]·dz1[0,3]", "only row 3 is off",
		"the rate used is N times the one declared: multiply by N nowhere, or declare the rate that is used (the update uses 8, 800× the declared rate 0.01)"} {
		b.Run(text[:12], func(b *testing.B) {
			for b.Loop() {
				Translate(text)
			}
		})
	}
}
