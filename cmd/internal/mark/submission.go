package mark

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Submission is what one student handed in.
type Submission struct {
	Student string // by name
	ID      string // in Canvas, where the files are named as it names them; else ""
	Folder  string // that the student's page goes into: a plain file name, unlike all others
	Files   []File // by name
}

// A File is one of a submission.
type File struct {
	Path string // where it lies
	Name string // what its student called it, with the folders inside the submission
}

// canvas is how Canvas names the files of a downloaded assignment: the student,
// LATE, the student's number, the file's number, and the file's own name.
var canvas = regexp.MustCompile(`^([^_]+)(?:_LATE)?_(\d+)_\d+_(.+)$`)

// mostFiles bounds what is read of one submission: an environment that was
// handed in with it is no part of it.
const mostFiles = 5000

// Find returns the submissions in a folder, by their students' names: each
// folder in it, each trace or program beside these, and each student of files
// named as Canvas names them.
func Find(folder string) ([]Submission, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	of := map[string]*Submission{}
	add := func(key, student, id string, files ...File) {
		if of[key] == nil {
			of[key] = &Submission{Student: student, ID: id}
		}
		of[key].Files = append(of[key].Files, files...)
	}
	for _, e := range entries {
		name, path := e.Name(), filepath.Join(folder, e.Name())
		if hidden(name) {
			continue
		}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			add("/"+name, name, "", within(path)...)
		} else if m := canvas.FindStringSubmatch(name); m != nil {
			add(m[1]+"/"+m[2], m[1], m[2], File{path, m[3]})
		} else if kind := filepath.Ext(name); kind == ".npz" || runs(name) {
			add(name, strings.TrimSuffix(name, kind), "", File{path, name})
		}
	}
	var list []Submission
	for _, s := range of {
		slices.SortFunc(s.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Submission) int {
		return strings.Compare(a.Student+"\x00"+a.ID+"\x00"+a.first(), b.Student+"\x00"+b.ID+"\x00"+b.first())
	})
	taken := map[string]bool{}
	for i := range list {
		list[i].Folder = plain(list[i].Student, taken)
	}
	return list, nil
}

func (s Submission) first() string {
	if len(s.Files) == 0 {
		return ""
	}
	return s.Files[0].Path
}

// hidden reports that a file is none that a student means to hand in.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "__") && name != "__main__.py" && name != "__init__.py" || strings.HasSuffix(name, ".pyc")
}

// runs reports whether a file is a program that the recorder runs.
func runs(name string) bool { return filepath.Ext(name) == ".py" || filepath.Ext(name) == ".ipynb" }

// within are the files of a folder, links left out: they may lead anywhere.
func within(folder string) (files []File) {
	_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // what cannot be read is not there
		case path != folder && hidden(d.Name()) && d.IsDir():
			return fs.SkipDir
		case len(files) == mostFiles:
			return fs.SkipAll
		case d.Type().IsRegular() && !hidden(d.Name()):
			name, _ := filepath.Rel(folder, path)
			files = append(files, File{path, filepath.ToSlash(name)})
		}
		return nil
	})
	return files
}

// plain makes a folder's name of a student's that every system takes, and that
// is not taken.
func plain(student string, taken map[string]bool) string {
	var b strings.Builder
	for _, r := range student {
		switch {
		case r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("-.", r) && b.Len() > 0:
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
		if b.Len() >= 80 {
			break
		}
	}
	name := strings.TrimRight(b.String(), ".")
	if name == "" || reserved.MatchString(name) {
		name = "_" + name
	}
	base := name
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

// reserved are names that Windows gives to devices.
var reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$`)

// sum is the SHA-256 of the files' names and bytes, and of what else decides
// what is found in them.
func (s Submission) sum(besides ...string) (string, error) {
	h := sha256.New()
	for _, text := range besides {
		fmt.Fprintf(h, "%d:%s\n", len(text), text)
	}
	for _, f := range s.Files {
		fmt.Fprintf(h, "%d:%s\n", len(f.Name), f.Name)
		in, err := os.Open(f.Path)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(h, in)
		in.Close()
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
