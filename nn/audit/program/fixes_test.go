package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// What is said of a wrong line is what to change in it.
func TestTheFixIsNamed(t *testing.T) {
	python := nptest.Python(t, "numpy")
	for _, c := range []struct{ program, old, wrong, fix string }{
		{"habits/two_hidden", "(1 - h ** 2)", "(1 - h)", "`h ** 2` is meant, not `h`"},
		{"habits/two_hidden", "ds * s * (1 - s)", "ds * s", "`s * (1 - s)` is meant, not `s`"},
		{"habits/two_hidden", "ds * s * (1 - s)", "ds * s * s", "`1 - s` is meant, not `s`"},
		{"habits/two_hidden", "(1 - s)", "(1 - h @ V)", "`s` (two_hidden.py:13) is meant, not `h @ V`"},
		{"habits/one_by_one", "1 - squash(u) ** 2", "1 - u ** 2", ""},
		{"habits/one_by_one", "slope(v)", "slope(squash(v))", ""},
		{"habits/one_by_one", "dv) * slope(u)", "dv) * slope(h)", ""},
		{"seen/vae", "dmu @ Wm.T + dlogvar @ Ws.T", "dmu @ Wm.T", "the term `dlogvar @ Ws.T` is missing"},
		{"seen/attention", "ds.transpose(0, 2, 1) @ q", "ds @ q", "`ds.swapaxes(-1, -2)` is meant, not `ds`"},
		{"seen/attention", "a * (da - (da * a).sum(-1, keepdims=True))", "a * (1 - a) * da", "`a * (da - (da * a).sum(axis=2, keepdims=True))` is meant"},
		{"seen/bnet", "dn.mean(0) - self.n * np.mean(dn * self.n, axis=0)", "dn.mean(0)", "`dn - (self.n * (dn * self.n).mean(axis=0, keepdims=True))` is meant"},
		{"seen/mf", "np.add.at(dbu, u, de)", "dbu[u] += de", "the index names an element more than once, and only the last counts"},
		{"strangers/attention_layernorm", "np.add.at(G['emb'], tok, dX)", "G['emb'][tok] += dX", "the index names an element more than once, and only the last counts"},
		{"strangers/triplet_embedding", "(ea - en) * on / n", "(ea - en) / n", "the factor `on`"},
		{"seen/bag_of_words", "np.add.at(E, doc, -lr * dh / len(doc))", "E[doc] -= lr * dh / len(doc)", "the index names an element more than once, and only the last counts"},
		{"unseen/chain_labels", "np.subtract.at(dmove, (y[:-1], y[1:]), 1)", "dmove[y[:-1], y[1:]] -= 1", "the index names an element more than once, and only the last counts"},
		{"seen/resln2", "np.where(a > 0, 1.0, 0.1)", "np.where(a > 0, 1.0, 0.0)", "`np.where(h > 0, 1, 0.1)` is meant, not `np.where(a > 0, 1.0, 0.0)`"},
		{"unseen/weighted_bce", "((1 - Y) * S - pos_weight * Y * (1 - S))", "(pos_weight * (1 - Y) * S - Y * (1 - S))", "1/6 times `Y * (1 - S)`"},
		{"seen/conv2", "x[:, :, i:i + o, j:j + o] +=", "x[:, :, i:i + o, j:j + o] =", "`+=` is meant, not `=`"},
		{"seen/lstm_batch", "[di * i * (1 - i), df * f * (1 - f),", "[df * f * (1 - f), di * i * (1 - i),", "`np.hstack([di * i * (1 - i), df * f * (1 - f), do"},
		{"seen/two_layer", "dhidden[hidden <= 0]", "dhidden[dhidden <= 0]", "`hidden <= 0` is meant, not `dhidden <= 0`"},
		{"fresh/course_caches", "dZ[Z <= 0] = 0", "dZ[dA <= 0] = 0", "`Z <= 0` is meant, not `dA <= 0`"},
		{"seen/functional", "dgelu(z2)", "dgelu(h2)", "`z2` is meant, not `h2` (an argument of the function at line 15)"},
		{"seen/hinge", "= -ind.sum(axis=1)", "= -1", "`-ind.sum(axis=1)` is meant, not `-1`"},
		{"unseen/midpoint_flow", "0.5 * dt * dmid", "0.5 * dmid", "`0.5 * dt` is meant, not `0.5`"},
		{"unseen/survival", "(dhidden * (hidden > 0))", "dhidden", "`dhidden * (hidden > 0)` is meant, not `dhidden`"},
		{"seen/buf", "dWh += hs[t].T @ da", "dWh += hs[t + 1].T @ da", ""},
		{"seen/char_rnn", "np.dot(dhraw, hs[t - 1].T)", "np.dot(dhraw, hs[t].T)", "`hs[t - 1]` (char_rnn.py:22) is meant, not `hs[t]`"},
		{"seen/twohead2", "dsc.sum(axis=0, keepdims=True)", "dsc.sum(keepdims=True)", "sum over axis 0 is meant"},
		{"seen/lstm", "df = dcell * prev", "df = dcell * g", "`prev` (lstm.py:25) is meant, not `g`"},
		{"strangers/skipgram_negative", "np.add.at(W_in, center, -lr * grad_v)", "W_in[center] -= lr * grad_v", "the index names an element more than once"},
		{"strangers/elman_addition", "dh = dy @ gew[\"V\"].T + dh_naechst", "dh = dy @ gew[\"V\"].T", "the term `dh_naechst` is missing"},
		{"strangers/elman_addition", "da = dh * (1 - h[t + 1] ** 2)", "da = dh * (1 - h[t] ** 2)", "`h[t + 1]`"},
		{"seen/mf", "np.add.at(dP, u, de", "np.add.at(dP, i, de", "`u` is meant, not `i`"},
		{"unseen/causal_heads", "dx = dx + dres", "dx = dx", "the term"},
		{"habits/one_by_one", "du = (V.T @ dv) * slope(u)", "du = slope(u)", ""},
		{"habits/one_by_one", "gU += np", "gU = np", "`+=` is meant, not `=`"},
		{"seen/conv2", "self.gb = d.sum(axis=0)", "self.gb = d.mean(axis=0)", "sum over axis 0 is meant"},
		{"seen/persample2", "self.biases = [b - (eta / len(batch)) * d", "self.biases = [b - eta * d", "`eta / len(batch)` is meant, not `eta`"},
		{"seen/mini_batches", "b - (eta / len(batch)) * nb", "b - eta * nb", "`eta / len(batch)` is meant, not `eta`"},
		{"seen/keras_like", "-= learning_rate * output_gradient", "-= output_gradient", "`learning_rate * output_gradient` is meant, not `output_gradient`"},
		{"fresh/tiny_transformer", "dx1 = dx2 + dn2", "dx1 = dn2", "the term `dx2` (tiny_transformer.py:38) is missing"},
		{"fresh/tiny_transformer", "keepdims=True)) * scale", "keepdims=True))", ""},
		{"seen/persample2", "sigmoid_prime(zs[-l])", "sigmoid_prime(acts[-l])", "`zs[-l]` is meant, not `acts[-l]`"},
		{"fresh/crf_tagger", "dE[-1]", "dE[0]", "`dE[-1]` is meant, not `dE[0]`"},
		{"fresh/closure_tape", "delta * np.sign(e)) / e.size", "np.sign(e)) / e.size", "`delta * np.sign(e)` is meant, not `np.sign(e)`"},
		{"seen/two_layer", "np.sum(dscores, axis=0)", "np.sum(scores, axis=0)", "`dscores` (two_layer.py:26) is meant, not `scores`"},
		{"habits/running_statistics", "d * net[\"s\"]", "d * 1", "the factor `net[\"s\"]` (running_statistics.py:46) is missing"},
		{"seen/book_adam", "self.t] -= 1", "self.t] -= .5", "`.5` should be 1"},
		{"seen/dropout", "np.where(z2 > 0, 1, .01)", "np.where(z2 > 0, .01, 1)", "the two choices are exchanged"},
		{"seen/lstm", "(1 - b2) * grads[k] ** 2", "(1 - b2) * grads[k]", "`grads[k] ** 2` is meant, not `grads[k]`"},
		{"fresh/gan_ring", "da1 = da2 @ dis[\"W2\"].T", "da1 = da2 @ dis[\"W2\"]", "`dis[\"W2\"]` should be transposed"},
		{"habits/softmax_flat", "+ decay * theta", "+ 2 * decay * theta", "`1` is meant, not `2`"},
		{"blind/skipgram_negative", "grad_outside += go", "grad_outside = go", "`+=` is meant, not `=`"},
		{"blind/skipgram_negative", "grad_center[center] += gc", "grad_center[center] = gc", "`+=` is meant, not `=`"},
		{"distant/gcn_blocks", "dH2 * np.where(Z2 > 0, 1.0, 0.1)", "dH2 * np.where(Z2 > 0, 1.0, 0.0)", ""},
		{"distant/hetero_ensemble", "d_raw = d_var / (1 + np.exp(-raw))", "d_raw = d_var / (1 + np.exp(raw))", "one over it is meant"},
		{"distant/kalman_trend", "F.T @ gm_pred", "F @ gm_pred", "`F` should be transposed"},
		{"distant/kalman_trend", "v * v / s ** 2", "v * v / s", "`s ** 2` is meant, not `s`"},
		{"distant/mini_gpt", "self.a * (da - (da * self.a).sum(-1, keepdims=True))", "self.a * da", "`self.a * (da - (da * self.a).sum(axis=3, keepdims=True))` is meant"},
		{"distant/mini_gpt", "dhid = 2 * self.r", "dhid = self.r", "`(self.r * self.out.backward(dx)) * 2` is meant"},
		{"distant/mini_gpt", "dx = dx + self.ln2", "dx = self.ln2", "the term `dx` is missing"},
		{"distant/attn_pool", "(dxhat - dxhat.mean(-1, keepdims=True)\n", "(dxhat\n", "the term `dxhat.mean(axis=1, keepdims=True)` is missing"},
		{"distant/coursera_digits", "dA = dA * D / keep_prob", "dA = dA / keep_prob", "the factor `D`"},
		{"distant/coursera_digits", "dA = dA * D / keep_prob", "dA = dA * D", "1.17647 times what it should be"},
		{"distant/lstm_masked", "self.tape.pop()", "self.tape.pop(0)", "`m, xh, i, f, o, g, c_prev, tc = self.tape.pop()` is meant"},
		{"foreign/ode_spiral", "for k in reversed(range(STEPS)):", "for k in range(STEPS):", "`for k in reversed(range(STEPS)):` is meant"},
		{"courses/closures_bn", "dvar = 0.5 * dstd / std", "dvar = dstd / std", "`(dstd / std) / 2` is meant"},
		{"courses/closures_bn", "dxc = dxc + 2.0", "dxc = 2.0", "`+=` is meant, not `=`"},
		{"courses/closures_bn", "return dxc + dmean / n", "return dxc + dmean", "`dmean / n` is meant"},
		{"courses/gru_chars", "dh * (hs[t-1] - hbars[t])", "dh * (hbars[t] - hs[t-1])", "the two sides of `-` are exchanged"},
		{"courses/deep_nn_coursera", "dA = dA * D / keep_prob", "dA = dA / keep_prob", "the factor `D`"},
		{"courses/deep_nn_coursera", "1. / m * np.dot(dZ, A_prev.T) +", "np.dot(dZ, A_prev.T) +", "`np.dot(dZ, A_prev.T) / m` is meant"},
		{"courses/course_modules", "gradOutput.sum(axis=1", "gradOutput.sum(axis=0", "sum over axis 1 is meant"},
		{"courses/lstm_sine", "dc + dh * o * (1", "dc + dh * (1", "the factor `o`"},
		{"courses/course_modules", "self.output + self.alpha)", "self.output)", ""},
		{"courses/course_modules", "np.where(input > 0, 1.0, self.output + self.alpha)", "(input > 0)", ""},
		{"courses/conv_loops", "da, SLOPE * da)", "da, 0)", "`SLOPE * da` is meant, not `0`"},
		{"courses/skipgram_neg", "gradvc = (pos - 1) * U[o]", "gradvc = pos * U[o]", ""},
		{"courses/skipgram_neg", "gradU[k] += (1 - sk) * vc", "gradU[k] += (sk - 1) * vc", ""},
		{"essays/vae_notebook", "std + 0.5 * (np.exp(logvar) - 1) / n", "std + 0.5 * (1 - np.exp(logvar)) / n", "the two sides of `-` are exchanged"},
		{"essays/vae_notebook", "dWm, dbm, dWv, dbv, dWd", "dWv, dbv, dWm, dbm, dWd", "`dWv` and `dWm` are exchanged"},
		{"essays/softmax_gd_earlystop", "x.T @ error / x.shape[0]", "x.T @ error", "160 times what it should be: `x.T @ error`"},
		{"essays/softmax_gd_earlystop", "ALPHA * theta[1:]]", "2 * ALPHA * theta[1:]]", "2 times what it should be: `penalty`"},
		{"essays/softmax_gd_earlystop", "np.r_[np.zeros((1, N_CLASSES)), ALPHA * theta[1:]]", "ALPHA * theta", "3 of the 18 elements of `penalty` should be 0"},
		{"essays/mini_char_rnn", "np.dot(Whh.T, dhraw)", "np.dot(Whh.T, dh)", "`dhraw` (mini_char_rnn.py:58) is meant, not `dh`"},
		{"essays/vae_notebook", "(logistic(logits) - x) / n", "(logistic(logits) - x) * logistic(logits) * (1 - logistic(logits)) / n", "`logistic(logits) * (1 - logistic(logits))` is too many"},
		{"unseen/peephole", "dc = dnew * f + di * p[\"ci\"] + df * p[\"cf\"]", "dc = dnew * f", ""},
		{"essays/deep_L_layer", "- (np.divide(Y, AL)", "- 1 / Y.shape[1] * (np.divide(Y, AL)", "1/320 times what it should be"},
		{"essays/deep_L_layer", "    dZ[Z <= 0] = 0\n    return dZ", "    return dZ", "the factor `A > 0`"},
		{"essays/convnet_shapes", "np.where(self.neg, self.slope * dout, dout)", "np.where(self.neg, 0, dout)", "`self.slope * dout` is meant, not `0`"},
		{"essays/sgd_digits_lists", "delta) * sp", "delta)", "the factor `sigmoid(z) * (1 - sigmoid(z))`"},
		{"essays/sgd_digits_lists", "sigmoid(z) * (1 - sigmoid(z))", "sigmoid(z) * (1 - z)", "`activation` (sgd_digits_lists.py:106) is meant"},
	} {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			f := plant{Old: c.old, New: c.wrong}
			v, lines := planted(t, python, c.program, f)
			if x := f.told(t, v, lines); len(errorsOf(v)) != 1 || !strings.HasPrefix(x.Fix.String(), c.fix) {
				t.Errorf("%v, want %s", errorsOf(v), c.fix)
			}
		})
	}
}
