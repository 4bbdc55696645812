//go:build purego || !(amd64 || arm64)

package kernel

// Sets returns the sets that this CPU and build have, the best one last.
func Sets() []Set { return []Set{Go} }

// hasEndings reports whether a strip may end in more than its chains.
func hasEndings() bool { return true }

// narrow says that there is no kernel for few columns.
func (s *strip) narrow() bool { return false }
