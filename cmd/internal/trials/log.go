package trials

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"sync"
)

// A Log keeps what was found out in a file, a line of JSON each, so that a run
// that was interrupted goes on where it was. A nil *Log keeps nothing.
type Log struct {
	mu    sync.Mutex
	file  *os.File
	known map[string]json.RawMessage
}

type entry struct {
	Key   string
	Value json.RawMessage
}

// OpenLog reads the log in a file and appends to it; a last line that was not
// written to its end is dropped.
func OpenLog(name string) (*Log, error) {
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	l := &Log{known: map[string]json.RawMessage{}}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		var e entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, &fs.PathError{Op: "read", Path: name, Err: err}
		}
		l.known[e.Key] = e.Value
	}
	if l.file, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666); err != nil {
		return nil, err
	}
	if err = l.file.Truncate(int64(len(text))); err == nil {
		_, err = l.file.Seek(0, 2)
	}
	return l, err
}

// Close closes the file.
func (l *Log) Close() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}

// key tells trials apart by what is run.
func key(what string, t Trial) string {
	sum := sha256.Sum256([]byte(t.Source))
	return what + " " + t.Program.Group + "/" + t.Program.Name + " " + hex.EncodeToString(sum[:8])
}

// find reports whether the log has it, and sets value to it.
func (l *Log) find(what string, t Trial, value any) bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	text, ok := l.known[key(what, t)]
	l.mu.Unlock()
	return ok && json.Unmarshal(text, value) == nil
}

// keep writes it down.
func (l *Log) keep(what string, t Trial, value any) error {
	if l == nil {
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	line, err := json.Marshal(entry{key(what, t), text})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err = l.file.Write(append(line, '\n'))
	return err
}
