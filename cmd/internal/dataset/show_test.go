package dataset

import (
	"fmt"
	"strings"
)

// show writes a table on one line: features: row=label … of classes.
func show(t Table) string {
	var b strings.Builder
	b.WriteString(strings.Join(t.Features, ",") + ":")
	for i, label := range t.Labels {
		for j, v := range t.X.Row(i) {
			b.WriteString(string(" ,"[min(j, 1)]) + fmt.Sprint(v))
		}
		fmt.Fprintf(&b, "=%d", label)
	}
	return b.String() + " of " + strings.Join(t.Classes, "|")
}
