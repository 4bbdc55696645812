# Knowledge distillation on synthetic "digits" (10 prototypes + noise)
# step 1: train a big teacher, step 2: small student learns from labels + soft targets
import numpy as np

np.random.seed(10)
f32 = np.float32
n_class, n_feat = 10, 20
T = 3.0          # temperature
alpha = 0.3      # weight of the hard label loss


def get_dataset(n, protos):
    labels = np.random.randint(0, n_class, size=n)
    style = np.random.randint(0, 2, size=n)
    x = protos[labels, style] + 0.9 * np.random.randn(n, n_feat)
    return x.astype(f32), labels


def he(i, o):
    return (np.random.randn(i, o) * np.sqrt(2.0 / i)).astype(f32)


def new_net(*sizes):
    net = {}
    for l in range(1, len(sizes)):
        net['W%d' % l] = he(sizes[l - 1], sizes[l])
        net['b%d' % l] = np.zeros((1, sizes[l]), dtype=f32)
    return net


def n_layers(net):
    return len(net) // 2


def softmax(z, temp=1.0):
    z = z / temp
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def forward(net, x):
    acts = [x]
    L = n_layers(net)
    for l in range(1, L + 1):
        z = acts[-1] @ net['W%d' % l] + net['b%d' % l]
        acts.append(np.maximum(z, 0) if l < L else z)
    return acts


def backward(net, acts, dlogits, l2):
    grads = {}
    d = dlogits
    for l in range(n_layers(net), 0, -1):
        grads['W%d' % l] = acts[l - 1].T @ d + l2 * net['W%d' % l]
        grads['b%d' % l] = np.sum(d, axis=0, keepdims=True)
        if l > 1:
            d = d @ net['W%d' % l].T
            d = d * (acts[l - 1] > 0)
    return grads


def hard_loss(logits, labels):
    p = softmax(logits)
    n = len(labels)
    loss = -np.mean(np.log(p[np.arange(n), labels] + 1e-9))
    d = p.copy()
    d[np.arange(n), labels] -= 1
    return loss, d / n


def distill_loss(logits, teacher_logits, labels):
    n = len(labels)
    q = softmax(teacher_logits, T)
    p = softmax(logits, T)
    soft = -np.mean(np.sum(q * np.log(p + 1e-9), axis=1))
    d_soft = (p - q) / (n * T)
    hard, d_hard = hard_loss(logits, labels)
    loss = alpha * hard + (1 - alpha) * T ** 2 * soft
    return loss, alpha * d_hard + (1 - alpha) * T ** 2 * d_soft


def sgd_momentum(net, grads, vel, lr, mu=0.9):
    for k in net:
        vel[k] = mu * vel[k] + grads[k]
        net[k] -= lr * vel[k]


def accuracy(net, x, labels):
    return np.mean(np.argmax(forward(net, x)[-1], axis=1) == labels)


protos = np.random.randn(n_class, 2, n_feat)
x_train, y_train = get_dataset(600, protos)
x_test, y_test = get_dataset(300, protos)
batch = 50


def train(net, epochs, lr, teacher=None, l2=1e-3):
    vel = {k: np.zeros_like(v) for k, v in net.items()}
    for ep in range(epochs):
        perm = np.random.permutation(len(x_train))
        total = 0.0
        for i in range(0, len(perm), batch):
            rows = perm[i:i + batch]
            xb, yb = x_train[rows], y_train[rows]
            acts = forward(net, xb)
            if teacher is None:
                loss, d = hard_loss(acts[-1], yb)
            else:
                loss, d = distill_loss(acts[-1], forward(teacher, xb)[-1], yb)
            sgd_momentum(net, backward(net, acts, d, l2), vel, lr)
            total += loss * len(rows)
        if ep % 3 == 2:
            lr = lr * 0.8
            print('  epoch %2d loss %.5f train acc %.3f test acc %.3f'
                  % (ep + 1, total / len(perm), accuracy(net, x_train, y_train), accuracy(net, x_test, y_test)))


print('teacher')
teacher = new_net(n_feat, 64, 48, n_class)
train(teacher, 12, 0.03)
print('student')
student = new_net(n_feat, 12, n_class)
train(student, 18, 0.03, teacher=teacher)
