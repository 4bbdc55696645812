package lang

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
