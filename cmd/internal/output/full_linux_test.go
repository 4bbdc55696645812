package output

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// tmpfs mounts a small file system in memory and returns its directory.
func tmpfs(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("cannot mount a tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// TestFullDisk: the disk fills with the third of a run's files. There is one
// clear error, and the earlier run's files are as they were.
func TestFullDisk(t *testing.T) {
	disk := tmpfs(t, "size=64k")
	for _, dir := range []string{disk, filepath.Join(disk, "out")} {
		d := open(t, dir)
		old := map[string]string{"index.html": "old page", "figure1.svg": "old figure"}
		write(t, d, old)
		if err := d.Commit(); err != nil {
			t.Fatal(err)
		}
		d = open(t, dir)
		write(t, d, map[string]string{"index.html": "new page", "run.json": "{}"})
		err := d.Write("figure1.svg", bytes.Repeat([]byte("x"), 100_000))
		want := "-out: cannot write " + filepath.Join(dir, "figure1.svg") + " (100000 bytes): no space left on device; nothing was changed there"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		holds(t, dir, old) // before Close, which a caller may forget
		d.Close()
		holds(t, dir, old)
		// The space is free again.
		d = open(t, dir)
		write(t, d, map[string]string{"index.html": strings.Repeat("y", 40_000)})
		d.Close()
		holds(t, dir, old)
		if dir == disk {
			d = open(t, dir)
			if err := d.Commit(); err != nil { // removes all
				t.Fatal(err)
			}
			holds(t, dir, nil)
		}
	}
}

// TestNotKept: the disk takes the data and then cannot keep it, which it says
// while the run goes on.
func TestNotKept(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	write(t, d, map[string]string{"index.html": "page"})
	// The null device takes all and refuses to be synchronised.
	if err := os.Symlink(os.DevNull, filepath.Join(d.stage, "run.json")); err != nil {
		t.Fatal(err)
	}
	write(t, d, map[string]string{"run.json": "{}"})
	write(t, d, map[string]string{"figure1.svg": "figure"})
	err := d.Commit()
	if want := "-out: cannot write " + filepath.Join(dir, "run.json") + " (2 bytes): invalid argument; nothing was changed there"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	holds(t, dir, nil)
}

// TestFullFromTheStart: there is not even room for a file's entry.
func TestFullFromTheStart(t *testing.T) {
	disk := tmpfs(t, "size=64k,nr_inodes=1")
	_, err := Open("out", disk, owned)
	if want := "-out: cannot write in " + disk + ": no space left on device"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	// Room for the directory alone: it must not stay behind.
	disk = tmpfs(t, "size=64k,nr_inodes=2")
	dir := filepath.Join(disk, "out")
	_, err = Open("out", dir, owned)
	if want := "-out: cannot write in " + dir + ": no space left on device"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	holds(t, disk, nil)
}

func TestReadOnlyDisk(t *testing.T) {
	disk := tmpfs(t, "size=64k")
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("cannot remount read-only: %v", err)
	}
	checkReadOnly(t, disk, "read-only file system")
}
