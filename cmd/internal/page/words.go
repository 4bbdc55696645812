package page

import "fmt"

// words are the page's own words in one language.
type words struct {
	Lang, Table, Figure, Contents, Interrupted, Files, Repeat, Command, Seed, Fingerprint, Built string
}

// wordsOf returns the words of a language; it panics on one it does not have.
func wordsOf(lang string) words {
	switch lang {
	case "", "en":
		return words{"en", "Table %d", "Figure %d", "Contents", "Interrupted", "Files of this run", "To repeat this run",
			"Command", "Seed", "Fingerprint", "Made by"}
	case "zh":
		return words{"zh", "表 %d", "图 %d", "目录", "已中断", "本次运行的文件", "重现本次运行",
			"命令", "种子", "指纹", "生成程序"}
	}
	panic(fmt.Sprintf("page.Render: no words for language %q", lang))
}
