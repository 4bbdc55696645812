import numpy as np, sys

# reviews made of word ids: does the writer like the film?  One review at a
# time, embeddings summed, a hidden layer with dropout, a sigmoid at the end.
np.random.seed(1)

vocab = ["the", "film", "plot", "was", "good", "great", "fine", "bad", "awful", "dull", "not", "very", "actor", "it"]
good, bad = [4, 5, 6], [7, 8, 9]
neutral = [0, 1, 2, 3, 12, 13, 11]


def make_review():
    positive = np.random.rand() > 0.5
    words = list(np.random.choice(neutral, 4)) + list(np.random.choice(good if positive else bad, 2))
    np.random.shuffle(words)
    return words, int(positive)


reviews = [make_review() for _ in range(70)]
input_dataset = [r[0] for r in reviews]
target_dataset = [r[1] for r in reviews]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def tanh(x):
    return np.tanh(x)


def tanh2deriv(output):
    return 1 - (output ** 2)


alpha, iterations = (0.15, 3)
embedding_size = 6
hidden_size = 10
drop = 0.3

weights_0_1 = 0.4 * np.random.random((len(vocab), embedding_size)) - 0.2
weights_1_2 = 0.8 * np.random.random((embedding_size, hidden_size)) - 0.4
weights_2_3 = 0.8 * np.random.random((hidden_size, 1)) - 0.4
bias_2 = np.zeros(hidden_size)

correct, total = (0, 0)
for iter in range(iterations):
    # train on first 56
    error = 0.0
    for i in range(len(input_dataset) - 14):
        x, y = (input_dataset[i], target_dataset[i])

        layer_1 = np.sum(weights_0_1[x], axis=0)
        layer_2 = tanh(np.dot(layer_1, weights_1_2) + bias_2)
        dropout_mask = (np.random.rand(hidden_size) > drop) / (1 - drop)
        layer_2_drop = layer_2 * dropout_mask
        layer_3 = sigmoid(np.dot(layer_2_drop, weights_2_3))
        sample_error = float(-np.log(layer_3[0] if y else 1 - layer_3[0]))
        error += sample_error

        layer_3_delta = layer_3 - y
        layer_2_delta = layer_3_delta.dot(weights_2_3.T)
        layer_2_delta *= dropout_mask
        layer_2_delta *= tanh2deriv(layer_2)
        layer_1_delta = layer_2_delta.dot(weights_1_2.T)

        weights_1_2 -= np.outer(layer_1, layer_2_delta) * alpha
        weights_2_3 -= np.outer(layer_2_drop, layer_3_delta) * alpha
        bias_2 -= layer_2_delta * alpha
        np.subtract.at(weights_0_1, x, layer_1_delta * alpha)

        if np.abs(layer_3_delta[0]) < 0.5:
            correct += 1
        total += 1
        if i % 8 == 7:
            print("I:%d Progress:%d%% Error:%.5f Training Accuracy:%.3f"
                  % (iter, 100 * i // (len(input_dataset) - 14), error / (i + 1), correct / float(total)))

correct, total = (0, 0)
for i in range(len(input_dataset) - 14, len(input_dataset)):
    x = input_dataset[i]
    y = target_dataset[i]

    layer_1 = np.sum(weights_0_1[x], axis=0)
    layer_2 = tanh(np.dot(layer_1, weights_1_2) + bias_2)
    layer_3 = sigmoid(np.dot(layer_2, weights_2_3))

    if np.abs(layer_3[0] - y) < 0.5:
        correct += 1
    total += 1
print("Test Accuracy:" + str(correct / float(total)))
sys.stdout.flush()
