package lang

var reportTexts = []Text{}
