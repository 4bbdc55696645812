""" Trains an agent with (stochastic) Policy Gradients to catch a falling ball. """
import numpy as np

# hyperparameters
H = 10             # number of hidden layer neurons
batch_size = 4     # every how many episodes to do a param update?
learning_rate = 5e-2
gamma = 0.9        # discount factor for reward
decay_rate = 0.9   # decay factor for RMSProp leaky sum of grad^2
W, HEIGHT = 5, 4
D = 4              # ball x, ball y, paddle, bias

np.random.seed(1)
model = {}
model['W1'] = np.random.randn(H, D) / np.sqrt(D)  # "Xavier" initialization
model['W2'] = np.random.randn(H) / np.sqrt(H)

grad_buffer = {k: np.zeros_like(v) for k, v in model.items()}     # add up gradients over a batch
rmsprop_cache = {k: np.zeros_like(v) for k, v in model.items()}   # rmsprop memory


class Catch(object):
    def reset(self):
        self.ball, self.row, self.paddle = np.random.randint(W), 0, np.random.randint(W)
        return self.observe()

    def observe(self):
        return np.array([self.ball / 2.0 - 1, self.row / 2.0 - 1, self.paddle / 2.0 - 1, 1.0])

    def step(self, action):
        self.paddle = int(np.clip(self.paddle + (1 if action == 2 else -1), 0, W - 1))
        self.row += 1
        done = self.row == HEIGHT
        near = abs(self.ball - self.paddle) < 1
        reward = (0.2 if near else 0.0) if not done else (1.0 if abs(self.ball - self.paddle) <= 1 else -1.0)
        return self.observe(), reward, done


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))  # sigmoid "squashing" function to interval [0,1]


def discount_rewards(r):
    """ take 1D float array of rewards and compute discounted reward """
    discounted_r = np.zeros_like(r)
    running_add = 0
    for t in reversed(range(0, r.size)):
        running_add = running_add * gamma + r[t]
        discounted_r[t] = running_add
    return discounted_r


def policy_forward(x):
    h = np.dot(model['W1'], x)
    h[h < 0] = 0  # ReLU nonlinearity
    logp = np.dot(model['W2'], h)
    p = sigmoid(logp)
    return p, h  # return probability of taking action 2, and hidden state


def policy_backward(eph, epdlogp):
    """ backward pass. (eph is array of intermediate hidden states) """
    dW2 = np.dot(eph.T, epdlogp).ravel()
    dh = np.outer(epdlogp, model['W2'])
    dh[eph <= 0] = 0  # backpro prelu
    dW1 = np.dot(dh.T, epx)
    return {'W1': dW1, 'W2': dW2}


env = Catch()
running_reward = None
episode_number = 0
while episode_number < 100:
    x = env.reset()
    xs, hs, dlogps, drs = [], [], [], []
    done, reward_sum = False, 0
    while not done:
        # forward the policy network and sample an action from the returned probability
        aprob, h = policy_forward(x)
        action = 2 if np.random.uniform() < aprob else 3
        xs.append(x)
        hs.append(h)
        y = 1 if action == 2 else 0  # a "fake label"
        dlogps.append(y - aprob)     # grad that encourages the action that was taken to be taken
        x, reward, done = env.step(action)
        reward_sum += reward
        drs.append(reward)
    episode_number += 1

    # stack together all inputs, hidden states, action gradients, and rewards for this episode
    epx = np.vstack(xs)
    eph = np.vstack(hs)
    epdlogp = np.vstack(dlogps)
    epr = np.vstack(drs)

    # compute the discounted reward backwards through time
    discounted_epr = discount_rewards(epr)
    discounted_epr -= 0.1
    epdlogp *= discounted_epr  # modulate the gradient with advantage
    grad = policy_backward(eph, epdlogp)
    for k in model:
        grad_buffer[k] += grad[k]  # accumulate grad over batch

    # perform rmsprop parameter update every batch_size episodes
    if episode_number % batch_size == 0:
        for k, v in model.items():
            g = grad_buffer[k]  # gradient
            rmsprop_cache[k] = decay_rate * rmsprop_cache[k] + (1 - decay_rate) * g ** 2
            model[k] += learning_rate * g / (np.sqrt(rmsprop_cache[k]) + 1e-5)
            grad_buffer[k] = np.zeros_like(v)  # reset batch gradient buffer

    running_reward = reward_sum if running_reward is None else running_reward * 0.9 + reward_sum * 0.1
    if episode_number % 10 == 0:
        print('ep %d: reward total %f, running mean: %f' % (episode_number, reward_sum, running_reward))
