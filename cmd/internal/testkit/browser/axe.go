package browser

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// axe is the source of axe-core, the checker of pages for people who read by
// screen reader or keyboard: the npm package of that name, in a folder of
// NODE_PATH or among npm's global packages.
var axe = sync.OnceValues(func() (string, error) {
	roots := filepath.SplitList(os.Getenv("NODE_PATH"))
	if root, err := exec.Command("npm", "root", "-g").Output(); err == nil {
		roots = append(roots, strings.TrimSpace(string(root)))
	}
	for _, root := range roots {
		if b, err := os.ReadFile(filepath.Join(root, "axe-core", "axe.min.js")); err == nil {
			return string(b), nil
		}
	}
	return "", fmt.Errorf("npm's package axe-core is in no folder of NODE_PATH and not among npm's global packages")
})

// Axe fails the test for each rule of axe-core (accessibility, WCAG 2 and best
// practices) that the page breaks as it is shown now, with the places. Where
// there is no axe-core it skips the test, which is best one of its own.
func (p *Page) Axe() {
	p.t.Helper()
	source, err := axe()
	if err != nil {
		p.t.Skip(err)
	}
	p.settle()
	p.Eval(source+"\n; true", nil)
	var broken []struct {
		ID, Impact, Help string
		Nodes            []struct {
			HTML   string `json:"html"`
			Target []any  `json:"target"`
			Why    string `json:"failureSummary"`
		}
	}
	p.Eval(`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations)`, &broken)
	for _, rule := range broken {
		p.t.Errorf("%s (%s): %s, %d places", rule.ID, rule.Impact, rule.Help, len(rule.Nodes))
		for _, n := range rule.Nodes[:min(len(rule.Nodes), 4)] {
			p.t.Errorf("  %v %s: %s", n.Target, short(n.HTML), short(n.Why))
		}
	}
}
