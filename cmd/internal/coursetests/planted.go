package coursetests

import (
	"embed"
	"fmt"
	"strings"

	"glassbox/nn/faults"
)

//go:embed template
var template embed.FS

// templateFiles are the files of the right modules.
var templateFiles = []string{"modules.py", "mlp_numpy.py"}

// An edit is a change of the template: of the file, what stands there once, and
// what a student writes instead.
type edit struct{ file, old, new string }

const (
	modules = "modules.py"
	network = "mlp_numpy.py"

	dW      = "np.dot(self.x.T, dout)"
	db      = "np.sum(dout, axis=0)"
	dx      = "np.dot(dout, self.params['weight'].T)"
	mask    = "return dout * (self.x > 0)"
	relu    = "return np.maximum(x, 0)"
	softmax = "e = np.exp(x - np.max(x, axis=1, keepdims=True))\n        return e / np.sum(e, axis=1, keepdims=True)"
	loss    = "return -np.sum(y * np.log(x + 1e-7)) / len(x)"
	dz      = "return (x - y) / len(x)"
	updateW = "self.params['weight'] - rate * self.grads['weight']"
	updateB = "        self.params['bias'] = self.params['bias'] - rate * self.grads['bias']\n"
	passes  = "    def backward(self, dout):\n        return dout\n"
	loop    = "        for layer in self.layers:\n            if isinstance"
	through = "            x = layer.forward(x)\n        return self.softmax.forward(x)"
)

// planted are the mistakes of the catalogue that a file of modules can hold, each
// as it is written into the template.
var planted = map[string][]edit{
	"inverted-he-init":           {{modules, "np.sqrt(2.0 / in_features)", "1 / np.sqrt(2.0 / in_features)"}},
	"bias-not-added":             {{modules, " + self.params['bias']\n", "\n"}},
	"softmax-every-layer":        {{network, through, "            x = self.softmax.forward(layer.forward(x))\n        return x"}},
	"relu-missing":               {{modules, relu, "return x"}, {modules, mask, "return dout"}},
	"leaky-slope":                {{modules, relu, "return np.where(x > 0, x, 0.01 * x)"}, {modules, mask, "return dout * np.where(self.x > 0, 1, 0.01)"}},
	"softmax-missing":            {{modules, softmax, "return x"}},
	"relu-before-softmax":        {{network, "return self.softmax.forward(x)", "return self.softmax.forward(x * (x > 0))"}},
	"softmax-axis-0":             {{modules, softmax, "e = np.exp(x - np.max(x, axis=0))\n        return e / np.sum(e, axis=0)"}},
	"softmax-twice":              {{network, "return self.softmax.forward(x)", "return self.softmax.forward(self.softmax.forward(x))"}},
	"softmax-unnormalised":       {{modules, softmax, "return np.exp(x - np.max(x, axis=1, keepdims=True))"}},
	"softmax-without-max":        {{modules, "x - np.max(x, axis=1, keepdims=True)", "x"}},
	"softmax-global-max":         {{modules, "np.max(x, axis=1, keepdims=True)", "np.max(x)"}},
	"no-epsilon":                 {{modules, "np.log(x + 1e-7)", "np.log(x)"}},
	"log10":                      {{modules, "np.log(", "np.log10("}},
	"loss-mean-of-elements":      {{modules, loss, "return -np.mean(y * np.log(x + 1e-7))"}},
	"mean-loss-sum-gradient":     {{modules, dz, "return x - y"}},
	"sum-loss-mean-gradient":     {{modules, loss, "return -np.sum(y * np.log(x + 1e-7))"}},
	"dz-sign":                    {{modules, dz, "return (y - x) / len(x)"}},
	"dz-plus-1e-7":               {{modules, dz, "return (x - y) / len(x) + 1e-7"}},
	"jacobian-on-fused-gradient": {{modules, "return e / np.sum(e, axis=1, keepdims=True)", "self.p = e / np.sum(e, axis=1, keepdims=True)\n        return self.p"}, {modules, passes, "    def backward(self, dout):\n        return self.p * (dout - np.sum(dout * self.p, axis=1, keepdims=True))\n"}},
	"dz-times-derivative":        {{modules, dz, "return (x - y) * x * (1 - x) / len(x)"}},
	"labels-not-used":            {{modules, dz, "return x / len(x)"}},
	"labels-rolled":              {{modules, dz, "return (x - np.roll(y, 1, axis=0)) / len(x)"}},
	"correct-samples-skipped":    {{modules, dz, "wrong = np.argmax(x, axis=1) != np.argmax(y, axis=1)\n        return (x - y) * wrong[:, None] / len(x)"}},
	"dz-divided-by-nc":           {{modules, dz, "return (x - y) / x.size"}},
	"weight-gradient-mean":       {{modules, dW, dW + " / len(dout)"}},
	"weight-gradient-sign":       {{modules, dW, "-" + dW}},
	"gradient-accumulated":       {{modules, "self.grads['weight'] = " + dW, "self.grads['weight'] += " + dW}, {modules, "self.grads['bias'] = " + db, "self.grads['bias'] += " + db}},
	"bias-gradient-mean":         {{modules, db, "np.mean(dout, axis=0)"}},
	"bias-gradient-sum":          {{modules, db, "len(dout) * " + db}},
	"bias-gradient-total":        {{modules, db, "np.sum(dout) * np.ones(dout.shape[1])"}},
	"bias-gradient-sign":         {{modules, db, "-" + db}},
	"dx-with-dw":                 {{modules, dx, "np.dot(dout, self.grads['weight'].T)"}},
	"dx-wrong-transpose":         {{modules, dx, "np.dot(dout, self.params['weight'].reshape(self.params['weight'].shape[::-1]))"}},
	"hidden-gradient-without-w":  {{modules, dx, "np.dot(dout, np.ones_like(self.params['weight']).T)"}},
	"relu-mask-missing":          {{modules, mask, "return dout"}},
	"relu-mask-from-gradient":    {{modules, mask, "return dout * (dout > 0)"}},
	"relu-mask-inverted":         {{modules, mask, "return dout * (self.x <= 0)"}},
	"relu-passes-zero":           {{modules, mask, "return dout * (self.x >= 0)"}},
	"parameters-not-updated":     {{modules, updateW, "self.params['weight']"}, {modules, updateB, ""}},
	"bias-not-updated":           {{modules, updateB, ""}},
	"first-layer-not-updated":    {{network, loop, strings.Replace(loop, "self.layers", "self.layers[1:]", 1)}},
	"last-layer-not-updated":     {{network, loop, strings.Replace(loop, "self.layers", "self.layers[:-1]", 1)}},
	"update-sign":                {{modules, updateW, strings.Replace(updateW, "-", "+", 1)}, {modules, updateB, strings.Replace(updateB, "-", "+", 1)}},
	"update-twice":               {{network, loop, strings.Replace(loop, "self.layers", "self.layers + self.layers", 1)}},
	"weight-decay":               {{modules, updateW, "self.params['weight'] - rate * (self.grads['weight'] + 1e-3 * self.params['weight'])"}},
}

// Names are the mistakes that are planted, in the catalogue's order.
func Names() (list []string) {
	for _, f := range faults.InStep {
		if planted[f.Name] != nil {
			list = append(list, f.Name)
		}
	}
	return list
}

// Sources are the template's files with a mistake in them, "" for none.
func Sources(mistake string) map[string]string {
	files := map[string]string{}
	for _, name := range templateFiles {
		text, err := template.ReadFile("template/" + name)
		if err != nil {
			panic("coursetests: " + err.Error()) // it is embedded
		}
		files[name] = string(text)
	}
	for _, e := range planted[mistake] {
		if strings.Count(files[e.file], e.old) != 1 {
			panic(fmt.Sprintf("coursetests: %s: %q does not stand once in %s", mistake, e.old, e.file))
		}
		files[e.file] = strings.Replace(files[e.file], e.old, e.new, 1)
	}
	return files
}
