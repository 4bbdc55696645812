package lang

import (
	"fmt"
	"sync"
)

// topics are the parts of the table.
var topics = [][]Text{pageTexts, part1Texts, part2Texts, reportTexts, auditTexts, nnTexts, programTexts}

// table returns the whole of it, by the English text.
var table = sync.OnceValue(func() map[string]Text {
	m := map[string]Text{}
	for _, list := range topics {
		for _, t := range list {
			if old, ok := m[t.EN]; ok && old != t {
				panic(fmt.Sprintf("lang: %q stands twice in the table, as %q and as %q", t.EN, old.ZH, t.ZH))
			}
			m[t.EN] = t
		}
	}
	return m
})

// Lookup returns the pair of an English text as it stands in the table, verbs
// and all.
func Lookup(english string) (Text, bool) {
	t, ok := table()[english]
	return t, ok
}

// pageTexts are the words of every page.
var pageTexts = []Text{
	{"Table %d", "表 %d"},
	{"Figure %d", "图 %d"},
	{"Contents", "目录"},
	{"Interrupted: %s", "已中断：%s"},
	{"Interrupted.", "已中断。"},
	{"Files of this run", "本次运行的文件"},
	{"To repeat this run", "重现本次运行"},
	{"Command", "命令"},
	{"Seed", "随机种子"},
	{"Fingerprint", "指纹"},
	{"Made by", "生成程序"},
	{"The report", "报告"},
	{"Measured", "实测"},
	{"holds", "成立"},
	{"holds in part", "部分成立"},
	{"does not hold", "不成立"},
}
