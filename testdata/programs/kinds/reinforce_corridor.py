# REINFORCE with a moving baseline and entropy bonus on a short corridor. Softmax policy, tabular + bias features.
# Surrogate objective: mean over steps of -logpi(a|s) * (return - baseline) - c * entropy; the returns are constants.
import numpy as np

rng = np.random.default_rng(4)
N_STATES, GOAL, MAX_T, GAMMA = 6, 5, 15, 0.95

def features(s):
    f = np.zeros(N_STATES + 1)
    f[s] = 1
    f[-1] = s / N_STATES
    return f

def probs(theta, f):
    z = f @ theta
    z = np.exp(z - z.max())
    return z / z.sum()

def rollout(theta):
    s, traj = 0, []
    for _ in range(MAX_T):
        f = features(s)
        a = rng.choice(2, p=probs(theta, f))
        if rng.random() < 0.1:
            s2 = s                                  # slips
        else:
            s2 = max(0, s - 1) if a == 0 else s + 1
        r = 1.0 if s2 == GOAL else -0.02
        traj.append((f, a, r))
        s = s2
        if s == GOAL:
            break
    return traj

def surrogate(theta, steps, adv, c_ent):
    loss, grad = 0.0, np.zeros_like(theta)
    for (f, a), A in zip(steps, adv):
        p = probs(theta, f)
        lp = np.log(p)
        ent = -(p * lp).sum()
        loss += -lp[a] * A - c_ent * ent
        dz = A * (p - np.eye(2)[a])                 # d(-logpi * A)/dz
        dz += c_ent * p * (lp + ent)                # d(-ent)/dz
        grad += np.outer(f, dz)
    return loss / len(steps), grad / len(steps)

theta = np.zeros((N_STATES + 1, 2))
baseline = 0.0
for batch in range(40):
    steps, rets, ep_returns = [], [], []
    for _ in range(8):
        traj = rollout(theta)
        g, gs = 0.0, []
        for _, _, r in reversed(traj):
            g = r + GAMMA * g
            gs.append(g)
        rets += gs[::-1]
        steps += [(f, a) for f, a, _ in traj]
        ep_returns.append(g)
    adv = np.array(rets) - baseline
    loss, grad = surrogate(theta, steps, adv, c_ent=0.01)
    theta -= 1.0 * grad
    baseline = 0.9 * baseline + 0.1 * np.mean(rets)
    if batch % 5 == 0:
        print(f"batch {batch:2d}  loss {loss:+.4f}  mean return {np.mean(ep_returns):+.3f}  steps/ep {len(steps) / 8:.1f}")
print("P(right):", np.round([probs(theta, features(s))[1] for s in range(GOAL)], 2))
