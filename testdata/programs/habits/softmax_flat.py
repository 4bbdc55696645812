import numpy as np

# Softmax regression with weight decay, its weights kept as one flat vector.

generator = np.random.default_rng(21)
inputs, kinds, decay = 6, 4, 1e-3
x = generator.normal(size=(inputs, 90))
labels = np.argmax(x[:kinds] + 0.4 * generator.normal(size=(kinds, 90)), axis=0)
truth = np.zeros((kinds, 90))
truth[labels, np.arange(90)] = 1


def cost_and_slope(theta):
    theta = theta.reshape(kinds, inputs)
    scores = np.exp(np.dot(theta, x))
    likely = scores / scores.sum(axis=0)
    fit = -np.sum(truth * np.log(likely)) / x.shape[1]
    weight = 0.5 * decay * np.sum(theta * theta)
    slope = -np.dot(truth - likely, x.T)
    slope = slope / x.shape[1] + decay * theta
    slope = np.array(slope)
    return fit + weight, slope.flatten()


theta = 0.05 * generator.normal(size=kinds * inputs)
for step in range(20):
    cost, slope = cost_and_slope(theta)
    theta = theta - 0.5 * slope
    print(step, cost)
