package main

import (
	"context"
	"sync"
)

// A pool keeps the processes that were started, and why one could not be. A
// process is started when it is first asked for.
type pool struct {
	start func(ctx context.Context, w who) (runner, about, error)

	mu   sync.Mutex
	held map[who]*member
}

// A member is a process of a pool.
type member struct {
	once   sync.Once
	runner runner
	about  about
	err    error
}

// get returns the process that w names, with err when there is none.
func (p *pool) get(ctx context.Context, w who) *member {
	p.mu.Lock()
	m := p.held[w]
	if m == nil {
		m = &member{}
		if p.held == nil {
			p.held = map[who]*member{}
		}
		p.held[w] = m
	}
	p.mu.Unlock()
	m.once.Do(func() { m.runner, m.about, m.err = p.start(ctx, w) })
	return m
}

// startAll starts several at once: importing a large library takes a second.
func (p *pool) startAll(ctx context.Context, list []who) {
	var wg sync.WaitGroup
	for _, w := range list {
		wg.Go(func() { p.get(ctx, w) })
	}
	wg.Wait()
}

// closeIf ends the processes of which f says so.
func (p *pool) closeIf(f func(w who) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var wg sync.WaitGroup
	for w, m := range p.held {
		if !f(w) {
			continue
		}
		if m.err == nil && m.runner != nil {
			wg.Go(m.runner.close)
		}
		delete(p.held, w)
	}
	wg.Wait()
}
