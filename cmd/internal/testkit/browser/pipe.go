package browser

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// A pipe is the connection to a browser: JSON messages in both directions, each
// ended by a zero byte. A call carries a number, which its answer repeats; a
// message without one is an event. Many goroutines may call at a time.
type pipe struct {
	to, from *os.File
	writing  sync.Mutex

	mu       sync.Mutex // for what follows
	last     int        // number of the last call
	waiting  map[int]call
	sessions map[string]func(method string, params json.RawMessage)
	over     map[string]error // why a session, or all of them for "", gives no more answers
}

// A call waits for its answer.
type call struct {
	session string
	answer  chan answer // has room for one, so that nobody waits for the caller
}

type answer struct {
	result json.RawMessage
	err    error
}

// A message is anything that the browser writes.
type message struct {
	ID        int             `json:"id"`
	SessionID string          `json:"sessionId"`
	Method    string          `json:"method"`
	Params    json.RawMessage `json:"params"`
	Result    json.RawMessage `json:"result"`
	Error     *struct {
		Message string `json:"message"`
		Data    string `json:"data"`
	} `json:"error"`
}

// params are the arguments of a call by name.
type params = map[string]any

func newPipe(to, from *os.File) *pipe {
	return &pipe{
		to: to, from: from,
		waiting:  map[int]call{},
		sessions: map[string]func(string, json.RawMessage){},
		over:     map[string]error{},
	}
}

// read hands out answers and events until the browser closes its end, and says
// why it stopped. A session's events are handed out one by one, in order, and
// before the answer to any call that the session answered later.
func (c *pipe) read() error {
	r := bufio.NewReaderSize(c.from, 1<<16)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return err
		}
		var m message
		if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
			return fmt.Errorf("a message that is not JSON: %w", err)
		}
		if m.ID == 0 {
			c.mu.Lock()
			handle := c.sessions[m.SessionID]
			c.mu.Unlock()
			if handle != nil {
				handle(m.Method, m.Params)
			}
			continue
		}
		a := answer{result: m.Result}
		if m.Error != nil {
			a.err = errors.New(m.Error.Message)
			if m.Error.Data != "" {
				a.err = fmt.Errorf("%s: %s", m.Error.Message, m.Error.Data)
			}
		}
		c.mu.Lock()
		if w, ok := c.waiting[m.ID]; ok {
			w.answer <- a
			delete(c.waiting, m.ID)
		}
		c.mu.Unlock()
	}
}

// listen has a session's events handed to handle, which must not call and wait.
func (c *pipe) listen(session string, handle func(method string, params json.RawMessage)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions[session] = handle
}

// end ends a session, or all of them for "": its events go nowhere, and its
// pending calls and those to come fail.
func (c *pipe) end(session string, why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over[session] = why
	delete(c.sessions, session)
	for id, w := range c.waiting {
		if session == "" || w.session == session {
			w.answer <- answer{err: why}
			delete(c.waiting, id)
		}
	}
}

// ended says why a session gives no more answers, nil while it does.
func (c *pipe) ended(session string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return cmp.Or(c.over[""], c.over[session])
}

// call calls a method of the session, of the browser itself for "", and waits
// for its answer, which goes to result unless that is nil. The error begins with
// the method's name.
func (c *pipe) call(session, method string, p params, result any, patience time.Duration) error {
	wait := make(chan answer, 1)
	c.mu.Lock()
	if why := cmp.Or(c.over[""], c.over[session]); why != nil {
		c.mu.Unlock()
		return fmt.Errorf("%s: %w", method, why)
	}
	c.last++
	id := c.last
	c.waiting[id] = call{session, wait}
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
	}()

	text, err := json.Marshal(struct {
		ID        int    `json:"id"`
		SessionID string `json:"sessionId,omitempty"`
		Method    string `json:"method"`
		Params    params `json:"params,omitempty"`
	}{id, session, method, p})
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	c.writing.Lock()
	c.to.SetWriteDeadline(time.Now().Add(patience))
	_, err = c.to.Write(append(text, 0))
	c.writing.Unlock()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("%s: not taken in %v", method, patience)
	}
	// Any other error is that of a browser which is ending: read will soon say why.
	select {
	case a := <-wait:
		err = a.err
		if err == nil && result != nil {
			err = json.Unmarshal(a.result, result)
		}
	case <-timer.C:
		err = fmt.Errorf("no answer in %v", patience)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}
